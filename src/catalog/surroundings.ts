import type { Cast, TableSize } from "../model/database.ts";
import type { Row } from "../model/kind.ts";

/** What planning needs to know besides the objects themselves. Each is one query of the read and the making of its rows. */

/** Rows and bytes per table from statistics; a partitioned table has the sum of its leaves. */
export const sizesSql = `select quote_ident(n.nspname) || '.' || quote_ident(c.relname) as name,
    case when c.relkind = 'p' then coalesce((select sum(greatest(l.reltuples, 0)) from pg_partition_tree(c.oid) t join pg_class l on l.oid = t.relid where t.isleaf), 0) else c.reltuples end::float8 as rows,
    (case when c.relkind = 'p' then coalesce((select sum(l.relpages) from pg_partition_tree(c.oid) t join pg_class l on l.oid = t.relid where t.isleaf), 0) else c.relpages end * 8192.0)::float8 as bytes
  from pg_class c join pg_namespace n on n.oid = c.relnamespace where c.relkind in ('r', 'p', 'm') and n.nspname not in ('pg_catalog', 'information_schema', 'pg_toast') and n.nspname !~ '^pg_(temp|toast_temp)_'`;

/** Sizes by relation, `schema.name`. */
export function sizesFrom(rows: readonly Row[]): Map<string, TableSize> {
  return new Map(rows.map((row) => [String(row["name"]), { rows: Number(row["rows"]), bytes: Number(row["bytes"]) }]));
}

/** Names that extensions brought: a file may use them without their schema. */
export const extensionNamesSql = `select 'type' as space, t.typname as name, n.nspname as schema from pg_depend d join pg_type t on t.oid = d.objid join pg_namespace n on n.oid = t.typnamespace where d.classid = 'pg_type'::regclass and d.deptype = 'e'
  union select 'routine', p.proname, n.nspname from pg_depend d join pg_proc p on p.oid = d.objid join pg_namespace n on n.oid = p.pronamespace where d.classid = 'pg_proc'::regclass and d.deptype = 'e'
  union select 'opclass', o.opcname, n.nspname from pg_depend d join pg_opclass o on o.oid = d.objid join pg_namespace n on n.oid = o.opcnamespace where d.classid = 'pg_opclass'::regclass and d.deptype = 'e'
  union select 'operator', o.oprname, n.nspname from pg_depend d join pg_operator o on o.oid = d.objid join pg_namespace n on n.oid = o.oprnamespace where d.classid = 'pg_operator'::regclass and d.deptype = 'e'
  union select 'relation', c.relname, n.nspname from pg_depend d join pg_class c on c.oid = d.objid join pg_namespace n on n.oid = c.relnamespace where d.classid = 'pg_class'::regclass and d.deptype = 'e'
  union select 'extension', e.extname, n.nspname from pg_extension e join pg_namespace n on n.oid = e.extnamespace`;

export function extensionNamesFrom(rows: readonly Row[]): Map<string, string> {
  return new Map(
    rows.filter((row) => row["schema"] !== "pg_catalog").map((row) => [`${row["space"]} ${row["name"]}`, String(row["schema"])]),
  );
}

/** pg_cast, in the spelling of format_type under an empty search_path. */
export const castsSql = `select format_type(castsource, null) as source, format_type(casttarget, null) as target, castcontext::text as context, castmethod::text as method from pg_cast`;

export function castsFrom(rows: readonly Row[]): Map<string, Cast> {
  const contexts: Readonly<Record<string, Cast["context"]>> = { i: "implicit", a: "assignment", e: "explicit" };
  return new Map(
    rows.map((row) => [
      `${row["source"]}>${row["target"]}`,
      { context: contexts[String(row["context"])] ?? "explicit", binary: row["method"] === "b" },
    ]),
  );
}

/** Functions that may give another value at each call: `nextval`, `app.f`. */
export const volatileSql = `select distinct case when n.nspname = 'pg_catalog' then p.proname::text else quote_ident(n.nspname) || '.' || quote_ident(p.proname) end as name
  from pg_proc p join pg_namespace n on n.oid = p.pronamespace where p.provolatile = 'v'`;

/** Changes whenever the definition of anything permanent does: compared before and after a read. */
export const versionSql = `select md5(concat_ws('/',
    (select concat(count(*), ':', sum(xmin::text::int8)) from pg_class where relpersistence <> 't' and relkind <> 't'),
    (select concat(count(*), ':', sum(a.xmin::text::int8)) from pg_attribute a join pg_class c on c.oid = a.attrelid and c.relpersistence <> 't' where a.attnum > 0),
    (select concat(count(*), ':', sum(xmin::text::int8)) from pg_constraint), (select concat(count(*), ':', sum(xmin::text::int8)) from pg_proc),
    (select concat(count(*), ':', sum(xmin::text::int8)) from pg_policy), (select concat(count(*), ':', sum(xmin::text::int8)) from pg_trigger),
    (select concat(count(*), ':', sum(xmin::text::int8)) from pg_enum), (select concat(count(*), ':', sum(xmin::text::int8)) from pg_namespace),
    (select concat(count(*), ':', sum(xmin::text::int8)) from pg_rewrite), (select concat(count(*), ':', sum(xmin::text::int8)) from pg_description))) as version`;
