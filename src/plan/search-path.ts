import { quoteIdentifier } from "../base/identifier.ts";
import { kindNamed } from "../kinds/registry.ts";
import type { Fact, LiveDatabase, ProjectConfig } from "../model/database.ts";
import { isSqlText, type SpecValue, type SqlText } from "../model/spec.ts";
import { operatorsOf } from "../sql/references.ts";

/**
 * SQL of the files means what it means under the files' search_path. Names are written out; operators cannot be told
 * apart by name, and names of an extension that is not there yet are unknown: such statements set the path themselves.
 */
export function searchPathPrefix(
  config: ProjectConfig,
  live: Pick<LiveDatabase, "extensionNames" | "facts">,
  desired: ReadonlyMap<string, Fact>,
): (facts: readonly Fact[]) => string {
  const path = config.searchPath;
  const missing = [...desired.values()].some(
    (fact) => kindNamed(fact.kind).bringsNames === true && !live.facts.has(fact.id) && path.includes(String(fact.spec["schema"])),
  );
  const brought = [...live.extensionNames].some(([name, schema]) => name.startsWith("operator ") && path.includes(schema));
  if (!missing && !brought) return () => "";
  const needs = (fact: Fact): boolean =>
    fact.at !== undefined && ((missing && hasSql(fact.spec)) || usesOperators(fact.spec, live.extensionNames, path));
  return (facts) => (facts.some(needs) ? `SET LOCAL search_path = ${path.map(quoteIdentifier).join(", ")};\n` : "");
}

/** Whether a spec holds SQL or the name of a type: what may mean something of an extension. */
function hasSql(value: SpecValue): boolean {
  if (isSqlText(value)) return true;
  if (typeof value !== "object" || value === null) return false;
  return Object.entries(value).some(([key, item]) => (key === "type" && typeof item === "string") || hasSql(item as SpecValue));
}

function usesOperators(value: SpecValue, names: ReadonlyMap<string, string>, path: readonly string[]): boolean {
  if (isSqlText(value)) return operators(value).some((operator) => path.includes(names.get(`operator ${operator}`) ?? ""));
  if (typeof value !== "object" || value === null) return false;
  return Object.values(value).some((item) => usesOperators(item as SpecValue, names, path));
}

function operators(sql: SqlText): string[] {
  try {
    return operatorsOf(sql.as, sql.sql);
  } catch {
    return [];
  }
}
