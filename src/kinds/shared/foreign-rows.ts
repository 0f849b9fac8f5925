import type { Fact } from "../../model/database.ts";
import type { PlanContext, Replace } from "../../model/kind.ts";
import type { ObjectId } from "../../model/object-id.ts";
import type { StepDraft } from "../../model/step.ts";

/** True for a foreign table: its rows are on another server, and no statement of ours reads or writes them. */
export function isForeignTable(fact: Pick<Fact, "kind" | "spec"> | undefined): boolean {
  return fact?.kind === "table" && typeof fact.spec["server"] === "string";
}

/**
 * Steps on a part of a foreign table cost nothing and lose nothing, whatever they would do to a table with rows of its own (measured:
 * ALTER TABLE neither scans nor rewrites what has no storage). In: the table.
 */
export function sparingRows<T extends readonly StepDraft[] | Replace>(steps: T, table: ObjectId | null, context: PlanContext): T {
  const fact = table === null ? undefined : (context.live.facts.get(table) ?? context.desired(table));
  if (!Array.isArray(steps) || !isForeignTable(fact)) return steps;
  const nothing = {
    rewrite: false,
    scan: false,
    indexRebuild: false,
    dataLoss: "never",
    probe: null,
    safer: null,
    alone: false,
  } as const;
  return steps.map((step: StepDraft) => ({ ...step, ...nothing })) as unknown as T;
}
