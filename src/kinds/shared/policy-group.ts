import type { PlanContext } from "../../model/kind.ts";
import { type ObjectId, pathOf } from "../../model/object-id.ts";
import { familyOf } from "./target.ts";

/**
 * The transaction of all changes to a table's policies: between a dropped and a created one readers would see rows they
 * must not see, or none (measured). On a new table, that of its creation.
 */
export function policyGroup(context: PlanContext, table: ObjectId): { readonly together?: string } {
  return context.isNew(table) ? familyOf(context, table) : { together: `policies ${pathOf(table)}` };
}
