import { grantTargets } from "./grant-targets.ts";

/**
 * Query for what lockstep cannot manage: privileges that a role other than the owner granted onward. The owner's REVOKE does
 * nothing to them. Columns: kind, object, schema, why.
 */
export function foreignGrantsSql(): string {
  return `with ${grantTargets()}
    select 'grant' as kind, t.object, case when t.class = 'pg_namespace'::regclass then null else t.schema::text end as schema,
      format('%s granted to %s by %s, who does not own it', string_agg(lower(e.privilege_type) || coalesce(' (' || quote_ident(e.column_name) || ')', ''), ', ' order by e.privilege_type, e.column_name),
        coalesce(g.rolname::text, 'public'), coalesce(r.rolname::text, 'a role that is gone')) as why
    from entry e join target t on t.class = e.class and t.oid = e.oid
      left join pg_roles g on g.oid = e.grantee left join pg_roles r on r.oid = e.grantor
    where e.grantor <> t.owner
    group by t.class, t.object, t.schema, g.rolname, r.rolname
    order by 2, 4`;
}
