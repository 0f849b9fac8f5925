import type { PlanContext } from "../../model/kind.ts";
import type { ObjectId } from "../../model/object-id.ts";
import type { StepDraft } from "../../model/step.ts";

/**
 * Tables that have their columns from this one and will not any more: what happens to it afterwards is not about them.
 * Dropped ones are not among them.
 */
function leavingHeirs(context: PlanContext, table: ObjectId): ObjectId[] {
  const staying = context.heirs("desired", table);
  return context.heirs("live", table).filter((heir) => !staying.includes(heir) && context.desired(heir) !== undefined);
}

/** Tables that statements on this one reach: those that are about to leave it have left before. */
export function reachedHeirs(context: PlanContext, table: ObjectId): ObjectId[] {
  const leaving = leavingHeirs(context, table);
  return leaving.length === 0
    ? [...context.heirs("live", table)]
    : context.heirs("live", table).filter((id) => !leaving.includes(id));
}

/** Steps on a table that reach its heirs, once those that leave it have done so. */
export function afterLeaving(steps: readonly StepDraft[], table: ObjectId, context: PlanContext): readonly StepDraft[] {
  const leaving = leavingHeirs(context, table);
  return leaving.length === 0 ? steps : steps.map((step) => ({ ...step, needs: [...step.needs, ...leaving] }));
}
