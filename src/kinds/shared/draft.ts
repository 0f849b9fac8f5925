import type { Fact } from "../../model/database.ts";
import type { ObjectId } from "../../model/object-id.ts";
import type { Access, Action, Breaks, Lock, Phase, Probe, StepDraft, Undo } from "../../model/step.ts";
import { strongest } from "./locks.ts";

/** What a statement does to the rows of existing tables while it holds its locks. */
export interface Work {
  readonly rewrite: boolean;
  readonly scan: boolean;
  readonly indexRebuild: boolean;
}

/** Catalog rows only. */
export const noWork: Work = { rewrite: false, scan: false, indexRebuild: false };
/** Reads all rows. */
export const scanWork: Work = { rewrite: false, scan: true, indexRebuild: false };
/** Reads all rows and builds an index. */
export const indexWork: Work = { rewrite: false, scan: true, indexRebuild: true };
/** Writes all rows and all indexes anew. */
export const rewriteWork: Work = { rewrite: true, scan: true, indexRebuild: true };

interface DraftInput {
  readonly action: Action;
  readonly sql: string;
  readonly phase: Phase;
  readonly why: string;
  readonly locks: readonly Lock[];
  readonly work: Work;
  readonly dataLoss: StepDraft["dataLoss"];
  readonly undo: Undo;
  readonly transactional?: boolean;
  readonly breaks?: Breaks;
  readonly access?: Access;
  readonly accessText?: string;
  readonly safer?: string;
  readonly probe?: Probe;
  readonly relation?: string;
  readonly needs?: readonly ObjectId[];
  readonly after?: readonly ObjectId[];
  readonly provides?: readonly ObjectId[];
  readonly removes?: readonly ObjectId[];
  readonly clears?: StepDraft["clears"];
  readonly takesAway?: boolean;
  readonly opens?: boolean;
  readonly closes?: boolean;
  readonly together?: string;
  readonly alone?: boolean;
  /** Environment variables that its SQL waits for (`${NAME}` inside literals). */
  readonly env?: readonly string[];
}

/**
 * One statement for one fact. Class, lock and loss are said here, where the SQL is; what is left out means nothing of the kind.
 * A create or alter provides its fact, a drop removes it, unless the input says otherwise.
 */
export function draft(fact: Fact, input: DraftInput): StepDraft {
  const drops = input.action === "drop";
  return {
    phase: input.phase,
    kind: fact.kind,
    object: fact.object,
    action: input.action,
    sql: input.sql,
    locks: strongest(input.locks),
    ...input.work,
    transactional: input.transactional ?? true,
    dataLoss: input.dataLoss,
    undo: input.undo,
    breaks: input.breaks ?? "none",
    access: input.access ?? "none",
    accessText: input.accessText ?? null,
    safer: input.safer ?? null,
    why: input.why,
    at: fact.at ?? null,
    probe: input.probe ?? null,
    relation: input.relation ?? null,
    needs: input.needs ?? [],
    ...(input.after && input.after.length > 0 ? { after: input.after } : {}),
    provides: input.provides ?? (drops ? [] : [fact.id]),
    removes: input.removes ?? (drops ? [fact.id] : []),
    clears: input.clears ?? [],
    ...(input.takesAway ? { takesAway: true } : {}),
    ...(input.opens ? { opens: true } : {}),
    ...(input.closes ? { closes: true } : {}),
    together: input.together ?? null,
    alone: input.alone ?? false,
    ...(input.env && input.env.length > 0 ? { env: input.env } : {}),
  };
}
