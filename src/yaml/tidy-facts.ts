import type { Fact } from "../model/database.ts";
import { isSqlText, type Spec, type SpecValue, sqlText } from "../model/spec.ts";
import { tidySql } from "../sql/tidy.ts";

/** A live fact with the SQL that PostgreSQL printed indented anew. It means the same. The parser has to be loaded. */
export function tidyFact(fact: Fact): Fact {
  const spec = tidyValue(fact.spec) as Spec;
  return spec === fact.spec ? fact : { ...fact, spec };
}

function tidyValue(value: SpecValue): SpecValue {
  if (typeof value !== "object" || value === null) return value;
  if (isSqlText(value)) {
    const sql = tidySql(value.as, value.sql);
    return sql === value.sql ? value : sqlText(value.as, sql);
  }
  if (Array.isArray(value)) {
    const items = value.map((item) => tidyValue(item as SpecValue));
    return items.every((item, index) => item === value[index]) ? value : items;
  }
  const entries = Object.entries(value as Spec).map(([key, item]) => [key, tidyValue(item)] as const);
  return entries.every(([key, item]) => item === (value as Spec)[key]) ? value : Object.fromEntries(entries);
}
