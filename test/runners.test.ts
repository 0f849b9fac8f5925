/** Runs that meet each other, other sessions, death, and a database that moved on: through the command line, on real servers. */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Client } from "pg";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { type BuiltCli, buildCli } from "./support/built-cli.ts";
import { base, type ShopProject, shopProject } from "./support/shop-project.ts";

let cli: BuiltCli;
let shop: ShopProject;

beforeAll(() => {
  cli = buildCli();
});
afterAll(() => cli.remove());
beforeEach(async () => {
  shop = await shopProject(cli.script);
});
afterEach(() => shop.remove());

const { orders, items, others } = base as Record<string, { columns: Record<string, string> }>;
const withIndex = { ...orders, indexes: { orders_code_idx: "(code)" } };
const withColumn = { ...orders, columns: { ...orders?.columns, extra: "text" } };

const rowsOf = async (sql: string) => (await shop.admin.query(sql)).rows;
const columnsOf = async (table: string) =>
  (
    await rowsOf(
      `select attname from pg_attribute where attrelid = '${table}'::regclass and attnum > 0 and not attisdropped order by 1`,
    )
  ).map(({ attname }) => attname as string);
const indexesOf = () =>
  rowsOf(
    "select c.relname as name, i.indisvalid as valid from pg_index i join pg_class c on c.oid = i.indexrelid where i.indrelid = 'app.orders'::regclass order by 1",
  );
const active = async (text: string) =>
  (
    await rowsOf(
      `select from pg_stat_activity where query ilike '${text}%' and state = 'active' and pid <> pg_backend_pid() and datname = current_database()`,
    )
  ).length > 0;

async function expectNoPlan(): Promise<void> {
  const { code, stdout } = await shop.run(["plan", "--detailed-exitcode"]);
  expect(code, stdout).toBe(0);
}

/** An open transaction that holds what `sql` locks. */
async function holding(sql: string): Promise<Client> {
  const client = await shop.open();
  await client.query("begin");
  await client.query(sql);
  return client;
}

const writing = "insert into app.orders values (1000, 'uncommitted')";

describe("several runners at once", () => {
  test("one builds an index, the others wait: all end well, nothing is built twice", async () => {
    const size = { ...items, columns: { ...items?.columns, size: "int" } };
    shop.write({ orders: withIndex, items: size, more: { columns: { id: "int primary key" } } });
    await shop.admin.query("insert into app.orders select n, md5(n::text) from generate_series(2000, 100000) n");
    const writer = await holding(writing);
    const runners = [1, 2, 3, 4].map(() => shop.start(["apply", "--yes", "--wait", "60s"]));
    await runners[0]?.until(async () => (await runnersConnected()) >= 4 && (await active("create index concurrently")));
    await writer.query("commit");
    const ends = await Promise.all(runners.map(({ ended }) => ended));
    expect(ends.map(({ code }) => code)).toEqual([0, 0, 0, 0]);
    await expectNoPlan();
    expect(await indexesOf()).toEqual([
      { name: "orders_code_idx", valid: true },
      { name: "orders_pkey", valid: true },
    ]);
    expect(
      await rowsOf(
        "select object, count(*)::int from lockstep.steps where plan_hash <> (select plan_hash from lockstep.runs order by id limit 1) group by object having count(*) > 1",
      ),
    ).toEqual([]);
    expect((await rowsOf("select from lockstep.runs")).length).toBe(2);
    expect(ends.some(({ stderr }) => stderr.includes("deadlock"))).toBe(false);
  });

  const runnersConnected = async () =>
    (await rowsOf("select from pg_stat_activity where application_name like 'lockstep%' and datname = current_database()"))
      .length;

  test("who waits for a build gives up after --wait, and is told who is at work", async () => {
    shop.write({ orders: withIndex });
    const writer = await holding(writing);
    const builder = shop.start(["apply", "--yes"]);
    await builder.until(() => active("create index concurrently"));
    const [{ pid }] = (await rowsOf(
      "select pid from pg_stat_activity where query ilike 'create index concurrently%' and state = 'active' and datname = current_database() and pid <> pg_backend_pid()",
    )) as [{ pid: number }];
    const late = await shop.run(["apply", "--yes", "--wait", "1s"]);
    expect(late.code, late.stderr).toBe(5);
    expect(late.stderr).toContain(`Project "shop" is being worked on by pid ${pid} of `);
    expect(late.stderr).toContain("lockstep");
    const patient = shop.start(["apply", "--yes", "--wait", "60s"]);
    await patient.until(() => patient.stderr().includes(`pid ${pid} `));
    await writer.query("commit");
    expect([(await builder.ended).code, (await patient.ended).code]).toEqual([0, 0]);
    await expectNoPlan();
  });
});

describe("a lock that somebody else holds", () => {
  test("is waited for by name, then given up with 5, nothing changed; later it works", async () => {
    shop.write({ orders: withColumn });
    const holder = await holding("lock table app.orders in access share mode");
    const { rows } = await holder.query("select pg_backend_pid() as pid /* the one in the way */");
    const blocked = await shop.run(["apply", "--yes", "--lock-timeout", "400ms", "--lock-wait", "1s"]);
    expect(blocked.code, blocked.stderr).toBe(5);
    expect(blocked.stderr).toMatch(/waits for a lock on app\.orders/);
    expect(blocked.stderr).toMatch(new RegExp(`In the way: pid ${rows[0].pid} of .*the one in the way`));
    expect(blocked.stderr).toContain("--lock-wait");
    expect(await columnsOf("app.orders")).toEqual(["code", "id", "note"]);
    await holder.query("commit");
    expect((await shop.run(["apply", "--yes"])).code).toBe(0);
    expect(await columnsOf("app.orders")).toContain("extra");
    await expectNoPlan();
  });
});

describe("a runner that is killed", () => {
  test("in a transaction: whole or not at all, and the next one carries on", async () => {
    shop.write({ orders: withColumn, items: { columns: { ...items?.columns, size: "int" } } });
    const holder = await holding("lock table app.orders in access share mode");
    const runner = shop.start(["apply", "--yes", "--lock-wait", "60s", "--lock-timeout", "60s"]);
    await runner.until(() => runner.stderr().includes("waits for a lock on app.orders"));
    expect((await runner.kill()).code).toBeNull();
    await holder.query("commit");
    const next = await shop.run(["apply", "--yes"]);
    expect(next.code, next.stderr).toBe(0);
    expect([await columnsOf("app.orders"), await columnsOf("app.items")]).toEqual([
      ["code", "extra", "id", "note"],
      ["id", "label", "size"],
    ]);
    await expectNoPlan();
  });

  test("in a concurrent build: the INVALID index is found and built anew", async () => {
    shop.write({ orders: withIndex });
    await killInBuild(["apply", "--yes"]);
    const drift = await shop.run(["drift"]);
    expect(drift.code, drift.stdout).toBe(0);
    const next = await shop.run(["apply", "--yes"]);
    expect(next.code, next.stderr).toBe(0);
    expect(await indexesOf()).toEqual([
      { name: "orders_code_idx", valid: true },
      { name: "orders_pkey", valid: true },
    ]);
    await expectNoPlan();
    expect((await shop.run(["drift"])).code).toBe(0);
  });

  /** Kills a run while it builds an index. Out: the INVALID index is left, and the dead run's backend is gone. */
  async function killInBuild(args: readonly string[]): Promise<void> {
    const writer = await holding(writing);
    const runner = shop.start(args);
    await runner.until(async () => (await indexesOf()).some(({ valid }) => !valid));
    await runner.kill();
    while (await active("create index concurrently")) await new Promise((resolve) => setTimeout(resolve, 50));
    await writer.query("rollback");
    expect(await indexesOf()).toContainEqual({ name: "orders_code_idx", valid: false });
  }

  test("of a saved plan: the same file goes on, and to contract later", async () => {
    const columns = { id: "int primary key", code: "text not null" };
    shop.write({ orders: { ...withIndex, columns }, items: { columns: { ...items?.columns, size: "int" } } });
    expect((await shop.run(["plan", "--out", "plan.json"])).code).toBe(0);
    await killInBuild(["apply", "plan.json", "--yes"]);
    const gate = await shop.run(["apply", "plan.json", "--yes", "--phase", "contract", "--approve", "destructive"]);
    expect(gate.code, gate.stderr).toBe(3);
    const expand = await shop.run(["apply", "plan.json", "--yes"]);
    expect({ code: expand.code, stderr: expand.stderr }).toMatchObject({
      code: 0,
      stderr: expect.stringContaining("1 contract step pending"),
    });
    expect(await columnsOf("app.orders")).toEqual(["code", "id", "note"]);
    expect((await shop.run(["apply", "plan.json", "--yes"])).stderr).toContain("Nothing to do");
    const contract = await shop.run([
      "apply",
      "plan.json",
      "--yes",
      "--phase",
      "contract",
      "--approve",
      "destructive:app.orders.note",
    ]);
    expect(contract.code, contract.stderr).toBe(0);
    expect(await columnsOf("app.orders")).toEqual(["code", "id"]);
    await expectNoPlan();
  });
});

describe("a saved plan", () => {
  async function savedPlan(): Promise<void> {
    const saved = await shop.run(["plan", "--out", "plan.json"]);
    expect(saved.code, saved.stderr).toBe(0);
  }
  const applySaved = (...more: readonly string[]) => shop.run(["apply", "plan.json", "--yes", ...more]);

  test("is stale when what it touches moved, names it, and not when something else did", async () => {
    shop.write({ orders: withColumn });
    await savedPlan();
    await shop.admin.query("alter table app.orders add column sneaked text");
    const stale = await applySaved();
    expect(stale.code, stale.stderr).toBe(4);
    expect(stale.stderr).toContain("app.orders");
    expect(await columnsOf("app.orders")).toEqual(["code", "id", "note", "sneaked"]);
    await shop.admin.query("alter table app.orders drop column sneaked; alter policy mine on app.orders using (id > 1)");
    const policy = await applySaved();
    expect({ code: policy.code, stderr: policy.stderr }).toMatchObject({
      code: 4,
      stderr: expect.stringContaining("app.orders"),
    });
    await shop.admin.query(
      "alter policy mine on app.orders using (id > 0); alter table app.others add column more text; create table app.unknown (id int)",
    );
    const fits = await applySaved();
    expect(fits.code, fits.stderr).toBe(0);
    expect(await columnsOf("app.orders")).toContain("extra");
  });

  test("names the policy that it would change and somebody else changed", async () => {
    shop.write({ orders: { ...orders, policies: { mine: { for: "select", to: "public", using: "id > 7" } } } });
    await savedPlan();
    await shop.admin.query("alter policy mine on app.orders using (id > 1)");
    const stale = await applySaved("--approve", "widen");
    expect({ code: stale.code, stderr: stale.stderr }).toMatchObject({
      code: 4,
      stderr: expect.stringContaining("policy app.orders.mine: was changed"),
    });
  });

  test("that somebody edited is refused with the reason, as is another format", async () => {
    shop.write({ orders: withColumn });
    await savedPlan();
    const file = join(shop.folder, "plan.json");
    const text = readFileSync(file, "utf8");
    writeFileSync(file, text.replace("ADD COLUMN extra text", "ADD COLUMN extra int"));
    expect(readFileSync(file, "utf8")).not.toBe(text);
    const edited = await applySaved();
    expect({ code: edited.code, stderr: edited.stderr }).toMatchObject({ code: 1, stderr: expect.stringContaining("plan_hash") });
    writeFileSync(file, text.replace('"format_version": 1', '"format_version": 2'));
    const newer = await applySaved();
    expect({ code: newer.code, stderr: newer.stderr }).toMatchObject({ code: 1, stderr: expect.stringContaining("format 2") });
    writeFileSync(file, text.slice(0, 100));
    expect((await applySaved()).code).toBe(1);
    expect(await columnsOf("app.orders")).toEqual(["code", "id", "note"]);
    writeFileSync(file, text);
    expect((await applySaved()).code).toBe(0);
  });

  test("that took a table to be empty looks again, under the lock of its step", async () => {
    shop.write({
      items: { ...items, indexes: { items_label_idx: "(label)" } },
      others: { columns: { ...others?.columns, name: "text" } },
    });
    await savedPlan();
    const { steps } = JSON.parse(readFileSync(join(shop.folder, "plan.json"), "utf8"));
    expect(steps).toContainEqual(
      expect.objectContaining({ object: "app.items_label_idx", transactional: true, assumes_empty: ["app.items"] }),
    );
    await shop.admin.query("insert into app.items values (1, 'x')");
    const refused = await applySaved();
    expect({ code: refused.code, stderr: refused.stderr }).toMatchObject({
      code: 4,
      stderr: expect.stringContaining("app.items was empty when the plan was made, and holds rows now"),
    });
    expect(refused.stderr).toContain("no-longer-empty");
    expect(await rowsOf("select from pg_class where relname = 'items_label_idx'")).toEqual([]);
    await shop.admin.query("delete from app.items");
    const fits = await applySaved();
    expect(fits.code, fits.stderr).toBe(0);
    await expectNoPlan();
  });

  test("sees rows that a transaction commits while it waits for the lock", async () => {
    shop.write({ items: { ...items, indexes: { items_label_idx: "(label)" } } });
    await savedPlan();
    const writer = await holding("insert into app.items values (1, 'x')");
    const runner = shop.start(["apply", "plan.json", "--yes", "--lock-timeout", "30s"]);
    await runner.until(() => runner.stderr().includes("waits for a lock on app.items"));
    await writer.query("commit");
    expect((await runner.ended).code).toBe(4);
    expect(await rowsOf("select from pg_class where relname = 'items_label_idx'")).toEqual([]);
  });
});
