import type { KindModule } from "../model/kind.ts";
import { notExtensionOwned, userSchema } from "./shared/catalog.ts";
import { attributesSql, columnAttributeKeys } from "./shared/matview-columns.ts";
import { type NamedPart, namedPart } from "./shared/named-part.ts";

/**
 * A column of a view or materialized view of which something is said: its comment. Where nothing is, the column is part of the
 * query and no fact. A default lies in the view (`columns: { a: { default: 0 } }`), with which it is compared.
 */
export const viewColumn: KindModule<NamedPart> = namedPart({
  kind: "view_column",
  rank: 92,
  parents: ["view", "materialized_view"],
  key: "columns",
  description: "Columns of which something is said: comment, default.",
  properties: {
    default: { type: "string", description: "What INSERT through the view puts there (not of materialized views)." },
    ...columnAttributeKeys,
  },
  // Columns of a view go when it is made anew, with all that is said of them.
  has: () => true,
  catalogSql:
    () => `select 'pg_class'::regclass::oid::int8::float8 as class_id, c.oid::int8::float8 as object_id, a.attnum::int4 as sub_id,
      n.nspname as schema, c.relname as holder, a.attname as name, case c.relkind when 'v' then 'view' else 'materialized_view' end as holder_kind,
      case when a.atthasdef then (select pg_get_expr(d.adbin, d.adrelid) from pg_attrdef d where d.adrelid = c.oid and d.adnum = a.attnum) end as default,
      case c.relkind when 'm' then ${attributesSql()} end as said
    from pg_attribute a join pg_type t on t.oid = a.atttypid join pg_class c on c.oid = a.attrelid join pg_namespace n on n.oid = c.relnamespace
    where c.relkind in ('v', 'm') and a.attnum > 0 and (a.atthasdef or c.relkind = 'm' and ${attributesSql()}::text <> '{}' or exists (select from pg_description d
        where d.classoid = 'pg_class'::regclass and d.objoid = c.oid and d.objsubid = a.attnum))
      and ${userSchema("n.nspname")} and ${notExtensionOwned("pg_class", "c.oid")}`,
});
