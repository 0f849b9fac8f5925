import { quoteIdentifier } from "../../base/identifier.ts";
import type { PlanContext } from "../../model/kind.ts";
import { type ObjectId, objectId, pathOf } from "../../model/object-id.ts";
import type { StepDraft } from "../../model/step.ts";
import { lockOnHeirs, lockOnIndexes, strongest } from "./locks.ts";

/** An attribute whose type changes. */
interface Retyped {
  readonly name: string;
  readonly from: string;
  readonly to: string;
}

/** A text that may become longer stays as it is; what other changes do to rows is not told apart here. */
function staysOnDisk({ from, to }: Retyped): boolean {
  const length = (type: string): number => {
    const match = /^(?:text|character varying(?:\((\d+)\))?)$/.exec(type);
    return match ? Number(match[1] ?? Number.POSITIVE_INFINITY) : Number.NaN;
  };
  return length(to) >= length(from);
}

/** A default of the table's own, which would keep the cast to the old type. */
function defaultAgain(table: ObjectId, retyped: Retyped | undefined, context: PlanContext): string {
  if (!retyped) return "";
  const column = context.desired(objectId("column", `${pathOf(table)}.${quoteIdentifier(retyped.name)}`));
  const value = column?.spec["default"] as { readonly sql: string } | null | undefined;
  return value ? `, ALTER COLUMN ${quoteIdentifier(retyped.name)} SET DEFAULT ${value.sql}` : "";
}

/**
 * PostgreSQL changes an attribute of a type that tables are of only together with their columns. They leave the type, both are changed,
 * and they are of it again: at once, so that nobody sees them apart.
 * In: the type, the statement on it, and what ALTER TABLE does to a column for the same: forth, and back where there is a way.
 */
export function withTypedTables(
  type: ObjectId,
  step: StepDraft,
  column: { readonly forth: string; readonly back: string; readonly retypes?: Retyped },
  context: PlanContext,
): StepDraft {
  const staying = context.heirs("desired", type);
  const tables = context.heirs("live", type).filter((table) => staying.includes(table) && !context.isNew(table));
  const leaving = context.heirs("live", type).filter((table) => !staying.includes(table) || context.isNew(table));
  if (tables.length === 0) return leaving.length === 0 ? step : { ...step, after: leaving };
  const around = (sql: string, change: string): string =>
    [
      ...tables.map((table) => `ALTER TABLE ${pathOf(table)} NOT OF;`),
      sql,
      ...tables.map((table) => `ALTER TABLE ${pathOf(table)} ${change}${defaultAgain(table, column.retypes, context)};`),
      ...tables.map((table) => `ALTER TABLE ${pathOf(table)} OF ${pathOf(type)};`),
    ].join("\n");
  const empty = tables.every((table) => context.isEmpty(table));
  const rewrite = column.retypes !== undefined && !staysOnDisk(column.retypes);
  return {
    ...step,
    after: leaving,
    sql: around(step.sql, column.forth),
    undo: "sql" in step.undo ? { sql: around(step.undo.sql, column.back) } : step.undo,
    locks: strongest([
      ...step.locks,
      ...tables.flatMap((table) => lockOnHeirs(context, table, "AccessExclusiveLock")),
      ...(rewrite ? tables.flatMap((table) => lockOnIndexes(context, table, "AccessExclusiveLock")) : []),
    ]),
    ...(rewrite ? { rewrite: true, scan: true, indexRebuild: true } : {}),
    dataLoss: empty || !(rewrite || column.forth.startsWith("DROP ")) ? step.dataLoss : "always",
    alone: rewrite || step.alone,
  };
}
