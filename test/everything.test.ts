/**
 * The whole catalog: a database with every kind and attribute is pulled, plans as empty and comes out equal elsewhere; then each
 * attribute is changed alone, there and back. pg_dump is the judge.
 */
import { cp, mkdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { apply, connect, type Plan, plan, readLive } from "../src/index.ts";
import { LockstepError } from "../src/model/lockstep-error.ts";
import { writeFiles } from "../src/yaml/write-files.ts";
import { areas, execute, makeTablespace, type Part, partsOf, roles } from "./support/everything.ts";
import { ungentleSteps } from "./support/gentle-steps.ts";
import { dumpComparable, findPgDump } from "./support/pg-dump.ts";
import { runCommand } from "./support/run-command.ts";
import { createDatabase, ensureTemplate, majors, type TestDatabase, testServer } from "./support/servers.ts";
import { type SharedScratch, shareScratch } from "./support/shared-scratch.ts";

let scratch: SharedScratch;
beforeAll(async () => {
  scratch = await shareScratch("lockstep-everything-");
});
afterAll(async () => await scratch.close());

/** All that a plan may ask; what it asked for is not the question here. */
const approve = ["locking", "destructive", "widen", "undeclared", "rebuild"];

async function folderFor(name: string): Promise<string> {
  const cwd = join(scratch.home, name);
  await scratch.use(cwd);
  return cwd;
}

async function liveOf(url: string) {
  const session = await connect(url, { readOnly: true });
  try {
    return await readLive(session);
  } finally {
    await session.close();
  }
}

async function pull(url: string, name: string): Promise<string> {
  const cwd = await folderFor(name);
  const live = await liveOf(url);
  const files = writeFiles(live, { schemas: live.schemas, manage: "database", defaultSchema: "public" });
  for (const [path, text] of files) {
    await mkdir(dirname(join(cwd, path)), { recursive: true });
    await writeFile(join(cwd, path), text);
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

/** A template and what there is to know of a database made from it. */
interface Start {
  readonly template: string;
  /** The files that pull writes of it. */
  readonly files: string;
  /** What pg_dump says of it; empty where there is none as new as the server. */
  readonly dump: readonly string[];
}

const starts = new Map<string, Promise<Start>>();

/** Made once for each name and major. */
function startOf(name: string, major: number, base: readonly Part[]): Promise<Start> {
  const key = `${name}-${major}`;
  const made = starts.get(key) ?? makeStart(name, major, base);
  starts.set(key, made);
  return made;
}

async function makeStart(name: string, major: number, base: readonly Part[]): Promise<Start> {
  const template = await ensureTemplate(`everything_${name}`, major, async (fresh) => {
    for (const part of base)
      await execute(fresh, part.sql).catch((error) => {
        throw new Error(`${part.area}, base "${part.title}": ${String(error)}`);
      });
  });
  const one = await createDatabase({ major, template });
  try {
    return { template, files: await pull(one.url, `${name}-${major}`), dump: await dumpOf(one) };
  } finally {
    await one.drop();
  }
}

async function dumpOf({ url, major }: TestDatabase): Promise<readonly string[]> {
  return (await findPgDump(major)) === null ? [] : await dumpComparable(url);
}

/** Databases that are gone when the work is done. */
async function withDatabases(
  major: number,
  templates: readonly (string | undefined)[],
  work: (...databases: TestDatabase[]) => Promise<void>,
): Promise<void> {
  const made = await Promise.all(
    templates.map((template) => createDatabase(template === undefined ? { major } : { major, template })),
  );
  try {
    await work(...made);
  } finally {
    await Promise.all(made.map((database) => database.drop()));
  }
}

beforeAll(async () => {
  for (const major of majors) {
    const { url } = await testServer(major);
    for (const role of roles)
      await execute(
        url,
        `do $$ begin create role ${role}; exception when duplicate_object or unique_violation then null; end $$`,
      );
    await makeTablespace(url);
  }
});

describe.each(majors)("PostgreSQL %i, everything", (major) => {
  test("pulled: nothing to do there, nothing unmanaged, the same elsewhere", { timeout: 180_000 }, async () => {
    const { template, files, dump } = await startOf(areas.join("_"), major, partsOf("base", major));
    await withDatabases(major, [template, undefined], async (here, copy) => {
      const idle = await planOf(here.url, files);
      expect(sqlOf(idle)).toEqual([]);
      expect(idle.diagnostics).toEqual([]);
      expect(idle.unmanaged).toEqual([]);
      await applyTo(copy.url, files);
      await expectNothingLeft(copy.url, files);
      expect(await dumpOf(copy)).toEqual(dump);
    });
  });

  test("by the command line: what pull writes is in canonical form, split and joined it says the same", {
    timeout: 180_000,
  }, async () => {
    const { template } = await startOf(areas.join("_"), major, partsOf("base", major));
    await withDatabases(major, [template], async ({ url }) => {
      const cwd = await folderFor(`cli-${major}`);
      const run = async (...args: readonly string[]): Promise<string> => {
        const { code, stderr } = await runCommand(args, cwd);
        expect(code, `${args[0]}: ${stderr}`).toBe(0);
        return stderr;
      };
      const idle = ["plan", "--strict", "--detailed-exitcode", "--url", url];
      await run("pull", "--out", ".", "--url", url);
      expect(await run("fmt")).toContain("Every file is in canonical form.");
      await run(...idle);
      await run("join");
      await run(...idle);
      await run("split");
      await run(...idle);
      expect(await run("pull", "--out", ".", "--url", url)).toContain("Nothing changed.");
    });
  });

  test("a role that may only connect pulls and plans, and tells what it may not see", { timeout: 180_000 }, async () => {
    const { template, files } = await startOf(areas.join("_"), major, partsOf("base", major));
    await withDatabases(major, [template], async ({ url, name }) => {
      const role = `bare_${name}`;
      await execute(url, `create role ${role} login password 'bare'`);
      try {
        const bare = new URL(url);
        [bare.username, bare.password] = [role, "bare"];
        const own = await pull(bare.href, `bare-${major}`);
        const idle = await planOf(bare.href, own);
        expect(sqlOf(idle)).toEqual([]);
        const unseen = idle.unmanaged.filter(({ kind }) => kind !== "user_mapping");
        expect(unseen).toEqual([]);
        if (areas.includes("database")) expect(idle.unmanaged.map(({ why }) => why).join()).toContain("shown to superusers");
        expect(sqlOf(await planOf(bare.href, files))).toEqual([]);
      } finally {
        await execute(url, `drop role ${role}`);
      }
    });
  });

  test("schemas under other names are renamed, with nothing else to do", { timeout: 180_000 }, async () => {
    const { template } = await startOf(areas.join("_"), major, partsOf("base", major));
    await withDatabases(major, [template, template], async (here, there) => {
      const { schemas } = await liveOf(here.url);
      const own = schemas.filter((schema) => schema.startsWith("ev_"));
      for (const schema of own) await execute(there.url, `alter schema ${schema} rename to re_${schema}`);
      const files = await pull(there.url, `renamed-${major}`);
      const path = join(files, "schema.yaml");
      const saying = own.reduce((text, schema) => sayingRename(text, schema), await readFile(path, "utf8"));
      await writeFile(path, saying);
      const made = await applyTo(here.url, files);
      expect([...sqlOf(made)].sort()).toEqual(own.map((schema) => `ALTER SCHEMA ${schema} RENAME TO re_${schema};`).sort());
      await expectNothingLeft(here.url, files);
      expect(await dumpOf(here)).toEqual(await dumpOf(there));
    });
  });
});

/** The entry of a schema under its new name, with `renamed_from` in whichever form it has. */
function sayingRename(text: string, schema: string): string {
  return text.replace(new RegExp(`^  re_${schema}:(.*)$`, "m"), (_, value: string) => {
    if (value.trim() === "") return `  re_${schema}:\n    renamed_from: ${schema}`;
    const rest = value.trim().replace(/^\{\s*/, "");
    return `  re_${schema}: { renamed_from: ${schema}${rest === "}" ? " }" : `, ${rest}`}`;
  });
}

/** A database with one change by its own SQL, what pull writes of it, and what pg_dump says. */
async function madeByHand(part: Part, template: string, major: number) {
  const database = await createDatabase({ major, template });
  try {
    await execute(database.url, part.sql);
    const files = await pull(database.url, `there-${major}-${database.name}`);
    return { database, files, dump: await dumpOf(database) };
  } catch (error) {
    await database.drop();
    throw error;
  }
}

/** One change in so many, on each major another one: all take an hour. EVERYTHING_SHARE=1 makes all, and EVERYTHING=area those of one. */
const share = Number(process.env.EVERYTHING_SHARE ?? (process.env.EVERYTHING === undefined ? 8 : 1));

const changed = majors.flatMap((major) => areas.map((area) => ({ major, area })));
describe.each(changed)("PostgreSQL $major, $area", { concurrent: true }, ({ major, area }) => {
  let start: Start;
  beforeAll(async () => {
    start = await startOf(area, major, partsOf("base", major, area));
  });

  const changes = partsOf("changes", major, area)
    .map((part, n) => ({ part, n, title: part.title }))
    .filter(({ n }) => n % share === major % share);
  test.for(changes)("$title", async ({ part, n }, { expect: check }) => {
    const { template, dump } = start;
    const files = await folderFor(`${area}-${n}-${major}-start`);
    await cp(start.files, files, { recursive: true, filter: (path) => !path.endsWith(".lockstep") });
    const made = await madeByHand(part, template, major);
    const forth = async (here: TestDatabase): Promise<void> => {
      const plan = await applyTo(here.url, made.files);
      check(plan.steps.length, "steps of the way there").toBeGreaterThan(0);
      expectGentle(plan, part);
      await expectNothingLeft(here.url, made.files);
      check(await dumpOf(here)).toEqual(made.dump);
    };
    try {
      if (part.oneWay !== null) return await withDatabases(major, [template], forth);
      expectGentle(await applyTo(made.database.url, files), part);
      await expectNothingLeft(made.database.url, files);
      check(await dumpOf(made.database)).toEqual(dump);
      await forth(made.database);
    } finally {
      await made.database.drop();
    }
  });
});
