import { qualifiedName } from "../../base/identifier.ts";
import type { Fact } from "../../model/database.ts";
import type { Row } from "../../model/kind.ts";
import { sqlText } from "../../model/spec.ts";
import { canonicalTypeText } from "../../sql/type-name.ts";
import { address, notExtensionOwned, optionalText, text, userSchema } from "../shared/catalog.ts";
import { sequenceDefaults } from "../shared/sequence-spec.ts";
import { type ColumnSpec, canonicalDefault, columnFact, identityOptions } from "./column-spec.ts";

/** Columns as the catalog has them (manual, 53.7 pg_attribute). */

type Column = Fact<ColumnSpec>;

const storageName = (letter: string): string =>
  `case ${letter} when 'p' then 'plain' when 'e' then 'external' when 'm' then 'main' when 'x' then 'extended' end`;

function catalogSql(major: number): string {
  return `select ${address("pg_class", "c.oid", "a.attnum")}, n.nspname as schema, c.relname as table, a.attname as name, format_type(a.atttypid, a.atttypmod) as type,
    case when a.attcollation <> 0 and a.attcollation <> t.typcollation then (select quote_ident(cn.nspname) || '.' || quote_ident(co.collname) from pg_collation co join pg_namespace cn on cn.oid = co.collnamespace where co.oid = a.attcollation) end as collation,
    ${notNullSql(major)} as not_null, ${major >= 18 ? "(select k.conname from pg_constraint k where k.conrelid = a.attrelid and k.contype = 'n' and k.conkey = array[a.attnum])" : "null::name"} as not_null_name, pg_get_expr(d.adbin, d.adrelid) as expression, a.attgenerated::text as generated, a.attidentity::text as identity,
    case when a.attstorage <> t.typstorage then ${storageName("a.attstorage")} end as storage, ${storageName("t.typstorage")} as type_storage,
    nullif(a.attstattarget, -1)::int4 as statistics, a.attnum::int4 as position,
    s.seqstart::text as start, s.seqincrement::text as increment, s.seqmin::text as min, s.seqmax::text as max, s.seqcache::text as cache, s.seqcycle as cycle, format_type(s.seqtypid, null) as sequence_type,
    (select quote_ident(kn.nspname) || '.' || quote_ident(k.relname) from pg_depend p join pg_class k on k.oid = p.objid and k.relkind = 'S' join pg_namespace kn on kn.oid = k.relnamespace where p.classid = 'pg_class'::regclass and p.refclassid = 'pg_class'::regclass and p.refobjid = a.attrelid and p.refobjsubid = a.attnum and p.deptype in ('a', 'i') order by k.oid limit 1) as sequence,
    os.relname as owned_name, oq.seqstart = 1 and oq.seqincrement = 1 and oq.seqmin = 1 and oq.seqcache = 1 and not oq.seqcycle and oq.seqtypid = a.atttypid as owned_plain
  from pg_attribute a join pg_class c on c.oid = a.attrelid join pg_namespace n on n.oid = c.relnamespace join pg_type t on t.oid = a.atttypid
    left join pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
    left join lateral (select q.* from pg_depend p join pg_sequence q on q.seqrelid = p.objid where p.classid = 'pg_class'::regclass and p.refclassid = 'pg_class'::regclass and p.refobjid = a.attrelid and p.refobjsubid = a.attnum and p.deptype = 'i' and a.attidentity <> '') s on true
    left join lateral (select p.objid from pg_depend p join pg_class k on k.oid = p.objid and k.relkind = 'S' and k.relnamespace = c.relnamespace and k.relowner = c.relowner where p.classid = 'pg_class'::regclass and p.refclassid = 'pg_class'::regclass and p.refobjid = a.attrelid and p.refobjsubid = a.attnum and p.deptype = 'a' and d.adbin is not null and a.attnotnull limit 1) o on true
    left join pg_class os on os.oid = o.objid left join pg_sequence oq on oq.seqrelid = o.objid
  where ${userSchema("n.nspname")} and c.relkind in ('r', 'p') and a.attnum > 0 and not a.attisdropped and not (c.relispartition and a.attinhcount > 0) and ${notExtensionOwned("pg_class", "c.oid")}
  order by c.oid, a.attnum`;
}

/** On 18 attnotnull is true while the constraint is still NOT VALID. */
function notNullSql(major: number): string {
  if (major < 18) return "a.attnotnull";
  return "a.attnotnull and not exists (select from pg_constraint v where v.conrelid = a.attrelid and v.contype = 'n' and v.conkey = array[a.attnum] and not v.convalidated)";
}

function fromRow(row: Row): Column {
  const type = canonicalTypeText(text(row, "type"));
  const expression = optionalText(row, "expression");
  const isGenerated = text(row, "generated") !== "";
  const identity = text(row, "identity");
  const stored = expression !== null && !isGenerated ? canonicalDefault(sqlText("expression", expression), type) : null;
  const statistics = row["statistics"];
  const base = { schema: text(row, "schema"), table: text(row, "table"), name: text(row, "name") };
  return columnFact({
    ...base,
    type,
    collation: optionalText(row, "collation"),
    notNull: row["not_null"] === true,
    notNullName: optionalText(row, "not_null_name"),
    sequence: optionalText(row, "sequence"),
    typeStorage: optionalText(row, "type_storage"),
    default: stored,
    generated: isGenerated && expression !== null ? sqlText("expression", expression) : null,
    virtual: text(row, "generated") === "v",
    identity:
      identity === ""
        ? null
        : { mode: identity === "a" ? "always" : "by default", options: identityOptions(identitySequence(row)) },
    storage: optionalText(row, "storage"),
    statistics: typeof statistics === "number" ? statistics : null,
    position: Number(row["position"]),
    serial: row["owned_plain"] === true && isSerialDefault(row, base, stored?.sql ?? ""),
  });
}

function identitySequence(row: Row): Parameters<typeof identityOptions>[0] {
  const type = text(row, "sequence_type");
  return {
    ...sequenceDefaults("", "", type),
    start: text(row, "start"),
    increment: text(row, "increment"),
    min: text(row, "min"),
    max: text(row, "max"),
    cache: text(row, "cache"),
    cycle: row["cycle"] === true,
  };
}

/** `serial` names its sequence after the table and column as they were; only then does the word say it all. */
function isSerialDefault(row: Row, column: { schema: string; table: string; name: string }, sql: string): boolean {
  const name = optionalText(row, "owned_name");
  if (name === null || name !== `${column.table}_${column.name}_seq`) return false;
  return sql === `nextval('${qualifiedName(column.schema, name).replaceAll("'", "''")}'::regclass)`;
}

/** How columns are read from a server. */
export const columnCatalog = { sql: catalogSql, fromRow };
