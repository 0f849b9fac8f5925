import type { KindModule } from "../model/kind.ts";
import { notExtensionOwned, userSchema } from "./shared/catalog.ts";
import { type NamedPart, namedPart, partNames } from "./shared/named-part.ts";

/** An attribute of a composite type of which something is said: its comment, its old name. */
export const attribute: KindModule<NamedPart> = namedPart({
  kind: "attribute",
  rank: 41,
  parents: ["composite"],
  key: "attributes",
  description: "Attributes of which something is said: comment, renamed_from.",
  properties: { renamed_from: { type: "string", description: "The attribute's name until now." } },
  has: (holder, name) => partNames(holder.spec["attributes"]).includes(name),
  catalogSql:
    () => `select 'pg_class'::regclass::oid::int8::float8 as class_id, c.oid::int8::float8 as object_id, a.attnum::int4 as sub_id,
      n.nspname as schema, c.relname as holder, a.attname as name, 'composite' as holder_kind, null as default
    from pg_description d join pg_class c on c.oid = d.objoid and d.classoid = 'pg_class'::regclass
      join pg_attribute a on a.attrelid = c.oid and a.attnum = d.objsubid join pg_namespace n on n.oid = c.relnamespace
    where c.relkind = 'c' and ${userSchema("n.nspname")} and ${notExtensionOwned("pg_type", "c.reltype")}`,
});
