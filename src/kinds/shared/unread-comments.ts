import { notExtensionOwned, userSchema } from "./catalog.ts";

/**
 * Query for comments that no entry of the files can carry: those on columns of views and materialized views and on attributes
 * of composite types. Columns: kind, object, schema, why.
 */
export function unreadCommentsSql(): string {
  return `select 'comment' as kind, format('%I.%I.%I', n.nspname, c.relname, a.attname) as object, n.nspname::text as schema,
      'comments on columns of views and composite types are not managed' as why
    from pg_description d join pg_class c on d.classoid = 'pg_class'::regclass and c.oid = d.objoid
      join pg_attribute a on a.attrelid = c.oid and a.attnum = d.objsubid join pg_namespace n on n.oid = c.relnamespace
    where d.objsubid > 0 and c.relkind in ('v', 'm', 'c') and ${userSchema("n.nspname")} and ${notExtensionOwned("pg_class", "c.oid")}
    order by 2`;
}
