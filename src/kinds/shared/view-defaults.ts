import { qualifiedName, quoteIdentifier } from "../../base/identifier.ts";
import type { Fact } from "../../model/database.ts";
import type { PlanContext } from "../../model/kind.ts";
import type { SqlText } from "../../model/spec.ts";
import type { StepDraft } from "../../model/step.ts";
import { normalForm } from "../../sql/normal-form.ts";
import { draft, noWork } from "./draft.ts";
import { lockOn } from "./locks.ts";

/** Defaults of columns of views: what INSERT through the view puts where it names no value (manual, ALTER VIEW). */

export type ViewDefault = { readonly column: string; readonly default: SqlText };

type Defaults = { readonly schema: string; readonly name: string; readonly defaults: readonly ViewDefault[] };

/** By the names of their columns. */
export function sortDefaults(defaults: readonly ViewDefault[]): readonly ViewDefault[] {
  return [...defaults].sort((a, b) => (a.column < b.column ? -1 : a.column > b.column ? 1 : 0));
}

/** ALTER VIEW … SET DEFAULT; null takes it away. */
export function defaultSql(
  spec: { readonly schema: string; readonly name: string },
  column: string,
  value: SqlText | null,
): string {
  const action = value === null ? "DROP DEFAULT" : `SET DEFAULT ${value.sql}`;
  return `ALTER VIEW ${qualifiedName(spec.schema, spec.name)} ALTER COLUMN ${quoteIdentifier(column)} ${action};`;
}

/** The steps between the defaults of two definitions, one per column. */
export function alterDefaults(live: Fact<Defaults>, desired: Fact<Defaults>, context: PlanContext): readonly StepDraft[] {
  const columns = [...new Set([...live.spec.defaults, ...desired.spec.defaults].map((item) => item.column))].sort();
  const printed = (context.canonical(desired.id)?.spec["defaults"] ?? []) as readonly ViewDefault[];
  const of = (list: readonly ViewDefault[], column: string): SqlText | null =>
    list.find((item) => item.column === column)?.default ?? null;
  return columns.flatMap((column) => {
    const [before, after] = [of(live.spec.defaults, column), of(desired.spec.defaults, column)];
    if (isSame(before, after) || isSame(before, of(printed, column))) return [];
    return [
      draft(desired, {
        action: "alter",
        sql: defaultSql(desired.spec, column, after),
        phase: "expand",
        why:
          after === null ? `the default of ${column} is no longer in the files` : `the default of ${column} becomes ${after.sql}`,
        locks: lockOn(context, desired.id, "AccessExclusiveLock"),
        work: noWork,
        dataLoss: "never",
        undo: { sql: defaultSql(desired.spec, column, before) },
      }),
    ];
  });
}

function isSame(a: SqlText | null, b: SqlText | null): boolean {
  return a !== null && b !== null && normalForm("expression", a.sql) === normalForm("expression", b.sql);
}
