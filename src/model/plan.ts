import type { Unmanaged } from "./database.ts";
import type { Diagnostic } from "./diagnostic.ts";
import type { ObjectId } from "./object-id.ts";
import type { Phase, Step } from "./step.ts";

export interface PlanChange {
  readonly kind: string;
  readonly object: string;
  readonly action: "create" | "alter" | "replace" | "drop" | "rename";
}

/** A plan as contract §4 writes it. Everything in it is plain JSON. */
export interface Plan {
  readonly format_version: 1;
  readonly lockstep_version: string;
  readonly created_at: string;
  readonly plan_hash: string;
  readonly phases: readonly Phase[];
  readonly target: {
    readonly server_version: number;
    readonly database: string;
    /** Hash of all of `relies_on`. */
    readonly fingerprint: string;
    /** What the plan was made for: id → hash of the live object, null for what must be absent. */
    readonly relies_on: Readonly<Record<ObjectId, string | null>>;
  };
  readonly project: string;
  readonly summary: {
    readonly steps: number;
    readonly safe: number;
    readonly locking: number;
    readonly destructive: number;
    readonly expand: number;
    readonly backfill: number;
    readonly contract: number;
    readonly widens: number;
  };
  readonly changes: readonly PlanChange[];
  readonly steps: readonly Step[];
  readonly rollouts: readonly never[];
  readonly unmanaged: readonly Unmanaged[];
  readonly diagnostics: readonly Diagnostic[];
  /** What the files declare, for the snapshot that drift compares with. */
  readonly declared: readonly ObjectId[];
  /** Pairs to remember after apply: id and field → the text of the files. */
  readonly texts: readonly { readonly id: ObjectId; readonly field: string; readonly text: string }[];
}
