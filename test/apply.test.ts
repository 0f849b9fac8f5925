import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type ExecuteInput, executePlan } from "../src/apply/execute.ts";
import type { ApplyProgress } from "../src/apply/progress.ts";
import { runLockKey, withRunLock } from "../src/apply/run-lock.ts";
import { ensureState } from "../src/apply/state-schema.ts";
import { ApplyError } from "../src/apply/step-error.ts";
import { connect, type Session } from "../src/catalog/connect.ts";
import { readState } from "../src/catalog/state.ts";
import { readRelied } from "../src/model/fingerprint.ts";
import { LockstepError } from "../src/model/lockstep-error.ts";
import type { Plan } from "../src/model/plan.ts";
import { lockOn, makePlan, makeStep, readTestLive } from "./support/apply-fixtures.ts";
import { createDatabase, majors, type TestDatabase } from "./support/servers.ts";

async function failure<E extends LockstepError = LockstepError>(promise: Promise<unknown>): Promise<E> {
  try {
    await promise;
  } catch (error) {
    if (error instanceof LockstepError) return error as E;
    throw error;
  }
  throw new Error("nothing was thrown");
}

describe.each(majors)("apply on PostgreSQL %i", (major) => {
  let database: TestDatabase;
  let session: Session;
  let other: Session;
  const open = () => connect(database.url, { readOnly: false });

  beforeAll(async () => {
    database = await createDatabase({ major });
    session = await open();
    other = await open();
  });
  afterAll(async () => {
    await session.close();
    await other.close();
    await database.drop();
  });
  beforeEach(async () => {
    await session.batch(`drop schema if exists app, lockstep cascade; create schema app;
      create table app.orders (id int primary key, code text, note text)`);
  });

  const limits = { lockTimeoutMs: 200, lockWaitMs: 3000, safeStatementTimeoutMs: 5000 };

  async function run(plan: Plan, rest: Partial<ExecuteInput> = {}) {
    const events: ApplyProgress[] = [];
    const runner = rest.session ?? session;
    const read = () => readTestLive(runner);
    const result = executePlan({
      ...limits,
      session: runner,
      openSession: open,
      plan,
      phase: "all",
      approve: [],
      saved: false,
      live: await read(),
      read,
      onProgress: (event) => events.push(event),
      ...rest,
    });
    return { events, result };
  }

  async function plan(hash: string, steps: Plan["steps"], relies: readonly string[] = []): Promise<Plan> {
    const live = await readTestLive(session);
    return makePlan(live, hash, steps, readRelied(relies, live.facts));
  }

  const addColumn = (id: string, name: string, rest = {}) =>
    makeStep(id, "column", `app.orders.${name}`, `alter table app.orders add column ${name} text;`, {
      locks: [lockOn("app.orders")],
      ...rest,
    });
  const buildIndex = (id: string, unique = "unique ") =>
    makeStep(id, "index", "app.orders_code", `create ${unique}index concurrently orders_code on app.orders (code);`, {
      locks: [lockOn("app.orders", "ShareUpdateExclusiveLock")],
      transactional: false,
      scan: true,
    });
  const columns = async () => {
    const live = await readTestLive(session);
    return [...live.facts.values()].filter((fact) => fact.kind === "column").map((fact) => fact.object);
  };
  const journal = async () =>
    (await session.query("select step_id, status from lockstep.steps order by run_id, step_id")).rows.map(
      (row) => `${row.step_id} ${row.status}`,
    );
  const holdOrders = async () => {
    await other.batch("begin; lock table app.orders in access share mode");
    return async () => void (await other.query("rollback"));
  };

  it("commits a group and its journal together, and reports the steps", async () => {
    const { result, events } = await run(
      await plan("a", [addColumn("s1", "x", { group: 1 }), addColumn("s2", "y", { group: 1 })]),
    );
    const done = await result;
    expect(done.ran.map((step) => step.id)).toEqual(["s1", "s2"]);
    expect(done.live?.facts.has("column app.orders.y")).toBe(true);
    expect(events.map((event) => event.type)).toEqual(["start", "step-start", "step-start", "step-done", "step-done"]);
    const { rows } = await session.query("select count(distinct xmin::text) as n, count(*) as all from lockstep.steps");
    expect(rows).toEqual([{ n: "1", all: "2" }]);
    const state = await readState(session, "shop");
    expect(state?.lastRun).toMatchObject({ status: "done", steps: 2 });
    expect([...(state?.done.get("a") ?? [])].sort()).toEqual(["s1", "s2"]);
  });

  it("sends a group in one round trip", async () => {
    await ensureState(session);
    const one = await run(await plan("one", [addColumn("s1", "x")]));
    const before = session.roundTrips;
    await one.result;
    const single = session.roundTrips - before;
    const many = ["a", "b", "c", "d", "e"].map((name, n) => addColumn(`s${n}`, name, { group: 1 }));
    const five = await run(await plan("five", many));
    const start = session.roundTrips;
    await five.result;
    expect(session.roundTrips - start).toBe(single);
  });

  it.each([
    ["when it runs", "alter table app.orders drop column nope;", "42703"],
    ["when it is parsed", "alter tabel app.orders drop column nope;", "42601"],
    ["with data", "alter table app.orders add constraint c check (code is not null);", "23514"],
  ])("rolls a group back and names the step that failed %s", async (_when, sql, state) => {
    await session.query("insert into app.orders values (1, null, 'ä€😀')");
    const bad = makeStep("s3", "constraint", "app.orders.c", sql, {
      group: 2,
      reason: { text: "x", file: "schema.yaml", line: 42 },
    });
    const steps = [addColumn("s1", "x"), addColumn("s2", "y", { group: 2 }), bad, addColumn("s4", "z", { group: 2 })];
    const { result } = await run(await plan("b", steps));
    const error = await failure<ApplyError>(result);
    expect(error).toBeInstanceOf(ApplyError);
    expect(error).toMatchObject({ code: "step-failed", exitCode: 1, step: { id: "s3" } });
    expect(error.message).toContain("schema.yaml:42");
    expect(error.message).toContain(state);
    expect(error.message).toContain(sql);
    expect(error.message).toContain("1 of 4 steps are committed: s1");
    expect(error.message).toContain("s2, s4");
    expect(error.result.ran.map((step) => step.id)).toEqual(["s1"]);
    expect(error.result.pending.map((step) => step.id)).toEqual(["s2", "s3", "s4"]);
    expect(await columns()).toEqual(["app.orders.code", "app.orders.id", "app.orders.note", "app.orders.x"]);
    expect(await journal()).toEqual(["s1 done", "s3 failed"]);
    expect((await readState(session, "shop"))?.lastRun?.status).toBe("failed");
  });

  it("names the commit when a deferred constraint fails there", async () => {
    await session.batch(`create table app.p (id int primary key);
      create table app.c (p int references app.p deferrable initially deferred)`);
    const steps = [
      addColumn("s1", "x", { group: 1 }),
      makeStep("s2", "rows", "app.c", "insert into app.c values (1);", { group: 1 }),
    ];
    const error = await failure((await run(await plan("b2", steps))).result);
    expect(error.message).toContain("failed when it was to commit");
    expect(await columns()).not.toContain("app.orders.x");
  });

  it("keeps a step's own SET LOCAL from the next step", async () => {
    const first = makeStep("s1", "table", "app.one", "set local search_path = app; create table one ();", { group: 1 });
    const second = makeStep("s2", "table", "app.two", "create table two ();", { group: 1 });
    const error = await failure<ApplyError>((await run(await plan("b3", [first, second]))).result);
    expect(error.step?.id).toBe("s2");
  });

  it("waits for a lock, says who holds it, and gives up with exit 5", async () => {
    const release = await holdOrders();
    const { result, events } = await run(await plan("c", [addColumn("s1", "x")]));
    const error = await failure(result);
    await release();
    expect(error).toMatchObject({ code: "lock-wait", exitCode: 5 });
    expect(error.message).toContain("app.orders");
    expect(error.message).toContain(`pid ${other.backendPid}`);
    const waiting = events.find((event) => event.type === "waiting");
    expect(waiting).toMatchObject({ step: { id: "s1" }, relation: "app.orders" });
    expect(waiting?.type === "waiting" && waiting.blockers[0]).toMatchObject({
      pid: other.backendPid,
      user: "postgres",
      application: "lockstep",
      state: "idle in transaction",
    });
    expect(events.filter((event) => event.type === "retry").length).toBeGreaterThan(1);
  });

  it("goes on when the lock is released", async () => {
    const release = await holdOrders();
    const { result } = await run(await plan("d", [addColumn("s1", "x")]), { lockWaitMs: 20_000 });
    await sleep(700);
    await release();
    expect((await result).ran).toHaveLength(1);
  });

  it("stops a step that is called safe and takes long, and does not try it again", async () => {
    const slow = makeStep(
      "s1",
      "column",
      "app.orders.x",
      "alter table app.orders alter note set default 'x'; select pg_sleep(10);",
      {
        locks: [lockOn("app.orders")],
      },
    );
    const { result, events } = await run(await plan("e", [slow]), { safeStatementTimeoutMs: 300 });
    expect(await failure(result)).toMatchObject({ code: "step-too-slow", exitCode: 1 });
    expect(events.some((event) => event.type === "retry")).toBe(false);
    const locking = await run(await plan("e2", [{ ...slow, class: "locking", sql: slow.sql.replace("10", "0.5") }]), {
      safeStatementTimeoutMs: 300,
    });
    expect((await locking.result).ran).toHaveLength(1);
  });

  it("leaves no INVALID index when a concurrent build finds duplicates, and builds it when they are gone", async () => {
    await session.query("insert into app.orders values (1, 'a'), (2, 'a')");
    const indexed = await plan("f", [addColumn("s1", "x"), buildIndex("s2")]);
    const error = await failure<ApplyError>((await run(indexed, { saved: true })).result);
    expect(error).toMatchObject({ code: "step-failed", step: { id: "s2" } });
    expect(error.message).toContain("same values where they have to be unique");
    expect(error.message).toContain("was dropped again");
    expect((await readTestLive(session)).facts.has("index app.orders_code")).toBe(false);
    expect((await readState(session, "shop"))?.inFlight).toEqual([]);
    await session.query("delete from app.orders where id = 2");
    const again = await (await run(indexed, { saved: true })).result;
    expect(again.skipped.map((step) => step.id)).toEqual(["s1"]);
    expect(again.ran.map((step) => step.id)).toEqual(["s2"]);
  });

  it("drops an INVALID index that was left and builds it anew", async () => {
    await session.query("insert into app.orders values (1, 'a'), (2, 'a')");
    await session.query("create unique index concurrently orders_code on app.orders (code)").catch(() => undefined);
    await session.query("delete from app.orders where id = 2");
    const { result, events } = await run(await plan("g", [buildIndex("s1")]));
    expect((await result).live?.facts.get("index app.orders_code")?.spec.def).toMatch(/true$/);
    expect(events.some((event) => event.type === "note" && event.message.includes("INVALID"))).toBe(true);
    const { rows } = await session.query("show lock_timeout");
    expect(rows).toEqual([{ lock_timeout: "200ms" }]);
  });

  it("gives a build up after --build-wait and says that an INVALID index is left", async () => {
    await other.batch("begin; insert into app.orders values (1, 'a')");
    const { result, events } = await run(await plan("h", [buildIndex("s1")]), { buildWaitMs: 600 });
    const error = await failure(result);
    expect(error).toMatchObject({ code: "build-wait", exitCode: 5 });
    expect(error.message).toContain(`pid ${other.backendPid}`);
    expect(error.message).toContain("INVALID index app.orders_code is left");
    expect(events.some((event) => event.type === "build")).toBe(true);
    expect((await readState(session, "shop"))?.inFlight).toMatchObject([{ object: "app.orders_code", stepId: "s1" }]);
    await other.query("commit");
    expect((await (await run(await plan("h", [buildIndex("s1")]))).result).ran).toHaveLength(1);
    expect((await readState(session, "shop"))?.inFlight).toEqual([]);
  });

  it("does not wait for itself when two runs come at once, one building an index", async () => {
    await session.query("insert into app.orders select n, n::text from generate_series(1, 1000) n");
    const runs = [
      { runner: session, steps: [buildIndex("s1")] },
      { runner: other, steps: [addColumn("s1", "x")] },
    ];
    let inside = 0;
    const waits: unknown[] = [];
    const all = runs.map(({ runner, steps }, n) =>
      withRunLock(runner, "shop", { onWait: (holder) => waits.push(holder?.pid) }, async () => {
        inside += 1;
        expect(inside).toBe(1);
        const live = await readTestLive(runner);
        const { result } = await run(makePlan(live, `two${n}`, steps), { session: runner });
        await result;
        await sleep(200);
        inside -= 1;
      }),
    );
    await Promise.all(all);
    expect(waits.length).toBeGreaterThan(0);
    expect([session.backendPid, other.backendPid]).toContain(waits[0]);
    expect(await columns()).toContain("app.orders.x");
  });

  it("says who holds the run lock when it gives up", async () => {
    await other.query("select pg_advisory_lock($1::bigint)", [runLockKey("shop")]);
    const error = await failure(withRunLock(session, "shop", { waitMs: 300 }, async () => undefined));
    await other.query("select pg_advisory_unlock_all()");
    expect(error).toMatchObject({ code: "run-locked", exitCode: 5 });
    expect(error.message).toContain(`pid ${other.backendPid} of postgres (lockstep)`);
    expect(await withRunLock(session, "shop", { waitMs: 0 }, async () => "free")).toBe("free");
  });

  it("stops at a signal, rolls the step back and says what is done", async () => {
    const controller = new AbortController();
    const slow = makeStep("s2", "table", "app.t", "create table app.t (); select pg_sleep(20);");
    const { result } = await run(await plan("i", [addColumn("s1", "x"), slow]), {
      signal: controller.signal,
      onProgress: (event) => {
        if (event.type === "step-start" && event.step.id === "s2") setTimeout(() => controller.abort(), 200);
      },
    });
    const error = await failure<ApplyError>(result);
    expect(error).toMatchObject({ code: "interrupted", exitCode: 130 });
    expect(error.message).toContain("1 of 2 steps are committed: s1");
    expect((await readState(session, "shop"))?.lastRun?.status).toBe("interrupted");
    expect((await readTestLive(session)).facts.has("table app.t")).toBe(false);
  });

  it("leaves word of an INVALID index when a signal stops a build", async () => {
    await other.batch("begin; insert into app.orders values (1, 'a')");
    const controller = new AbortController();
    setTimeout(() => controller.abort(), 600);
    const { result } = await run(await plan("j", [buildIndex("s1")]), { signal: controller.signal });
    const error = await failure(result);
    await other.query("commit");
    expect(error).toMatchObject({ code: "interrupted", exitCode: 130 });
    expect(error.message).toContain("INVALID index app.orders_code may be left");
    expect((await session.query("show lock_timeout")).rows).toEqual([{ lock_timeout: "200ms" }]);
  });

  it("lets a VALIDATE wait in the queue, where nobody waits behind it", async () => {
    await session.query("alter table app.orders add constraint c check (id > 0) not valid");
    await other.batch("begin; lock table app.orders in share update exclusive mode");
    const validate = makeStep("s1", "constraint", "app.orders.c", "alter table app.orders validate constraint c;", {
      action: "validate",
      scan: true,
      locks: [{ relation: "app.orders", mode: "ShareUpdateExclusiveLock", blocks: "none" }],
    });
    const { result, events } = await run(await plan("k", [validate]), { lockWaitMs: 100, lockTimeoutMs: 100 });
    setTimeout(() => void other.query("rollback"), 700);
    expect((await result).ran).toHaveLength(1);
    expect(events.map((event) => event.type)).toContain("waiting");
    expect(events.map((event) => event.type)).not.toContain("retry");
  });
});
