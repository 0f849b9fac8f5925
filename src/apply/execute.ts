import type { Session } from "../catalog/connect.ts";
import type { LiveDatabase } from "../model/database.ts";
import { readRelied } from "../model/fingerprint.ts";
import { LockstepError } from "../model/lockstep-error.ts";
import type { Plan } from "../model/plan.ts";
import type { Step } from "../model/step.ts";
import { requiredApprovals } from "./approvals.ts";
import { checkPlan } from "./check-plan.ts";
import { runConcurrent } from "./concurrent-step.ts";
import { type Environment, requireVariables, secretsOf } from "./filled-in.ts";
import { interrupted } from "./interrupted.ts";
import { closeRun, openRun, type PlanJournal, readJournal, recordAfter } from "./journal.ts";
import { LockWatcher } from "./lock-watcher.ts";
import { requirePrivileges } from "./privileges.ts";
import type { ApplyProgress } from "./progress.ts";
import { type RunContext, StepFailure } from "./run-context.ts";
import { groupSteps, type PhaseChoice, type StepChoice, selectSteps } from "./select-steps.ts";
import { ensureState } from "./state-schema.ts";
import { ApplyError, type ApplyResult, explainFailure } from "./step-error.ts";
import type { ApplyLimits } from "./step-limits.ts";
import { runGroup } from "./transaction-group.ts";

export interface ExecuteInput extends ApplyLimits {
  /** Holds the project's run lock (see run-lock.ts). Opened without the signal: it still has to record how the run ended. */
  readonly session: Session;
  /** Opens a second connection to the same database, likewise without the signal; closed by the run. */
  readonly openSession: () => Promise<Session>;
  readonly plan: Plan;
  readonly phase: PhaseChoice;
  /** Items of `--approve`. */
  readonly approve: readonly string[];
  /** True for a plan that comes from a file: it resumes after its own recorded steps. */
  readonly saved: boolean;
  /** The live state, read under the run lock. */
  readonly live: LiveDatabase;
  /** Reads the live state anew, on `session`, outside transactions. */
  readonly read: () => Promise<LiveDatabase>;
  /** Asks a person; absent: yes. */
  readonly confirm?: (steps: readonly Step[]) => Promise<boolean>;
  readonly onProgress: (event: ApplyProgress) => void;
  readonly signal?: AbortSignal;
  /** What must not appear in messages and in the journal: passwords of the connection. */
  readonly secrets?: readonly string[];
  /** Variables that steps take secrets from. */
  readonly env?: Environment;
}

const NO_JOURNAL: PlanJournal = { done: new Set(), begun: new Set(), inFlight: [], after: null };

/**
 * Carries out the steps of a plan that belong to a phase, and records them in the schema `lockstep`, which is made when it is missing.
 * Everything that can be refused is refused before the first step, as LockstepError: `stale-plan` (4), `gate-closed`, `needs-approval`,
 * `not-confirmed` (3), `missing-privilege`, `no-state-schema` (1). With nothing to run, nothing is written and nothing is needed.
 * Throws ApplyError when a step fails (1), gets no lock (`lock-wait`, `build-wait`: 5), or a signal comes (130): its `result` tells how
 * far the run came.
 */
export async function executePlan(input: ExecuteInput): Promise<ApplyResult> {
  const { session, plan, live } = input;
  const journal = input.saved ? await readJournal(session, plan) : NO_JOURNAL;
  checkPlan(plan, live, journal);
  const choice = selectSteps(plan, input.phase, journal.done);
  if (choice.chosen.length === 0) return { ran: [], skipped: choice.skipped, pending: choice.pending, live };
  const approvals = requiredApprovals(choice.chosen, input.approve);
  const env = input.env ?? {};
  requireVariables(choice.chosen, env);
  await requirePrivileges(session, choice.chosen, live);
  if (input.confirm !== undefined && !(await input.confirm(choice.chosen))) {
    throw new LockstepError({ code: "not-confirmed", message: "The plan was not confirmed; nothing was changed.", exitCode: 3 });
  }
  await ensureState(session);
  const { phase, saved } = input;
  const run = await openRun(session, { plan, phase, saved, steps: choice.chosen, approvals });
  const watcher = new LockWatcher(input.openSession, session.backendPid);
  const context: RunContext = { session, watcher, run, limits: input, env, onProgress: input.onProgress, signal: input.signal };
  try {
    return await runToEnd(input, context, choice, journal);
  } finally {
    await watcher.close();
  }
}

/** From now on a signal cancels the statement that runs. Returns what ends this, and waits until nothing will be cancelled any more. */
function cancelOnSignal(context: RunContext): () => Promise<void> {
  let cancelling: Promise<unknown> = Promise.resolve();
  const cancel = () => {
    cancelling = context.watcher.cancel();
  };
  context.signal?.addEventListener("abort", cancel, { once: true });
  return async () => {
    context.signal?.removeEventListener("abort", cancel);
    await cancelling;
  };
}

async function runToEnd(
  input: ExecuteInput,
  context: RunContext,
  choice: StepChoice,
  journal: PlanJournal,
): Promise<ApplyResult> {
  const ran: Step[] = [];
  const { chosen, skipped, pending } = choice;
  input.onProgress({ type: "start", runId: context.run.id, steps: chosen, skipped });
  const stopCancelling = cancelOnSignal(context);
  try {
    let live = input.live;
    for (const group of groupSteps(chosen)) {
      if (input.signal?.aborted) throw interrupted(input.signal, "Interrupted between two steps.");
      await runSteps(context, group, chosen);
      ran.push(...group);
      // A saved plan may be taken up again by another process, which has to know the state that these steps left.
      const done = [...journal.done, ...ran.map((step) => step.id)];
      if (input.saved || ran.length === chosen.length) live = await readAfter(input, context, done);
    }
    await stopCancelling();
    await closeRun(context.session, context.run, "done", null, null);
    return { ran, skipped, pending, live };
  } catch (error) {
    await stopCancelling();
    throw await fail(input, context, { ran, skipped, pending: [...chosen.slice(ran.length), ...pending] }, chosen, error);
  }
}

async function runSteps(context: RunContext, group: readonly Step[], chosen: readonly Step[]): Promise<void> {
  const [first] = group;
  if (first === undefined) return;
  const place = (step: Step) => ({ step, index: chosen.indexOf(step) + 1, total: chosen.length });
  const start = performance.now();
  for (const step of group) context.onProgress({ type: "step-start", ...place(step) });
  if (first.transactional) await runGroup(context, group);
  else await runConcurrent(context, first);
  const ms = Math.round(performance.now() - start);
  for (const step of group) context.onProgress({ type: "step-done", ...place(step), ms });
}

async function readAfter(input: ExecuteInput, context: RunContext, done: readonly string[]): Promise<LiveDatabase> {
  const live = await input.read();
  await recordAfter(context.session, context.run, {
    done,
    hashes: readRelied(Object.keys(input.plan.target.relies_on), live.facts),
  });
  return live;
}

/** Closes the run as failed and builds what to throw. What goes wrong here must not hide what went wrong before; a bug stays itself. */
async function fail(
  input: ExecuteInput,
  context: RunContext,
  result: Omit<ApplyResult, "live">,
  chosen: readonly Step[],
  error: unknown,
): Promise<unknown> {
  const { signal } = input;
  const secrets = [...(input.secrets ?? []), ...secretsOf(chosen, context.env)];
  const explained = explainFailure(error, { chosen, committed: result.ran, limits: context.limits, signal, secrets });
  const step = error instanceof StepFailure ? error.step : null;
  const status = signal?.aborted ? "interrupted" : "failed";
  const close = async (session: Session) => {
    if (session.inTransaction) await session.query("rollback");
    await closeRun(session, context.run, status, explained?.message ?? String(error), step);
  };
  let live: LiveDatabase | null = null;
  try {
    await close(context.session);
    live = await input.read();
  } catch {
    const spare = await context.watcher.spare();
    if (spare !== null) await close(spare).catch(() => undefined);
  }
  if (explained === null) return error;
  return new ApplyError(explained, step, { ...result, live });
}
