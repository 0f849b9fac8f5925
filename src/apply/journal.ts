import { quoteLiteral } from "../base/literal.ts";
import type { Session } from "../catalog/connect.ts";
import { sqlStateOf } from "../catalog/connection-error.ts";
import type { ObjectId } from "../model/object-id.ts";
import type { Plan } from "../model/plan.ts";
import type { Step } from "../model/step.ts";

/** What is recorded about one plan in the target database. */
export interface PlanJournal {
  /** Ids of the steps that are committed. */
  readonly done: ReadonlySet<string>;
  /** Ids of steps outside transactions that began and have no end on record. */
  readonly begun: ReadonlySet<string>;
  /** Paths of objects under construction, of any plan of the project. */
  readonly inFlight: readonly string[];
  readonly after: AfterState | null;
}

/** The state that a run left: what the plan relies on, as hashes, when the steps in `done` had run. */
export interface AfterState {
  readonly done: readonly string[];
  readonly hashes: Readonly<Record<ObjectId, string | null>>;
}

/** One row of lockstep.runs that is open. */
export interface Run {
  readonly id: string;
  readonly project: string;
  readonly planHash: string;
}

export type RunStatus = "done" | "failed" | "interrupted";

const EMPTY: PlanJournal = { done: new Set(), begun: new Set(), inFlight: [], after: null };

/** Reads what is recorded about a plan. Empty where the schema is missing or may not be read. One round trip. */
export async function readJournal(session: Session, plan: Plan): Promise<PlanJournal> {
  const project = quoteLiteral(plan.project);
  const where = `project = ${project} and plan_hash = ${quoteLiteral(plan.plan_hash)}`;
  try {
    const [steps, runs, objects] = await session.batch(`select step_id, status from lockstep.steps where ${where} order by run_id;
select after from lockstep.runs where ${where} and after is not null order by id desc limit 1;
select object from lockstep.objects where project = ${project} order by object`);
    const rows = (steps?.rows ?? []) as unknown as readonly { step_id: string; status: string }[];
    const ids = (status: string) => new Set(rows.filter((row) => row.status === status).map((row) => row.step_id));
    const done = ids("done");
    return {
      done,
      begun: new Set([...ids("intent"), ...ids("failed")].filter((id) => !done.has(id))),
      inFlight: (objects?.rows ?? []).map((row) => String(row.object)),
      after: ((runs?.rows[0]?.after ?? null) as AfterState | null) ?? null,
    };
  } catch (error) {
    if (session.inTransaction) await session.query("rollback");
    if (["3F000", "42P01", "42501"].includes(sqlStateOf(error) ?? "")) return EMPTY;
    throw error;
  }
}

/** What a run is called before it has an id. */
export interface NewRun {
  readonly plan: Plan;
  readonly phase: string;
  readonly saved: boolean;
  readonly steps: readonly Step[];
  /** Per step what answers for it: the approval it needs, and the word of the invocation that gave it. */
  readonly approvals: readonly { readonly step: Step; readonly approval: string; readonly given: string }[];
}

/**
 * Opens a run and records its approvals, in one transaction. Runs of the project that are still open are dead, because this session
 * holds the project's lock: they are closed as interrupted.
 */
export async function openRun(session: Session, input: NewRun): Promise<Run> {
  const { plan } = input;
  const { rows } = await session.query<{ id: string }>(
    `with dead as (
       update lockstep.runs set status = 'interrupted', finished_at = now(), error = 'the runner vanished'
       where project = $1 and status = 'running'
     ), opened as (
       insert into lockstep.runs (project, plan_hash, phase, saved, application, lockstep_version, steps)
       values ($1, $2, $3, $4, current_setting('application_name'), $5, $6) returning id
     ), approved as (
       insert into lockstep.approvals (run_id, step_id, approval, given)
       select opened.id, a.step_id, a.approval, a.given from opened, jsonb_to_recordset($7::jsonb) as a(step_id text, approval text, given text)
     )
     select id::text as id from opened`,
    [
      plan.project,
      plan.plan_hash,
      input.phase,
      input.saved,
      plan.lockstep_version,
      input.steps.length,
      JSON.stringify(input.approvals.map(({ step, approval, given }) => ({ step_id: step.id, approval, given }))),
    ],
  );
  const id = rows[0]?.id;
  if (id === undefined) throw new Error("the run was not recorded");
  return { id, project: plan.project, planHash: plan.plan_hash };
}

/** Closes a run. `failed` is the step that broke it, if it was one. */
export async function closeRun(
  session: Session,
  run: Run,
  status: RunStatus,
  error: string | null,
  failed: Step | null,
): Promise<void> {
  const closing = `update lockstep.runs set status = ${quoteLiteral(status)}, finished_at = clock_timestamp(), error = ${literalOrNull(error)}
where id = ${run.id}`;
  const mark =
    failed === null
      ? []
      : [
          `${insertSteps(run, [failed], "failed", error)} on conflict (run_id, step_id) do update set status = 'failed', finished_at = clock_timestamp(), error = excluded.error where steps.status <> 'done'`,
        ];
  await session.batch(["begin", ...mark, closing, "commit"].join(";\n"));
}

/** Records what the plan relies on as it is after the steps in `done`: the same plan file can go on from there. */
export async function recordAfter(session: Session, run: Run, after: AfterState): Promise<void> {
  await session.query("update lockstep.runs set after = $2::jsonb where id = $1::bigint", [run.id, JSON.stringify(after)]);
}

/** INSERT that records steps as done: part of the transaction of the steps themselves. No semicolon at its end. */
export function recordDone(run: Run, steps: readonly Step[]): string {
  return insertSteps(run, steps, "done", null);
}

/** Records that a step outside a transaction is about to run and what it makes, in one transaction. */
export async function recordIntent(session: Session, run: Run, step: Step, object: string | null): Promise<void> {
  const insert = `${insertSteps(run, [step], "intent", null)} on conflict (run_id, step_id) do update set status = 'intent', error = null`;
  const values = [run.project, object ?? "", step.kind].map(quoteLiteral).join(", ");
  const inFlight = `insert into lockstep.objects (project, object, kind, run_id, step_id, plan_hash)
values (${values}, ${run.id}, ${quoteLiteral(step.id)}, ${quoteLiteral(run.planHash)})
on conflict (project, object) do update set run_id = excluded.run_id, step_id = excluded.step_id, plan_hash = excluded.plan_hash, since = now()`;
  await session.batch(["begin", insert, ...(object === null ? [] : [inFlight]), "commit"].join(";\n"));
}

/** Records that a step outside a transaction is done; what it made is no longer in flight. */
export async function recordFinished(session: Session, run: Run, step: Step, object: string | null): Promise<void> {
  const insert = `${insertSteps(run, [step], "done", null)} on conflict (run_id, step_id) do update set status = 'done', finished_at = clock_timestamp(), error = null`;
  await session.batch(["begin", insert, ...(object === null ? [] : [forgetSql(run, object)]), "commit"].join(";\n"));
}

/** Records that an object is no longer in flight: it is gone again. */
export async function recordGone(session: Session, run: Run, object: string): Promise<void> {
  await session.query(forgetSql(run, object));
}

function forgetSql(run: Run, object: string): string {
  return `delete from lockstep.objects where project = ${quoteLiteral(run.project)} and object = ${quoteLiteral(object)}`;
}

function insertSteps(run: Run, steps: readonly Step[], status: string, error: string | null): string {
  const finished = status === "intent" ? "null" : "clock_timestamp()";
  const rows = steps.map((step) => {
    const texts = [
      step.id,
      run.project,
      run.planHash,
      step.phase,
      step.class,
      step.kind,
      step.object,
      step.action,
      step.sql,
      status,
    ];
    return `(${run.id}, ${texts.map(quoteLiteral).join(", ")}, ${finished}, ${literalOrNull(error)})`;
  });
  return `insert into lockstep.steps (run_id, step_id, project, plan_hash, phase, class, kind, object, action, sql, status, finished_at, error)
values ${rows.join(",\n  ")}`;
}

function literalOrNull(text: string | null): string {
  return text === null ? "null" : quoteLiteral(text);
}
