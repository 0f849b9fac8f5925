/** What runs when, and what has to be said before it does: phases, approvals and answers, through the command line. */
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { base, type ShopProject, shopProject } from "./support/shop-project.ts";

let shop: ShopProject;

beforeEach(async () => {
  shop = await shopProject();
});
afterEach(() => shop.remove());

const orders = base.orders as { columns: Record<string, string> };
const items = base.items as { columns: Record<string, string> };
const apply = (...args: readonly string[]) => shop.run(["apply", "--yes", ...args]);
const has = async (query: string) => (await shop.admin.query(query)).rowCount === 1;
const hasColumn = (table: string, column: string) =>
  has(`select from pg_attribute where attrelid = '${table}'::regclass and attname = '${column}' and not attisdropped`);

async function expectNoPlan(): Promise<void> {
  const { code, stdout } = await shop.run(["plan", "--detailed-exitcode"]);
  expect(code, stdout).toBe(0);
}

describe("phases", () => {
  const lessAndMore = () => {
    const { note: _, ...columns } = orders.columns;
    shop.write({ orders: { ...orders, columns }, items: { ...items, columns: { ...items.columns, size: "int" } } });
  };

  test("apply runs expand, and says in one line what is left; contract runs when its turn has come", async () => {
    lessAndMore();
    const gate = await apply("--phase", "contract", "--approve", "destructive");
    expect(gate.code, gate.stderr).toBe(3);
    expect(gate.stderr).toContain("create column app.items.size");
    expect(gate.stderr).toContain("--phase expand");
    expect(await hasColumn("app.orders", "note")).toBe(true);

    const expand = await apply();
    expect(expand.code, expand.stderr).toBe(0);
    const pending = expand.stderr.split("\n").filter((line) => line.includes("contract"));
    expect(pending).toEqual([expect.stringMatching(/^1 contract step pending.*--phase contract/)]);
    expect([await hasColumn("app.items", "size"), await hasColumn("app.orders", "note")]).toEqual([true, true]);
    expect((await shop.run(["plan", "--detailed-exitcode"])).code).toBe(2);
    expect((await shop.run(["drift"])).code).toBe(0);

    const unasked = await apply("--phase", "contract");
    expect(unasked.code, unasked.stderr).toBe(3);
    expect(unasked.stderr).toContain("--approve destructive:app.orders.note");
    expect((await apply("--phase", "contract", "--approve", "destructive:app.orders.note")).code).toBe(0);
    expect(await hasColumn("app.orders", "note")).toBe(false);
    await expectNoPlan();
  });

  test("all runs everything now, and the files can make that the default", async () => {
    lessAndMore();
    const { code, stderr } = await apply("--phase", "all", "--approve", "destructive");
    expect(code, stderr).toBe(0);
    expect(stderr).not.toContain("pending");
    await expectNoPlan();
    shop.write(
      {
        items: { columns: { id: "int primary key" } },
        orders: { ...orders, columns: { id: "int primary key", code: "text not null" } },
      },
      { rollout: { phase: "all" } },
    );
    expect((await apply()).code).toBe(0); // No row holds a label: there is nothing to approve.
    expect(await hasColumn("app.items", "label")).toBe(false);
  });

  test("a plan shows every phase, or the one asked for", async () => {
    lessAndMore();
    const phasesIn = async (...args: readonly string[]) => {
      const { stdout } = await shop.run(["plan", "--json", ...args]);
      return (JSON.parse(stdout).steps as { phase: string }[]).map(({ phase }) => phase);
    };
    expect(await phasesIn()).toEqual(["expand", "contract"]);
    expect(await phasesIn("--phase", "expand")).toEqual(["expand"]);
    expect(await phasesIn("--phase", "contract")).toEqual(["contract"]);
  });
});

describe("approvals", () => {
  test("every missing one is named with its flag; one for an object covers that object alone; --yes none", async () => {
    const policies = { mine: { for: "select", to: "public", using: "true" } };
    shop.write({ orders: { ...orders, columns: { id: "int primary key" }, policies } });
    const before = await shop.run(["plan", "--json", "--detailed-exitcode"]);
    const none = await apply("--phase", "all");
    expect(none.code, none.stderr).toBe(3);
    for (const flag of ["destructive:app.orders.code", "destructive:app.orders.note", "widen:app.orders.mine"]) {
      expect(none.stderr).toContain(`--approve ${flag}\n`);
    }
    expect(none.stderr).toContain("3 steps need approval; nothing was changed.");
    const one = await apply("--phase", "all", "--approve", "destructive:app.orders.code,widen");
    expect(one.code, one.stderr).toBe(3);
    expect(one.stderr).toContain("1 step needs approval; nothing was changed.");
    expect(one.stderr).toContain("--approve destructive:app.orders.note\n");
    expect(JSON.parse((await shop.run(["plan", "--json"])).stdout).plan_hash).toBe(JSON.parse(before.stdout).plan_hash);
    const { code, stderr } = await apply(
      "--phase",
      "all",
      "--approve",
      "destructive:app.orders.code",
      "--approve",
      "destructive:app.orders.note,widen",
    );
    expect(code, stderr).toBe(0);
    await expectNoPlan();
  });

  test("without --yes and with nobody to ask, nothing happens", async () => {
    shop.write({ items: { ...items, columns: { ...items.columns, size: "int" } } });
    const { code, stderr } = await shop.run(["apply"]);
    expect(code).toBe(3);
    expect(stderr).toContain("--yes");
    expect(await hasColumn("app.items", "size")).toBe(false);
  });

  test("a saved plan asks nothing: it was looked at when it was made", async () => {
    shop.write({ items: { ...items, columns: { ...items.columns, size: "int" } } });
    expect((await shop.run(["plan", "--out", "looked-at.json"])).code).toBe(0);
    const { code, stderr } = await shop.run(["apply", "looked-at.json"]);
    expect(code, stderr).toBe(0);
    expect(await hasColumn("app.items", "size")).toBe(true);
    shop.write({ items });
    expect((await shop.run(["apply", "--phase", "all", "--yes", "--approve", "destructive"])).code).toBe(0);
  });
});

describe("answers", () => {
  test("a drop and an addition that look like a rename stop, with the line to paste; --accept-drop= says it is none", async () => {
    const { note: _, ...columns } = orders.columns;
    const table = (name: unknown) => ({ orders: { ...orders, columns: { ...columns, remark: name } } });
    shop.write(table("text"));
    for (const command of [["plan"], ["apply", "--yes"]]) {
      const { code, stderr } = await shop.run(command);
      expect(code).toBe(3);
      expect(stderr).toContain("renamed_from: note");
      expect(stderr).toContain("--accept-drop=app.orders.note");
    }
    expect((await shop.run(["plan", "--accept-drop=app.orders.other"])).code).toBe(3);
    const planned = await shop.run(["plan", "--accept-drop=app.orders.note", "--json"]);
    expect(JSON.parse(planned.stdout).changes).toEqual([
      { kind: "column", object: "app.orders.note", action: "drop" },
      { kind: "column", object: "app.orders.remark", action: "create" },
    ]);
    expect((await shop.run(["plan", "--accept-drop"])).code).toBe(0);
    shop.write(table({ def: "text", renamed_from: "note" }));
    const { code, stderr } = await apply("--phase", "all");
    expect(code, stderr).toBe(0);
    expect((await shop.admin.query("select remark from app.orders where id = 1")).rows).toEqual([{ remark: "note" }]);
    await expectNoPlan();
    shop.write(table("text"));
    await expectNoPlan();
  });

  test("a table with rows that no run ever declared needs more than a drop does", async () => {
    shop.write();
    await shop.admin.query(
      "create table app.somebodys (id int); insert into app.somebodys values (1); create table app.nobodys (id int)",
    );
    const refused = await apply("--phase", "all", "--approve", "destructive");
    expect(refused.code, refused.stderr).toBe(3);
    expect(refused.stderr).toContain("--approve undeclared:app.somebodys\n");
    expect(refused.stderr).not.toContain("undeclared:app.nobodys");
    shop.write({}, { dropped: ["table app.somebodys"] });
    const { code, stderr } = await apply("--phase", "all", "--approve", "destructive");
    expect(code, stderr).toBe(0);
    expect(await has("select from pg_class where relname in ('somebodys', 'nobodys')")).toBe(false);
    await expectNoPlan();
  });

  test("what the files declared before needs no such word, and one word is enough for the other", async () => {
    await shop.admin.query(
      "create table app.somebodys (id int); insert into app.somebodys values (1); insert into app.items values (1)",
    );
    shop.write({ items: null });
    const refused = await apply("--phase", "all", "--approve", "destructive");
    expect(refused.stderr).not.toContain("undeclared:app.items");
    const { code, stderr } = await apply("--phase", "all", "--approve", "destructive,undeclared:app.somebodys");
    expect(code, stderr).toBe(0);
    await expectNoPlan();
  });

  test("a dependent of another team is named, and rebuilt as it stands when that is approved", async () => {
    await shop.admin.query(`create schema reporting; create view reporting.v as select id, note from app.orders;
      comment on view reporting.v is 'Theirs.'; grant select on reporting.v to public`);
    const columns = { ...orders.columns, note: "varchar(40)" };
    shop.write({ orders: { ...orders, columns } });
    const shape =
      "select pg_get_viewdef('reporting.v'::regclass) as def, obj_description('reporting.v'::regclass) as comment, relacl::text as acl from pg_class where oid = 'reporting.v'::regclass";
    const before = (await shop.admin.query(shape)).rows;
    for (const command of [["plan"], ["apply", "--yes", "--phase", "all", "--approve", "destructive,locking"]]) {
      const refused = await shop.run(command);
      expect(refused.code, refused.stderr).toBe(3);
      expect(refused.stderr).toContain("view reporting.v is not managed");
      expect(refused.stderr).toContain("--approve rebuild:reporting.v");
    }
    const { code, stderr } = await apply("--phase", "all", "--approve", "rebuild:reporting.v,destructive,locking");
    expect(code, stderr).toBe(0);
    expect((await shop.admin.query(shape)).rows).toEqual(before);
    await expectNoPlan();
  });
});
