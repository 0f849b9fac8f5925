import { execFileSync } from "node:child_process";
import {
  chmodSync,
  cpSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Client } from "pg";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { waitUntil } from "../src/scratch/embedded/wait-until.ts";
import {
  type EmbeddedServer,
  type EmbeddedServerOptions,
  findEmbeddedBinaries,
  startEmbeddedServer,
} from "../src/scratch/embedded-server.ts";
import { type Holder, prepareHolders } from "./support/embedded-holder.ts";

const asRoot = process.getuid?.() === 0;
const package_ = findEmbeddedBinaries();
const usualTmp = process.env.TMPDIR;

let home: string;
let startHolder: (dataDir: string) => Promise<Holder>;
const cleanups: (() => unknown)[] = [];

beforeAll(() => {
  home = mkdtempSync(join(tmpdir(), "lockstep-embedded-"));
  chmodSync(home, 0o711);
  // The caches lie under the temporary directory: an own one makes the first start a cold one.
  process.env.TMPDIR = directory("tmp");
  startHolder = prepareHolders(directory("holder"), package_?.dir ?? "");
});

afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

afterAll(() => {
  if (usualTmp === undefined) delete process.env.TMPDIR;
  else process.env.TMPDIR = usualTmp;
  rmSync(home, { recursive: true, force: true });
});

function directory(name: string, mode = 0o755): string {
  const path = join(home, name);
  mkdirSync(path, { recursive: true });
  chmodSync(path, mode);
  return path;
}

async function start(name: string, options: Partial<EmbeddedServerOptions> = {}): Promise<EmbeddedServer> {
  const server = await startEmbeddedServer({ dataDir: join(home, name), durable: false, ...options });
  cleanups.push(() => server.stop());
  return server;
}

async function hold(name: string): Promise<Holder> {
  const holder = await startHolder(join(home, name));
  cleanups.push(() => holder.child.kill("SIGKILL"));
  return holder;
}

async function query(url: string, sql: string): Promise<Record<string, unknown>> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    const { rows } = await client.query<Record<string, unknown>>(sql);
    return rows[0] ?? {};
  } finally {
    await client.end();
  }
}

function postmaster(name: string): number {
  return Number.parseInt(readFileSync(join(home, name, "data", "postmaster.pid"), "utf8"), 10);
}

/** The keeper is the parent of postgres. */
function parentOf(pid: number): number {
  return Number(execFileSync("ps", ["-o", "ppid=", "-p", String(pid)], { encoding: "utf8" }));
}

/** Not there, or a zombie that a container's first process never collects. */
function isGone(pid: number): boolean {
  try {
    return execFileSync("ps", ["-o", "stat=", "-p", String(pid)], { encoding: "utf8" }).startsWith("Z");
  } catch {
    return true;
  }
}

function goneWithin(pid: number, timeoutMs: number): Promise<boolean> {
  return waitUntil(() => isGone(pid), { timeoutMs });
}

function pristine(): string {
  const own = readdirSync(join(home, "tmp")).find((name) => name.startsWith("lockstep-"));
  const cache = join(home, "tmp", own ?? "none");
  return join(cache, readdirSync(cache).find((name) => /^pristine-.*-C(-\d+)?$/.test(name)) ?? "none");
}

describe.skipIf(package_ === null)("embedded server", () => {
  it("starts as asked, and again from the kept initialised data in about no time", async () => {
    const cold = await start("first");
    const made = statSync(pristine()).ino;
    const warm = await start("second");
    const again = await start("third");
    expect(statSync(pristine()).ino).toBe(made);
    expect([cold.reused, warm.reused, again.reused]).toEqual([false, false, false]);
    // No absolute time: whoever runs this may be busy. The kept data saves initdb, most of a cold start.
    expect(Math.min(warm.startedInMs, again.startedInMs)).toBeLessThan(cold.startedInMs);
    console.info(
      `cold ${cold.startedInMs.toFixed()} ms, warm ${warm.startedInMs.toFixed()} and ${again.startedInMs.toFixed()} ms`,
    );
    const sql = `select current_setting('server_version_num')::int / 10000 as major, current_setting('TimeZone') as zone,
      current_setting('server_encoding') as encoding, datcollate as collate, rolsuper as super, inet_server_addr()::text as address
      from pg_database, pg_roles where datname = current_database() and rolname = current_user`;
    const expected = {
      major: package_?.major,
      zone: "UTC",
      encoding: "UTF8",
      collate: "C",
      super: true,
      address: "127.0.0.1/32",
    };
    expect(await query(warm.url, sql)).toEqual(expected);
    await query(warm.url, 'create database "Some Db"');
    expect(await query(warm.urlFor("Some Db"), "select current_database() as name")).toEqual({ name: "Some Db" });
  });

  it("keeps its password in a file of the owner, and out of process titles", async () => {
    const server = await start("secret");
    const { password } = new URL(server.url);
    expect(password.length).toBeGreaterThan(20);
    expect(statSync(join(home, "secret", "password")).mode & 0o777).toBe(0o600);
    expect(execFileSync("ps", ["axww", "-o", "command="], { encoding: "utf8" })).not.toContain(password);
    await expect(query(server.url.replace(password, "wrong"), "select 1")).rejects.toThrow(/password authentication failed/);
    if (asRoot) expect(statSync(`/proc/${postmaster("secret")}`).uid).not.toBe(0);
  });

  it("is shared, and ends with the last to leave", async () => {
    const [one, two] = await Promise.all([start("shared"), start("shared")]);
    const other = await hold("shared");
    const pid = postmaster("shared");
    expect([one.reused, two.reused].sort()).toEqual([false, true]);
    expect(other.reused).toBe(true);
    expect(new Set([one.url, two.url, other.url]).size).toBe(1);
    await one.stop();
    await one.stop();
    other.child.kill("SIGKILL");
    expect(await query(two.url, "select 1 as up")).toEqual({ up: 1 });
    await two.stop();
    expect(isGone(pid)).toBe(true);
  });

  it("is started once by processes that race, and keeps durable data", async () => {
    const holders = await Promise.all([hold("race"), hold("race"), hold("race")]);
    expect(holders.map((holder) => holder.reused).sort()).toEqual([false, true, true]);
    await query(holders[0].url, "create table kept as select 1 as a");
    for (const { child } of holders) child.kill("SIGKILL");
    const next = await start("race", { durable: true });
    expect(await query(next.url, "select a from kept")).toEqual({ a: 1 });
  });

  it("dies when its only holder is killed", async () => {
    const { child } = await hold("orphan");
    const pid = postmaster("orphan");
    child.kill("SIGKILL");
    expect(await goneWithin(pid, 10_000)).toBe(true);
  });

  it("is reaped by the next start when its keeper was killed too", async () => {
    const { child } = await hold("leftover");
    const pid = postmaster("leftover");
    const keeper = parentOf(pid);
    // The whole group: the shell and its reader. postgres has left it and lives on.
    const members = execFileSync("pgrep", ["-g", String(keeper), "sh"], { encoding: "utf8" })
      .trim()
      .split("\n");
    for (const member of members) process.kill(Number(member), "SIGKILL");
    child.kill("SIGKILL");
    await waitUntil(() => members.every((member) => isGone(Number(member))), { timeoutMs: 5000 });
    expect(isGone(pid)).toBe(false);
    const next = await start("leftover", { durable: true });
    expect(next.reused).toBe(false);
    expect(await goneWithin(pid, 1000)).toBe(true);
    expect(await query(next.url, "select 1 as up")).toEqual({ up: 1 });
  });

  it("starts over a lock file whose number belongs to another process now", async () => {
    await (await start("reused-pid", { durable: true })).stop();
    const lines = [process.pid, join(home, "reused-pid", "data"), 1, 1, "", "127.0.0.1", " 1 1", "ready"];
    writeFileSync(join(home, "reused-pid", "data", "postmaster.pid"), `${lines.join("\n")}\n`);
    const server = await start("reused-pid", { durable: true });
    expect(await query(server.url, "select 1 as up")).toEqual({ up: 1 });
  });

  it("makes the links that npm did not let the package make", async () => {
    const bare = join(home, "bare-package");
    cpSync(package_?.dir ?? "", bare, { recursive: true, filter: (path) => !lstatSync(path).isSymbolicLink() });
    const links = JSON.parse(readFileSync(join(bare, "native", "pg-symlinks.json"), "utf8")) as { target: string }[];
    expect(links.length).toBeGreaterThan(0);
    const server = await start("linked", { binaries: bare });
    expect(await query(server.url, "select 1 as up")).toEqual({ up: 1 });
    expect(links.filter(({ target }) => !existsSync(join(bare, target)))).toEqual([]);
  });

  it.runIf(asRoot)("works where the server's account cannot go", async () => {
    const closed = directory("closed", 0o700);
    cpSync(package_?.dir ?? "", join(closed, "package"), { recursive: true, verbatimSymlinks: true });
    const server = await start("closed/data", { binaries: join(closed, "package") });
    expect(await query(server.url, "select 1 as up")).toEqual({ up: 1 });
    const moved = readFileSync(join(closed, "data", "moved-to"), "utf8").trim();
    expect(existsSync(join(moved, "data", "PG_VERSION"))).toBe(true);
  });

  it("does not use kept data that lost a file", async () => {
    await (await start("before-loss")).stop();
    rmSync(join(pristine(), "data", "PG_VERSION"));
    const server = await start("after-loss");
    expect(await query(server.url, "select 1 as up")).toEqual({ up: 1 });
  });

  it("makes broken throw-away data anew, and tells why broken durable data does not start", async () => {
    for (const name of ["broken", "broken-durable"]) {
      await (await start(name, { durable: true })).stop();
      rmSync(join(home, name, "data", "global", "pg_control"));
    }
    const server = await start("broken");
    expect(await query(server.url, "select 1 as up")).toEqual({ up: 1 });
    await expect(start("broken-durable", { durable: true })).rejects.toThrow(/did not start[\s\S]*pg_control/);
  });

  it("says what the log says when a setting is wrong, and leaves nothing running", async () => {
    const attempt = start("wrong", { config: { work_mem: "plenty" } });
    await expect(attempt).rejects.toThrow(/did not start[\s\S]*invalid value for parameter "work_mem"/);
    expect(existsSync(join(home, "wrong", "data", "postmaster.pid"))).toBe(false);
  });

  it("does not touch durable data of another major", async () => {
    await (await start("older", { durable: true })).stop();
    writeFileSync(join(home, "older", "data", "PG_VERSION"), "13\n");
    await expect(start("older", { durable: true })).rejects.toThrow(/made by PostgreSQL 13/);
  });

  it("starts nothing once aborted", async () => {
    const signal = AbortSignal.abort(new Error("enough"));
    await expect(start("aborted", { signal })).rejects.toThrow("enough");
  });
});
