import { notExtensionOwned, userSchema } from "./catalog.ts";

/**
 * Common table expressions that list what can carry privileges (`target`) and each privilege on it (`entry`), those of an
 * absent ACL too: acldefault says what it stands for (manual, 5.8). `default_type` is acldefault's letter, `preset_type` that
 * of pg_default_acl, which says what new objects get.
 */
export function grantTargets(): string {
  const own = (catalog: string, oid: string): string => `${userSchema("n.nspname")} and ${notExtensionOwned(catalog, oid)}`;
  const columns = (
    catalog: string,
    oid: string,
    owner: string,
    acl: string,
    space: string,
    letter: string,
    preset: string,
    object: string,
  ): string =>
    `select '${catalog}'::regclass::oid as class, ${oid} as oid, n.nspname as schema, ${owner} as owner, ${acl} as acl, ${space} as space,
      (${letter})::"char" as default_type, (${preset})::"char" as preset_type, ${object} as object`;
  const global = (catalog: string): string =>
    `from ${catalog} o cross join (select null::name as nspname) n where o.oid >= 16384 and ${notExtensionOwned(catalog, "o.oid")}`;
  const letter = "case c.relkind when 'S' then 's' else 'r' end";
  const preset = "case c.relkind when 'S' then 'S' else 'r' end";
  return `target as (
    ${columns("pg_class", "c.oid", "c.relowner", "c.relacl", "c.relnamespace", letter, preset, "format('%I.%I', n.nspname, c.relname)")}
      from pg_class c join pg_namespace n on n.oid = c.relnamespace
      where c.relkind in ('r', 'p', 'v', 'm', 'S', 'f') and c.relpersistence <> 't' and ${own("pg_class", "c.oid")}
    union all ${columns("pg_proc", "p.oid", "p.proowner", "p.proacl", "p.pronamespace", "'f'", "'f'", "p.oid::regprocedure::text")}
      from pg_proc p join pg_namespace n on n.oid = p.pronamespace where ${own("pg_proc", "p.oid")}
    union all ${columns("pg_namespace", "n.oid", "n.nspowner", "n.nspacl", "0::oid", "'n'", "'n'", "format('%I', n.nspname)")}
      from pg_namespace n where ${own("pg_namespace", "n.oid")}
    union all ${columns("pg_type", "t.oid", "t.typowner", "t.typacl", "t.typnamespace", "'T'", "'T'", "format('%I.%I', n.nspname, t.typname)")}
      from pg_type t join pg_namespace n on n.oid = t.typnamespace left join pg_class c on c.oid = t.typrelid
      where t.typtype <> 'm' and t.typcategory <> 'A' and (t.typrelid = 0 or c.relkind = 'c') and ${own("pg_type", "t.oid")}
    union all ${columns("pg_language", "o.oid", "o.lanowner", "o.lanacl", "0::oid", "'l'", "' '", "format('%I', o.lanname)")} ${global("pg_language")}
    union all ${columns("pg_foreign_data_wrapper", "o.oid", "o.fdwowner", "o.fdwacl", "0::oid", "'F'", "' '", "format('%I', o.fdwname)")} ${global("pg_foreign_data_wrapper")}
    union all ${columns("pg_foreign_server", "o.oid", "o.srvowner", "o.srvacl", "0::oid", "'S'", "' '", "format('%I', o.srvname)")} ${global("pg_foreign_server")}
    union all ${columns("pg_database", "o.oid", "o.datdba", "o.datacl", "0::oid", "'d'", "' '", "format('%I', o.datname)")}
      from pg_database o cross join (select null::name as nspname) n where o.datname = current_database()
  ), entry as (
    select t.class, t.oid, null::name as column_name, a.grantor, a.grantee, a.privilege_type, a.is_grantable
      from target t cross join lateral aclexplode(coalesce(t.acl, acldefault(t.default_type, t.owner))) a
    union all
    select t.class, t.oid, c.attname, a.grantor, a.grantee, a.privilege_type, a.is_grantable
      from target t join pg_attribute c on t.class = 'pg_class'::regclass and c.attrelid = t.oid and c.attnum > 0 and not c.attisdropped and c.attacl is not null
      cross join lateral aclexplode(c.attacl) a
  )`;
}
