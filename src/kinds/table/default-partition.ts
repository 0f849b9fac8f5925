import type { Fact } from "../../model/database.ts";
import type { PlanContext } from "../../model/kind.ts";

/** Whether a live partition, given by its id, is the default one beside another partition of the same table. */
export function isDefaultOf(id: string, fact: Fact, context: PlanContext): boolean {
  const other = context.live.facts.get(id);
  const of = other?.spec["partitionOf"] as { readonly bound: unknown } | null | undefined;
  return other?.parent === fact.parent && of !== null && of?.bound === null;
}
