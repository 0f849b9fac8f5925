import { qualifiedName } from "../../base/identifier.ts";
import type { Reference } from "../../model/kind.ts";

/** Names of objects of text search: those of PostgreSQL bare, others with their schema. */

/** Names that PostgreSQL brings and that files write without a schema (manual, 12.6 and 12.7). */
const own = new Set(
  `default simple synonym ispell thesaurus snowball arabic armenian basque catalan danish dutch english estonian finnish french german
  greek hindi hungarian indonesian irish italian lithuanian nepali norwegian polish portuguese romanian russian serbian spanish swedish
  tamil turkish yiddish`.split(/\s+/),
);

/** In: the parts of a name as written, and the schema in which an unqualified one of the files lies. */
export function searchName(names: readonly string[], schema: string | null): string {
  const [first, ...rest] = names[0] === "pg_catalog" ? names.slice(1) : names;
  if (rest.length > 0 || names[0] === "pg_catalog") return qualifiedName(first ?? "", ...rest);
  const isOwn = own.has(first ?? "") || own.has((first ?? "").replace(/_stem$/, ""));
  return isOwn || schema === null ? qualifiedName(first ?? "") : qualifiedName(schema, first ?? "");
}

/** What must be there before a name is used: nothing for PostgreSQL's own. */
export function searchReference(kind: string, name: string | undefined): readonly Reference[] {
  return name?.includes(".") ? [`${kind} ${name}`] : [];
}
