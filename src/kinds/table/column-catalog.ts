import { generatedName, qualifiedName } from "../../base/identifier.ts";
import type { Fact } from "../../model/database.ts";
import type { Row } from "../../model/kind.ts";
import { sqlText } from "../../model/spec.ts";
import { canonicalTypeText } from "../../sql/type-name.ts";
import { bareExpression } from "../shared/bare-expression.ts";
import { address, notExtensionOwned, optionalText, text, userSchema } from "../shared/catalog.ts";
import { liveOptions, optionsSql } from "../shared/generic-options.ts";
import { sequenceDefaults } from "../shared/sequence-spec.ts";
import { type ColumnSpec, canonicalDefault, columnFact, type IdentitySpec, identityOptions } from "./column-spec.ts";
import { nullDefault } from "./inherited-column.ts";

/** Columns as the catalog has them (manual, 53.7 pg_attribute). */

type Column = Fact<ColumnSpec>;

const storageName = (letter: string): string =>
  `case ${letter} when 'p' then 'plain' when 'e' then 'external' when 'm' then 'main' when 'x' then 'extended' end`;
const compressionName = (letter: string): string => `case ${letter} when 'p' then 'pglz' when 'l' then 'lz4' end`;
const option = (name: string): string =>
  `(select substr(o, ${name.length + 2}) from unnest(a.attoptions) o where starts_with(o, '${name}='))`;

/** The column of the first parent that has it, or of the type: what an inherited column is compared with. */
const given = (major: number): string => `left join lateral (
      select up.*, pg_get_expr(ud.adbin, ud.adrelid) as expression, ${handedDownSql(major)} as not_null
      from pg_inherits h join pg_attribute up on up.attrelid = h.inhparent and up.attname = a.attname and not up.attisdropped
        left join pg_attrdef ud on ud.adrelid = up.attrelid and ud.adnum = up.attnum
      where h.inhrelid = a.attrelid order by h.inhseqno limit 1) g on a.attinhcount > 0`;

/** What a column of a parent or a type has of its own: only then it is a fact. */
function hasOwn(major: number): string {
  const ownNotNull =
    major >= 18
      ? "(a.attnotnull and (c.relispartition and not g.not_null or not c.relispartition and k.conislocal and k.convalidated))"
      : "a.attnotnull and not coalesce(g.not_null, false)";
  const inKey =
    "exists (select from pg_constraint pk where pk.conrelid = a.attrelid and pk.contype = 'p' and a.attnum = any (pk.conkey))";
  return `(a.attislocal and c.reloftype = 0) or coalesce(pg_get_expr(d.adbin, d.adrelid), '') <> coalesce(g.expression, '') or a.attgenerated <> coalesce(g.attgenerated, '')
      or ${ownNotNull} and not ${inKey} or a.attstorage <> coalesce(g.attstorage, t.typstorage) or a.attcompression <> coalesce(g.attcompression, '')
      or coalesce(a.attstattarget, -1) >= 0 or a.attoptions is not null or a.attfdwoptions is not null or a.attacl is not null or (a.attidentity <> '' and not c.relispartition)
      or exists (select from pg_description de where de.classoid = 'pg_class'::regclass and de.objoid = c.oid and de.objsubid = a.attnum)`;
}

function catalogSql(major: number): string {
  const constraint =
    major >= 18
      ? "left join lateral (select nn.conname, nn.conislocal, nn.convalidated from pg_constraint nn where nn.conrelid = a.attrelid and nn.contype = 'n' and nn.conkey = array[a.attnum]) k on true"
      : "cross join lateral (select null::name as conname) k";
  return `select ${address("pg_class", "c.oid", "a.attnum")}, n.nspname as schema, c.relname as table, a.attname as name, format_type(a.atttypid, a.atttypmod) as type,
    case when a.attcollation <> 0 and a.attcollation <> t.typcollation then (select quote_ident(cn.nspname) || '.' || quote_ident(co.collname) from pg_collation co join pg_namespace cn on cn.oid = co.collnamespace where co.oid = a.attcollation) end as collation,
    ${notNullSql(major, "a")} as not_null, k.conname as not_null_name, ${major >= 18 ? "coalesce(k.conislocal, false)" : "true"} as not_null_local, pg_get_expr(d.adbin, d.adrelid) as expression, a.attgenerated::text as generated, a.attidentity::text as identity,
    a.attislocal and c.reloftype = 0 as local, a.attinhcount > 0 or c.reloftype <> 0 as inherited, c.relispartition as partition, g.expression as given_expression, coalesce(g.attgenerated::text, '') as given_generated, coalesce(g.not_null, false) as given_not_null,
    case when a.attstorage <> coalesce(g.attstorage, t.typstorage) then ${storageName("a.attstorage")} end as storage, ${storageName("t.typstorage")} as type_storage,
    ${compressionName("a.attcompression")} as compression, ${compressionName("g.attcompression")} as given_compression, ${option("n_distinct")} as n_distinct, ${option("n_distinct_inherited")} as n_distinct_inherited,
    nullif(a.attstattarget, -1)::int4 as statistics, case when a.attfdwoptions is not null then ${optionsSql("a.attfdwoptions")} end as foreign_options, a.attnum::int4 as position,
    s.seqstart::text as start, s.seqincrement::text as increment, s.seqmin::text as min, s.seqmax::text as max, s.seqcache::text as cache, s.seqcycle as cycle, format_type(s.seqtypid, null) as sequence_type, s.relname as sequence_name, s.nspname as sequence_schema,
    (select quote_ident(kn.nspname) || '.' || quote_ident(q.relname) from pg_depend p join pg_class q on q.oid = p.objid and q.relkind = 'S' join pg_namespace kn on kn.oid = q.relnamespace where p.classid = 'pg_class'::regclass and p.refclassid = 'pg_class'::regclass and p.refobjid = a.attrelid and p.refobjsubid = a.attnum and p.deptype in ('a', 'i') order by q.oid limit 1) as sequence,
    os.relname as owned_name, oq.seqstart = 1 and oq.seqincrement = 1 and oq.seqmin = 1 and oq.seqcache = 1 and not oq.seqcycle and oq.seqtypid = a.atttypid${major >= 15 ? " and os.relpersistence = c.relpersistence" : ""} as owned_plain
  from pg_attribute a join pg_class c on c.oid = a.attrelid join pg_namespace n on n.oid = c.relnamespace join pg_type t on t.oid = a.atttypid
    left join pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
    ${constraint} ${given(major)}
    left join lateral (select q.*, sc.relname, sn.nspname from pg_depend p join pg_sequence q on q.seqrelid = p.objid join pg_class sc on sc.oid = p.objid join pg_namespace sn on sn.oid = sc.relnamespace where p.classid = 'pg_class'::regclass and p.refclassid = 'pg_class'::regclass and p.refobjid = a.attrelid and p.refobjsubid = a.attnum and p.deptype = 'i' and a.attidentity <> '') s on true
    left join lateral (select p.objid from pg_depend p join pg_class q on q.oid = p.objid and q.relkind = 'S' and q.relnamespace = c.relnamespace and q.relowner = c.relowner where p.classid = 'pg_class'::regclass and p.refclassid = 'pg_class'::regclass and p.refobjid = a.attrelid and p.refobjsubid = a.attnum and p.deptype = 'a' and d.adbin is not null and a.attnotnull limit 1) o on true
    left join pg_class os on os.oid = o.objid left join pg_sequence oq on oq.seqrelid = o.objid
  where ${userSchema("n.nspname")} and c.relkind in ('r', 'p', 'f') and a.attnum > 0 and not a.attisdropped and (a.attinhcount = 0 and c.reloftype = 0 or ${hasOwn(major)}) and ${notExtensionOwned("pg_class", "c.oid")}
  order by c.oid, a.attnum`;
}

/** On 18 attnotnull is true while the constraint is still NOT VALID. In: the alias of pg_attribute. */
function notNullSql(major: number, alias: string): string {
  if (major < 18) return `${alias}.attnotnull`;
  return `(${alias}.attnotnull and not exists (select from pg_constraint v where v.conrelid = ${alias}.attrelid and v.contype = 'n' and v.conkey = array[${alias}.attnum] and not v.convalidated))`;
}

/** The same of a parent for its children: NO INHERIT stays where it is. */
function handedDownSql(major: number): string {
  const stays =
    "exists (select from pg_constraint w where w.conrelid = up.attrelid and w.contype = 'n' and w.conkey = array[up.attnum] and w.connoinherit)";
  return `${notNullSql(major, "up")}${major >= 18 ? ` and not ${stays}` : ""}`;
}

function fromRow(row: Row): Column {
  const type = canonicalTypeText(text(row, "type"));
  const base = { schema: text(row, "schema"), table: text(row, "table"), name: text(row, "name") };
  const inherited = row["inherited"] === true;
  const statistics = row["statistics"];
  const stored = expressions(row, type, inherited);
  return columnFact({
    ...base,
    ...stored,
    type,
    collation: optionalText(row, "collation"),
    notNull: ownNotNull(row, inherited),
    notNullName: optionalText(row, "not_null_name"),
    sequence: optionalText(row, "sequence"),
    inherited,
    local: row["local"] === true || !inherited,
    identity: inherited && row["partition"] === true ? null : identityOf(row, base),
    storage: optionalText(row, "storage"),
    typeStorage: optionalText(row, "type_storage"),
    compression: compressionOf(row, inherited),
    nDistinct: optionalText(row, "n_distinct"),
    nDistinctInherited: optionalText(row, "n_distinct_inherited"),
    statistics: typeof statistics === "number" ? statistics : null,
    options: row["foreign_options"] ? liveOptions(row["foreign_options"], [base.table, base.name]) : null,
    position: Number(row["position"]),
    serial: !inherited && row["owned_plain"] === true && isSerialDefault(row, base, stored.default?.sql ?? ""),
  });
}

/** Default and expression; of an inherited column only what is not the parent's. */
function expressions(row: Row, type: string, inherited: boolean): Pick<ColumnSpec, "default" | "generated" | "virtual"> {
  const expression = optionalText(row, "expression");
  const kind = text(row, "generated");
  const sameAsGiven = expression === optionalText(row, "given_expression") && kind === text(row, "given_generated");
  const virtual = kind === "v";
  if (inherited && sameAsGiven) return { default: null, generated: null, virtual };
  if (kind !== "")
    return { default: null, generated: expression === null ? null : sqlText("expression", bareExpression(expression)), virtual };
  const none = inherited && expression === null ? nullDefault : null;
  return {
    default: expression === null ? none : canonicalDefault(sqlText("expression", expression), type),
    generated: null,
    virtual,
  };
}

function ownNotNull(row: Row, inherited: boolean): boolean {
  if (row["not_null"] !== true) return false;
  return !inherited || row["given_not_null"] !== true || (row["partition"] !== true && row["not_null_local"] === true);
}

function compressionOf(row: Row, inherited: boolean): string | null {
  const [own, given] = [optionalText(row, "compression"), optionalText(row, "given_compression")];
  if (!inherited) return own;
  return own === given ? null : (own ?? "default");
}

function identityOf(row: Row, column: { schema: string; table: string; name: string }): IdentitySpec | null {
  const identity = text(row, "identity");
  if (identity === "") return null;
  const sequence = { schema: text(row, "sequence_schema"), name: text(row, "sequence_name") };
  const isGenerated = sequence.schema === column.schema && sequence.name === generatedName(column.table, column.name, "seq");
  return {
    mode: identity === "a" ? "always" : "by default",
    sequence: isGenerated ? null : qualifiedName(sequence.schema, sequence.name),
    options: identityOptions(identitySequence(row)),
  };
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
