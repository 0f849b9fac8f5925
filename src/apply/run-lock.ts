import { createHash } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import type { Session } from "../catalog/connect.ts";
import { LockstepError } from "../model/lockstep-error.ts";
import { interrupted } from "./interrupted.ts";

/** Who holds the lock of a project. `since` is when that connection began, ISO 8601. */
export interface LockHolder {
  readonly pid: number;
  readonly application: string | null;
  readonly user: string | null;
  readonly since: string | null;
}

export interface RunLockOptions {
  /** Milliseconds to wait for another run; default 60 000. 0 asks once. */
  readonly waitMs?: number;
  /** Called after each vain attempt; null when the holder was gone by the time somebody looked. */
  readonly onWait?: (holder: LockHolder | null) => void;
  readonly signal?: AbortSignal;
}

const POLL_MS = 1000;

/**
 * Runs `body` while the session holds the project's lock: one run at a time works on a project in a database.
 * The lock is the session's, so it is gone with the backend, however the runner ends.
 * Throws LockstepError `run-locked` (exit 5) when another run holds it for longer than `waitMs`, `interrupted` (130) on a signal.
 */
export async function withRunLock<T>(
  session: Session,
  project: string,
  options: RunLockOptions,
  body: () => Promise<T>,
): Promise<T> {
  const key = runLockKey(project);
  await acquire(session, project, key, options);
  try {
    return await body();
  } finally {
    await release(session, key);
  }
}

/** The key of a project's advisory lock: a signed 64-bit number as text. */
export function runLockKey(project: string): string {
  return createHash("sha256").update(`lockstep\0${project}`).digest().readBigInt64BE(0).toString();
}

// pg_advisory_lock would wait inside a statement whose snapshot CREATE INDEX CONCURRENTLY of the other run waits for: a deadlock.
async function acquire(session: Session, project: string, key: string, options: RunLockOptions): Promise<void> {
  const deadline = Date.now() + (options.waitMs ?? 60_000);
  for (;;) {
    if (options.signal?.aborted)
      throw interrupted(options.signal, "Interrupted while waiting for another run; nothing was changed.");
    const { rows } = await session.query<{ got: boolean }>("select pg_try_advisory_lock($1::bigint) as got", [key]);
    if (rows[0]?.got === true) return;
    const holder = await findHolder(session, key);
    const left = deadline - Date.now();
    if (left <= 0) throw locked(project, holder, options.waitMs ?? 60_000);
    options.onWait?.(holder);
    await sleep(Math.min(POLL_MS, left), undefined, options.signal ? { signal: options.signal } : {}).catch(() => undefined);
  }
}

async function findHolder(session: Session, key: string): Promise<LockHolder | null> {
  // A 64-bit key is stored in two halves, objsubid 1 says so (lockfuncs.c, SET_LOCKTAG_INT64).
  const { rows } = await session.query<{ pid: number; application: string | null; user: string | null; since: string | null }>(
    `select l.pid, nullif(a.application_name, '') as application, a.usename::text as user,
       to_char(a.backend_start, 'YYYY-MM-DD"T"HH24:MI:SS"Z"') as since
     from pg_locks l left join pg_stat_activity a on a.pid = l.pid
     where l.locktype = 'advisory' and l.granted and l.objsubid = 1
       and l.database = (select oid from pg_database where datname = current_database())
       and l.classid = (($1::bigint >> 32) & 4294967295)::oid and l.objid = ($1::bigint & 4294967295)::oid`,
    [key],
  );
  return rows[0] ?? null;
}

function locked(project: string, holder: LockHolder | null, waitMs: number): LockstepError {
  const who = holder === null ? "another run" : describeHolder(holder);
  const message = `Project "${project}" is being worked on by ${who}; waited ${waitMs / 1000} s. Nothing was changed. Run again when it has ended, or wait longer with --wait.`;
  return new LockstepError({ code: "run-locked", message, exitCode: 5 });
}

/** One line that says who holds the lock. */
export function describeHolder(holder: LockHolder): string {
  const application = holder.application === null ? "" : ` (${holder.application})`;
  const since = holder.since === null ? "" : `, connected since ${holder.since}`;
  return `pid ${holder.pid} of ${holder.user ?? "an unknown user"}${application}${since}`;
}

async function release(session: Session, key: string): Promise<void> {
  try {
    if (session.inTransaction) await session.query("rollback");
    await session.query("select pg_advisory_unlock($1::bigint)", [key]);
  } catch {
    // The session is gone, and the lock with it.
  }
}
