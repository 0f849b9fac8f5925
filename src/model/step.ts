import type { SourceRef } from "./database.ts";
import type { ObjectId } from "./object-id.ts";

export type Phase = "expand" | "backfill" | "contract";
export type StepClass = "safe" | "locking" | "destructive";
export type Access = "none" | "widens" | "narrows" | "unknown";
export type Breaks = "none" | "old" | "new";
export type Action = "create" | "alter" | "replace" | "drop" | "rename" | "backfill" | "validate" | "policy" | "grant" | "rows";

/** Table-level locks from the weakest to the strongest, by what they conflict with (manual, table 13.2). */
export const lockModes = [
  "AccessShareLock",
  "RowShareLock",
  "RowExclusiveLock",
  "ShareUpdateExclusiveLock",
  "ShareLock",
  "ShareRowExclusiveLock",
  "ExclusiveLock",
  "AccessExclusiveLock",
] as const;

export type LockMode = (typeof lockModes)[number];

/** A lock on a relation that exists before the step. `relation` is `schema.name`, quoted where needed. */
export interface Lock {
  readonly relation: string;
  readonly mode: LockMode;
  readonly blocks: "none" | "writes" | "reads_and_writes";
}

/** How to go back: SQL, or why there is no way. */
export type Undo = { readonly sql: string } | { readonly none: string };

/**
 * A question to the data that decides a step's class, asked once at plan time with a query that returns one number.
 * `lossy`: the rows that the step would change or lose; more than none makes the step destructive, an unanswered question too.
 * `violations`: the rows that make the step fail; more than none is an error of the plan.
 */
export interface Probe {
  readonly asks: "lossy" | "violations" | "rows";
  readonly sql: string;
  /** Relation that is read, `schema.name`: its privileges and row security decide whether it can be asked at all. */
  readonly relation: string;
  readonly means: string;
}

/** What a kind says of one statement. Every fact is required: there is no default table. */
export interface StepDraft {
  readonly phase: Phase;
  readonly kind: string;
  readonly object: string;
  readonly action: Action;
  readonly sql: string;
  readonly locks: readonly Lock[];
  readonly rewrite: boolean;
  readonly scan: boolean;
  readonly indexRebuild: boolean;
  readonly transactional: boolean;
  /** What is lost when it runs: `always`, `never`, or what the probe finds. */
  readonly dataLoss: "always" | "never" | "probe";
  readonly undo: Undo;
  readonly breaks: Breaks;
  readonly access: Access;
  readonly accessText: string | null;
  readonly safer: string | null;
  readonly why: string;
  readonly at: SourceRef | null;
  readonly probe: Probe | null;
  /** Main relation (`schema.name`) whose size tells how long it takes; null when none grows with it. */
  readonly relation: string | null;

  /** Ids that must be there before it. */
  readonly needs: readonly ObjectId[];
  /** Ids whose steps in this plan come before it, also those that take them away: the key without which a column may be null. */
  readonly after?: readonly ObjectId[];
  /** Ids that are there, in their desired form, after it. */
  readonly provides: readonly ObjectId[];
  /** Ids that are gone after it. */
  readonly removes: readonly ObjectId[];
  /**
   * Ids whose dependents must be out of the way while it runs: `column` those that PostgreSQL refuses to carry along,
   * `replace` all of them. The planner drops them before and puts them back after, in the same transaction. `itself`: the thing of that
   * id has to go and come back.
   */
  readonly clears: readonly { readonly id: ObjectId; readonly by: "column" | "replace" | "itself" }[];
  /** True when it only takes something away from its fact: what the fact will need need not be there yet. */
  readonly takesAway?: boolean;
  /** True when all else that the plan does inside its object comes after it: PostgreSQL does not let it before (DETACH PARTITION). */
  readonly opens?: boolean;
  /** True when all else that the plan does inside its object comes before it (ATTACH PARTITION). */
  readonly closes?: boolean;
  /** Steps with the same key go into one transaction. */
  readonly together: string | null;
  /** Must be alone in its transaction (scan, rewrite, VALIDATE, enum value). */
  readonly alone: boolean;
  /** Environment variables whose values take the place of `${NAME}` in the literals of its SQL when it runs. */
  readonly env?: readonly string[];
}

/** A step of a plan, as contract §4 prints it. Times in milliseconds, sizes in bytes. */
export interface Step {
  readonly id: string;
  readonly phase: Phase;
  readonly class: StepClass;
  readonly kind: string;
  readonly object: string;
  readonly action: Action;
  readonly sql: string;
  readonly breaks: Breaks;
  readonly locks: readonly Lock[];
  readonly rewrite: boolean;
  readonly scan: boolean;
  readonly index_rebuild: boolean;
  readonly transactional: boolean;
  /** Steps with the same number commit together. */
  readonly group: number;
  readonly rows: number | string | null;
  readonly bytes: number | null;
  readonly estimate_ms: number | null;
  readonly access: Access;
  readonly access_text: string | null;
  readonly reason: { readonly text: string; readonly file: string | null; readonly line: number | null };
  readonly undo: Undo;
  readonly safer: string | null;
  readonly rollout: string | null;
  /** Approvals that answer for it: `locking`, `destructive`, `widen`, `undeclared`, `rebuild`; empty when none is needed. */
  readonly approvals: readonly string[];
  /** Tables that it takes to be empty: looked at again in its own transaction. `schema.name`. */
  readonly assumes_empty: readonly string[];
  /** Environment variables that `${NAME}` in its SQL stands for: secrets, which no plan holds. Absent when there are none. */
  readonly env?: readonly string[];
}

const longWork = (draft: Pick<StepDraft, "rewrite" | "scan" | "indexRebuild">): boolean =>
  draft.rewrite || draft.scan || draft.indexRebuild;

/**
 * The class of a statement from its facts (contract §2): rows lost, else work that grows with the table under a lock
 * that makes the application wait, else safe.
 * @param lost what the probe answered: null when it was not or could not be asked, then the worst is assumed.
 */
export function classOf(draft: StepDraft, lost: number | null): StepClass {
  if (draft.dataLoss === "always") return "destructive";
  if (draft.dataLoss === "probe" && (lost === null || lost > 0)) return "destructive";
  return longWork(draft) && draft.locks.some((lock) => lock.blocks !== "none") ? "locking" : "safe";
}
