/**
 * Whether the options of a row `u` of pg_user_mappings are shown to this role: the condition of that view (src/backend/catalog/system_views.sql).
 * NULL may stand for none and for not shown.
 */
export const readableMapping = `(
    u.umuser <> 0 and u.usename = current_user and (pg_has_role(s.srvowner, 'USAGE') or has_server_privilege(s.oid, 'USAGE'))
    or u.umuser = 0 and pg_has_role(s.srvowner, 'USAGE')
    or (select r.rolsuper from pg_roles r where r.rolname = current_user))`;
