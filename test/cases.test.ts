import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Client } from "pg";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createScratch } from "../src/scratch/scratch-database.ts";
import { type BuiltCli, buildCli } from "./support/built-cli.ts";
import { runCaseByCli } from "./support/case-cli.ts";
import { findCases } from "./support/case-folder.ts";
import { runCase } from "./support/case-runner.ts";
import { findPgDump } from "./support/pg-dump.ts";
import { majors, testServer } from "./support/servers.ts";

const cases = findCases();
const updateGolden = process.env.UPDATE_GOLDEN === "1";
const home = mkdtempSync(join(tmpdir(), "lockstep-cases-"));
/** Shared: it starts with the first expression in doubt, and every question gets a database of its own. */
const scratch = createScratch({ dataDir: join(home, "scratch") });
const learned = new Set<string>();

/** Roles belong to the whole server; the cases name these, and the tablespace case_tablespace. */
const ROLES = ["case_owner", "case_reader", "case_writer"];

beforeAll(async () => {
  for (const major of majors) {
    const client = new Client({ connectionString: (await testServer(major)).url });
    await client.connect();
    for (const role of ROLES) await client.query(`do $$ begin create role ${role}; exception when duplicate_object then end $$`);
    await client.query("set allow_in_place_tablespaces = on");
    const { rowCount } = await client.query("select from pg_tablespace where spcname = 'case_tablespace'");
    if (rowCount === 0) await client.query("create tablespace case_tablespace location ''");
    await client.end();
  }
});

afterAll(async () => {
  await scratch.close();
  rmSync(home, { recursive: true, force: true });
});

test("there are cases", () => {
  expect(cases.length).toBeGreaterThan(50);
});

for (const major of majors) {
  describe(`PostgreSQL ${major}`, { concurrent: true }, () => {
    for (const subject of cases) {
      const runs = subject.options.majors?.includes(major) ?? true;
      test.skipIf(!runs)(subject.name, { timeout: 180_000 }, async ({ annotate }) => {
        if ((await findPgDump(major)) === null) await annotate("no pg_dump as new as the server: not judged by it");
        const problems = await runCase({ subject, major, scratch, learned, updateGolden });
        if (problems.length > 0) expect.fail(problems.join("\n\n"));
      });
    }
  });
}

describe("by the command line", { concurrent: true }, () => {
  let cli: BuiltCli;
  const newest = Math.max(...majors);
  beforeAll(() => {
    cli = buildCli();
  });
  afterAll(() => cli.remove());

  for (const subject of cases.filter(({ options }) => options.cli === true)) {
    test(subject.name, { timeout: 120_000 }, async () => {
      const problems = await runCaseByCli(cli, subject, newest);
      if (problems.length > 0) expect.fail(problems.join("\n\n"));
    });
  }
});
