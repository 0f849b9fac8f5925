import type { Session } from "../catalog/connect.ts";
import { sqlStateOf } from "../catalog/connection-error.ts";
import { LockstepError } from "../model/lockstep-error.ts";
import type { Step } from "../model/step.ts";
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
  let text = "begin;\n";
  steps.forEach((step, n) => {
    const limits = limitsOf(step, context.limits);
    // Set anew for each step, because a step may begin with a SET LOCAL of its own.
    text += `set local search_path = '';\nset local lock_timeout = ${limits.lockTimeoutMs};\nset local statement_timeout = ${limits.statementTimeoutMs};\n${marker(n)}\n`;
    starts.push(codePoints(text) + 1);
    text += `${step.sql}\n;\n`;
  });
  text += `${marker(steps.length)}\nset local search_path = '';\nset local statement_timeout = 0;\n${recordDone(context.run, steps)};\ncommit;\ndeallocate all`;
  return { text, starts };
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
  return new StepFailure(steps[index] ?? last, index >= steps.length ? "commit" : "statement", error);
}
