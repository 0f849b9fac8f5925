import { setTimeout as sleep } from "node:timers/promises";
import { sqlStateOf } from "../catalog/connection-error.ts";
import type { Step } from "../model/step.ts";
import type { LockWait } from "./lock-watcher.ts";
import { describeBlocker } from "./progress.ts";
import { type RunContext, StepFailure } from "./run-context.ts";
import { isUnhurried } from "./step-limits.ts";

const LOOK_MS = 500;
const PAUSE_MIN_MS = 500;
const PAUSE_MAX_MS = 5000;

/**
 * Runs `attempt`, again when it got no lock in time or lost a deadlock, with pauses of 0.5 to 5 s in which the queue behind it drains,
 * until the limits' lock wait is over. While it waits, who holds it up goes to onProgress. A statement that ran into its own time limit
 * is not tried again: what was said of it is wrong, and the next attempt would stop the application as well.
 * Throws StepFailure, with `during: "waiting"` when time ran out and `"building"` when a build waited too long for other sessions.
 * @param steps what one attempt carries out
 */
export async function withLockRetries(context: RunContext, steps: readonly Step[], attempt: () => Promise<void>): Promise<void> {
  const deadline = Date.now() + context.limits.lockWaitMs;
  let lastWait: LockWait | null = null;
  for (let n = 1; ; n++) {
    const watched = await watchedAttempt(context, steps, attempt);
    lastWait = watched.wait ?? lastWait;
    const { failure } = watched;
    if (failure === null) return;
    if (context.signal?.aborted || !isRetryable(failure.cause)) throw failure;
    const left = deadline - Date.now();
    if (left <= 0) throw new StepFailure(failure.step, "waiting", failure.cause, waitRemarks(lastWait, failure.step));
    const nextInMs = Math.min(left, pauseAfter(n));
    context.onProgress({ type: "retry", step: failure.step, attempt: n, nextInMs });
    await sleep(nextInMs, undefined, context.signal ? { signal: context.signal } : {}).catch(() => undefined);
    if (context.signal?.aborted) throw failure;
  }
}

/** One attempt with somebody looking on. What is thrown that is no StepFailure is a bug or a lost connection and passes. */
async function watchedAttempt(
  context: RunContext,
  steps: readonly Step[],
  attempt: () => Promise<void>,
): Promise<{ readonly failure: StepFailure | null; readonly wait: LockWait | null }> {
  const { buildWaitMs } = context.limits;
  const limit = steps.some(isUnhurried) ? buildWaitMs : undefined;
  let gaveUp: Promise<boolean> | undefined;
  const watch = context.watcher.watch({
    everyMs: LOOK_MS,
    onWait: (wait) => {
      const step = stepWaiting(steps, wait);
      if (step === undefined) return;
      context.onProgress({ type: "waiting", step, ...wait });
      if (limit !== undefined && wait.waitedMs >= limit) gaveUp ??= context.watcher.cancel();
    },
    ...onBuild(context, steps),
  });
  try {
    await attempt();
    return { failure: null, wait: watch.last() };
  } catch (error) {
    if (!(error instanceof StepFailure)) throw error;
    const wait = watch.last();
    if (await gaveUp)
      return {
        failure: new StepFailure(error.step, "building", error.cause, [...waitRemarks(wait, error.step), ...error.remarks]),
        wait,
      };
    return { failure: error, wait };
  } finally {
    await watch.stop();
    // A late cancel must not hit what comes next.
    await gaveUp;
  }
}

function onBuild(context: RunContext, steps: readonly Step[]) {
  const [step] = steps;
  if (step === undefined || step.transactional) return {};
  return {
    onBuild: (progress: { phase: string; fraction: number | null }) => context.onProgress({ type: "build", step, ...progress }),
  };
}

/** The server does not say which statement of a batch waits; the first that locks the relation in question is it in practice. */
function stepWaiting(steps: readonly Step[], wait: LockWait): Step | undefined {
  return steps.find((step) => step.locks.some((lock) => lock.relation === wait.relation)) ?? steps[0];
}

/** lock_not_available, deadlock_detected, and what a concurrent GRANT or ANALYZE of the same catalog row ends in. */
function isRetryable(error: unknown): boolean {
  const state = sqlStateOf(error);
  if (state === "55P03" || state === "40P01") return true;
  return state === "XX000" && error instanceof Error && /^tuple concurrently (updated|deleted)/.test(error.message);
}

/** Longer after each attempt, and never at the same moment as another runner or job. */
function pauseAfter(attempt: number): number {
  const ceiling = Math.min(PAUSE_MAX_MS, PAUSE_MIN_MS * 2 ** attempt);
  return PAUSE_MIN_MS + Math.random() * (ceiling - PAUSE_MIN_MS);
}

function waitRemarks(wait: LockWait | null, step: Step): readonly string[] {
  const relation = wait?.relation ?? step.locks.find((lock) => lock.blocks !== "none")?.relation ?? step.locks[0]?.relation;
  const what = relation === undefined ? "It waited for other sessions." : `It waited for ${relation}.`;
  if (wait === null) return [`${what} Nobody could be seen holding it when it was looked for.`];
  return [what, ...wait.blockers.map((blocker) => `In the way: ${describeBlocker(blocker)}`)];
}
