import { qualifiedName } from "../../base/identifier.ts";
import type { Fact } from "../../model/database.ts";
import type { PlanContext } from "../../model/kind.ts";
import { type ObjectId, objectId } from "../../model/object-id.ts";
import type { SqlText } from "../../model/spec.ts";
import { columnNames } from "../../sql/references.ts";

type Column = Fact<{ readonly schema: string; readonly table: string; readonly name: string }>;

const tableOf = (column: Column): ObjectId => objectId("table", qualifiedName(column.spec.schema, column.spec.table));

/** Statistics objects that are about a column: gathered only when all their columns are. */
export function statisticsAbout(column: Column, context: PlanContext): ObjectId[] {
  return context.children("desired", tableOf(column), "statistics").flatMap((fact) => {
    const { columns, expressions } = fact.spec as unknown as { columns: readonly string[]; expressions: readonly SqlText[] };
    const named = [...columns, ...expressions.flatMap(({ as, sql }) => columnNames(as, sql))];
    return named.includes(column.spec.name) ? [fact.id] : [];
  });
}
