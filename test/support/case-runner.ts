/**
 * Takes one case through its life on a real server: before, rows, the plan to after (golden), each step measured, read again, an empty
 * plan, what pg_dump says against a database made from after alone; then the way back. Every problem is collected.
 */
import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { connect, type Session } from "../../src/catalog/connect.ts";
import { readLive } from "../../src/catalog/read-live.ts";
import { applyWith } from "../../src/commands/applying.ts";
import { loadAgainst } from "../../src/commands/planning.ts";
import { LockstepError } from "../../src/model/lockstep-error.ts";
import type { Plan } from "../../src/model/plan.ts";
import type { Scratch } from "../../src/model/scratch.ts";
import type { Step } from "../../src/model/step.ts";
import type { KnownPair } from "../../src/plan/equality.ts";
import { makePlan } from "../../src/plan/make-plan.ts";
import { type Case, textOf, workingCopy } from "./case-folder.ts";
import { lostRows, type RowSums, readRowSums } from "./case-rows.ts";
import { ungentleSteps } from "./gentle-steps.ts";
import { knownRelations, runMeasured } from "./measured-step.ts";
import { dumpComparable, findPgDump } from "./pg-dump.ts";
import { createDatabase } from "./servers.ts";

/** Every approval there is: what needs which is the plan's to say, and in the golden files. */
export const EVERYTHING: readonly string[] = ["locking", "destructive", "widen", "undeclared", "rebuild"];
/** Plans are compared with the golden file of this major; others have `plan.golden.<major>.sql` where they differ. */
const GOLDEN_MAJOR = 18;

/** What a run of a case works with. */
export interface CaseWorld {
  readonly subject: Case;
  readonly major: number;
  readonly scratch: Scratch;
  /** Pairs of texts that the scratch server found equal, in any case and major. */
  readonly learned: Set<string>;
  readonly updateGolden: boolean;
}

interface Place extends CaseWorld {
  readonly session: Session;
  readonly observer: Session;
  readonly folder: string;
  readonly canDump: boolean;
  readonly problems: string[];
}

/** Runs the case; out: all that is not as it should be. */
export async function runCase(world: CaseWorld): Promise<string[]> {
  const { subject, major } = world;
  const folder = workingCopy(subject);
  const database = await createDatabase({ major });
  const session = await connect(database.url, { readOnly: false, lockTimeout: 0 });
  const observer = await connect(database.url, { readOnly: false });
  const canDump = (await findPgDump(major)) !== null;
  const place: Place = { ...world, session, observer, folder, canDump, problems: [] };
  try {
    await goThere(place, database.url);
    return place.problems;
  } finally {
    await Promise.all([session.close(), observer.close()]);
    await database.drop();
    rmSync(folder, { recursive: true, force: true });
  }
}

async function goThere(place: Place, url: string): Promise<void> {
  const { subject, session, problems } = place;
  await settle(session, await planTo(place, session, "before.yaml"));
  await runFile(place, session, "before.sql");
  const first = place.canDump ? await dumpComparable(url) : [];
  await runFile(place, session, "data.sql");
  const rows = await readRowSums(session);
  const plan = await planTo(place, session, "after.yaml");
  compareGolden(place, plan);
  if (subject.options.unchanged === true) {
    if (plan.steps.length > 0) problems.push(`nothing changed, and yet the plan is\n${planText(plan)}`);
    return;
  }
  if (plan.steps.length === 0) problems.push("the plan is empty");
  await carryOut(place, plan, rows, "there");
  await runFile(place, session, "then.sql");
  const rowsThere = await readRowSums(session);
  await expectEmptyPlan(place, "after.yaml", "there");
  await compareFresh(place, url);
  if (subject.options.no_way_back !== undefined) return;
  const back = await planTo(place, session, "before.yaml");
  await carryOut(place, back, rowsThere, "back");
  await expectEmptyPlan(place, "before.yaml", "back");
  if (place.canDump) problems.push(...differences(place, "the way back", await dumpComparable(url), first));
}

/** A plan as the commands make it. What is refused says why. */
async function planTo(place: Place, session: Session, file: string): Promise<Plan> {
  try {
    return await makePlanTo(place, session, file);
  } catch (error) {
    if (!(error instanceof LockstepError)) throw error;
    const lines = error.diagnostics.map(
      (problem) => `  ${problem.file ?? ""}:${problem.line ?? ""} ${problem.code}: ${problem.message} (${problem.hint ?? ""})`,
    );
    throw new Error([...place.problems, `no plan to ${file}: ${error.message}`, ...lines].join("\n"));
  }
}

async function makePlanTo(place: Place, session: Session, file: string): Promise<Plan> {
  const live = await readLive(session);
  const desired = await loadAgainst(live, { file, cwd: place.folder });
  const { accept_drop, approve = [] } = place.subject.options;
  const keyOf = (pair: KnownPair) => JSON.stringify([pair.id, pair.path, pair.file, pair.catalog]);
  const { plan, learned } = await makePlan({
    desired,
    live,
    state: null,
    remembered: (pair) => place.learned.has(keyOf(pair)),
    session,
    scratch: place.scratch,
    acceptDrop: accept_drop === true ? "all" : null,
    approve,
    dataChecks: true,
    version: "0.0.0",
    policiesOnly: false,
  });
  for (const pair of learned) place.learned.add(keyOf(pair));
  const errors = plan.diagnostics.filter(({ severity }) => severity === "error");
  for (const { message } of errors) place.problems.push(`the plan to ${file} has an error: ${message}`);
  return plan;
}

/** Carries a plan out in its groups, unmeasured. */
async function settle(session: Session, plan: Plan): Promise<void> {
  for (const group of new Set(plan.steps.map((step) => step.group))) {
    const steps = plan.steps.filter((step) => step.group === group);
    const text = steps.map((step) => `${step.sql}\n;\nset local search_path = '';`).join("\n");
    if (steps.every((step) => step.transactional)) await session.batch(`begin;\n${text}\ncommit`);
    else for (const step of steps) await session.query(step.sql);
  }
}

async function carryOut(place: Place, plan: Plan, rows: RowSums, way: string): Promise<void> {
  const { session, observer, problems } = place;
  const { recreates = [] } = place.subject.options;
  problems.push(...ungentleSteps(plan.steps).filter((line) => !recreates.some((name) => line.includes(` makes ${name} again`))));
  const known = await knownRelations(session);
  const counts = new Map([...rows].map(([name, table]) => [name, table.rows]));
  for (const step of plan.steps) {
    const title = `${way}, ${step.id} ${step.sql}`;
    try {
      const wrong = await runMeasured({ session, observer, known, rows: counts }, step);
      problems.push(...wrong.map((problem) => `${title}\n    ${problem}`));
    } catch (error) {
      throw new Error(`${[...problems, `${title}\n    fails: ${String(error)}`].join("\n")}\nin\n${planText(plan)}`);
    }
  }
  const { changed_values = [], lost_rows = [] } = place.subject.options;
  problems.push(
    ...lostRows(rows, await readRowSums(session), new Set([...changed_values, ...lost_rows])).map(
      (problem) => `${way}: ${problem}`,
    ),
  );
}

async function expectEmptyPlan(place: Place, file: string, way: string): Promise<void> {
  const rest = await planTo(place, place.session, file);
  if (rest.steps.length > 0) place.problems.push(`${way}: carried out and read again, these are left:\n${planText(rest)}`);
}

/** A database that the real executor makes from after.yaml alone must look the same to pg_dump. */
async function compareFresh(place: Place, url: string): Promise<void> {
  const { subject, major, folder, problems } = place;
  const fresh = await createDatabase({ major });
  const session = await connect(fresh.url, { readOnly: false });
  try {
    const plan = await planTo(place, session, "after.yaml");
    const target = { session, openSession: () => connect(fresh.url, { readOnly: false }) };
    await applyWith(target, {
      file: "after.yaml",
      cwd: folder,
      version: "0.0.0",
      // Elsewhere steps are run as they are printed: a variable stands for itself.
      // biome-ignore lint/suspicious/noTemplateCurlyInString: the variable's own value.
      env: { PW: "${PW}" },
      saved: plan,
      phase: "all",
      approve: EVERYTHING,
    });
    if (subject.options.unchanged !== true) await runFile(place, session, "after.sql");
    await session.query("drop schema lockstep cascade");
    if (place.canDump)
      problems.push(...differences(place, "a fresh database", await dumpComparable(url), await dumpComparable(fresh.url)));
  } finally {
    await session.close();
    await fresh.drop();
  }
}

/** Errors are part of it: a build that fails leaves an INVALID index. A file is run statement by statement, each on its own. */
async function runFile(place: Place, session: Session, file: string): Promise<void> {
  const text = textOf(place.subject, file);
  if (text === null) return;
  for (const part of text.split(/^--;\n/m)) {
    const fails = part.startsWith("-- fails");
    try {
      await session.batch(`set search_path = ''`);
      await session.batch(part);
      if (fails) place.problems.push(`${file}: was to fail: ${part}`);
    } catch (error) {
      if (!fails) throw new Error(`${file}: ${String(error)}\n${part}`);
    }
  }
}

function differences(place: Place, what: string, is: readonly string[], want: readonly string[]): string[] {
  const missing = want.filter((entry) => !is.includes(entry)).map((entry) => `- ${entry}`);
  const extra = is.filter((entry) => !want.includes(entry)).map((entry) => `+ ${entry}`);
  const same = missing.length + extra.length === 0;
  const { dump_differs } = place.subject.options;
  if (dump_differs !== undefined && what !== "the way back")
    return same ? ["pg_dump sees no difference: take dump_differs out of case.yaml"] : [];
  return same
    ? []
    : [`pg_dump, compared with ${what === "the way back" ? "the first state" : what}:\n${[...missing, ...extra].join("\n")}`];
}

function compareGolden(place: Place, plan: Plan): void {
  const { subject, major } = place;
  const own = `plan.golden.${major}.sql`;
  const file = textOf(subject, own) !== null ? own : major === GOLDEN_MAJOR ? "plan.golden.sql" : null;
  if (file === null || subject.options.unchanged === true) return;
  const text = planText(plan);
  if (place.updateGolden) writeFileSync(join(subject.folder, file), text);
  else if (textOf(subject, file) !== text)
    place.problems.push(`the plan is not that of ${file} (UPDATE_GOLDEN=1 rewrites it):\n${text}`);
}

/** The steps as golden files have them. */
function planText(plan: Plan): string {
  // The database has another name in each run.
  const sqlOf = (step: Step): string => step.sql.trim().replaceAll(`DATABASE ${plan.target.database} `, "DATABASE this_one ");
  return plan.steps.map((step) => `${headOf(step)}\n${sqlOf(step)}\n`).join("\n");
}

function headOf(step: Step): string {
  const facts = [
    `-- ${step.group} ${step.phase} ${step.class}`,
    step.action,
    step.access === "none" ? "" : `access=${step.access}`,
    step.breaks === "none" ? "" : `breaks=${step.breaks}`,
    step.rewrite ? "rewrite" : "",
    step.scan ? "scan" : "",
    step.index_rebuild ? "index-rebuild" : "",
    step.transactional ? "" : "no-transaction",
    step.approvals.length === 0 ? "" : `[${step.approvals.join(", ")}]`,
  ];
  return facts.filter((fact) => fact !== "").join(" ");
}
