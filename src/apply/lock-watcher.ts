import type { Session } from "../catalog/connect.ts";
import type { Blocker } from "./progress.ts";

/** What a backend waits for at one moment, and how long it has been seen waiting (milliseconds). */
export interface LockWait {
  /** `schema.name`; null when it waits for a transaction to end, or the relation is new. */
  readonly relation: string | null;
  readonly blockers: readonly Blocker[];
  readonly waitedMs: number;
}

/** How far an index build is. */
export interface BuildProgress {
  readonly phase: string;
  readonly fraction: number | null;
}

export interface WatchOptions {
  readonly onWait: (wait: LockWait) => void;
  /** Asked for builds of indexes only. */
  readonly onBuild?: (progress: BuildProgress) => void;
  readonly everyMs: number;
}

/** A watch that goes on until it is stopped. */
export interface Watch {
  /** The last wait that was seen, null when none was. */
  last(): LockWait | null;
  stop(): Promise<void>;
}

const FIRST_LOOK_MS = 150;

const BLOCKERS = `with blocked as (select distinct unnest(pg_blocking_pids(PID)) as pid)
select b.pid, a.usename::text as user, coalesce(nullif(a.application_name, ''), a.backend_type, case when b.pid = 0 then 'a prepared transaction, see pg_prepared_xacts' end) as application,
  a.state, to_char(a.query_start, 'YYYY-MM-DD"T"HH24:MI:SS"Z"') as since, left(regexp_replace(a.query, '\\s+', ' ', 'g'), 80) as query,
  (select quote_ident(n.nspname) || '.' || quote_ident(c.relname) from pg_locks l join pg_class c on c.oid = l.relation
    join pg_namespace n on n.oid = c.relnamespace where l.pid = PID and not l.granted and l.relation is not null limit 1) as relation
from blocked b left join pg_stat_activity a on a.pid = b.pid order by b.pid`;

const BUILD = `select phase, case when phase like 'waiting%' then null when blocks_total > 0 then least(1, blocks_done::float8 / blocks_total)
  when tuples_total > 0 then least(1, tuples_done::float8 / tuples_total) end as fraction
from pg_stat_progress_create_index where pid = PID`;

/**
 * Looks at one backend from a second connection: who blocks it, how far its build is; and cancels what it runs. The connection is opened
 * when it is first needed, and none of its queries leaves a transaction open, for which a concurrent build would wait.
 */
export class LockWatcher {
  readonly #open: () => Promise<Session>;
  readonly #pid: number;
  #session: Promise<Session | null> | undefined;

  constructor(open: () => Promise<Session>, pid: number) {
    this.#open = open;
    this.#pid = pid;
  }

  /** Looks every `everyMs`, first after 150 ms: what is done by then costs no look and no connection. */
  watch(options: WatchOptions): Watch {
    let last: LockWait | null = null;
    let waitedMs = 0;
    let seenAt: number | null = null;
    let timer: NodeJS.Timeout | undefined;
    let looking: Promise<void> = Promise.resolve();
    let stopped = false;
    const look = async () => {
      const found = await this.#look(options.onBuild);
      if (stopped || found === null) return;
      const now = Date.now();
      // Only what lies between two looks that both saw it wait counts as waiting.
      if (found.blockers.length > 0 && seenAt !== null) waitedMs += now - seenAt;
      seenAt = found.blockers.length > 0 ? now : null;
      if (found.blockers.length === 0) return;
      last = { ...found, waitedMs };
      options.onWait(last);
    };
    const next = (ms: number) => {
      timer = setTimeout(() => {
        looking = look().finally(() => {
          if (!stopped) next(options.everyMs);
        });
      }, ms);
    };
    next(FIRST_LOOK_MS);
    const stop = async () => {
      stopped = true;
      clearTimeout(timer);
      await looking;
    };
    return { last: () => last, stop };
  }

  /** Cancels the statement that the watched backend runs. True when the server took the request. */
  async cancel(): Promise<boolean> {
    const session = await this.#connect();
    if (session === null) return false;
    try {
      const { rows } = await session.query<{ sent: boolean }>("select pg_cancel_backend($1) as sent", [this.#pid]);
      return rows[0]?.sent === true;
    } catch {
      return false;
    }
  }

  /** The second connection, for what has to be written when the first is gone; null when there is none. */
  async spare(): Promise<Session | null> {
    return await this.#connect();
  }

  /** Closes the second connection, if it was opened. */
  async close(): Promise<void> {
    const session = await this.#session;
    await session?.close();
  }

  // Watching is a service to people: where no second connection is to be had, the run goes on without.
  #connect(): Promise<Session | null> {
    this.#session ??= this.#open().catch(() => null);
    return this.#session;
  }

  async #look(onBuild: WatchOptions["onBuild"]): Promise<Omit<LockWait, "waitedMs"> | null> {
    const session = await this.#connect();
    if (session === null) return null;
    try {
      const queries = onBuild === undefined ? [BLOCKERS] : [BLOCKERS, BUILD];
      const [blocked, build] = await session.batch(queries.join(";\n").replaceAll("PID", String(this.#pid)));
      const progress = build?.rows[0] as BuildProgress | undefined;
      if (progress !== undefined) onBuild?.({ phase: progress.phase, fraction: progress.fraction });
      const rows = (blocked?.rows ?? []) as unknown as readonly (Blocker & { readonly relation: string | null })[];
      const blockers = rows.map(({ relation: _, ...blocker }) => blocker);
      return { relation: rows[0]?.relation ?? null, blockers };
    } catch {
      return null;
    }
  }
}
