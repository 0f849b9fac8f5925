import { qualifiedName, quoteIdentifier, splitPath } from "../../base/identifier.ts";
import type { ReadContext, Reference } from "../../model/kind.ts";
import { namesOf } from "../../sql/names.ts";
import type { Node } from "../../sql/parser.ts";
import { operatorName, routineReference, routineWithArgs, typeOf } from "./define-options.ts";
import type { DefinedName } from "./defined-object.ts";

/** What lies in operator classes and families: operators by strategy number, support functions by theirs (manual, 36.16). */

export interface AccessItem {
  readonly sql: string;
}

/** `name using method` of a key; null when it is none. */
export function accessPath(key: string, context: ReadContext | null): DefinedName | null {
  const found = /^(.+?)\s+using\s+(\w+|"(?:[^"]|"")+")$/i.exec(key.trim());
  if (found === null) return null;
  return accessName(
    splitPath(found[1] ?? "").map((name) => ({ String: { sval: name } })),
    splitPath(found[2] ?? "")[0] ?? "",
    context,
  );
}

/** The same from the names of a parse tree. */
export function accessName(list: readonly Node[], method: string, context: ReadContext | null): DefinedName {
  const names = namesOf(list as Node[]);
  const schema = names.length > 1 ? (names.at(-2) ?? "") : (context?.schema ?? "");
  const name = names.at(-1) ?? "";
  return { schema, name, path: `${qualifiedName(schema, name)} USING ${quoteIdentifier(method)}` };
}

/**
 * The items in canonical spelling, by number. `type` is the class's, for operators without types and functions whose types do not
 * follow from their arguments; empty in a family, where each says its own.
 */
export function accessItems(items: readonly Node[], type: string, method: string, context: ReadContext | null): string {
  const rendered = items.map(({ CreateOpClassItem: item }) => itemText(item, type, method, context));
  return rendered
    .sort((a, b) => a.rank - b.rank || a.number - b.number || (a.sql < b.sql ? -1 : 1))
    .map(({ sql }) => sql)
    .join(", ");
}

interface Rendered extends AccessItem {
  readonly rank: number;
  readonly number: number;
}

const [operatorItem, functionItem] = [1, 2];

function itemText(item: Node, type: string, method: string, context: ReadContext | null): Rendered {
  const number = Number(item.number ?? 0);
  if (item.itemtype === operatorItem) {
    const given = (item.name.objargs ?? []).map((arg: Node) => typeOf(arg.TypeName, context));
    const types = given.length > 0 ? given : [type, type];
    const order = item.order_family ? ` for order by ${sortFamily(namesOf(item.order_family))}` : "";
    return {
      rank: 1,
      number,
      sql: `operator ${number} ${operatorName(namesOf(item.name.objname))}(${types.join(", ")})${order}`,
    };
  }
  if (item.itemtype === functionItem) {
    const args = (item.name.objargs ?? []).map((arg: Node) => typeOf(arg.TypeName, context));
    const given = (item.class_args ?? []).map((arg: Node) => typeOf(arg.TypeName, context));
    const types =
      given.length > 0 ? (given.length === 1 ? [given[0], given[0]] : given) : impliedTypes(method, number, args, type);
    return { rank: 2, number, sql: `function ${number} (${types.join(", ")}) ${routineWithArgs(item.name, context)}` };
  }
  return { rank: 3, number, sql: `storage ${typeOf(item.storedtype, context)}` };
}

const sortFamily = (names: readonly string[]): string => qualifiedName(...(names[0] === "pg_catalog" ? names.slice(1) : names));

/** Types of a support function that says none: those of its arguments where the method compares or hashes, else the class's. */
function impliedTypes(method: string, number: number, args: readonly string[], type: string): readonly string[] {
  if (method === "btree" && number === 1) return [args[0] ?? type, args[1] ?? type];
  if (method === "btree" && number === 3) return [args[0] ?? type, args[2] ?? type];
  if (method === "hash") return [args[0] ?? type, args[0] ?? type];
  return [type, type];
}

/** The items of a canonical text. */
export function splitItems(def: string): readonly AccessItem[] {
  return def === "" ? [] : def.split(/, (?=(?:operator|function) \d|storage )/).map((sql) => ({ sql }));
}

/** A canonical text with its keywords as statements have them. */
export function upperItems(def: string): string {
  return splitItems(def)
    .map(({ sql }) =>
      sql.replace(/^(operator|function|storage) /, (word) => word.toUpperCase()).replace(/ for order by /, " FOR ORDER BY "),
    )
    .join(", ");
}

/** What must be there before the items: functions and operators that are not PostgreSQL's. */
export function itemReferences(def: string): readonly Reference[] {
  return splitItems(def).flatMap(({ sql }) => {
    const routine = /^function \d+ \(.*?\) (.*)$/.exec(sql)?.[1];
    if (routine !== undefined) return routineReference(routine);
    const symbol = /^operator \d+ (.*?)\(/.exec(sql)?.[1];
    const [, schema, name] = /^(.*\w"?)\.([^\w"]+)$/.exec(symbol ?? "") ?? [];
    return schema === undefined || name === undefined ? [] : [`operator ${schema}.${quoteIdentifier(name)}`];
  });
}

/** The items that hang on one object of the catalog, as text. In: expressions for the family, the object's catalog and OID. */
export function itemsSql(family: string, catalog: string, oid: string): string {
  const hangs = (on: string, item: string): string =>
    `exists (select from pg_depend d where d.classid = '${on}'::regclass and d.objid = ${item} and d.refclassid = '${catalog}'::regclass and d.refobjid = ${oid} and d.deptype in ('i', 'a'))`;
  const types = (left: string, right: string): string => `format_type(${left}, null) || ', ' || format_type(${right}, null)`;
  return `coalesce((select string_agg(i.sql, ', ') from (
        select 'operator ' || o.amopstrategy || ' ' || case when xn.nspname = 'pg_catalog' then '' else quote_ident(xn.nspname) || '.' end || x.oprname || '(' || ${types("o.amoplefttype", "o.amoprighttype")} || ')'
          || coalesce(' for order by ' || (select quote_ident(sn.nspname) || '.' || quote_ident(s.opfname) from pg_opfamily s join pg_namespace sn on sn.oid = s.opfnamespace where s.oid = o.amopsortfamily), '') as sql
        from pg_amop o join pg_operator x on x.oid = o.amopopr join pg_namespace xn on xn.oid = x.oprnamespace where o.amopfamily = ${family} and ${hangs("pg_amop", "o.oid")}
        union all select 'function ' || p.amprocnum || ' (' || ${types("p.amproclefttype", "p.amprocrighttype")} || ') ' || p.amproc::oid::regprocedure::text
        from pg_amproc p where p.amprocfamily = ${family} and ${hangs("pg_amproc", "p.oid")}) i), '')`;
}
