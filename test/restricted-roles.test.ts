/** Roles that may do little: what they can still do, and what they are told before anything is changed. */
import { mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Client } from "pg";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { projectFolder } from "./support/project-folder.ts";
import { runCommand } from "./support/run-command.ts";
import { createOrdinaryDatabase, type OrdinaryDatabase } from "./support/servers.ts";
import { type ShopProject, shopProject } from "./support/shop-project.ts";

describe("a role that may only connect, in read-only transactions", () => {
  let shop: ShopProject;
  let url: string;
  let role: string;

  beforeAll(async () => {
    shop = await shopProject();
    const reader = new URL(shop.database.url);
    role = `${shop.database.name}_reader`;
    await shop.admin.query(`create role ${role} login password '${reader.password}'; alter role ${role} set default_transaction_read_only = on;
      revoke all on schema public from public; revoke all on database ${shop.database.name} from public; grant connect on database ${shop.database.name} to ${role}`);
    reader.username = role;
    url = reader.href;
  });
  afterAll(async () => {
    await shop.admin.query(`drop owned by ${role}; drop role ${role}`);
    await shop.remove();
  });

  test("plans, also what it may not look into", async () => {
    shop.write();
    const nothing = await shop.run(["plan", "--detailed-exitcode"], url);
    expect(nothing.code, nothing.stderr).toBe(0);
    shop.write({ orders: { columns: { id: "int primary key", code: "text not null" } } });
    const planned = await shop.run(["plan", "--detailed-exitcode", "--json"], url);
    expect(planned.code, planned.stderr).toBe(2);
    const drop = JSON.parse(planned.stdout).steps.find(({ object }: { object: string }) => object === "app.orders.note");
    expect(drop).toMatchObject({ action: "drop", class: "destructive", phase: "contract" });
    expect(drop.rows).not.toBe(0);
    shop.write();
  });

  test("pulls, and what it pulled is what is there", async () => {
    const pulled = await shop.run(["pull", "--out", "pulled"], url);
    expect(pulled.code, pulled.stderr).toBe(0);
    expect(readdirSync(join(shop.folder, "pulled"))).toEqual(expect.arrayContaining(["schema.yaml", "policies"]));
    expect((await shop.run(["plan", "--detailed-exitcode", "-f", "pulled/schema.yaml"], url)).code).toBe(0);
  });

  test("asks for drift and status", async () => {
    const none = await shop.run(["drift"], url);
    expect(none.code, none.stderr).toBe(0);
    await shop.admin.query("alter table app.others add column sneaked text");
    const some = await shop.run(["drift", "--json"], url);
    expect(some.code, some.stderr).toBe(2);
    expect(some.stdout).toContain("app.others.sneaked");
    await shop.admin.query("alter table app.others drop column sneaked");
    const status = await shop.run(["status", "--json"], url);
    expect(status.code, status.stderr).toBe(0);
    expect(status.stdout).toContain('"done"');
  });

  test("is refused when it applies, and nothing changes", async () => {
    shop.write({ others: { columns: { id: "int primary key", more: "text" } } });
    const { code, stderr } = await shop.run(["apply", "--yes"], url);
    expect(code).toBe(1);
    expect(stderr).toContain("app.others");
    expect(
      (
        await shop.admin.query(
          "select from pg_attribute where attrelid = 'app.others'::regclass and attnum > 0 and not attisdropped",
        )
      ).rowCount,
    ).toBe(1);
  });
});

describe("a plain owner on an ordinary server", () => {
  let database: OrdinaryDatabase;
  let admin: Client;
  let folder: string;

  beforeAll(async () => {
    database = await createOrdinaryDatabase();
    admin = new Client({ connectionString: database.adminUrl });
    await admin.connect();
    folder = projectFolder({});
  });
  afterAll(async () => {
    await admin.end();
    await database.drop();
    rmSync(folder, { recursive: true });
  });

  const write = (yaml: string) => {
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, "schema.yaml"), `version: 1\nproject: plain\nschema: app\n${yaml}`);
  };
  const run = (...args: readonly string[]) => runCommand([...args, "--url", database.url], folder);
  const exists = async (name: string) =>
    (await admin.query("select to_regclass($1) is not null as there", [name])).rows[0].there as boolean;

  test("without CREATE on the database is told the GRANT before the first step, and works with it", async () => {
    write("tables:\n  orders: { columns: { id: int primary key } }\n");
    const refused = await run("apply", "--yes");
    expect(refused.code, refused.stderr).toBe(1);
    expect(refused.stderr).toContain(`grant create on database ${database.name} to ${database.role};`);
    expect(await exists("app.orders")).toBe(false);
    await admin.query(`grant create on database ${database.name} to ${database.role}`);
    const done = await run("apply", "--yes");
    expect(done.code, done.stderr).toBe(0);
    expect(await exists("app.orders")).toBe(true);
    expect((await run("plan", "--detailed-exitcode")).code).toBe(0);
    await admin.query(`revoke create on database ${database.name} from ${database.role}`);
    write("schemas: { more: {} }\ntables:\n  orders: { columns: { id: int primary key, code: text } }\n");
    const schema = await run("apply", "--yes");
    expect(schema.code, schema.stderr).toBe(1);
    expect(schema.stderr).toContain(`needs CREATE on database "${database.name}"`);
    expect(schema.stderr).toContain(`grant create on database ${database.name} to ${database.role};`);
    write("tables:\n  orders: { columns: { id: int primary key, code: text } }\n");
    expect((await run("apply", "--yes")).code).toBe(0);
  });

  test("that does not own a table is told so before the first step", async () => {
    await admin.query("create table app.theirs (id int primary key)");
    const orders = "orders: { columns: { id: int primary key, code: text, note: int } }";
    write(`tables:\n  ${orders}\n  theirs: { columns: { id: int primary key, mine: text } }\n`);
    const { code, stderr } = await run("apply", "--yes");
    expect(code).toBe(1);
    expect(stderr).toContain("app.theirs");
    expect(stderr).toContain('belongs to "postgres"');
    expect(
      (await admin.query("select from pg_attribute where attrelid = 'app.orders'::regclass and attname = 'note'")).rowCount,
    ).toBe(0);
  });
});

describe("patterns", () => {
  test.each(["include", "sql", "policies"])(
    "of %s that match no file are an error with the pattern and the folder",
    async (key) => {
      const folder = projectFolder({ "schema.yaml": `version: 1\n${key}: [parts/*.none]\n` });
      const { code, stderr } = await runCommand(["validate"], folder);
      expect(code).toBe(1);
      expect(stderr).toMatch(/schema\.yaml:2:\d+/);
      expect(stderr).toContain("parts/*.none");
      expect(stderr).toContain(folder);
      writeFileSync(join(folder, "schema.yaml"), `version: 1\n${key}: []\n`);
      expect((await runCommand(["validate"], folder)).code).toBe(0);
      rmSync(folder, { recursive: true });
    },
  );
});
