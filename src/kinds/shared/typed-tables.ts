import type { PlanContext } from "../../model/kind.ts";
import { type ObjectId, pathOf } from "../../model/object-id.ts";
import type { StepDraft } from "../../model/step.ts";
import { lockOnHeirs, lockOnIndexes, strongest } from "./locks.ts";

/**
 * PostgreSQL changes an attribute of a type that tables are of only together with their columns. They leave the type, both are changed,
 * and they are of it again: at once, so that nobody sees them apart.
 * In: the type, the statement on it, and what ALTER TABLE does to a column for the same: forth, and back where there is a way.
 */
export function withTypedTables(
  type: ObjectId,
  step: StepDraft,
  column: { readonly forth: string; readonly back: string; readonly rewrites?: boolean },
  context: PlanContext,
): StepDraft {
  const staying = context.heirs("desired", type);
  const tables = context.heirs("live", type).filter((table) => staying.includes(table) && !context.isNew(table));
  if (tables.length === 0) return step;
  const around = (sql: string, change: string): string =>
    [
      ...tables.map((table) => `ALTER TABLE ${pathOf(table)} NOT OF;`),
      sql,
      ...tables.map((table) => `ALTER TABLE ${pathOf(table)} ${change};`),
      ...tables.map((table) => `ALTER TABLE ${pathOf(table)} OF ${pathOf(type)};`),
    ].join("\n");
  const empty = tables.every((table) => context.isEmpty(table));
  const rewrite = column.rewrites === true;
  return {
    ...step,
    sql: around(step.sql, column.forth),
    undo: "sql" in step.undo ? { sql: around(step.undo.sql, column.back) } : step.undo,
    locks: strongest([
      ...step.locks,
      ...tables.flatMap((table) => lockOnHeirs(context, table, "AccessExclusiveLock")),
      ...(rewrite ? tables.flatMap((table) => lockOnIndexes(context, table, "AccessExclusiveLock")) : []),
    ]),
    ...(rewrite ? { rewrite: true, scan: true, indexRebuild: true } : {}),
    dataLoss: empty || /^ADD |^RENAME /.test(column.forth) ? step.dataLoss : "always",
    alone: rewrite || step.alone,
  };
}
