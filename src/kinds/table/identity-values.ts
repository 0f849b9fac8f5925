import { qualifiedName, quoteIdentifier } from "../../base/identifier.ts";
import { quoteLiteral } from "../../base/literal.ts";
import type { Fact } from "../../model/database.ts";
import type { PlanContext } from "../../model/kind.ts";
import { objectId } from "../../model/object-id.ts";
import type { ColumnSpec } from "./column-spec.ts";

/**
 * A column that becomes an identity gets a new sequence, which starts from its first value: with rows there, the next insert would meet a
 * key that is taken. The statement here lets it go on where the old sequence stands, else behind the values of the column; it asks
 * when it runs, not when the plan is made. `reads` says whether it reads the table.
 */
export function continueValues(
  live: Fact<ColumnSpec>,
  desired: Fact<ColumnSpec>,
  context: PlanContext,
): { readonly sql: string; readonly reads: boolean } | null {
  const { schema, table, name, identity } = desired.spec;
  if (identity === null || context.isEmpty(objectId("table", qualifiedName(schema, table)))) return null;
  const its = `FROM pg_depend d JOIN pg_attribute a ON a.attrelid = d.refobjid AND a.attnum = d.refobjsubid
WHERE d.classid = 'pg_class'::regclass AND d.deptype = 'i' AND d.refobjid = ${quoteLiteral(qualifiedName(schema, table))}::regclass AND a.attname = ${quoteLiteral(name)}`;
  if (live.spec.sequence !== null) {
    return {
      reads: false,
      sql: `SELECT setval((SELECT d.objid::regclass ${its}), s.last_value, s.is_called) FROM ${live.spec.sequence} s;`,
    };
  }
  const down = identity.options.increment.startsWith("-");
  const [furthest, beyond] = down ? ["min", "<="] : ["max", ">="];
  const column = quoteIdentifier(name);
  return {
    reads: true,
    sql: `SELECT setval((SELECT d.objid::regclass ${its}), ${furthest}(t.${column})) FROM ${qualifiedName(schema, table)} t HAVING ${furthest}(t.${column}) ${beyond} ${identity.options.start};`,
  };
}
