import { randomBytes } from "node:crypto";
import pg from "pg";
import { quoteIdentifier } from "../base/identifier.ts";
import type { Diagnostic } from "../model/diagnostic.ts";
import { LockstepError } from "../model/lockstep-error.ts";
import { explainConnectError, failedOverTls, nextHostMayAnswer, placeOf, sqlStateOf } from "./connection-error.ts";
import { type ConnectionConfig, type HostPort, parseConnectionUrl } from "./connection-url.ts";
import { readPassFile } from "./pass-file.ts";
import {
  multiplexesTransactions,
  type ProbeConnection,
  poolerError,
  READ_MARK,
  refusePoolerUrl,
  type SessionMark,
} from "./pooler.ts";
import { endClient, type Result, Session } from "./session.ts";
import { pinSql, type SessionFacts, type SessionLimits } from "./session-settings.ts";
import { type TlsAttempt, tlsAttempts } from "./tls-options.ts";
import { typeParsers } from "./type-parsers.ts";

export { Session } from "./session.ts";

const OLDEST_MAJOR = 14;
const NEWEST_MAJOR = 18;

/** A NOTICE, WARNING or the like from the server. */
export interface Notice {
  readonly severity: string;
  readonly message: string;
  readonly code: string;
}

export interface ConnectOptions {
  /** `default_transaction_read_only = on`: for the commands that only look. */
  readonly readOnly: boolean;
  /** Default: the URL's, else "lockstep". */
  readonly applicationName?: string;
  /** Aborting cancels what runs and closes the session, or gives up connecting. */
  readonly signal?: AbortSignal;
  readonly onNotice?: (notice: Notice) => void;
  /** The role to become after the login (SET ROLE). */
  readonly setRole?: string;
  /** Milliseconds; default 10 000 for readers, 500 for writers (below deadlock_timeout). Writers set theirs for every step. */
  readonly lockTimeout?: number;
  /** Milliseconds; default 0, none. */
  readonly statementTimeout?: number;
}

/**
 * Opens a session with pinned settings on the first host that answers: one round trip after the login.
 * Throws LockstepError: `bad-url`, `pooler`, `wrong-password`, `no-such-database`, `server-down`, `unknown-host`, `connection-timeout`,
 * `tls-refused`, `tls-failed`, `server-too-old`, … (exit 1, a bad `--url` 64), `too-many-connections` and `server-starting` (exit 5).
 */
export async function connect(target: string | ConnectionConfig, options: ConnectOptions): Promise<Session> {
  const config = typeof target === "string" ? parseConnectionUrl(target, "the connection URL") : target;
  refusePoolerUrl(config);
  let last: unknown;
  for (const host of hostsInOrder(config)) {
    try {
      return await openOn(config, host, options);
    } catch (error) {
      last = error;
      if (!nextHostMayAnswer(error)) break;
    }
  }
  throw last;
}

/** prefer-standby goes through the hosts twice: standbys first, then whatever answers. */
function hostsInOrder(config: ConnectionConfig): readonly Place[] {
  if (config.sessionAttributes !== "prefer-standby")
    return config.hosts.map((host) => ({ host, wants: config.sessionAttributes }));
  return [
    ...config.hosts.map((host): Place => ({ host, wants: "standby" })),
    ...config.hosts.map((host): Place => ({ host, wants: "any" })),
  ];
}

interface Place {
  readonly host: HostPort;
  readonly wants: ConnectionConfig["sessionAttributes"];
}

async function openOn(config: ConnectionConfig, { host, wants }: Place, options: ConnectOptions): Promise<Session> {
  const client = await login(config, host, options);
  try {
    const mark = randomBytes(12).toString("hex");
    if (options.setRole !== undefined) await become(client, options.setRole);
    const facts = await pin(client, mark, config, options);
    refuseVersion(facts, host);
    refuseAttributes(facts, wants, host);
    const probes = await refuseMultiplexing(client, { pid: facts.pid, mark }, config, host, options);
    const session = new Session(client, host, facts, diagnose(facts), 1 + probes, options.setRole ?? null);
    followSignal(session, options.signal);
    return session;
  } catch (error) {
    await endClient(client);
    throw explainConnectError(error, config, host);
  }
}

/** What the session makes belongs to the role. From 16 on being a member is not enough: the membership has to allow SET. */
async function become(client: pg.Client, role: string): Promise<void> {
  try {
    await client.query(`set role ${quoteIdentifier(role)}`);
  } catch (cause) {
    if (sqlStateOf(cause) === undefined) throw cause;
    const name = quoteIdentifier(role);
    const message = `The session cannot work as role "${role}" (set_role): ${(cause as Error).message}. Let the role that logs in become it: grant ${name} to it, from PostgreSQL 16 on WITH SET TRUE.`;
    throw new LockstepError({ code: "set-role", message, cause });
  }
}

/** Logs in, trying TLS and plain text in the order that sslmode stands for. */
async function login(config: ConnectionConfig, host: HostPort, options: ConnectOptions): Promise<pg.Client> {
  const attempts = await tlsAttempts(config, host);
  let last: unknown;
  for (const attempt of attempts) {
    try {
      return await loginOnce(config, host, attempt, options);
    } catch (error) {
      last = error;
      if (!failedOverTls(error)) break;
    }
  }
  throw explainConnectError(last, config, host);
}

async function loginOnce(config: ConnectionConfig, host: HostPort, tls: TlsAttempt, options: ConnectOptions): Promise<pg.Client> {
  const { signal, onNotice } = options;
  if (signal?.aborted) throw interrupted(signal);
  const client = new pg.Client(clientConfig(config, host, tls, options.applicationName));
  // Without a listener a connection that dies between two queries would end the process; the next query reports it.
  client.on("error", () => undefined);
  if (onNotice)
    client.on("notice", ({ severity, message, code }) =>
      onNotice({ severity: severity ?? "", message: message ?? "", code: code ?? "" }),
    );
  const abort = () => client.connection.stream.destroy(new Error("aborted"));
  signal?.addEventListener("abort", abort, { once: true });
  try {
    await client.connect();
    return client;
  } catch (error) {
    client.connection.stream.destroy();
    throw signal?.aborted ? interrupted(signal) : error;
  } finally {
    signal?.removeEventListener("abort", abort);
  }
}

/** Every value that pg would otherwise take from the process's own PG* variables is given, so that only the URL decides. */
function clientConfig(
  config: ConnectionConfig,
  host: HostPort,
  tls: TlsAttempt,
  applicationName: string | undefined,
): pg.ClientConfig {
  return {
    host: host.host,
    port: host.port,
    user: config.user,
    database: config.database,
    password: async () => config.password ?? (await readPassFile(config, host)) ?? noPassword(config, host),
    ssl: tls,
    sslnegotiation: tls !== false && config.ssl.direct ? "direct" : "postgres",
    enableChannelBinding: config.ssl.channelBinding,
    application_name: applicationName ?? config.applicationName ?? "lockstep",
    client_encoding: "UTF8",
    connectionTimeoutMillis: config.connectTimeout * 1000,
    keepAlive: true,
    keepAliveInitialDelayMillis: 30_000,
    types: typeParsers as pg.CustomTypesConfig,
    ...(config.options === undefined ? {} : { options: config.options }),
  };
}

function noPassword(config: ConnectionConfig, host: HostPort): never {
  const message = `${placeOf(host)} asks for a password of user "${config.user}" (database "${config.database}"), and ${config.from} has none. Put it into the URL, PGPASSWORD or ~/.pgpass.`;
  throw new LockstepError({ code: "wrong-password", message });
}

async function pin(client: pg.Client, mark: string, config: ConnectionConfig, options: ConnectOptions): Promise<SessionFacts> {
  const limits: SessionLimits = {
    lockTimeout: options.lockTimeout ?? (options.readOnly ? 10_000 : 500),
    statementTimeout: options.statementTimeout ?? 0,
  };
  // A pooler takes the login by itself: that a server is behind it is first known here.
  const text = pinSql(mark, options.readOnly, limits);
  const answer: unknown = await client.query({ text, query_timeout: config.connectTimeout * 1000 } as pg.QueryConfig);
  const facts = (answer as readonly Result<SessionFacts>[])[1]?.rows[0];
  if (facts === undefined) throw new Error("the server does not describe its own session");
  return facts;
}

function refuseVersion(facts: SessionFacts, host: HostPort): void {
  const major = Math.floor(facts.version_num / 10_000);
  if (major >= OLDEST_MAJOR) return;
  const message = `${placeOf(host)} runs PostgreSQL ${major}; lockstep works with ${OLDEST_MAJOR} to ${NEWEST_MAJOR}. Upgrade the server first.`;
  throw new LockstepError({ code: "server-too-old", message });
}

function refuseAttributes(facts: SessionFacts, wants: Place["wants"], host: HostPort): void {
  if (matchesAttributes(facts, wants)) return;
  const what = facts.in_recovery ? "is a standby" : facts.read_only ? "only takes read-only transactions" : "is a primary";
  const message = `${placeOf(host)} ${what}, and the URL asks for target_session_attrs=${wants}. Name the other server, or leave the parameter out.`;
  throw new LockstepError({ code: "wrong-session", message });
}

function matchesAttributes(facts: SessionFacts, wants: Place["wants"]): boolean {
  switch (wants) {
    case "any":
    case "prefer-standby":
      return true;
    case "read-write":
      return !facts.read_only;
    case "read-only":
      return facts.read_only;
    case "primary":
      return !facts.in_recovery;
    case "standby":
      return facts.in_recovery;
  }
}

/** Throws `pooler` when the session is not ours alone; returns the round trips spent, 0 without a proxy. */
async function refuseMultiplexing(
  client: pg.Client,
  own: SessionMark,
  config: ConnectionConfig,
  host: HostPort,
  options: ConnectOptions,
): Promise<number> {
  const { processID } = client as unknown as { readonly processID: number | null };
  if (processID === own.pid) return 0;
  let roundTrips = 0;
  const readOwn = async () => {
    roundTrips++;
    return await readMark(client);
  };
  const quick = { ...config, connectTimeout: 3 };
  const open = async (): Promise<ProbeConnection> => {
    const second = await login(quick, host, options);
    return { read: () => readMark(second), close: () => endClient(second) };
  };
  if (await multiplexesTransactions(own, readOwn, open)) throw poolerError(config, `found by probing ${placeOf(host)}`);
  return roundTrips;
}

async function readMark(client: pg.Client): Promise<SessionMark> {
  const { rows } = await client.query<SessionMark>({ text: READ_MARK, query_timeout: 3000 } as pg.QueryConfig);
  const [row] = rows;
  if (row === undefined) throw new Error("the server does not describe its own session");
  return row;
}

function diagnose(facts: SessionFacts): readonly Diagnostic[] {
  const found: Diagnostic[] = [];
  const major = Math.floor(facts.version_num / 10_000);
  if (major > NEWEST_MAJOR) {
    const message = `The server runs PostgreSQL ${major}, which is newer than ${NEWEST_MAJOR}, the newest that lockstep was tested with.`;
    found.push({
      code: "server-untested",
      severity: "warning",
      message,
      hint: "Upgrade pg-lockstep, or read the plan with care.",
    });
  }
  if (facts.replication_role !== "origin" && !facts.is_superuser) {
    const message = `session_replication_role is ${facts.replication_role} for user "${facts.user_name}" in this database: triggers and foreign keys do not fire.`;
    const hint = `Let a superuser run: alter role "${facts.user_name}" reset session_replication_role; (or alter database …)`;
    found.push({ code: "replication-role", severity: "warning", message, hint });
  }
  return found;
}

function followSignal(session: Session, signal: AbortSignal | undefined): void {
  if (signal === undefined) return;
  if (signal.aborted) void session.cancelAndClose();
  else signal.addEventListener("abort", () => void session.cancelAndClose(), { once: true });
}

function interrupted(signal: AbortSignal): LockstepError {
  if (signal.reason instanceof LockstepError) return signal.reason;
  return new LockstepError({ code: "interrupted", message: "Interrupted while connecting; nothing was changed.", exitCode: 130 });
}
