/** The example of the root, through the command line, on a real server: what a person sees of the main job. */
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { Client } from "pg";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Plan } from "../src/model/plan.ts";
import { type BuiltCli, buildCli, type CliRun } from "./support/built-cli.ts";
import { createDatabase, type TestDatabase } from "./support/servers.ts";

const ROOT = fileURLToPath(new URL("../", import.meta.url));

let cli: BuiltCli;
let folder: string;
let database: TestDatabase;

beforeAll(async () => {
  cli = buildCli();
  folder = mkdtempSync(join(tmpdir(), "lockstep-example-"));
  for (const part of ["schema.yaml", "policies"]) cpSync(join(ROOT, part), join(folder, part), { recursive: true });
  database = await createDatabase();
});

afterAll(async () => {
  cli.remove();
  rmSync(folder, { recursive: true });
  await database.drop();
});

function lockstep(...args: string[]): Promise<CliRun> {
  return cli.run(args, { cwd: folder, env: { DATABASE_URL: database.url } });
}

async function sql(text: string): Promise<readonly Record<string, unknown>[]> {
  const client = new Client({ connectionString: database.url });
  await client.connect();
  try {
    return (await client.query(text)).rows;
  } finally {
    await client.end();
  }
}

function edit(file: string, from: string, to: string): void {
  const path = join(folder, file);
  const before = readFileSync(path, "utf8");
  if (!before.includes(from)) throw new Error(`${file} does not hold ${from}`);
  writeFileSync(path, before.replace(from, to));
}

describe.sequential("the main job", () => {
  test("validate needs no database", async () => {
    expect(await cli.run(["validate"], { cwd: folder })).toMatchObject({ code: 0, stdout: "" });
  });

  test("plan shows every step and changes nothing", async () => {
    const { code, stdout } = await lockstep("plan", "--detailed-exitcode");
    expect(code).toBe(2);
    expect(stdout).toContain("create table app.orders");
    expect(stdout).toMatch(/\d+ steps: \d+ safe · \d+ expand/);
    expect(await sql("select from pg_namespace where nspname in ('app', 'lockstep')")).toEqual([]);
  });

  test("apply asks, and without a terminal names the flag that answers", async () => {
    const { code, stderr } = await lockstep("apply");
    expect(code).toBe(3);
    expect(stderr).toContain("--yes");
    expect(await sql("select from pg_namespace where nspname = 'app'")).toEqual([]);
  });

  test("the plan as SQL runs in psql's way and leads to an empty plan", async () => {
    const script = (await lockstep("plan", "--format", "sql")).stdout;
    const copy = await createDatabase();
    const client = new Client({ connectionString: copy.url });
    await client.connect();
    await client.query(script);
    await client.end();
    const { code } = await cli.run(["plan", "--detailed-exitcode", "--url", copy.url], { cwd: folder });
    await copy.drop();
    expect(code).toBe(0);
  });

  test("apply --yes does it, plan is empty after it, apply again does nothing", async () => {
    expect((await lockstep("apply", "--yes")).code).toBe(0);
    const plan = await lockstep("plan", "--detailed-exitcode");
    expect(plan.stdout).toContain("No changes. app matches schema.yaml.");
    expect(plan.code).toBe(0);
    const again = await lockstep("apply");
    expect(again).toMatchObject({ code: 0 });
    expect(again.stderr).toContain("Nothing to do.");
    expect((await lockstep("policies", "plan", "--detailed-exitcode")).code).toBe(0);
  });

  test("status and drift know what was applied", async () => {
    expect(JSON.parse((await lockstep("status", "--json")).stdout)).toMatchObject({
      recorded: true,
      last_run: { status: "done", phase: "expand" },
      in_flight: [],
    });
    const { code, stdout } = await lockstep("drift", "--json");
    expect(JSON.parse(stdout)).toEqual({ drift: [], pending: [], baseline: "snapshot" });
    expect(code).toBe(0);
  });

  test("a policy is repaired alone, with the approval it needs", async () => {
    await sql("drop policy customers_own on app.customers; create index hotfix on app.orgs (name)");
    const drift = await lockstep("drift", "--json");
    expect(drift.code).toBe(2);
    expect(JSON.parse(drift.stdout).drift).toMatchObject([
      { kind: "policy", object: "app.customers.customers_own", what: "removed", file: "policies/app.customers.yaml" },
      { kind: "index", object: "app.hotfix", what: "added", file: null },
    ]);
    expect((await lockstep("policies", "apply", "--yes")).code).toBe(3);
    expect((await lockstep("policies", "apply", "--yes", "--approve", "widen")).code).toBe(0);
    expect(JSON.parse((await lockstep("drift", "--json")).stdout).drift).toMatchObject([{ object: "app.hotfix" }]);
  });

  test("a saved plan carries expand now and contract later", async () => {
    await sql("insert into app.orgs (name) values ('a')");
    edit("schema.yaml", "      note: text\n", "      remark: text\n");
    const suspected = await lockstep("plan");
    expect(suspected.code).toBe(3);
    expect(suspected.stderr).toContain("renamed_from: note");
    const { code, stdout } = await lockstep("plan", "--accept-drop", "--json", "--out", "plan.json");
    expect(code).toBe(0);
    const shown = JSON.parse(stdout) as Plan;
    expect(shown.steps.map(({ phase, object }) => `${phase} ${object}`)).toEqual([
      expect.stringContaining("expand"),
      expect.stringContaining("expand"),
      "contract app.orders.note",
    ]);
    expect(JSON.parse(readFileSync(join(folder, "plan.json"), "utf8"))).toEqual(shown);
    const early = await lockstep("apply", "plan.json", "--yes", "--phase", "contract");
    expect(early.code).toBe(3);
    const expand = await lockstep("apply", "plan.json", "--yes");
    expect(expand.code).toBe(0);
    expect(expand.stderr).toContain("1 contract step pending");
    expect(JSON.parse((await lockstep("drift", "--json")).stdout)).toMatchObject({
      drift: [],
      pending: [{ kind: "column", object: "app.orders.note", what: "removed" }],
    });
    expect((await lockstep("apply", "plan.json", "--yes", "--phase", "contract", "--approve", "destructive")).code).toBe(0);
    expect((await lockstep("plan", "--detailed-exitcode")).code).toBe(0);
  });

  test("a plan that was printed is a plan file; one that was edited is refused", async () => {
    edit("schema.yaml", "      remark: text\n", "      remark: text\n      seen: boolean\n");
    writeFileSync(join(folder, "printed.json"), (await lockstep("plan", "--json")).stdout);
    edit("printed.json", "ADD COLUMN seen", "ADD COLUMN unseen");
    const edited = await lockstep("apply", "printed.json", "--yes");
    expect(edited.code).toBe(1);
    expect(edited.stderr).toContain("plan_hash");
    edit("printed.json", "ADD COLUMN unseen", "ADD COLUMN seen");
    const { code, stdout } = await lockstep("apply", "printed.json", "--yes", "--json");
    expect(JSON.parse(stdout)).toMatchObject({ status: "applied", ran: [{ object: "app.orders.seen" }], pending: [] });
    expect(code).toBe(0);
  });

  test("pull writes files that plan as empty, and changes no byte of them that says the same", async () => {
    expect((await lockstep("pull", "--out", "pulled")).code).toBe(0);
    expect((await lockstep("plan", "-f", "pulled/schema.yaml", "--detailed-exitcode")).code).toBe(0);
    edit("pulled/schema.yaml", "version: 1", "# mine\nversion: 1");
    const before = readFileSync(join(folder, "pulled", "schema.yaml"), "utf8");
    expect(await lockstep("pull", "--out", "pulled")).toMatchObject({ code: 0, stdout: "" });
    expect(readFileSync(join(folder, "pulled", "schema.yaml"), "utf8")).toBe(before);
  });
});
