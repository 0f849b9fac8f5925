import { quoteIdentifier } from "../base/identifier.ts";
import { quoteLiteral } from "../base/literal.ts";
import type { Session } from "../catalog/connect.ts";
import { sqlStateOf } from "../catalog/connection-error.ts";
import { LockstepError } from "../model/lockstep-error.ts";
import { lockModes, type Step } from "../model/step.ts";
import { filledIn } from "./filled-in.ts";
import { recordDone } from "./journal.ts";
import { withLockRetries } from "./retry.ts";
import { type RunContext, StepFailure } from "./run-context.ts";
import { limitsOf } from "./step-limits.ts";

/**
 * Carries out the steps of a group in one transaction and one round trip, together with their rows in the journal: either all of it is
 * there afterwards, or nothing. Tries again where a lock was not to be had (see retry.ts). Throws StepFailure.
 */
export async function runGroup(context: RunContext, steps: readonly Step[]): Promise<void> {
  const batch = groupBatch(context, steps);
  await withLockRetries(context, steps, () => runOnce(context.session, steps, batch));
}

interface GroupBatch {
  readonly text: string;
  /** For each step, where its SQL begins in the text, in characters as PostgreSQL counts them (code points, from 1). */
  readonly starts: readonly number[];
}

// One message holds all statements, and an error does not say which of them it is of. A prepared statement outlives the rollback of the
// transaction that made it, so the last marker that exists names the statement that failed. Markers are gone at the end of the batch.
const MARKER = "lockstep_step_";
const marker = (n: number) => `prepare ${MARKER}${n} as select 1;`;

function groupBatch(context: RunContext, steps: readonly Step[]): GroupBatch {
  const starts: number[] = [];
  const seen = new Set<string>();
  const { setRole } = context.session;
  const role = setRole === null ? "" : `set local role ${quoteIdentifier(setRole)};\n`;
  let text = "begin;\n";
  steps.forEach((step, n) => {
    const limits = limitsOf(step, context.limits);
    // Set anew for each step, because a step may begin with a SET LOCAL of its own.
    text += `${role}set local search_path = '';\nset local lock_timeout = ${limits.lockTimeoutMs};\nset local statement_timeout = ${limits.statementTimeoutMs};\n${marker(n)}\n`;
    for (const table of step.assumes_empty) if (!seen.has(table)) text += emptinessCheck(table, steps);
    for (const table of step.assumes_empty) seen.add(table);
    starts.push(codePoints(text) + 1);
    text += `${filledIn(step, context.env)}\n;\n`;
  });
  text += `${marker(steps.length)}\n${role}set local search_path = '';\nset local statement_timeout = 0;\n${recordDone(context.run, steps)};\ncommit;\ndeallocate all`;
  return { text, starts };
}

/** What the check below raises: a class of SQLSTATE that PostgreSQL leaves free. */
const NOT_EMPTY = "LS001";

/**
 * Statements that fail when a table holds rows. The lock that the group takes on it anyway comes first: nobody can add a row between the
 * check and the step, and no weaker lock has to be traded for a stronger one, which deadlocks.
 */
function emptinessCheck(table: string, steps: readonly Step[]): string {
  const modes = steps.flatMap((step) => step.locks.filter((lock) => lock.relation === table).map((lock) => lock.mode));
  const mode = lockModes.findLast((candidate) => modes.includes(candidate));
  const words = mode?.replace(/Lock$/, "").replace(/(?!^)[A-Z]/g, " $&");
  const lock = words === undefined ? "" : `lock table ${table} in ${words.toLowerCase()} mode;\n`;
  const message = quoteLiteral(`${table} was empty when the plan was made, and holds rows now`);
  const body = `begin if exists (select from ${table}) then raise exception using errcode = '${NOT_EMPTY}', message = ${message}; end if; end`;
  return `${lock}do ${quoteLiteral(body)};\n`;
}

function codePoints(text: string): number {
  let count = 0;
  for (const _ of text) count++;
  return count;
}

async function runOnce(session: Session, steps: readonly Step[], batch: GroupBatch): Promise<void> {
  try {
    await session.batch(batch.text);
  } catch (error) {
    const [first] = steps;
    if (error instanceof LockstepError && first !== undefined) throw new StepFailure(first, "statement", error);
    if (sqlStateOf(error) === undefined) throw error;
    const reached = await rollBack(session);
    throw failureAt(steps, batch, reached, error);
  }
}

/** Rolls back and tells which marker was the last to be set; -1 when the text did not even parse. */
async function rollBack(session: Session): Promise<number> {
  const results = await session.batch(
    `rollback;\nselect max(substr(name, ${MARKER.length + 1})::int) as reached from pg_prepared_statements where name like '${MARKER}%';\ndeallocate all`,
  );
  const reached = results[1]?.rows[0]?.reached;
  return typeof reached === "number" ? reached : -1;
}

function failureAt(steps: readonly Step[], batch: GroupBatch, reached: number, error: unknown): StepFailure {
  const position = Number((error as { readonly position?: string }).position ?? 0);
  const parsed = batch.starts.findLastIndex((start) => start <= position);
  const index = reached >= 0 ? reached : Math.max(0, parsed);
  const last = steps.at(-1);
  if (last === undefined) throw new Error("a group without steps");
  return new StepFailure(steps[index] ?? last, index >= steps.length ? "commit" : "statement", outcomeOf(error));
}

/** A plan whose assumption no longer holds is stale; every other error stays what the server said. */
function outcomeOf(error: unknown): unknown {
  if (sqlStateOf(error) !== NOT_EMPTY || !(error instanceof Error)) return error;
  return new LockstepError({ code: "no-longer-empty", exitCode: 4, message: error.message, cause: error });
}
