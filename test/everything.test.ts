/**
 * The whole catalog: a database with every kind and attribute is pulled, plans as empty and comes out equal elsewhere; then each
 * attribute is changed alone, there and back. pg_dump is the judge.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { apply, connect, type Plan, plan, readLive } from "../src/index.ts";
import { LockstepError } from "../src/model/lockstep-error.ts";
import { writeFiles } from "../src/yaml/write-files.ts";
import { areas, execute, makeTablespace, type Part, partsOf, roles } from "./support/everything.ts";
import { ungentleSteps } from "./support/gentle-steps.ts";
import { dumpComparable, findPgDump } from "./support/pg-dump.ts";
import { createDatabase, ensureTemplate, majors, type TestDatabase, testServer } from "./support/servers.ts";

const home = mkdtempSync(join(tmpdir(), "lockstep-everything-"));
afterAll(() => rmSync(home, { recursive: true, force: true }));

/** All that a plan may ask; what it asked for is not the question here. */
const approve = ["locking", "destructive", "widen", "undeclared", "rebuild"];

async function pull(url: string, name: string): Promise<string> {
  const cwd = join(home, name);
  const session = await connect(url, { readOnly: true });
  try {
    const live = await readLive(session);
    const files = writeFiles(live, { schemas: live.schemas, manage: "database", defaultSchema: "public" });
    for (const [path, text] of files) {
      await mkdir(dirname(join(cwd, path)), { recursive: true });
      await writeFile(join(cwd, path), text);
    }
  } finally {
    await session.close();
  }
  return cwd;
}

const options = { acceptDrop: "all" } as const;

/** Secrets of the base, which no file holds. */
const env = { EV_DATABASE_S_EV_READER_PASSWORD: "geheim" };

async function planOf(url: string, cwd: string): Promise<Plan> {
  return await said(() => plan({ url, cwd, ...options }));
}

async function applyTo(url: string, cwd: string): Promise<Plan> {
  return await said(async () => (await apply({ url, cwd, phase: "all", approve, env, ...options })).plan);
}

/** What is refused says why. */
async function said<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof LockstepError)) throw error;
    const lines = error.diagnostics.map(({ code, message, hint }) => `  ${code}: ${message} (${hint ?? ""})`);
    throw new Error([error.message, ...lines].join("\n"), { cause: error });
  }
}

async function expectNothingLeft(url: string, cwd: string): Promise<void> {
  const rest = await planOf(url, cwd);
  expect(sqlOf(rest)).toEqual([]);
  expect(rest.diagnostics).toEqual([]);
}

const sqlOf = (made: Plan): readonly string[] => made.steps.map(({ sql }) => sql);

/** Never CASCADE; nothing goes and comes back that PostgreSQL could have altered. */
function expectGentle(made: Plan, part: Part): void {
  expect(ungentleSteps(made.steps).filter((line) => !part.replaces || line.includes("CASCADE"))).toEqual([]);
  if (part.replaces) return;
  const acting = (action: string): string[] =>
    made.changes.filter((change) => change.action === action).map(({ kind, object }) => `${kind} ${object}`);
  const made_anew = acting("create");
  expect(acting("drop").filter((id) => made_anew.includes(id))).toEqual([]);
  expect(acting("replace")).toEqual([]);
}

describe.each(majors)("PostgreSQL %i", (major) => {
  let template: string;
  let here: TestDatabase;
  let files: string;
  let before: readonly string[];
  let canDump: boolean;

  beforeAll(async () => {
    canDump = (await findPgDump(major)) !== null;
    const { url } = await testServer(major);
    for (const role of roles)
      await execute(
        url,
        `do $$ begin create role ${role}; exception when duplicate_object or unique_violation then null; end $$`,
      );
    await makeTablespace(url);
    template = await ensureTemplate(`everything_${areas.join("_")}`, major, async (fresh) => {
      for (const part of partsOf("base", major))
        await execute(fresh, part.sql).catch((error) => {
          throw new Error(`${part.area}, base "${part.title}": ${String(error)}`);
        });
    });
    here = await createDatabase({ major, template });
    files = await pull(here.url, `start-${major}`);
    before = canDump ? await dumpComparable(here.url) : [];
  });
  afterAll(async () => await here?.drop());

  test("pulled: nothing to do there, nothing unmanaged, the same elsewhere", async () => {
    const idle = await planOf(here.url, files);
    expect(sqlOf(idle)).toEqual([]);
    expect(idle.diagnostics).toEqual([]);
    expect(idle.unmanaged).toEqual([]);
    const copy = await createDatabase({ major });
    try {
      await applyTo(copy.url, files);
      await expectNothingLeft(copy.url, files);
      if (canDump) expect(await dumpComparable(copy.url)).toEqual(before);
    } finally {
      await copy.drop();
    }
  });

  const changes = partsOf("changes", major);
  test.each(changes.map((part) => ({ name: `${part.area}: ${part.title}`, part })))("$name", async ({ part }) => {
    const there = await createDatabase({ major, template });
    try {
      await execute(there.url, part.sql);
      const wanted = await pull(there.url, `${part.area}-${changes.indexOf(part)}-${major}`);
      const after = canDump ? await dumpComparable(there.url) : [];
      await thereAndBack(part, wanted, after);
    } catch (error) {
      // The next change begins with a database as it was.
      await here.drop();
      here = await createDatabase({ major, template });
      throw error;
    } finally {
      await there.drop();
    }
  });

  async function thereAndBack(part: Part, wanted: string, after: readonly string[]): Promise<void> {
    const forth = await applyTo(here.url, wanted);
    expect(forth.steps.length, "steps of the way there").toBeGreaterThan(0);
    expectGentle(forth, part);
    await expectNothingLeft(here.url, wanted);
    if (canDump) expect(await dumpComparable(here.url)).toEqual(after);
    if (part.oneWay !== null) {
      await here.drop();
      here = await createDatabase({ major, template });
      return;
    }
    const back = await applyTo(here.url, files);
    expectGentle(back, part);
    await expectNothingLeft(here.url, files);
    if (canDump) expect(await dumpComparable(here.url)).toEqual(before);
  }
});
