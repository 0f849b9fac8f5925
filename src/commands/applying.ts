import { executePlan } from "../apply/execute.ts";
import type { ApplyProgress } from "../apply/progress.ts";
import { type RunLockOptions, withRunLock } from "../apply/run-lock.ts";
import { ApplyError, type ApplyResult } from "../apply/step-error.ts";
import type { Session } from "../catalog/connect.ts";
import { sqlStateOf } from "../catalog/connection-error.ts";
import { readLive } from "../catalog/read-live.ts";
import { readState } from "../catalog/state.ts";
import type { LiveDatabase, ProjectConfig } from "../model/database.ts";
import { LockstepError } from "../model/lockstep-error.ts";
import type { Plan } from "../model/plan.ts";
import type { Step } from "../model/step.ts";
import { recordApplied } from "./applied-state.ts";
import { loadAgainst, type PhaseChoice, type Planned, type PlanningOptions, planWith } from "./planning.ts";

/** How a plan is carried out. Times are in milliseconds; what is left out comes from the files, else from the defaults. */
export interface ApplyingOptions extends Omit<PlanningOptions, "phases"> {
  /** A saved plan; without it the plan is made under the lock. */
  readonly saved?: Plan;
  /** What the files say about applying; undefined for a saved plan without files. */
  readonly config?: Pick<ProjectConfig, "project" | "apply" | "rollout">;
  readonly phase?: PhaseChoice;
  readonly lockTimeout?: number;
  readonly lockWait?: number;
  readonly buildWait?: number;
  /** For another run to end. */
  readonly wait?: number;
  readonly onWait?: RunLockOptions["onWait"];
  readonly onProgress?: (event: ApplyProgress) => void;
  /** Is given the plan before anything is checked or done; may throw to refuse it. */
  readonly onPlan?: (plan: Plan) => void;
  /** Asked before the first step; absent: yes. */
  readonly confirm?: (steps: readonly Step[]) => Promise<boolean>;
  /** What must not appear in messages and in the journal. */
  readonly secrets?: readonly string[];
  /** Variables that `${NAME}` in connections and options of the files stands for; their values never leave this process but to the server. */
  readonly env?: Readonly<Record<string, string | undefined>>;
}

/** A database to write to. Its sessions are opened without an AbortSignal: a run records how it ended. */
export interface WritableTarget {
  readonly session: Session;
  openSession(): Promise<Session>;
}

/** A run that came to its end. */
export interface Applied {
  readonly plan: Plan;
  readonly phase: PhaseChoice;
  readonly result: ApplyResult;
}

const DEFAULTS = { lockTimeout: 500, lockWait: 60_000, safeStatementTimeout: 5000 };

/**
 * Runs a saved plan, or plans and runs, one run at a time for a project. Records what was applied, also when a step failed.
 * Throws what planning throws, `run-locked` (5), and what executePlan throws: ApplyError tells how far the run came.
 */
export async function applyWith(target: WritableTarget, options: ApplyingOptions): Promise<Applied> {
  const project = options.saved?.project ?? options.config?.project ?? "default";
  const lock: RunLockOptions = {
    ...(options.wait === undefined ? {} : { waitMs: options.wait }),
    ...(options.onWait === undefined ? {} : { onWait: options.onWait }),
    ...(options.signal === undefined ? {} : { signal: options.signal }),
  };
  return await withRunLock(target.session, project, lock, async () => {
    const { plan, live, state, learned } = await untilAborted(target.session, options.signal, () =>
      planOrSaved(target.session, options),
    );
    options.onPlan?.(plan);
    refuseErrors(plan);
    const phase = phaseOf(options);
    const record = async (result: ApplyResult) =>
      recordResult(target.session, { plan: await withNewNames(plan, live, result, options), result, state, learned, options });
    try {
      const result = await execute(target, plan, live, phase, options);
      await record(result);
      return { plan, phase, result };
    } catch (error) {
      if (error instanceof ApplyError && error.result.ran.length > 0) await record(error.result).catch(() => undefined);
      throw error;
    }
  });
}

/** An extension that the run installed gives names of the files a schema that the plan could not know: ids are as the next plan has them. */
async function withNewNames(plan: Plan, before: LiveDatabase, result: ApplyResult, options: ApplyingOptions): Promise<Plan> {
  if (options.saved !== undefined || result.live === null || result.live.extensionNames.size === before.extensionNames.size)
    return plan;
  const desired = await loadAgainst(result.live, options);
  return { ...plan, declared: [...desired.facts.keys()].sort() };
}

async function planOrSaved(session: Session, options: ApplyingOptions): Promise<Omit<Planned, "desired">> {
  const { saved } = options;
  if (saved === undefined) return await planWith(session, options);
  const live = await readLive(session);
  return { plan: saved, live, state: await readState(session, saved.project), learned: [] };
}

/** Nothing is recorded before the run begins, so a signal may end the session at once instead of after a query that waits for a lock. */
async function untilAborted<T>(session: Session, signal: AbortSignal | undefined, body: () => Promise<T>): Promise<T> {
  const cancel = () => void session.cancelAndClose();
  signal?.addEventListener("abort", cancel, { once: true });
  try {
    return await body();
  } finally {
    signal?.removeEventListener("abort", cancel);
  }
}

/** `rollout` of the files decides where the flag is left out. No gate of contract steps is timed yet: what is due is all of them. */
function phaseOf({ phase, config, policiesOnly }: ApplyingOptions): PhaseChoice {
  if (phase !== undefined) return phase;
  if (policiesOnly === true) return "all";
  return config?.rollout.phase === "all" || config?.rollout.contract === "auto" ? "all" : "expand";
}

async function execute(
  target: WritableTarget,
  plan: Plan,
  live: LiveDatabase,
  phase: PhaseChoice,
  options: ApplyingOptions,
): Promise<ApplyResult> {
  const limits = options.config?.apply ?? DEFAULTS;
  return await executePlan({
    session: target.session,
    openSession: () => target.openSession(),
    plan,
    phase,
    approve: options.approve ?? [],
    saved: options.saved !== undefined,
    live,
    read: () => readLive(target.session),
    lockTimeoutMs: options.lockTimeout ?? limits.lockTimeout,
    lockWaitMs: options.lockWait ?? limits.lockWait,
    safeStatementTimeoutMs: limits.safeStatementTimeout,
    ...(options.buildWait === undefined ? {} : { buildWaitMs: options.buildWait }),
    ...(options.confirm === undefined ? {} : { confirm: options.confirm }),
    ...(options.signal === undefined ? {} : { signal: options.signal }),
    ...(options.secrets === undefined ? {} : { secrets: options.secrets }),
    ...(options.env === undefined ? {} : { env: options.env }),
    onProgress: options.onProgress ?? (() => undefined),
  });
}

/**
 * With no step to run nothing is made: no schema `lockstep`, and no right to write is needed. Where the schema is there, what the files
 * declare by now is recorded, so that an object which was adopted into the files is drift no longer.
 */
async function recordResult(
  session: Session,
  done: Pick<Planned, "plan" | "state" | "learned"> & { readonly result: ApplyResult; readonly options: ApplyingOptions },
): Promise<void> {
  const { plan, result, state, learned, options } = done;
  const policiesOnly = options.policiesOnly === true;
  if (result.live === null) return;
  const idle = result.ran.length === 0;
  if (idle && (state === null || policiesOnly)) return;
  try {
    await recordApplied(session, { plan, result, live: result.live, state, learned, policiesOnly });
  } catch (error) {
    if (!idle || sqlStateOf(error) !== "42501") throw error;
  }
}

/** Throws `plan-errors` (1) when the plan says itself that it cannot work. */
function refuseErrors(plan: Plan): void {
  const errors = plan.diagnostics.filter(({ severity }) => severity === "error");
  if (errors.length === 0) return;
  const message = "The plan cannot be carried out as it stands; nothing was changed.";
  throw new LockstepError({ code: "plan-errors", message, diagnostics: errors });
}
