import { qualifiedName } from "../../base/identifier.ts";
import type { Fact } from "../../model/database.ts";
import type { PlanContext } from "../../model/kind.ts";
import { objectId } from "../../model/object-id.ts";
import { routineNames } from "../../sql/references.ts";
import { noWork, rewriteWork, type Work } from "../shared/draft.ts";
import type { ColumnSpec } from "./column-spec.ts";

/** A default is stored once when it is the same for all rows; whatever differs per row writes the table anew (measured). */
export function addColumnWork(fact: Fact<ColumnSpec>, context: PlanContext): Work {
  const spec = fact.spec;
  const domain = context.final(objectId("domain", spec.type));
  const checks = domain?.spec["checks"];
  const constrained = domain !== undefined && (domain.spec["notNull"] === true || (Array.isArray(checks) && checks.length > 0));
  const perRow =
    (spec.generated !== null && !spec.virtual) ||
    spec.identity !== null ||
    (spec.default !== null && mayDiffer(spec.default.sql, context));
  return perRow || constrained ? rewriteWork : noWork;
}

/**
 * Whether an expression may give another value for each row: it calls a volatile function, or one of this plan that does not say it is
 * stable. PostgreSQL inlines some volatile SQL functions to constants and stores those once; that is not foreseen.
 */
function mayDiffer(sql: string, context: PlanContext): boolean {
  return routineNames("expression", sql).some((names) => {
    const name = names[0] === "pg_catalog" ? (names[1] ?? "") : qualifiedName(...names);
    if (context.live.volatile.has(names.length === 1 ? (names[0] ?? "") : name)) return true;
    return context.madeHere(`routine ${name}`).some((fact) => !/\b(stable|immutable)\b/i.test(JSON.stringify(fact.spec)));
  });
}
