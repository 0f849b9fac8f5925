/**
 * Starts the servers that the tests run on, once per run: one of each major in LOCKSTEP_TEST_MAJORS (default "18"), tuned for
 * throw-away data, and one as an ordinary installation has it, of the newest of these majors. TEST_POSTGRES=testcontainers takes
 * them from images (TEST_POSTGRES_IMAGE, default postgres:<major>) instead of `test/servers`.
 */
import { chmodSync, existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestProject } from "vitest/node";
import { findEmbeddedBinaries, startEmbeddedServer } from "../../src/scratch/embedded-server.ts";
import { type StartedServer, startContainer } from "./container-server.ts";

/** Where a running server is found; `url` is its superuser's, of the database postgres. */
export interface ServerAddress {
  readonly major: number;
  readonly url: string;
}

declare module "vitest" {
  interface ProvidedContext {
    readonly servers: readonly ServerAddress[];
    readonly ordinary: ServerAddress;
  }
}

/** Starts them, hands their addresses to the tests, and gives vitest the function that stops them. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const majors = wantedMajors(process.env.LOCKSTEP_TEST_MAJORS ?? "18");
  const home = mkdtempSync(join(tmpdir(), "lockstep-tests-"));
  chmodSync(home, 0o711); // The servers run under an account of their own when the tests run as root.
  const running: StartedServer[] = [];
  const stop = async () => {
    await Promise.all(running.map((server) => server.stop()));
    rmSync(home, { recursive: true, force: true });
  };
  const start = async (major: number, ordinary: boolean): Promise<ServerAddress> => {
    const server = await startServer(home, major, ordinary);
    running.push(server);
    return { major, url: server.url };
  };
  try {
    const servers: ServerAddress[] = [];
    for (const major of majors) servers.push(await start(major, false));
    project.provide("servers", servers);
    project.provide("ordinary", await start(Math.max(...majors), true));
  } catch (error) {
    await stop();
    throw error;
  }
  return stop;
}

function wantedMajors(list: string): readonly number[] {
  const majors = list.split(",").map((item) => Number(item.trim()));
  const known = majors.length > 0 && majors.every((major) => [14, 15, 16, 17, 18].includes(major));
  if (!known) throw new Error(`LOCKSTEP_TEST_MAJORS=${list}: want a comma list of 14 to 18`);
  return [...new Set(majors)];
}

function startServer(home: string, major: number, ordinary: boolean): Promise<StartedServer> {
  if (process.env.TEST_POSTGRES === "testcontainers") {
    return startContainer(process.env.TEST_POSTGRES_IMAGE ?? `postgres:${major}`, major, ordinary);
  }
  const binaries = binariesOf(major);
  if (!ordinary) return startEmbeddedServer({ dataDir: join(home, `pg${major}`), durable: false, binaries });
  // Sorts as people do, not by bytes as C does; before 15 a database cannot have an ICU locale. The zone is not UTC either, because
  // installations take that of their machine.
  const locale = major >= 15 ? "icu:en-US" : "C.UTF-8";
  const config = { TimeZone: "America/St_Johns" };
  return startEmbeddedServer({ dataDir: join(home, "ordinary"), durable: true, binaries, locale, config });
}

function binariesOf(major: number): string {
  const own = join(import.meta.dirname, "..", "servers", "node_modules", `pg${major}`);
  if (existsSync(join(own, "package.json"))) return own;
  const embedded = findEmbeddedBinaries();
  if (embedded?.major === major) return embedded.dir;
  throw new Error(
    `no PostgreSQL ${major} to test on: run "npm ci" in test/servers (Linux on x64), or set TEST_POSTGRES=testcontainers`,
  );
}
