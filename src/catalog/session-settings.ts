import { quoteLiteral } from "../base/literal.ts";

/** Milliseconds; 0 switches a limit off. */
export interface SessionLimits {
  readonly lockTimeout: number;
  readonly statementTimeout: number;
}

/** What one batch after connecting tells about server and role. */
export interface SessionFacts {
  readonly version_num: number;
  readonly database: string;
  readonly user_name: string;
  readonly is_superuser: boolean;
  readonly bypass_rls: boolean;
  readonly in_recovery: boolean;
  readonly pid: number;
  readonly replication_role: string;
  readonly read_only: boolean;
}

/** Name, value, first major that has it (10 stands for "always"). */
type Setting = readonly [name: string, value: string, since: number];

const SETTINGS: readonly Setting[] = [
  // How catalog functions deparse, and how the text of files is read.
  ["TimeZone", "UTC", 10],
  ["DateStyle", "ISO, MDY", 10],
  ["IntervalStyle", "postgres", 10],
  ["extra_float_digits", "1", 10],
  ["bytea_output", "hex", 10],
  ["lc_monetary", "C", 10],
  ["quote_all_identifiers", "off", 10],
  ["standard_conforming_strings", "on", 10],
  ["client_encoding", "UTF8", 10],
  ["transform_null_equals", "off", 10],
  ["array_nulls", "on", 10],
  ["xmloption", "content", 10],
  // What statements do besides what they say.
  ["check_function_bodies", "off", 10],
  ["default_tablespace", "", 10],
  ["default_table_access_method", "heap", 12],
  ["row_security", "off", 10],
  ["default_transaction_isolation", "read committed", 10],
  ["createrole_self_grant", "", 16],
  // A server compiles catalog queries for longer than it runs them.
  ["jit", "off", 11],
  // An open transaction that nobody drives keeps its locks: the only idle limit that is not off.
  ["idle_in_transaction_session_timeout", "300000", 10],
  ["idle_session_timeout", "0", 14],
  ["transaction_timeout", "0", 17],
  // The server notices a runner whose machine is gone after about a minute instead of two hours.
  ["tcp_keepalives_idle", "30", 10],
  ["tcp_keepalives_interval", "10", 10],
  ["tcp_keepalives_count", "3", 10],
];

/**
 * The one batch that every session begins with: pins what would change how the catalog deparses or what statements do, leaves `mark` in the
 * session, and returns SessionFacts as the rows of its second statement. The settings that a version lacks are filtered by the server,
 * so a server that is too old still answers and can be refused by name.
 */
export function pinSql(mark: string, readOnly: boolean, limits: SessionLimits): string {
  const settings: Setting[] = [
    ...SETTINGS,
    ["lock_timeout", String(limits.lockTimeout), 10],
    ["statement_timeout", String(limits.statementTimeout), 10],
    ["lockstep.probe", mark, 10],
    // Not switched off for writers: a provider that made the database read-only meant it.
    ...(readOnly ? [["default_transaction_read_only", "on", 10] as const] : []),
  ];
  const rows = settings.map(([name, value, since]) => `(${quoteLiteral(name)}, ${quoteLiteral(value)}, ${since})`).join(",\n  ");
  // The order matters: an empty search_path first, so that nothing below resolves to objects of the database.
  return `set search_path = '';
${FACTS};
select set_config(s.name, s.value, false) from (values
  ${rows}
) as s(name, value, since) where s.since <= current_setting('server_version_num')::int / 10000;
${CONDITIONAL}`;
}

const FACTS = `select current_setting('server_version_num')::int as version_num, current_database()::text as database, current_user::text as user_name,
  r.rolsuper as is_superuser, r.rolbypassrls as bypass_rls, pg_is_in_recovery() as in_recovery, pg_backend_pid() as pid,
  current_setting('session_replication_role') as replication_role, current_setting('transaction_read_only')::bool as read_only
from pg_catalog.pg_roles r where r.rolname = current_user`;

// session_replication_role: only a superuser may set it, and a failure would undo the batch.
// client_connection_check_interval: an error on platforms that cannot notice a closed socket; Linux can from 14, macOS and BSD from 15.
const CONDITIONAL = `select set_config('session_replication_role', 'origin', false) from pg_catalog.pg_roles r
  where r.rolname = current_user and r.rolsuper and current_setting('session_replication_role') <> 'origin';
select set_config('client_connection_check_interval', '500ms', false)
  where (version() ~* 'linux' and current_setting('server_version_num')::int >= 140000)
     or (version() ~* 'darwin|freebsd|openbsd|netbsd' and current_setting('server_version_num')::int >= 150000)`;
