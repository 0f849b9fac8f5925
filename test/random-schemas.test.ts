/**
 * Random schemas with rows, and random transitions between two of them. The goal is made by its own SQL in another database, pulled, and
 * applied to the first: that converges, pg_dump sees no difference, and no row of what stayed is lost. What fails is shrunk.
 * RANDOM_COUNT transitions (default 100) from RANDOM_SEED (default 1).
 */
import { mkdtempSync } from "node:fs";
import { mkdir, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { apply, connect, plan, readLive, type Session } from "../src/index.ts";
import { LockstepError } from "../src/model/lockstep-error.ts";
import { writeFiles } from "../src/yaml/write-files.ts";
import { lostRows, readRowSums } from "./support/case-rows.ts";
import { execute, roles } from "./support/everything.ts";
import { ungentleSteps } from "./support/gentle-steps.ts";
import { dumpComparable, findPgDump } from "./support/pg-dump.ts";
import { randomFrom } from "./support/random-schema/random.ts";
import {
  formOf,
  randomSchema,
  randomTransition,
  rowsSql,
  type Schema,
  schemaSql,
  without,
} from "./support/random-schema/schema.ts";
import { createDatabase, majors, testServer } from "./support/servers.ts";
import { type SharedScratch, shareScratch } from "./support/shared-scratch.ts";

const count = Number(process.env.RANDOM_COUNT ?? 100);
const first = Number(process.env.RANDOM_SEED ?? 1);
/** Transitions of one test. */
const share = 10;
/** Attempts at making a failure smaller. */
const patience = Number(process.env.RANDOM_SHRINK ?? 60);
let scratch: SharedScratch;
beforeAll(async () => {
  scratch = await shareScratch("lockstep-random-");
});
afterAll(async () => await scratch.close());

interface Pair {
  readonly from: Schema;
  readonly to: Schema;
}

const spaces = "create schema app; create schema extra;";

async function withSession<T>(url: string, body: (session: Session) => Promise<T>): Promise<T> {
  const session = await connect(url, { readOnly: true });
  try {
    return await body(session);
  } finally {
    await session.close();
  }
}

async function pull(url: string, cwd: string): Promise<void> {
  const files = await withSession(url, async (session) => {
    const live = await readLive(session);
    expect(live.unmanaged).toEqual([]);
    return writeFiles(live, { schemas: live.schemas, manage: "database", defaultSchema: "app" });
  });
  for (const [path, text] of files) {
    await mkdir(dirname(join(cwd, path)), { recursive: true });
    await writeFile(join(cwd, path), text);
  }
}

/** Columns whose definition is another afterwards: their values may be others too. */
function changedColumns({ from, to }: Pair): ReadonlySet<string> {
  const after = new Map(to.map((item) => [item.key, formOf(item).sql]));
  const tables = new Map(from.map((item) => [item.key, item.name]));
  const changed = from.filter((item) => item.inside !== null && after.get(item.key) !== formOf(item).sql);
  // A name is one column's and its heirs': any table may have it.
  const heirs = from.map(({ name }) => name);
  return new Set([
    ...changed.map((item) => `${tables.get(item.inside ?? "")}.${item.name}`),
    ...changed.flatMap((item) => heirs.map((table) => `${table}.${item.name}`)),
    // Rows of a partition that goes are lost with it.
    ...from
      .filter((item) => ["partition", "rest", "child", "table"].includes(item.kind) && !after.has(item.key))
      .map(({ name }) => name),
  ]);
}

/** What is wrong with one transition; null when nothing is. Makers that made SQL which PostgreSQL refuses are wrong too. */
async function problemOf(pair: Pair, major: number): Promise<string | null> {
  const here = await createDatabase({ major });
  const there = await createDatabase({ major });
  const cwd = mkdtempSync(join(scratch.home, "files-"));
  try {
    await scratch.use(cwd);
    await execute(here.url, spaces, schemaSql(pair.from), rowsSql(pair.from));
    await execute(there.url, spaces, schemaSql(pair.to));
    await pull(there.url, cwd);
    const rows = await withSession(here.url, readRowSums);
    const options = { url: here.url, cwd, acceptDrop: "all" } as const;
    const { plan: made } = await apply({
      ...options,
      phase: "all",
      approve: ["locking", "destructive", "widen", "undeclared", "rebuild"],
    });
    const ungentle = ungentleSteps(made.steps);
    if (ungentle.length > 0) return ungentle.join("\n");
    const rest = await plan(options);
    if (rest.steps.length > 0) return `left after apply:\n${rest.steps.map(({ sql }) => sql).join("\n")}`;
    const lost = lostRows(rows, await withSession(here.url, readRowSums), changedColumns(pair));
    if (lost.length > 0) return lost.join("\n");
    return (await findPgDump(major)) === null
      ? null
      : difference(await dumpComparable(here.url), await dumpComparable(there.url));
  } catch (error) {
    const more =
      error instanceof LockstepError ? error.diagnostics.map(({ message, hint }) => `\n  ${message} (${hint ?? ""})`) : [];
    return `${String(error)}${more.join("")}`;
  } finally {
    await Promise.all([here.drop(), there.drop(), rm(cwd, { recursive: true, force: true })]);
  }
}

function difference(is: readonly string[], want: readonly string[]): string | null {
  const missing = want.filter((entry) => !is.includes(entry)).map((entry) => `- ${entry}`);
  const listed = new Set(want.map(grantOf));
  const extra = is
    .filter((entry) => !want.includes(entry) && (grantOf(entry) === null || listed.has(grantOf(entry))))
    .map((entry) => `+ ${entry}`);
  return missing.length + extra.length === 0 ? null : `pg_dump differs:\n${[...missing, ...extra].join("\n")}`;
}

/** Object and role of a grant, null for all else: what a role was granted that the files do not list there stays. */
function grantOf(entry: string): string | null {
  const found = /^(ALTER DEFAULT .*?)?\bGRANT .* ON (.*) TO (\w+)/.exec(entry);
  return found === null ? null : `${found[1] ?? ""}${found[2]} ${found[3]}`;
}

/** Leaves items out, more at a time first, as long as it still fails in the same way. */
async function shrink(pair: Pair, major: number, problem: string): Promise<{ pair: Pair; problem: string }> {
  let [best, said, left] = [pair, problem, patience];
  const sort = (text: string): string => text.replaceAll(/\w*\d+|"[^"]*"/g, "").slice(0, 40);
  for (let size = 16; size >= 1; size = Math.floor(size / 2)) {
    for (let at = 0; left > 0; at += size) {
      const keys = [...new Set([...best.from, ...best.to].map(({ key }) => key))];
      if (at >= keys.length) break;
      const gone = new Set(keys.slice(at, at + size));
      const smaller = { from: without(best.from, gone), to: without(best.to, gone) };
      left--;
      const found = await problemOf(smaller, major);
      if (found === null || sort(found) !== sort(problem)) continue;
      [best, said] = [smaller, found];
      at -= size;
    }
  }
  return { pair: best, problem: said };
}

beforeAll(async () => {
  for (const major of majors) {
    const { url } = await testServer(major);
    for (const role of roles)
      await execute(
        url,
        `do $$ begin create role ${role}; exception when duplicate_object or unique_violation then null; end $$`,
      );
  }
});

describe.each(majors)("PostgreSQL %i", { concurrent: true }, (major) => {
  const starts = Array.from({ length: Math.ceil(count / share) }, (_, n) => first + n * share);
  test.each(starts)("transitions from seed %i", { timeout: 600_000 }, async (start) => {
    const problems: string[] = [];
    for (let seed = start; seed < Math.min(start + share, first + count); seed++) {
      const random = randomFrom(seed);
      const from = randomSchema(random, major, 8 + random.int(30));
      const pair = { from, to: randomTransition(random, major, from) };
      const problem = await problemOf(pair, major);
      if (problem === null) continue;
      const small = await shrink(pair, major, problem);
      problems.push(`seed ${seed}: ${small.problem}\n-- from\n${schemaSql(small.pair.from)}\n-- to\n${schemaSql(small.pair.to)}`);
    }
    if (problems.length > 0) expect.fail(problems.join("\n\n"));
  });
});
