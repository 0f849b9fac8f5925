import { LockstepError } from "../model/lockstep-error.ts";
import { sqlStateOf } from "./connection-error.ts";
import type { Session } from "./session.ts";

/** Who keeps the catalog from being read: pg_get_viewdef and its like take ACCESS SHARE on what they print, and queue behind ACCESS EXCLUSIVE. */
interface InTheWay {
  readonly relation: string;
  readonly pid: number;
  readonly granted: boolean;
  readonly who: string;
  readonly behind: readonly number[];
}

const IN_THE_WAY = `select quote_ident(n.nspname) || '.' || quote_ident(c.relname) as relation, l.pid, l.granted,
  concat_ws(', ', a.usename, nullif(a.application_name, ''), a.state) as who, pg_blocking_pids(l.pid) as behind
from pg_locks l join pg_class c on c.oid = l.relation join pg_namespace n on n.oid = c.relnamespace left join pg_stat_activity a on a.pid = l.pid
where l.locktype = 'relation' and l.mode = 'AccessExclusiveLock' and l.database = (select oid from pg_database where datname = current_database())
  and l.pid <> pg_backend_pid() and n.nspname !~ '^pg_' order by l.granted, 1, 2 limit 5`;

/**
 * Says of a read that waited in vain for a lock which session is in the way, and what to do. In: a session that can be asked again, and
 * its error. Out: an error `lock-timeout` (5), or the one that came in when it is another.
 */
export async function blockedRead(session: Session, error: unknown): Promise<unknown> {
  if (sqlStateOf(error) !== "55P03") return error;
  const { rows } = await session.query<InTheWay>(IN_THE_WAY);
  const list = rows.map(({ relation, pid, granted, who, behind }) => {
    const waits = behind.length === 0 ? "waits for" : `waits behind session ${behind.join(", ")} for`;
    return `  session ${pid} (${who}) ${granted ? "holds" : waits} ACCESS EXCLUSIVE on ${relation}`;
  });
  const found = list.length === 0 ? ["  (it has ended by now)"] : list;
  const message = [
    "The catalog cannot be read: another session locks something that has to be printed.",
    ...found,
    "Try again when that has ended, or end the session: select pg_terminate_backend(PID). Nothing was changed.",
  ].join("\n");
  return new LockstepError({ code: "lock-timeout", exitCode: 5, message, cause: error });
}
