import { quoteLiteral } from "../base/literal.ts";
import type { Session } from "../catalog/connect.ts";
import { sqlStateOf } from "../catalog/connection-error.ts";
import { LockstepError } from "../model/lockstep-error.ts";
import type { Step } from "../model/step.ts";
import { type ConcurrentIndex, concurrentIndexOf, dropRemnant, probeIndex } from "./concurrent-index.ts";
import { filledIn } from "./filled-in.ts";
import { recordFinished, recordGone, recordIntent } from "./journal.ts";
import { withLockRetries } from "./retry.ts";
import { type RunContext, StepFailure } from "./run-context.ts";

/** How long removing a remnant may take after a cancel: what the build waited for is probably still there. */
const HASTY_DROP_MS = 2000;

/**
 * Carries out a step that runs in no transaction. What it is about to make is recorded before, and that it is done after; whether a run
 * that died in between had finished is asked of the catalog. An INVALID index of that name is dropped, concurrently, before the build.
 * Throws StepFailure; an INVALID index that a failed build left is then dropped again, or the failure says that it is there.
 */
export async function runConcurrent(context: RunContext, step: Step): Promise<void> {
  const { session, run } = context;
  const target = await concurrentIndexOf(step.sql);
  const object = target?.action === "create" ? target.path : null;
  if (target !== null && (await finishedBefore(context, step, target))) {
    context.onProgress({ type: "note", step, message: `${target.path}: an earlier run finished it before it could record so` });
  } else {
    await recordIntent(session, run, step, object);
    await withLockRetries(context, [step], () => runOnce(context, step, target));
  }
  await recordFinished(session, run, step, target?.path ?? null);
}

/** True when a run of the same plan began this very step, died, and the catalog shows that the server went through with it. */
async function finishedBefore({ session, run }: RunContext, step: Step, target: ConcurrentIndex): Promise<boolean> {
  const { rows } = await session.query(
    "select from lockstep.steps where project = $1 and plan_hash = $2 and step_id = $3 and status in ('intent', 'failed') limit 1",
    [run.project, run.planHash, step.id],
  );
  if (rows.length === 0) return false;
  const state = await probeIndex(session, target);
  return target.action === "create" ? state?.valid === true : state === null;
}

async function runOnce(context: RunContext, step: Step, target: ConcurrentIndex | null): Promise<void> {
  const { session, limits } = context;
  try {
    // A lock timeout in the middle of a build leaves an INVALID index, and nobody queues behind the lock that it waits for.
    await setTimeouts(session, 0);
    if (target?.action === "create") await removeRemnant(context, step, target);
    await runStatement(context, step, target);
  } catch (error) {
    if (error instanceof StepFailure) throw error;
    if (sqlStateOf(error) === undefined && !(error instanceof LockstepError)) throw error;
    throw new StepFailure(step, "statement", error);
  } finally {
    // Fails only on a lost connection, which is told already.
    await setTimeouts(session, limits.lockTimeoutMs).catch(() => undefined);
  }
}

async function setTimeouts(session: Session, lockTimeoutMs: number): Promise<void> {
  const lockTimeout = quoteLiteral(String(lockTimeoutMs));
  await session.query(`select set_config('lock_timeout', ${lockTimeout}, false), set_config('statement_timeout', '0', false)`);
}

async function removeRemnant(context: RunContext, step: Step, target: ConcurrentIndex): Promise<void> {
  const state = await probeIndex(context.session, target);
  if (state === null || state.valid) return;
  // Waiting for that build and then dropping would drop a finished index that somebody else made.
  if (state.beingBuilt) {
    const cause = new LockstepError({
      code: "index-in-build",
      exitCode: 5,
      message: `another session is building ${target.path} right now`,
    });
    throw new StepFailure(step, "building", cause);
  }
  context.onProgress({ type: "note", step, message: `dropping the INVALID index ${target.path} that an interrupted build left` });
  await context.session.query(`drop index concurrently if exists ${target.path}`);
}

async function runStatement(context: RunContext, step: Step, target: ConcurrentIndex | null): Promise<void> {
  try {
    await context.session.query(filledIn(step, context.env));
  } catch (error) {
    if (target?.action !== "create") throw error;
    throw new StepFailure(step, "statement", error, await cleanUp(context, target, error));
  }
  if (target?.action !== "create") return;
  const state = await probeIndex(context.session, target);
  if (state?.valid === true) return;
  const cause = new LockstepError({
    code: "index-invalid",
    message: `the server reported success, and ${target.path} is ${state === null ? "not there" : "INVALID"}`,
  });
  throw new StepFailure(step, "statement", cause, await cleanUp(context, target, cause));
}

/** Gets rid of the INVALID index that a failed build left, if time and connection allow. Returns what to tell about it. */
async function cleanUp(context: RunContext, target: ConcurrentIndex, error: unknown): Promise<readonly string[]> {
  const left = `An INVALID index ${target.path} may be left: it costs writes and answers no query. The next apply drops it and builds it anew.`;
  const lost = sqlStateOf(error) === undefined && error instanceof LockstepError && error.code !== "index-invalid";
  if (lost || context.signal?.aborted) return [left];
  const state = await probeIndex(context.session, target);
  if (state === null) return [];
  if (state.valid) return [];
  const limit = sqlStateOf(error) === "57014" ? HASTY_DROP_MS : Math.max(context.limits.lockWaitMs, HASTY_DROP_MS);
  if (!(await dropRemnant(context.session, target, limit))) return [left.replace("may be left", "is left")];
  await recordGone(context.session, context.run, target.path);
  return [`The INVALID index ${target.path} that the build left was dropped again.`];
}
