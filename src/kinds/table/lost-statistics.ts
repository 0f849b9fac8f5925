import { qualifiedName } from "../../base/identifier.ts";
import type { Fact } from "../../model/database.ts";
import type { PlanContext } from "../../model/kind.ts";
import { type ObjectId, objectId } from "../../model/object-id.ts";
import type { SqlText } from "../../model/spec.ts";
import type { StepDraft } from "../../model/step.ts";
import { columnNames } from "../../sql/references.ts";
import { targetsOf } from "../shared/index-attributes.ts";
import { lock } from "../shared/locks.ts";

/** What ALTER COLUMN TYPE loses without a word besides the planner's statistics (measured on 14 to 18). */

type Column = Fact<{ readonly schema: string; readonly table: string; readonly name: string }>;

const tableOf = (column: Column): ObjectId => objectId("table", qualifiedName(column.spec.schema, column.spec.table));

/** Sets the statistics targets of indexes anew: those over the column are made anew under their names, without targets. */
export function lostTargets(column: Column, context: PlanContext, phase: StepDraft["phase"]): StepDraft[] {
  return context.children("live", tableOf(column), "index").flatMap((live) => {
    const final = context.final(live.id);
    const definition = live.spec["definition"] as SqlText;
    if (!final || context.isNew(live.id) || context.isDropped(live.id)) return [];
    if (!columnNames(definition.as, definition.sql).includes(column.spec.name)) return [];
    return targetsOf(final as Parameters<typeof targetsOf>[0]).map((step) => ({
      ...step,
      phase,
      why: "the change of type made the index anew, without its statistics target",
      locks: [lock(live.object, "ShareUpdateExclusiveLock")],
    }));
  });
}

/** Statistics objects that are about a column: gathered only when all their columns are. */
export function statisticsAbout(column: Column, context: PlanContext): ObjectId[] {
  return context.children("desired", tableOf(column), "statistics").flatMap((fact) => {
    const { columns, expressions } = fact.spec as unknown as { columns: readonly string[]; expressions: readonly SqlText[] };
    const named = [...columns, ...expressions.flatMap(({ as, sql }) => columnNames(as, sql))];
    return named.includes(column.spec.name) ? [fact.id] : [];
  });
}
