import { connect as openSocket } from "node:net";
import type pg from "pg";
import type { Diagnostic } from "../model/diagnostic.ts";
import { LockstepError } from "../model/lockstep-error.ts";
import { placeOf, sqlStateOf } from "./connection-error.ts";
import type { HostPort } from "./connection-url.ts";
import type { SessionFacts } from "./session-settings.ts";

/** What one statement gave. `rowCount` is the number of rows returned or changed. */
export interface Result<R = Record<string, unknown>> {
  readonly rows: readonly R[];
  readonly rowCount: number;
  readonly command: string;
}

const GOODBYE_MS = 2000;
const CANCEL_REQUEST_CODE = 80877102;

/**
 * One connection with pinned settings (see session-settings.ts). Queries wait for one another. int8, numeric, dates, timestamps and intervals
 * come back as text. An error of the server is thrown as pg's DatabaseError (`sqlStateOf` reads its code); a lost connection is a
 * LockstepError `connection-lost`.
 */
export class Session {
  readonly serverVersion: number;
  readonly major: number;
  readonly database: string;
  readonly currentUser: string;
  readonly isSuperuser: boolean;
  /** The role that the session became after its login; null: none but its own. */
  readonly setRole: string | null;
  /** True for superusers as well: row-level security does not apply. */
  readonly bypassRls: boolean;
  readonly inRecovery: boolean;
  readonly backendPid: number;
  /** What the connection itself gave rise to: an untested version, a setting that could not be pinned. */
  readonly diagnostics: readonly Diagnostic[];
  readonly #client: pg.Client;
  readonly #host: HostPort;
  #roundTrips: number;
  #tail: Promise<unknown> = Promise.resolve();
  #closing: Promise<void> | undefined;

  constructor(
    client: pg.Client,
    host: HostPort,
    facts: SessionFacts,
    diagnostics: readonly Diagnostic[],
    roundTrips: number,
    setRole: string | null = null,
  ) {
    this.setRole = setRole;
    this.#client = client;
    this.#host = host;
    this.#roundTrips = roundTrips;
    this.serverVersion = facts.version_num;
    this.major = Math.floor(facts.version_num / 10_000);
    this.database = facts.database;
    this.currentUser = facts.user_name;
    this.isSuperuser = facts.is_superuser;
    this.bypassRls = facts.is_superuser || facts.bypass_rls;
    this.inRecovery = facts.in_recovery;
    this.backendPid = facts.pid;
    this.diagnostics = diagnostics;
  }

  /** Messages that went out and were waited for since the connection stood, the pinning batch included. */
  get roundTrips(): number {
    return this.#roundTrips;
  }

  /** True while a transaction block is open, a failed one included. */
  get inTransaction(): boolean {
    const status = this.#client.getTransactionStatus();
    return status === "T" || status === "E";
  }

  /** Runs one statement, with `$1` parameters if given. One round trip. */
  async query<R = Record<string, unknown>>(sql: string, params?: readonly unknown[]): Promise<Result<R>> {
    const results = await this.#send(params === undefined ? { text: sql } : { text: sql, values: [...params] });
    const [only] = results;
    if (only === undefined || results.length > 1) throw new Error("query() runs one statement; batch() runs several.");
    return only as Result<R>;
  }

  /**
   * Runs the statements of one text in one round trip and, unless it holds BEGIN and COMMIT, in one transaction.
   * Returns a result for each statement. No parameters.
   */
  async batch(sql: string): Promise<readonly Result[]> {
    return await this.#send({ text: sql });
  }

  /** Says goodbye. Waits for the running query; safe to call twice. */
  async close(): Promise<void> {
    this.#closing ??= this.#tail.then(
      () => endClient(this.#client),
      () => endClient(this.#client),
    );
    await this.#closing;
  }

  /** Cancels what runs, lets the server roll back, closes. The running query fails with SQLSTATE 57014. Never throws. */
  async cancelAndClose(): Promise<void> {
    this.#closing ??= this.#cancel();
    await this.#closing;
  }

  async #cancel(): Promise<void> {
    let idle = false;
    const running = this.#tail.then(
      () => (idle = true),
      () => (idle = true),
    );
    // A microtask turn settles a tail that has nothing to wait for.
    await Promise.race([running, new Promise((resolve) => setImmediate(resolve))]);
    if (!idle) {
      await sendCancelRequest(this.#client, this.#host);
      await Promise.race([running, delay(GOODBYE_MS)]);
    }
    await endClient(this.#client);
  }

  async #send(config: { readonly text: string; readonly values?: unknown[] }): Promise<readonly Result[]> {
    const turn = this.#tail.then(async () => {
      if (this.#closing !== undefined)
        throw new LockstepError({ code: "session-closed", message: "The database session is closed." });
      this.#roundTrips++;
      const answer: pg.QueryResult | readonly pg.QueryResult[] = await this.#client.query(config);
      return Array.isArray(answer) ? answer : [answer as pg.QueryResult];
    });
    this.#tail = turn.catch(() => undefined);
    try {
      const results = await turn;
      return results.map(({ rows, rowCount, command }) => ({ rows, rowCount: rowCount ?? 0, command }));
    } catch (error) {
      throw this.#explain(error);
    }
  }

  #explain(error: unknown): unknown {
    if (error instanceof LockstepError) return error;
    const state = sqlStateOf(error);
    const ended = state === undefined ? error instanceof Error && isConnectionEnd(error) : /^57P0[12]$/.test(state);
    if (!ended) return error;
    const why = (error as Error).message;
    const message = `The connection to ${placeOf(this.#host)} (database "${this.database}", user "${this.currentUser}") was lost: ${why}. What ran in a transaction is rolled back by the server.`;
    return new LockstepError({ code: "connection-lost", message, cause: error });
  }
}

/** pg's own words for a dead connection, and the socket's codes. A TypeError or the like is a bug and stays one. */
function isConnectionEnd(error: Error): boolean {
  const code = (error as NodeJS.ErrnoException).code ?? "";
  return (
    /^(ECONNRESET|EPIPE|ETIMEDOUT|ECONNABORTED|EHOSTUNREACH|ENETDOWN)$/.test(code) ||
    /^Connection terminated|not queryable$/.test(error.message)
  );
}

/** Ends a client, by force when the server does not take the goodbye. */
export async function endClient(client: pg.Client): Promise<void> {
  const ended = client.end().catch(() => undefined);
  const timedOut = await Promise.race([ended.then(() => false), delay(GOODBYE_MS).then(() => true)]);
  if (timedOut) client.connection.stream.destroy();
}

function delay(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms).unref();
  });
}

/**
 * The protocol's cancel request, on a socket of its own. Plain text even where the session has TLS, as libpq's PQcancel does: it holds no
 * secret but the session's key. Where a proxy does not take it, closing the socket ends the query (client_connection_check_interval).
 */
function sendCancelRequest(client: pg.Client, { host, port }: HostPort): Promise<void> {
  const { processID, secretKey } = client as unknown as { readonly processID: number | null; readonly secretKey: number | null };
  if (processID === null || secretKey === null) return Promise.resolve();
  const request = Buffer.alloc(16);
  request.writeInt32BE(16, 0);
  request.writeInt32BE(CANCEL_REQUEST_CODE, 4);
  request.writeInt32BE(processID, 8);
  request.writeInt32BE(secretKey, 12);
  return new Promise((resolve) => {
    const socket = host.startsWith("/") ? openSocket(`${host}/.s.PGSQL.${port}`) : openSocket(port, host);
    socket.setTimeout(GOODBYE_MS, () => socket.destroy());
    socket.on("connect", () => socket.end(request));
    socket.on("error", () => undefined);
    socket.on("close", () => resolve());
    // The server closes without an answer; an answer of a proxy is of no interest, but has to be read for "close" to come.
    socket.resume();
  });
}
