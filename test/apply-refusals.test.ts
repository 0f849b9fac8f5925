import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import ts from "typescript";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type ExecuteInput, executePlan } from "../src/apply/execute.ts";
import { withRunLock } from "../src/apply/run-lock.ts";
import { canKeepState, ensureState } from "../src/apply/state-schema.ts";
import { connect, type Session } from "../src/catalog/connect.ts";
import { pairKey, readState, recordPairs, recordSnapshot } from "../src/catalog/state.ts";
import { readRelied } from "../src/model/fingerprint.ts";
import { LockstepError } from "../src/model/lockstep-error.ts";
import type { Plan } from "../src/model/plan.ts";
import { lockOn, makePlan, makeStep, readTestLive } from "./support/apply-fixtures.ts";
import { buildCli } from "./support/built-cli.ts";
import { createDatabase, createOrdinaryDatabase, majors, type OrdinaryDatabase, type TestDatabase } from "./support/servers.ts";

const limits = { lockTimeoutMs: 200, lockWaitMs: 3000, safeStatementTimeoutMs: 5000 };

async function failure(promise: Promise<unknown>): Promise<LockstepError> {
  try {
    await promise;
  } catch (error) {
    if (error instanceof LockstepError) return error;
    throw error;
  }
  throw new Error("nothing was thrown");
}

async function run(session: Session, plan: Plan, rest: Partial<ExecuteInput> = {}) {
  const read = () => readTestLive(session);
  const openSession = () => Promise.reject(new Error("no second connection in this test"));
  const onProgress = () => undefined;
  const common = { ...limits, session, openSession, plan, phase: "all", approve: [], saved: true } as const;
  return await executePlan({ ...common, live: await read(), read, onProgress, ...rest });
}

const addColumn = (id: string, name: string, rest = {}) =>
  makeStep(id, "column", `app.orders.${name}`, `alter table app.orders add column ${name} text;`, {
    locks: [lockOn("app.orders")],
    ...rest,
  });

const schemaCount = async (session: Session) =>
  (await session.query("select from pg_namespace where nspname = 'lockstep'")).rows.length;

describe.each(majors)("what apply refuses on PostgreSQL %i", (major) => {
  let database: TestDatabase;
  let session: Session;
  const relies = [
    "table app.orders",
    "column app.orders.code",
    "column app.orders.x",
    "table app.items",
    "index app.orders_pkey",
  ];
  beforeAll(async () => {
    database = await createDatabase({ major });
    session = await connect(database.url, { readOnly: false });
  });
  afterAll(async () => {
    await session.close();
    await database.drop();
  });
  beforeEach(async () => {
    await session.batch(`drop schema if exists app, lockstep cascade; create schema app;
      create table app.orders (id int primary key, code text); create table app.items (id int)`);
  });
  async function plan(hash: string, steps: Plan["steps"]): Promise<Plan> {
    const live = await readTestLive(session);
    return makePlan(live, hash, steps, readRelied(relies, live.facts));
  }

  it("refuses a plan whose objects moved, naming each, and not one whose neighbours did", async () => {
    const made = await plan("a", [addColumn("s1", "x")]);
    await session.query("create table app.untouched (id int)");
    await session.query("create index other on app.orders (code)");
    await session.batch(
      "alter table app.orders alter code type varchar(9); alter table app.orders add x int; drop table app.items",
    );
    const error = await failure(run(session, made));
    expect(error).toMatchObject({ code: "stale-plan", exitCode: 4 });
    expect(error.message.split("\n").slice(1, -1)).toEqual([
      "  column app.orders.code: was changed",
      "  column app.orders.x: exists now, and the plan relies on its absence",
      "  table app.items: does not exist any more",
    ]);
    expect(await schemaCount(session)).toBe(0);
  });

  it("refuses a plan for another database or major", async () => {
    const made = await plan("b", [addColumn("s1", "x")]);
    const elsewhere = { ...made, target: { ...made.target, database: "other" } };
    expect(await failure(run(session, elsewhere))).toMatchObject({ code: "stale-plan", exitCode: 4 });
    const older = { ...made, target: { ...made.target, server_version: 130000 } };
    expect((await failure(run(session, older))).message).toContain("PostgreSQL 13");
  });

  it("resumes a saved plan after its own steps, and still notices others", async () => {
    const made = await plan("c", [addColumn("s1", "x"), addColumn("s2", "y", { phase: "contract" })]);
    await run(session, made, { phase: "expand" });
    await session.query("alter table app.items add z int");
    expect((await run(session, made, { phase: "expand" })).ran).toEqual([]);
    const result = await run(session, made, { phase: "contract" });
    expect(result.ran.map((step) => step.id)).toEqual(["s2"]);
    await session.query("alter table app.orders drop column code");
    expect(await failure(run(session, made))).toMatchObject({ code: "stale-plan" });
  });

  it("refuses a saved plan whose column changed by another hand after its step", async () => {
    const made = await plan("d", [addColumn("s1", "x"), addColumn("s2", "y")]);
    const broken = { ...made, steps: [made.steps[0], { ...made.steps[1], sql: "select 1/0;" }] } as Plan;
    await failure(run(session, broken));
    await session.query("alter table app.orders alter x type varchar(3)");
    expect((await failure(run(session, made))).message).toContain("column app.orders.x: was changed");
  });

  it("does not compare what its own steps touched when the runner died before it could read it", async () => {
    const made = await plan("e", [addColumn("s1", "x"), addColumn("s2", "y")]);
    await run(session, made, { saved: true });
    await session.batch(
      "update lockstep.runs set after = null; delete from lockstep.steps where step_id = 's2'; alter table app.orders drop y",
    );
    expect((await run(session, made)).ran.map((step) => step.id)).toEqual(["s2"]);
    await session.batch(
      "update lockstep.runs set after = null; delete from lockstep.steps where step_id = 's2'; alter table app.orders drop y; drop table app.items",
    );
    expect((await failure(run(session, made))).message).toContain("table app.items");
  });

  it("asks for approvals before the first step, of the chosen phase only, and records them", async () => {
    const drop = { action: "drop", class: "destructive", phase: "contract", approvals: ["destructive", "undeclared"] } as const;
    const steps = [addColumn("s1", "x"), makeStep("s2", "table", "app.items", "drop table app.items;", drop)];
    const made = await plan("f", steps);
    const error = await failure(run(session, made));
    expect(error).toMatchObject({ code: "needs-approval", exitCode: 3 });
    expect(error.message).toContain("--approve destructive:app.items,undeclared:app.items");
    expect(error.message).toContain("schema.yaml:7");
    expect(await schemaCount(session)).toBe(0);
    expect((await run(session, made, { phase: "expand" })).pending.map((step) => step.id)).toEqual(["s2"]);
    expect(await failure(run(session, made, { approve: ["destructive", "undeclared:app.other"] }))).toMatchObject({
      exitCode: 3,
    });
    expect(await failure(run(session, made, { approve: ["everything"] }))).toMatchObject({ exitCode: 64 });
    await run(session, made, { approve: ["destructive", "undeclared:app.items"] });
    const { rows } = await session.query("select step_id, approval, given from lockstep.approvals order by approval");
    expect(rows).toEqual([
      { step_id: "s2", approval: "destructive", given: "destructive" },
      { step_id: "s2", approval: "undeclared", given: "undeclared:app.items" },
    ]);
  });

  it("refuses contract steps before the expand steps of the plan, and what nobody confirmed", async () => {
    const made = await plan("g", [addColumn("s1", "x"), addColumn("s2", "y", { phase: "contract" })]);
    const error = await failure(run(session, made, { phase: "contract" }));
    expect(error).toMatchObject({ code: "gate-closed", exitCode: 3 });
    expect(error.message).toContain("s1 expand: create column app.orders.x");
    expect(await failure(run(session, made, { confirm: async () => false }))).toMatchObject({
      code: "not-confirmed",
      exitCode: 3,
    });
    expect(await schemaCount(session)).toBe(0);
  });

  it("keeps snapshot and pairs, readable by everybody", async () => {
    expect(await readState(session, "shop")).toBeNull();
    await ensureState(session);
    await ensureState(session);
    const fact = { kind: "table", object: "app.orders", schema: "app", parent: null, spec: { rls: "it's" } };
    for (const declared of [[], ["table app.orders"]]) {
      await recordSnapshot(session, "shop", { declared, facts: { "table app.orders": fact } });
    }
    const pair = { id: "column app.orders.x", field: "default", file: "1", catalog: "'1'::text" };
    await recordPairs(session, "shop", [pair, { ...pair, file: "2" }]);
    const role = `reader_${database.name}`;
    const url = new URL(database.url);
    await session.query(`create role ${role} login password '${url.password}'`);
    url.username = role;
    const reader = await connect(url.href, { readOnly: true });
    const before = reader.roundTrips;
    const state = await readState(reader, "shop");
    expect(reader.roundTrips - before).toBe(1);
    expect(state?.snapshot).toMatchObject({ declared: ["table app.orders"], facts: { "table app.orders": fact } });
    expect(state?.pairs.get(pairKey(pair.id, "default"))).toMatchObject({ file: "2", catalog: pair.catalog });
    expect((await reader.query("select * from lockstep.status")).rows).toMatchObject([{ project: "shop" }]);
    await expect(reader.query("select sql from lockstep.steps")).rejects.toThrow("permission denied");
    expect(await readState(reader, "other")).toMatchObject({ snapshot: null, lastRun: null });
    expect(await canKeepState(reader)).toBe(false);
    await reader.close();
    await session.query(`drop role ${role}`);
  });
});

describe("a plain role", () => {
  let database: OrdinaryDatabase;
  let session: Session;
  let admin: Session;
  beforeAll(async () => {
    database = await createOrdinaryDatabase();
    session = await connect(database.url, { readOnly: false });
    admin = await connect(database.adminUrl, { readOnly: false });
    await session.query("create table app.orders (id int primary key)");
  });
  afterAll(async () => {
    await session.close();
    await admin.close();
    await database.drop();
  });

  it("is told the GRANT when it may not make the state schema, and works with one made for it", async () => {
    const made = makePlan(await readTestLive(session), "a", [addColumn("s1", "x")]);
    const error = await failure(run(session, made));
    expect(error).toMatchObject({ code: "no-state-schema", exitCode: 1 });
    const statement = `create schema lockstep authorization ${database.role};`;
    expect(error.message).toContain(statement);
    expect(await canKeepState(session)).toBe(false);
    const nothing = makePlan(await readTestLive(session), "b", []);
    expect((await run(session, nothing)).ran).toEqual([]);
    await admin.query(statement);
    expect((await run(session, made)).ran).toHaveLength(1);
  });

  it("is told every right it lacks before the first step", async () => {
    await admin.batch(`create schema billing; create table app.theirs (id int); create role ${database.role}_owner`);
    const live = await readTestLive(session);
    const steps = [
      addColumn("s1", "y"),
      makeStep("s2", "column", "app.theirs.x", "alter table app.theirs add column x int;", { locks: [lockOn("app.theirs")] }),
      makeStep("s3", "index", "app.theirs_idx", "create index concurrently theirs_idx on app.theirs (id);", {
        locks: [lockOn("app.theirs", "ShareUpdateExclusiveLock")],
        transactional: false,
      }),
      makeStep("s4", "table", "billing.t", "create table billing.t ();"),
      makeStep("s5", "schema", "more", "create schema more;"),
      makeStep("s6", "table", "more.t", "create table more.t ();"),
      makeStep("s7", "owner", "app.orders", `alter table app.orders owner to ${database.role}_owner;`, { action: "alter" }),
      makeStep(
        "s8",
        "function",
        "app.f(integer, text)",
        "create function app.f(integer, text) returns int language sql return 1;",
      ),
    ];
    const made = makePlan({ ...live, schemas: ["app", "billing"] }, "c", steps);
    const error = await failure(run(session, made, { live: { ...live, schemas: ["app", "billing"] } }));
    expect(error).toMatchObject({ code: "missing-privilege", exitCode: 1 });
    const lines = error.message.split("\n").map((line) => line.trim());
    expect(lines.filter((line) => line.startsWith("step "))).toEqual([
      'step s2, app.theirs: belongs to "postgres", a superuser, who has to give it to another role',
      'step s4, billing.t: needs CREATE on schema "billing"',
      `step s5, more: needs CREATE on database "${database.name}"`,
      `step s7, app.orders: is to belong to "${database.role}_owner", which the role must be able to become`,
    ]);
    expect(lines).toContain(`grant create on schema billing to ${database.role};`);
    expect(error.message).not.toContain("grant postgres");
    expect(lines).toContain(`grant ${database.role}_owner to ${database.role};`);
    await admin.query(`drop role ${database.role}_owner`);
  });
});

describe("a runner that is killed", () => {
  const built = buildCli();
  const home = mkdtempSync(join(tmpdir(), "lockstep-killed-"));
  const programs = {
    "runner-child.js": fileURLToPath(new URL("./support/runner-child.ts", import.meta.url)),
    "apply-fixtures.js": fileURLToPath(new URL("./support/apply-fixtures.ts", import.meta.url)),
  };
  let database: TestDatabase;
  let session: Session;
  beforeAll(async () => {
    database = await createDatabase();
    session = await connect(database.url, { readOnly: false });
    for (const [name, source] of Object.entries(programs)) {
      const compilerOptions = {
        target: ts.ScriptTarget.ES2023,
        module: ts.ModuleKind.ESNext,
        rewriteRelativeImportExtensions: true,
      };
      const { outputText } = ts.transpileModule(readFileSync(source, "utf8"), { compilerOptions });
      writeFileSync(join(home, name), outputText);
    }
    writeFileSync(join(home, "package.json"), '{"type":"module"}');
  });
  afterAll(async () => {
    await session.close();
    await database.drop();
    built.remove();
    rmSync(home, { recursive: true });
  });

  /** Starts a runner and kills it as soon as it has begun a step and `inStep` says that the server is at it. */
  async function killIn(plan: Plan, step: string, inStep: () => Promise<boolean>): Promise<void> {
    const file = join(home, "plan.json");
    writeFileSync(file, JSON.stringify(plan));
    const args = [join(home, "runner-child.js"), dirname(built.script), database.url, file];
    const child: ChildProcess = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "inherit"] });
    const ended = new Promise((resolve) => child.once("close", resolve));
    let output = "";
    child.stdout?.on("data", (text) => (output += text));
    while (!output.includes(step) || !(await inStep())) {
      if (child.exitCode !== null) throw new Error(`the runner ended by itself: ${output}`);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    child.kill("SIGKILL");
    await ended;
  }

  const runsQuery = (text: string) => async () =>
    (
      await session.query("select from pg_stat_activity where query like $1 and pid <> pg_backend_pid() and state = 'active'", [
        `%${text}%`,
      ])
    ).rows.length > 0;

  it("leaves whole groups, its lock is free soon, and the plan goes on", async () => {
    await session.batch("create schema app; create table app.orders (id int, code text)");
    const live = await readTestLive(session);
    const steps = [
      addColumn("s1", "x"),
      addColumn("s2", "y", { sql: "alter table app.orders add y text; select pg_sleep(60);", class: "locking" }),
    ];
    const relies = readRelied(["table app.orders", "column app.orders.x", "column app.orders.y"], live.facts);
    const made = makePlan(live, "killed", steps, relies);
    await killIn(made, "s2", runsQuery("pg_sleep(60)"));
    const quick = { ...made, steps: [steps[0], addColumn("s2", "y")] } as Plan;
    const result = await withRunLock(session, "shop", { waitMs: 10_000 }, () => run(session, quick));
    expect(result.skipped.map((step) => step.id)).toEqual(["s1"]);
    expect(result.ran.map((step) => step.id)).toEqual(["s2"]);
    const { rows } = await session.query("select status from lockstep.runs order by id");
    expect(rows).toEqual([{ status: "interrupted" }, { status: "done" }]);
  });

  it("leaves an INVALID index that the next run replaces", async () => {
    await session.batch("drop schema app cascade; create schema app; create table app.orders (id int, code text)");
    const live = await readTestLive(session);
    const build = makeStep("s1", "index", "app.orders_code", "create index concurrently orders_code on app.orders (code);", {
      transactional: false,
      locks: [lockOn("app.orders", "ShareUpdateExclusiveLock")],
    });
    const made = makePlan(live, "killed-build", [build], readRelied(["table app.orders", "index app.orders_code"], live.facts));
    const writer = await connect(database.url, { readOnly: false });
    await writer.batch("begin; insert into app.orders values (1)");
    await killIn(made, "s1", runsQuery("index concurrently orders_code"));
    expect((await readState(session, "shop"))?.inFlight).toMatchObject([{ object: "app.orders_code" }]);
    await writer.query("commit");
    await writer.close();
    const result = await withRunLock(session, "shop", { waitMs: 10_000 }, () => run(session, made));
    expect(result.live?.facts.get("index app.orders_code")?.spec.def).toMatch(/true$/);
    expect((await readState(session, "shop"))?.inFlight).toEqual([]);
  });
});
