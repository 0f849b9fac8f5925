/** Pulling into files that a person wrote: only what differs changes. */
import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Client } from "pg";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { projectFolder } from "./support/project-folder.ts";
import { runCommand } from "./support/run-command.ts";
import { createDatabase, type TestDatabase } from "./support/servers.ts";

const schema = `# head
version: 1
schema: app   # default
manage: listed
policies: [pol/*.yaml]
sql: [sql/*.sql]
templates:
  noted: { columns: { note: { def: text, comment: a note } } }

enums: { status: [draft, { value: paid, renamed_from: payed }] }   # states

# ---- tables
tables:
  # who buys
  orgs: { columns: { id: uuid primary key, name: text not null } }

  # what is bought
  orders: # hot
    rls: enabled
    use: [noted]
    columns:
      # the key
      id: bigint generated always as identity primary key   # keep
      org_id: uuid not null references orgs
      # amount
      net: int constraint orders_net_check check (net > 0)
      status: status not null default 'draft'
    indexes:
      orders_open: (org_id) where status in ('draft', 'paid') # partial
    triggers: { t: before update for each row execute function touch() }

  # counted
  ser:
    columns: { id: serial primary key, v: "text default 'a: #b'" }
  noted_too: { use: [noted], columns: { id: int } }

# open ones
views:
  # v
  open_orders: "select id, org_id from orders where status = 'draft'"
functions:
  sum_of(integer): { comment: Sums. }
`;
const files = {
  "schema.yaml": schema,
  "pol/o.yaml": `# policies of orders
table: orders
policies:
  # p one
  p1: { for: select, to: public, using: "org_id in (select id from orgs where name = current_user)" }
  # p two
  p2: { for: delete, to: public, using: "true" }
`,
  "sql/functions.sql": `-- the trigger's
create function touch() returns trigger language plpgsql as $$ begin
  new.note := 'x';
  return new;
end $$;

-- sums
create or replace function sum_of(i int) returns int language sql as 'select i + 1';

-- stays
CREATE  FUNCTION  stays() returns int language sql as 'select 1';
`,
};

let template: TestDatabase;
let database: TestDatabase;
let folder: string;

async function sql(text: string): Promise<void> {
  const client = new Client({ connectionString: database.url });
  await client.connect();
  try {
    await client.query(`set search_path = app; ${text}`);
  } finally {
    await client.end();
  }
}

const text = (path: string): string => readFileSync(join(folder, path), "utf8");

async function pull(...more: string[]): Promise<string[]> {
  const { code, stdout, stderr } = await runCommand(["pull", "--out", ".", "--url", database.url, ...more], folder);
  if (code !== 0) throw new Error(`pull ended with ${code}: ${stderr}`);
  return stdout.split("\n").filter((line) => line !== "");
}

async function stepsLeft(): Promise<unknown[]> {
  const { stdout, stderr } = await runCommand(["plan", "--json", "--url", database.url], folder);
  if (stdout === "") throw new Error(stderr);
  return JSON.parse(stdout).steps.map((step: { sql: string }) => step.sql);
}

/** The files after SQL that somebody typed; the plan over them is empty, and a second pull changes nothing. */
async function pulledAfter(change: string): Promise<string[]> {
  await sql(change);
  const told = await pull();
  expect(await stepsLeft()).toEqual([]);
  expect(await pull()).toEqual([]);
  return told;
}

beforeAll(async () => {
  database = await createDatabase();
  folder = projectFolder(files);
  const applied = await runCommand(["apply", "--phase", "all", "--yes", "--url", database.url], folder);
  if (applied.code !== 0) throw new Error(applied.stderr);
  template = database;
});
afterAll(async () => template.drop());

/** Each test has the files and the database as they were. */
function withCopy(work: () => Promise<void>): () => Promise<void> {
  return async () => {
    const kept = folder;
    database = await createDatabase({ template: template.name });
    folder = projectFolder(files);
    try {
      await work();
    } finally {
      await database.drop();
      rmSync(folder, { recursive: true });
      database = template;
      folder = kept;
    }
  };
}

describe("pull into an existing tree", () => {
  test(
    "changes no byte where nothing differs",
    withCopy(async () => {
      expect(await pull()).toEqual([]);
      for (const [path, before] of Object.entries(files)) expect(text(path)).toBe(before);
    }),
  );

  test(
    "changes only the entry that differs",
    withCopy(async () => {
      const told = await pulledAfter("alter table orders alter status set default 'paid'; alter type status add value 'sent'");
      expect(told).toEqual(["~ schema.yaml: enum app.status", "~ schema.yaml: table app.orders: column status"]);
      expect(text("schema.yaml")).toBe(
        schema
          .replace("status not null default 'draft'", "app.status not null default 'paid'")
          .replace("{ value: paid, renamed_from: payed }]", "{ value: paid, renamed_from: payed }, sent]"),
      );
    }),
  );

  test(
    "puts new parts and objects where their siblings are",
    withCopy(async () => {
      const told = await pulledAfter(`alter table orders add column extra text; comment on table orgs is 'Who: buys';
        comment on column orders.org_id is 'theirs'; create index orders_net on orders (net);
        create table fresh (a int primary key); create function more() returns int language sql as 'select 2';
        create policy p0 on orders using (true); create table guarded (x int); alter table guarded enable row level security;
        create policy g on guarded using (x > 1)`);
      expect(told).toContain("+ schema.yaml: table app.orders: column extra");
      expect(told).toContain("+ schema.yaml: table app.orgs: comment");
      expect(told).toContain("+ sql/functions.sql: function app.more()");
      expect(text("schema.yaml")).toContain("      status: status not null default 'draft'\n      extra: text\n");
      expect(text("schema.yaml")).toContain("      org_id: { def: uuid not null references orgs, comment: theirs }\n");
      expect(text("schema.yaml")).toContain("# partial\n      ");
      const [head, rest] = files["pol/o.yaml"].split("  # p one");
      expect(text("pol/o.yaml")).toBe(`${head}  p0: { for: all, to: public, using: true }\n  # p one${rest}`);
      expect(text("pol/app.guarded.yaml")).toContain("table: app.guarded");
      expect(text("sql/functions.sql").startsWith(files["sql/functions.sql"].trimEnd())).toBe(true);
    }),
  );

  test(
    "takes out what is gone, with its comments",
    withCopy(async () => {
      await pulledAfter(`drop view open_orders; alter table orders drop column net; drop table ser; drop policy p1 on orders;
        drop function sum_of(int)`);
      expect(text("schema.yaml")).toBe(
        schema
          .replace("      # amount\n      net: int constraint orders_net_check check (net > 0)\n", "")
          .replace(/ {2}# counted\n {2}ser:\n.*\n/, "")
          .replace(/\n# open ones\nviews:[\s\S]*$/, ""),
      );
      expect(text("pol/o.yaml")).toBe(files["pol/o.yaml"].replace(/ {2}# p one\n.*\n/, ""));
      expect(text("sql/functions.sql")).toBe(files["sql/functions.sql"].replace(/-- sums\n.*\n\n/, ""));
    }),
  );

  test(
    "replaces a statement of a .sql file in its place",
    withCopy(async () => {
      await pulledAfter("create or replace function sum_of(i int) returns int language sql as 'select i + 2'");
      const [before, behind] = files["sql/functions.sql"].split(/create or replace function sum_of.*\n/);
      expect(text("sql/functions.sql").startsWith(before ?? "")).toBe(true);
      expect(text("sql/functions.sql").endsWith(behind ?? "")).toBe(true);
      expect(text("sql/functions.sql")).toContain("select i + 2");
      expect(text("schema.yaml")).toBe(schema);
    }),
  );

  test(
    "writes out what a fragment said besides, when it changes",
    withCopy(async () => {
      await pulledAfter("alter table orders drop constraint orders_pkey; alter table orders alter net type bigint");
      expect(text("schema.yaml")).toContain("      id: bigint generated always as identity   # keep\n");
      expect(text("schema.yaml")).toContain("      net: bigint\n");
      expect(text("schema.yaml")).toContain("orders_net_check: check (net > 0)\n");
      expect(text("schema.yaml")).toContain("      org_id: uuid not null references orgs\n");
    }),
  );

  test(
    "keeps templates in use where the table still says the same, and only there",
    withCopy(async () => {
      await pulledAfter("alter table noted_too alter note set default 'n'; alter table orders add column plain int");
      expect(text("schema.yaml")).toContain("    use: [noted]\n");
      expect(text("schema.yaml")).toContain(
        "  noted_too: { columns: { id: int, note: { def: \"text default 'n'\", comment: a note } } }\n",
      );
      expect(text("schema.yaml")).toContain("  noted: { columns: { note: { def: text, comment: a note } } }\n");
    }),
  );

  test(
    "--only leaves the rest as it is",
    withCopy(async () => {
      await sql("comment on table orgs is 'Orgs.'; comment on table ser is 'Ser.'; drop view open_orders");
      expect(await pull("--only", "table app.or*")).toEqual(["+ schema.yaml: table app.orgs: comment"]);
      expect(text("schema.yaml")).not.toContain("Ser.");
      expect(text("schema.yaml")).toContain("open_orders");
      const { code, stderr } = await runCommand(["pull", "--out", ".", "--url", database.url, "--only", "app.nothing"], folder);
      expect({ code, stderr }).toMatchObject({ code: 1, stderr: expect.stringContaining('no object matches "app.nothing"') });
    }),
  );

  test(
    "files with problems are told, and nothing is written",
    withCopy(async () => {
      await sql("drop view open_orders");
      const before = text("schema.yaml");
      const broken = projectFolder({ ...files, "schema.yaml": before.replace("references orgs", "references orgz") });
      const { code, stderr } = await runCommand(["pull", "--out", ".", "--url", database.url], broken);
      expect(code).toBe(1);
      expect(stderr).toContain("orgz");
      expect(readFileSync(join(broken, "schema.yaml"), "utf8")).toContain("open_orders");
    }),
  );
});

describe("pull --only into a new folder", () => {
  test(
    "writes the objects, what they need, and rules for what lies beside them",
    withCopy(async () => {
      const empty = projectFolder({});
      const { code, stderr } = await runCommand(
        ["pull", "--out", ".", "--url", database.url, "--only", "table app.ser", "--only", "view app.*"],
        empty,
      );
      expect(code).toBe(0);
      expect(stderr).toContain("Also in the files, because others need it: table app.orders");
      const written = readFileSync(join(empty, "schema.yaml"), "utf8");
      expect(written).not.toContain("manage: database");
      expect(written).toContain("  - { object: table app.noted_too, reason: not pulled (--only) }\n");
      const { stdout } = await runCommand(["plan", "--json", "--url", database.url], empty);
      expect(JSON.parse(stdout).steps).toEqual([]);
      expect(existsSync(join(empty, "sql"))).toBe(false);
    }),
  );

  test(
    "beyond 30 tables each has a file, and long functions and views have theirs",
    withCopy(async () => {
      await sql(
        Array.from({ length: 31 }, (_, n) => `create table many_${n} (id int primary key, a text check (a <> ''));`).join("\n") +
          "create view long as select id, org_id, status from orders where net > 1; grant select on long to public;",
      );
      const empty = projectFolder({});
      const { code, stdout } = await runCommand(["pull", "--out", ".", "--url", database.url], empty);
      expect(code).toBe(0);
      expect(stdout).toContain("tables/app.many_30.yaml\n");
      expect(readFileSync(join(empty, "tables/app.many_3.yaml"), "utf8")).toContain("tables:\n  many_3:\n    columns:\n");
      expect(readFileSync(join(empty, "sql/app.long.sql"), "utf8")).toMatch(
        /^CREATE VIEW app\.long AS\nSELECT id,\n {2}org_id,\n {2}status\nFROM app\.orders\n/,
      );
      const planned = await runCommand(["plan", "--json", "--url", database.url], empty);
      expect(JSON.parse(planned.stdout).steps).toEqual([]);
      await sql("create table many_more (id int)");
      expect(await runCommand(["pull", "--out", ".", "--url", database.url], empty)).toMatchObject({
        stdout: "+ tables/app.many_more.yaml: table app.many_more\n",
      });
    }),
  );
});

test(
  "--strict ends with 3 while something is unmanaged",
  withCopy(async () => {
    await sql("select lo_create(0)");
    writeFileSync(join(folder, "schema.yaml"), schema.replace("manage: listed", "manage: database"));
    for (const command of [["pull", "--out", "strict"], ["plan"], ["drift"]]) {
      const { code, stderr } = await runCommand([...command, "--strict", "--url", database.url], folder);
      expect({ command, code }, stderr).toMatchObject({ code: 3 });
    }
    expect(existsSync(join(folder, "strict"))).toBe(false);
  }),
);
