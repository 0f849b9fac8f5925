import { LockstepError } from "../model/lockstep-error.ts";
import { type ConnectionConfig, formatRedactedUrl, type HostPort } from "./connection-url.ts";

/** What a backend says of itself: its process, and the mark that an earlier round trip left in its session. */
export interface SessionMark {
  readonly pid: number;
  readonly mark: string;
}

/** A connection opened for the probe only. */
export interface ProbeConnection {
  read(): Promise<SessionMark>;
  close(): Promise<void>;
}

/** The query behind `ProbeConnection.read`. */
export const READ_MARK =
  "select pg_catalog.pg_backend_pid() as pid, coalesce(pg_catalog.current_setting('lockstep.probe', true), '') as mark";

const WHY =
  "A pooler in transaction mode hands every transaction to another server session, so session settings, advisory locks and CREATE INDEX CONCURRENTLY do not work through it.";

/** Refuses a URL that says by itself that a transaction-mode pooler answers. Throws `pooler` with the likely direct URL, password hidden. */
export function refusePoolerUrl(config: ConnectionConfig): void {
  const sign = poolerSign(config);
  if (sign !== undefined) throw poolerError(config, sign);
}

/** The error for a pooler, however it was found. `sign` says by what. */
export function poolerError(config: ConnectionConfig, sign: string): LockstepError {
  const direct = formatRedactedUrl(directConfig(config));
  const guess =
    direct === config.redacted && !config.pgbouncer
      ? "that of the server behind the pooler, usually on port 5432"
      : `likely ${direct}`;
  const session = config.hosts.some((each) => isSupabasePooler(each.host))
    ? " Where only the pooler can be reached, its port 5432 is in session mode and works."
    : "";
  const message = `${config.from} leads to a connection pooler in transaction mode (${sign}). ${WHY} Use the direct URL, ${guess}${session}`;
  return new LockstepError({ code: "pooler", message, exitCode: 1 });
}

function poolerSign(config: ConnectionConfig): string | undefined {
  if (config.pgbouncer) return "the URL has pgbouncer=true";
  for (const { host, port } of config.hosts) {
    if (host.startsWith("/")) continue;
    if (/^[^.]+-pooler(\.|$)/i.test(host)) return `the host ${host} is a pooler by its name`;
    if (port === 6543) return `port 6543 of ${host}`;
  }
  return undefined;
}

function directConfig(config: ConnectionConfig): ConnectionConfig {
  const project = /^([^.]+)\.([a-z0-9]+)$/.exec(config.user);
  const supabase = project !== null && config.hosts.some((each) => isSupabasePooler(each.host));
  const hosts = config.hosts.map((each) => directHost(each, supabase ? project[2] : undefined));
  return { ...config, hosts, user: supabase ? (project[1] ?? config.user) : config.user };
}

function directHost({ host, port }: HostPort, supabaseProject: string | undefined): HostPort {
  if (supabaseProject !== undefined) return { host: `db.${supabaseProject}.supabase.co`, port: 5432 };
  // 6432 is PgBouncer's own default, 6543 that of hosted poolers.
  return { host: host.replace(/^([^.]+)-pooler(?=\.|$)/i, "$1"), port: port === 6543 || port === 6432 ? 5432 : port };
}

function isSupabasePooler(host: string): boolean {
  return host.toLowerCase().endsWith(".pooler.supabase.com");
}

/**
 * True when two connections that are open at the same time are answered by one server session: only a pooler that gives sessions away
 * between transactions does that. Without a pooler, or with one in session mode, the first connection keeps its session to itself.
 */
export function sharesSession(first: SessionMark, second: SessionMark): boolean {
  return first.pid === second.pid || first.mark === second.mark;
}

/**
 * Finds out whether a proxy multiplexes transactions. Called only when the process id of the protocol's key data is not the backend's,
 * the mark of every proxy, so a direct connection pays no round trip. A pooler that is idle hands out the session used last, so a second
 * connection gets ours; three tries make up for other traffic. An answer that never comes is a pool in session mode with no room left.
 */
export async function multiplexesTransactions(
  own: SessionMark,
  readOwn: () => Promise<SessionMark>,
  open: () => Promise<ProbeConnection>,
): Promise<boolean> {
  for (let tries = 0; tries < 3; tries++) {
    const second = await readOnce(open);
    if (second !== undefined && sharesSession(own, second)) return true;
    const again = await readOwn();
    if (again.pid !== own.pid || again.mark !== own.mark) return true;
    if (second === undefined) return false;
  }
  return false;
}

async function readOnce(open: () => Promise<ProbeConnection>): Promise<SessionMark | undefined> {
  let connection: ProbeConnection | undefined;
  try {
    connection = await open();
    return await connection.read();
  } catch {
    return undefined;
  } finally {
    await connection?.close();
  }
}
