import type { PlanContext } from "../../model/kind.ts";
import { type ObjectId, objectId, pathOf } from "../../model/object-id.ts";

/**
 * Tables whose owner obeys their policies (FORCE ROW LEVEL SECURITY, no BYPASSRLS). A foreign key is checked as the owner: with
 * row_security on it passes over hidden rows and reports success with orphans left (measured), with it off it is refused.
 */
export function forcedTables(tables: readonly ObjectId[], context: PlanContext): ObjectId[] {
  return [...new Set(tables)].filter((table) => {
    const state = context.live.facts.get(objectId("rls", pathOf(table)));
    const owner = context.live.facts.get(table)?.owner;
    return state?.spec["state"] === "forced" && owner !== undefined && !context.live.exemptRoles.has(owner);
  });
}

/** A statement with FORCE lifted around it, in one transaction: nobody but the owner is affected, and everybody waits. */
export function withoutForce(sql: string, tables: readonly ObjectId[]): string {
  if (tables.length === 0) return sql;
  const each = (what: string): string[] => tables.map((table) => `ALTER TABLE ${pathOf(table)} ${what} ROW LEVEL SECURITY;`);
  return [...each("NO FORCE"), sql, ...each("FORCE")].join("\n");
}
