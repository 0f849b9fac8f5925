import type { Fact } from "../../model/database.ts";
import type { PlanContext } from "../../model/kind.ts";
import { objectId } from "../../model/object-id.ts";
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
    (spec.default !== null && mayDiffer(spec.default.sql));
  return perRow || constrained ? rewriteWork : noWork;
}

const sameForAll = new Set([
  "now",
  "current_setting",
  "to_char",
  "lower",
  "upper",
  "md5",
  "length",
  "coalesce",
  "jsonb_build_object",
  "jsonb_build_array",
  "json_build_object",
  "make_interval",
  "to_jsonb",
  "date_trunc",
  "timezone",
]);

/** Any function that is not known to be stable counts as one that differs per row. */
function mayDiffer(sql: string): boolean {
  const calls = [...sql.matchAll(/([a-z_0-9."]+)\s*\(/gi)].map((match) => (match[1] ?? "").toLowerCase());
  return calls.some(
    (name) =>
      !sameForAll.has(name) &&
      !["numeric", "varchar", "character", "interval", "timestamp", "time", "in", "any", "array", "row", "varying"].includes(
        name,
      ),
  );
}
