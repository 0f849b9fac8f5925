import { qualifiedName } from "../base/identifier.ts";
import type { Fact } from "../model/database.ts";
import type { KindModule, ReadContext } from "../model/kind.ts";
import { isBuiltInRoutine } from "../sql/built-in-routines.ts";

export type Resolve = ReadContext["resolve"];

/** Types that PostgreSQL finds in pg_catalog before it looks at the search_path (manual, 5.10.5), by their internal names. */
const builtInTypes: ReadonlySet<string> = new Set(
  `bool bytea char name int8 int2 int2vector int4 regproc text oid tid xid cid oidvector json xml point lseg path box polygon
  line cidr float4 float8 unknown circle macaddr8 money macaddr inet aclitem bpchar varchar date time timestamp timestamptz
  interval timetz bit varbit numeric refcursor regprocedure regoper regoperator regclass regtype record cstring any anyarray
  void trigger language_handler internal anyelement anynonarray uuid txid_snapshot fdw_handler tsm_handler anyenum tsvector
  tsquery gtsvector regconfig regdictionary jsonb anyrange event_trigger int4range numrange tsrange tstzrange daterange
  int8range jsonpath regnamespace regrole regcollation int4multirange nummultirange tsmultirange tstzmultirange
  datemultirange int8multirange anymultirange anycompatiblemultirange xid8 anycompatible anycompatiblearray
  anycompatiblenonarray anycompatiblerange table_am_handler index_am_handler`.split(/\s+/),
);

/** What CREATE TABLE takes for a type and turns into a sequence's default (manual, 8.1.4). */
const serialTypes: ReadonlySet<string> = new Set(["smallserial", "serial", "bigserial", "serial2", "serial4", "serial8"]);

/** Whether PostgreSQL knows a type by this name alone. All of its own that start with `pg_` are left to it. */
export function isBuiltInType(name: string): boolean {
  return builtInTypes.has(name) || serialTypes.has(name) || name.startsWith("pg_");
}

/**
 * Finds schemas of unqualified names as the files' search_path would: the first schema of the path that declares the name.
 * `external` knows what extensions of the target brought. Null for PostgreSQL's own names and for unknown ones.
 */
export function createResolver(
  names: ReadonlySet<string>,
  searchPath: readonly string[],
  external: ReadonlyMap<string, string>,
): Resolve {
  return (space, name) => {
    if (space === "type" && builtInTypes.has(name)) return null;
    if (space === "routine" && isBuiltInRoutine(name)) return null;
    const declared = searchPath.find((schema) => names.has(`${space} ${qualifiedName(schema, name)}`));
    return declared ?? external.get(`${space} ${name}`) ?? null;
  };
}

/** All names under which SQL may refer to the facts: `relation app.orders`, `type app.status`, and their ids. */
export function answeredNames(facts: Iterable<Fact>, kindNamed: (kind: string) => KindModule | undefined): Set<string> {
  const names = new Set<string>();
  for (const fact of facts) {
    names.add(fact.id);
    for (const name of kindNamed(fact.kind)?.answersTo(fact) ?? []) names.add(name);
  }
  return names;
}

/** Schema that an object of the database brings its names into: an extension's. Null for others. */
export function schemaOfExtension(fact: Fact): string | null {
  const schema = fact.spec.schema;
  return fact.schema === null && fact.parent === null && typeof schema === "string" ? schema : null;
}
