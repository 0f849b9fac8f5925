import type { Session } from "../catalog/connect.ts";
import type { Step } from "../model/step.ts";
import type { Environment } from "./filled-in.ts";
import type { Run } from "./journal.ts";
import type { LockWatcher } from "./lock-watcher.ts";
import type { ApplyProgress } from "./progress.ts";
import type { ApplyLimits } from "./step-limits.ts";

/** What carrying out a step needs, for the length of one run. */
export interface RunContext {
  readonly session: Session;
  readonly watcher: LockWatcher;
  readonly run: Run;
  readonly limits: ApplyLimits;
  /** Variables that steps take secrets from. */
  readonly env: Environment;
  readonly onProgress: (event: ApplyProgress) => void;
  readonly signal: AbortSignal | undefined;
}

/** A step that the database refused. `during` says which part of the work around it failed. */
export class StepFailure extends Error {
  override readonly name = "StepFailure";
  readonly step: Step;
  readonly during: "statement" | "commit" | "waiting" | "building";
  /** What a person should know besides: a remnant that was left or removed, who was in the way. */
  readonly remarks: readonly string[];

  constructor(step: Step, during: StepFailure["during"], cause: unknown, remarks: readonly string[] = []) {
    super(cause instanceof Error ? cause.message : String(cause), { cause });
    this.step = step;
    this.during = during;
    this.remarks = remarks;
  }
}
