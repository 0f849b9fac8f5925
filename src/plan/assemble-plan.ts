import type { DiffResult } from "../diff/diff.ts";
import { kindNamed } from "../kinds/registry.ts";
import type { Change } from "../model/change.ts";
import type { Fact, LiveDatabase, Unmanaged } from "../model/database.ts";
import type { Diagnostic } from "../model/diagnostic.ts";
import { longHash, readRelied, withinId } from "../model/fingerprint.ts";
import { kindOf, type ObjectId, pathOf } from "../model/object-id.ts";
import type { Plan, PlanChange } from "../model/plan.ts";
import { isSqlText, type SpecValue } from "../model/spec.ts";
import { classOf, type Phase, type Step } from "../model/step.ts";
import { hasRowsElsewhere } from "./context.ts";
import type { Drafted, PlannedDraft } from "./drafts.ts";
import { estimateMs } from "./estimate.ts";
import type { PlanInput } from "./make-plan.ts";
import { brokenMentions } from "./mentions.ts";
import type { Unit } from "./order.ts";
import { planHash } from "./plan-file.ts";
import { type Answer, type DataQuestions, tableOf } from "./probes.ts";
import { searchPathPrefix } from "./search-path.ts";
import { isAnswered } from "./suspects.ts";
import { type Group, groupUnits, rootFinder } from "./transactions.ts";

/** All that the phases before found out. */
export interface Parts {
  readonly input: PlanInput;
  readonly live: LiveDatabase;
  readonly result: DiffResult;
  /** Renames included. */
  readonly changes: readonly Change[];
  readonly ordered: { readonly drafted: Drafted; readonly units: readonly Unit[] };
  readonly questions: DataQuestions;
  readonly empty: ReadonlySet<ObjectId>;
  readonly finalFacts: ReadonlyMap<ObjectId, Fact>;
  readonly undecided: DiffResult["undecided"];
}

/** Turns ordered drafts into the plan that is shown, saved and applied. Asks the data what decides classes. */
export async function assemblePlan(parts: Parts): Promise<Plan> {
  const { input, live } = parts;
  const groups = groupUnits(parts.ordered.units, rootFinder(new Map([...parts.finalFacts, ...live.facts])));
  const answers = await askAll(groups, parts);
  const diagnostics: Diagnostic[] = [
    ...input.desired.diagnostics,
    ...undecidedDiagnostics(parts),
    ...violationDiagnostics(groups, answers),
    ...brokenMentions(parts.changes, parts.input.live.facts),
  ];
  const all = withoutGone(
    groups.flatMap((group, number) => group.drafts.map((planned) => ({ planned, group: number + 1, phase: group.phase }))),
    live.facts,
  );
  const numbered = all.map((item, index) => ({ ...item, id: `s${index + 1}` }));
  const shared: Shared = {
    empty: new Set([...parts.empty].map(pathOf)),
    prefix: searchPathPrefix(input.desired.config, live, parts.result.desired),
  };
  const steps = ownPaths(
    numbered
      .filter((item) => input.phases === undefined || input.phases.includes(item.phase))
      .map((item) => toStep(item, answers.get(item.planned), parts, shared)),
  );
  const relies = readRelied(reliedIds(parts), input.live.facts);
  const plan: Omit<Plan, "plan_hash"> = {
    format_version: 1,
    lockstep_version: input.version,
    created_at: new Date().toISOString(),
    phases: input.phases ?? ["expand", "backfill", "contract"],
    target: { server_version: live.serverVersion, database: live.database, fingerprint: longHash(relies), relies_on: relies },
    project: input.desired.config.project,
    summary: summaryOf(steps),
    changes: changesOf(parts),
    steps,
    rollouts: [],
    unmanaged: unmanagedOf(parts),
    diagnostics,
    declared: [...parts.result.desired.keys()].sort(),
    texts: textsOf(parts),
  };
  return { ...plan, plan_hash: planHash(plan) };
}

const setsPath = /^SET LOCAL search_path = [^']/;

/** A path that one step of a transaction sets would hold for the next: that one says its own. */
function ownPaths(steps: readonly Step[]): Step[] {
  let set: number | null = null;
  return steps.map((step) => {
    const isSet = setsPath.test(step.sql);
    const inherits = !isSet && step.transactional && set === step.group;
    if (isSet) set = step.group;
    else if (inherits) set = null;
    return inherits ? { ...step, sql: `SET LOCAL search_path = '';\n${step.sql}` } : step;
  });
}

async function askAll(groups: readonly Group[], parts: Parts): Promise<Map<PlannedDraft, Answer>> {
  const answers = new Map<PlannedDraft, Answer>();
  for (const planned of groups.flatMap((group) => group.drafts)) {
    const probe = planned.draft.probe;
    if (!probe) continue;
    const renamed =
      !parts.input.live.facts.has(planned.fact.parent ?? planned.fact.id) &&
      parts.live.facts.has(planned.fact.parent ?? planned.fact.id);
    if (!parts.input.dataChecks) answers.set(planned, { unchecked: "data checks are switched off" });
    else if (renamed) answers.set(planned, { unchecked: "the table or column is renamed by this plan" });
    else answers.set(planned, await parts.questions.ask(probe));
  }
  return answers;
}

function undecidedDiagnostics(parts: Parts): Diagnostic[] {
  return parts.undecided.map(({ fact, why }) => ({
    code: "undecided",
    severity: "error",
    object: fact.object,
    message: `cannot tell whether ${fact.kind.replaceAll("_", " ")} ${fact.object} is as the files say: no scratch server can build it (${why})`,
    hint: "write it as `lockstep pull` prints it, or make what it needs available to the scratch server",
    ...(fact.at ? { file: fact.at.file, line: fact.at.line, column: fact.at.column } : {}),
  }));
}

/** Rows that would make a step fail are known before it runs. */
function violationDiagnostics(groups: readonly Group[], answers: ReadonlyMap<PlannedDraft, Answer>): Diagnostic[] {
  return groups
    .flatMap((group) => group.drafts)
    .flatMap((planned): Diagnostic[] => {
      const { probe } = planned.draft;
      const answer = answers.get(planned);
      if (probe?.asks !== "violations" || !answer || !("count" in answer) || answer.count === 0) return [];
      const at = planned.draft.at;
      return [
        {
          code: "rows-in-the-way",
          severity: "warning",
          object: planned.draft.object,
          message: `${answer.count} ${probe.means}: the step will fail until they are mended`,
          hint: `see them: ${probe.sql}`,
          ...(at ? { file: at.file, line: at.line, column: at.column } : {}),
        },
      ];
    });
}

/** A relation that an earlier step dropped is not locked any more: the index of a partition that goes after its parent's. */
function withoutGone<T extends { readonly planned: PlannedDraft }>(
  items: readonly T[],
  live: ReadonlyMap<ObjectId, Fact>,
): (T & Pick<Numbered, "locks">)[] {
  const gone = new Set<string>();
  return items.map((item) => {
    const { draft } = item.planned;
    const locks = draft.locks.filter(({ relation }) => !gone.has(relation));
    for (const fact of draft.removes.flatMap((id) => live.get(id) ?? [])) for (const name of relationsOf(fact)) gone.add(name);
    return { ...item, locks };
  });
}

/** The relations that a fact is or has, `schema.name`. */
function relationsOf(fact: Fact): string[] {
  const kind = kindNamed(fact.kind);
  const own = kind.answersTo(fact).flatMap((name) => (name.startsWith("relation ") ? [name.slice("relation ".length)] : []));
  return [...own, ...(kind.indexName?.(fact) ?? []), ...(kind.partIndexes?.(fact) ?? []).map(({ index }) => index)];
}

interface Numbered {
  readonly planned: PlannedDraft;
  readonly group: number;
  readonly phase: Phase;
  readonly id: string;
  readonly locks: Step["locks"];
}

/** What is the same for every step: the relations that hold no row, and what makes a search_path for a statement. */
interface Shared {
  readonly empty: ReadonlySet<string>;
  readonly prefix: ReturnType<typeof searchPathPrefix>;
}

function toStep({ planned, group, phase, id, locks }: Numbered, answer: Answer | undefined, parts: Parts, shared: Shared): Step {
  const draft = { ...planned.draft, locks };
  const lost = answer && "count" in answer ? answer.count : null;
  const table = draft.relation === null ? null : relationSize(draft.relation, parts);
  const isEmpty = draft.relation !== null && shared.empty.has(draft.relation);
  const stepClass = classOf(draft, lost);
  const estimate = estimateMs(draft, table, isEmpty);
  const prefix = draft.transactional
    ? shared.prefix([planned.fact, ...draft.provides.flatMap((provided) => parts.finalFacts.get(provided) ?? [])])
    : "";
  const step: Omit<Step, "approvals"> = {
    id,
    phase,
    class: stepClass,
    kind: draft.kind,
    object: draft.object,
    action: draft.action,
    sql: prefix + draft.sql,
    breaks: draft.breaks,
    locks: draft.locks,
    rewrite: draft.rewrite,
    scan: draft.scan,
    index_rebuild: draft.indexRebuild,
    transactional: draft.transactional,
    group,
    rows: rowsOf(draft.probe !== null, answer, table?.rows ?? null),
    bytes: table && table.rows >= 0 ? table.bytes : null,
    estimate_ms: estimate,
    access: draft.access,
    access_text: draft.accessText,
    reason: { text: draft.why, file: draft.at?.file ?? null, line: draft.at?.line ?? null },
    undo: stepClass !== "destructive" || "none" in draft.undo ? draft.undo : { sql: draft.undo.sql },
    safer: draft.safer,
    rollout: null,
    assumes_empty: planned.assumesEmpty.map(pathOf),
    ...(draft.env === undefined ? {} : { env: draft.env }),
  };
  return { ...step, approvals: approvalsOf(step, planned, parts) };
}

function rowsOf(probed: boolean, answer: Answer | undefined, rows: number | null): Step["rows"] {
  if (probed && answer) return "count" in answer ? answer.count : `not checked: ${answer.unchecked}`;
  return rows !== null && rows >= 0 ? rows : null;
}

function relationSize(relation: string, parts: Parts): { rows: number; bytes: number } | null {
  return parts.live.sizes.get(relation) ?? null;
}

function approvalsOf(step: Omit<Step, "approvals">, planned: PlannedDraft, parts: Parts): string[] {
  const needed: string[] = [];
  const budget = parts.input.desired.config.rollout.lockBudgetMs;
  if (step.class === "locking" && (step.estimate_ms === null || step.estimate_ms >= budget)) needed.push("locking");
  if (step.class === "destructive") needed.push("destructive");
  if (step.access === "widens" || step.access === "unknown") needed.push("widen");
  if (isUndeclared(planned, parts)) needed.push("undeclared");
  if (planned.rebuild !== null && planned.fact.schema !== null && !parts.result.scope.managed.has(planned.fact.schema))
    needed.push(`rebuild:${planned.fact.object}`);
  return needed;
}

/** A table with rows that no applied snapshot ever declared may be somebody else's: its drop needs a word of its own. */
function isUndeclared(planned: PlannedDraft, parts: Parts): boolean {
  const { fact, draft } = planned;
  if (draft.action !== "drop" || planned.rebuild !== null || kindNamed(fact.kind).holdsRows !== true || parts.empty.has(fact.id))
    return false;
  if (hasRowsElsewhere(fact)) return false;
  const declared = parts.input.state?.snapshot?.declared ?? [];
  return !declared.includes(fact.id) && !isAnswered(fact, { accepted: null, dropped: parts.input.desired.config.dropped });
}

function summaryOf(steps: readonly Step[]): Plan["summary"] {
  const count = (test: (step: Step) => boolean): number => steps.filter(test).length;
  return {
    steps: steps.length,
    safe: count((step) => step.class === "safe"),
    locking: count((step) => step.class === "locking"),
    destructive: count((step) => step.class === "destructive"),
    expand: count((step) => step.phase === "expand"),
    backfill: count((step) => step.phase === "backfill"),
    contract: count((step) => step.phase === "contract"),
    widens: count((step) => step.access === "widens" || step.access === "unknown"),
  };
}

/** Changes that lead to a step, for code generators: the object and what becomes of it. */
function changesOf(parts: Parts): PlanChange[] {
  const seen = new Map<ObjectId, PlanChange>();
  for (const [id, action] of parts.ordered.drafted.actions)
    seen.set(id, { kind: kindOf(id), object: parts.finalFacts.get(id)?.object ?? pathOf(id), action });
  const stepped = new Set(parts.ordered.drafted.drafts.flatMap((planned) => [planned.fact.id, ...planned.draft.provides]));
  return [...seen]
    .filter(([id]) => stepped.has(id) || parts.ordered.drafted.replaced.has(id))
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([, change]) => change);
}

function unmanagedOf(parts: Parts): Unmanaged[] {
  const { managed, ignoredBy } = parts.result.scope;
  const whole = parts.input.desired.config.manage === "database";
  const shown = parts.live.unmanaged.filter((item) => {
    // What is listed because only the files could say that it is theirs, and they do.
    if (parts.result.desired.has(`${item.kind} ${item.object}`)) return false;
    if (item.schema === null || item.schema === undefined ? !whole : !managed.has(item.schema)) return false;
    return (
      ignoredBy({
        kind: item.kind,
        id: `${item.kind} ${item.object}`,
        object: item.object,
        schema: item.schema ?? null,
        parent: null,
        spec: {},
      }) === null
    );
  });
  return shown
    .map(({ kind, object, why, schema }) => ({ kind, object, why, ...(schema === undefined ? {} : { schema }) }))
    .sort((a, b) => (`${a.kind} ${a.object}` < `${b.kind} ${b.object}` ? -1 : 1));
}

/** Ids that the plan touches and relies on: its objects, what they lie in and name, what depends on what it changes or drops. */
function reliedIds(parts: Parts): Set<ObjectId> {
  const ids = new Set<ObjectId>();
  const { drafted } = parts.ordered;
  const holdsRows = (kind: string): boolean => kindNamed(kind).holdsRows === true;
  const add = (id: ObjectId): void => {
    ids.add(id);
    for (
      let at = parts.input.live.facts.get(id)?.parent ?? null;
      at !== null;
      at = parts.input.live.facts.get(at)?.parent ?? null
    )
      ids.add(at);
    const table = tableOf(id, parts.input.live, holdsRows);
    if (table !== null) ids.add(withinId(table));
  };
  for (const { draft, fact } of drafted.drafts) {
    add(fact.id);
    if (fact.parent !== null) add(fact.parent);
    if (fact.renamedFrom) add(fact.renamedFrom);
    for (const id of [...draft.provides, ...draft.removes, ...draft.clears.map((cleared) => cleared.id)]) add(id);
    for (const reference of kindNamed(fact.kind).dependsOn(fact)) if (parts.input.live.facts.has(reference)) add(reference);
    for (const id of [...draft.removes, ...draft.clears.map((cleared) => cleared.id)])
      for (const dependent of drafted.context.dependents(id)) ids.add(dependent);
  }
  return ids;
}

/** The texts of the files, to be remembered beside what the catalog makes of them. */
function textsOf(parts: Parts): Plan["texts"] {
  const out: { id: ObjectId; field: string; text: string }[] = [];
  const visit = (id: ObjectId, path: string, value: SpecValue): void => {
    if (isSqlText(value)) out.push({ id, field: path, text: value.sql });
    else if (typeof value === "object" && value !== null)
      for (const [key, item] of Object.entries(value)) visit(id, path === "" ? key : `${path}.${key}`, item as SpecValue);
  };
  const undecided = new Set(parts.undecided.map(({ fact }) => fact.id));
  for (const fact of parts.result.desired.values()) if (!undecided.has(fact.id)) visit(fact.id, "", fact.spec);
  return out;
}
