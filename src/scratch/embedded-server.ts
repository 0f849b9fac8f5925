/**
 * A real PostgreSQL of our own, for `--embedded`, for judging expressions and for rehearsals. Starting one, in order: programs that
 * run, a home that the server's account can use, a hold on the server that runs there already or else fresh data and a new server.
 * All of it under one lock per home, so that two processes never start the same server twice.
 */
import { readFileSync } from "node:fs";
import { createServer } from "node:net";
import { type Binaries, findEmbeddedBinaries, prepareBinaries } from "./embedded/binaries.ts";
import { createData, dataMajor } from "./embedded/data-directory.ts";
import { type Hold, launch, letGo, othersHold, takeHold } from "./embedded/keeper.ts";
import { endServer, postmasterPid, readyPort, reapLeftover } from "./embedded/postmaster.ts";
import { processAlive } from "./embedded/process-alive.ts";
import { findServerHome, type ServerHome } from "./embedded/server-home.ts";
import { withStartLock } from "./embedded/start-lock.ts";
import { waitUntil } from "./embedded/wait-until.ts";

export { findEmbeddedBinaries } from "./embedded/binaries.ts";

/** A running embedded server, held until stop(). */
export interface EmbeddedServer {
  /** Superuser's URL of the database postgres, with its password: never print it. */
  readonly url: string;
  readonly major: number;
  /** Superuser's URL of another database of this server, which may not exist yet. */
  urlFor(database: string): string;
  /** Lets go; when nobody else uses the server it is shut down, and gone when this resolves. May be called twice. */
  stop(): Promise<void>;
  /** Milliseconds from the call to a server that accepts connections. */
  readonly startedInMs: number;
  /** True when another holder had it running already; then `config` and `locale` were not looked at. */
  readonly reused: boolean;
}

/** What kind of server is wanted. */
export interface EmbeddedServerOptions {
  /** Directory for the server's files, made when missing; one server per directory. */
  readonly dataDir: string;
  /** False for throw-away data: no fsync, no autovacuum, and data that does not start is made anew. */
  readonly durable: boolean;
  /** Package directory with the programs; default: the optional dependency. */
  readonly binaries?: string;
  /** Settings of postgresql.conf that override ours. */
  readonly config?: Readonly<Record<string, string>>;
  /** "C" (default), a locale of the operating system, or "icu:" and a language tag. Only new data takes it. */
  readonly locale?: string;
  readonly signal?: AbortSignal;
}

const READY_MS = 60_000;
const STOP_MS = 15_000;
const ATTEMPTS = 5;

const DURABLE_CONFIG = { TimeZone: "UTC", log_timezone: "UTC" };

const THROW_AWAY_CONFIG = {
  ...DURABLE_CONFIG,
  fsync: "off",
  synchronous_commit: "off",
  full_page_writes: "off",
  wal_level: "minimal",
  max_wal_senders: "0",
  // A table's statistics change only when somebody asks.
  autovacuum: "off",
  jit: "off",
};

/**
 * Starts the server of `dataDir`, or joins the one that another process runs there; the last to leave ends it. It dies with its
 * last holder, even one ended by kill -9 (on Windows such a server is found and used by the next start).
 * Throws an Error with the end of the server's log when it does not start, or with the signal's reason.
 */
export async function startEmbeddedServer(options: EmbeddedServerOptions): Promise<EmbeddedServer> {
  const begun = performance.now();
  const packageDir = options.binaries ?? findEmbeddedBinaries()?.dir;
  if (packageDir === undefined) {
    const platform = `${process.platform}-${process.arch}`;
    throw new Error(`no embedded PostgreSQL is installed for ${platform}: install optional dependencies, or give a database URL`);
  }
  const home = await findServerHome(options.dataDir, options.durable);
  const binaries = await prepareBinaries(packageDir, home.account);
  const { hold, reused } = await withStartLock(home.lock, options.signal, async () => {
    const running = await takeHold(home);
    if (running !== null && isUp(home)) return { hold: running, reused: true };
    if (running !== null) await leave(home, binaries, running);
    return { hold: await startAnew(home, binaries, options), reused: false };
  });
  return describe(home, binaries, hold, { startedInMs: performance.now() - begun, reused });
}

function describe(
  home: ServerHome,
  binaries: Binaries,
  hold: Hold,
  facts: { readonly startedInMs: number; readonly reused: boolean },
): EmbeddedServer {
  const password = readFileSync(home.password, "utf8").trim();
  const port = readyPort(home.data);
  const urlFor = (database: string) => `postgres://postgres:${password}@127.0.0.1:${port}/${encodeURIComponent(database)}`;
  let stopped: Promise<void> | null = null;
  const stop = () => {
    stopped ??= leave(home, binaries, hold);
    return stopped;
  };
  return { url: urlFor("postgres"), major: dataMajor(home.data) ?? binaries.major, urlFor, stop, ...facts };
}

/** Lets go, and waits for the server's end unless somebody else holds it. */
async function leave(home: ServerHome, binaries: Binaries, hold: Hold): Promise<void> {
  const pid = postmasterPid(home.data);
  await letGo(home, binaries, hold);
  if (pid === null) return;
  const over = await waitUntil(() => othersHold(home) || !processAlive(pid), { timeoutMs: STOP_MS });
  // A zombie looks alive, but its lock file is gone.
  if (!over && postmasterPid(home.data) === pid) await endServer(pid);
}

/** Makes data where there is none that suits, and starts a server on it. */
async function startAnew(home: ServerHome, binaries: Binaries, options: EmbeddedServerOptions): Promise<Hold> {
  await reapLeftover(home.data);
  const locale = options.locale ?? "C";
  const found = dataMajor(home.data);
  if (found !== null && found !== binaries.major && options.durable) {
    const remedy = "remove that directory to start over, or use the older package to save what is in it";
    throw new Error(`${home.data} was made by PostgreSQL ${found}, the embedded server is ${binaries.major}: ${remedy}`);
  }
  const usable = found === binaries.major;
  if (!usable) await createData(home, binaries, locale);
  try {
    return await startServer(home, binaries, options);
  } catch (error) {
    options.signal?.throwIfAborted();
    if (options.durable || !usable) throw error;
    // Throw-away data was written without fsync; after a power cut it may be broken, and nobody misses it.
    await createData(home, binaries, locale);
    return startServer(home, binaries, options);
  }
}

/** Starts postgres on a free port; tries again when somebody takes the port first or a predecessor's backends still end. */
async function startServer(home: ServerHome, binaries: Binaries, options: EmbeddedServerOptions): Promise<Hold> {
  for (let attempt = 1; ; attempt++) {
    options.signal?.throwIfAborted();
    const hold = await launch(home, binaries, await settings(binaries, options));
    try {
      if (await becomesReady(home, hold, options.signal)) return hold;
    } catch (error) {
      await leave(home, binaries, hold);
      throw error;
    }
    const log = logTail(home);
    await leave(home, binaries, hold);
    if (attempt >= ATTEMPTS || !/could not (bind|create any)|still in use/.test(log)) {
      throw new Error(`the embedded server did not start; its log ends with:\n${log}`);
    }
    await waitUntil(() => false, { timeoutMs: 200 * attempt, everyMs: 100, signal: options.signal });
  }
}

async function settings(binaries: Binaries, options: EmbeddedServerOptions): Promise<Readonly<Record<string, string>>> {
  return {
    ...(options.durable ? DURABLE_CONFIG : THROW_AWAY_CONFIG),
    // From 18 three I/O workers start with the server; a scratch database has nothing for them to do.
    ...(!options.durable && binaries.major >= 18 ? { io_method: "sync" } : {}),
    cluster_name: "lockstep",
    ...options.config,
    listen_addresses: "127.0.0.1",
    // A socket's path may be too long for the system, and nothing here needs one.
    unix_socket_directories: "",
    port: String(await freePort()),
  };
}

/** True when connections are accepted, false when the server ended or takes too long. */
async function becomesReady(home: ServerHome, hold: Hold, signal: AbortSignal | undefined): Promise<boolean> {
  await waitUntil(() => isUp(home) || hold.ended(), { timeoutMs: READY_MS, everyMs: 5, signal });
  return isUp(home) && !hold.ended();
}

/** Whether the server accepts connections, so far as its lock file and its process tell. */
function isUp(home: ServerHome): boolean {
  const pid = postmasterPid(home.data);
  return pid !== null && processAlive(pid) && readyPort(home.data) !== null;
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once("error", reject);
    probe.listen(0, "127.0.0.1", () => {
      const address = probe.address();
      probe.close(() => {
        if (address === null || typeof address === "string") reject(new Error("no free port"));
        else resolve(address.port);
      });
    });
  });
}

function logTail(home: ServerHome): string {
  try {
    return readFileSync(home.log, "utf8").trimEnd().split("\n").slice(-15).join("\n");
  } catch {
    return "(no log)";
  }
}
