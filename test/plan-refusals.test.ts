/** What a plan cannot do is said before anything runs, and what no file can say is listed. */
import { Client } from "pg";
import { describe, expect, test } from "vitest";
import { plan } from "../src/index.ts";
import { LockstepError } from "../src/model/lockstep-error.ts";
import { projectFolder } from "./support/project-folder.ts";
import { runCommand } from "./support/run-command.ts";
import { createDatabase, majors } from "./support/servers.ts";

const files = (rest: string): string => projectFolder({ "schema.yaml": `version: 1\nschema: app\nmanage: listed\n${rest}` });

/** Runs the work on a database that SQL made. */
async function onDatabase(major: number, sql: string, work: (url: string, client: Client) => Promise<void>): Promise<void> {
  const database = await createDatabase({ major });
  const client = new Client({ connectionString: database.url });
  await client.connect();
  try {
    await client.query(sql);
    await work(database.url, client);
  } finally {
    await client.end();
    await database.drop();
  }
}

const staying = [
  {
    name: "an array of a composite type whose attributes change places",
    sql: "create schema app; create type app.c as (a integer, b text); create table app.t (id integer primary key, v app.c[])",
    yaml: 'types: { c: "(b text, a integer)" }\ntables: { t: { columns: { id: integer primary key, v: "c[]" } } }\n',
    says: ["composite app.c has to be dropped, and column app.t.v depends on it"],
    drop: "drop type app.c",
  },
  {
    name: "a table of a composite type whose attributes change places",
    sql: "create schema app; create type app.c as (a integer, b text); create table app.t of app.c; create table app.u (v app.c)",
    yaml: 'types: { c: "(b text, a integer)" }\ntables: { t: { of: c }, u: { columns: { v: c } } }\n',
    says: [
      "composite app.c has to be dropped, and column app.u.v depends on it",
      "composite app.c has to be dropped, and table app.t depends on it",
    ],
    drop: "drop type app.c",
  },
];

describe.each(majors)("PostgreSQL %i", (major) => {
  test.each(staying)("what depends on what has to go stops the plan: $name", async ({ sql, yaml, says, drop }) => {
    await onDatabase(major, sql, async (url, client) => {
      const error = await plan({ url, cwd: files(yaml), acceptDrop: "all" }).catch((thrown: unknown) => thrown);
      if (!(error instanceof LockstepError)) throw new Error("the plan was made");
      expect([error.code, error.exitCode]).toEqual(["dependent-stays", 3]);
      const messages = error.diagnostics.map(({ message }) => message).sort();
      expect(messages.map((message, at) => message.startsWith(says[at] ?? "?"))).toEqual(says.map(() => true));
      // PostgreSQL would refuse it indeed.
      await expect(client.query(drop)).rejects.toMatchObject({ code: "2BP01" });
    });
  });

  test("a key that not all partitions have is listed by every plan, and --strict refuses", async () => {
    const sql = `create schema app; create table app.t (id integer not null) partition by range (id);
      create table app.t_1 partition of app.t for values from (0) to (10); alter table only app.t add constraint t_key unique (id)`;
    const yaml =
      "tables: { t: { partition_by: range (id), columns: { id: integer not null }, constraints: { t_key: unique (id) }, partitions: { t_1: from (0) to (10) } } }\n";
    await onDatabase(major, sql, async (url) => {
      const cwd = files(yaml);
      const { steps, unmanaged } = await plan({ url, cwd });
      expect(steps).toEqual([]);
      expect(unmanaged.map(({ kind, object }) => `${kind} ${object}`)).toEqual(["constraint_attachment app.t.t_key"]);
      expect((await runCommand(["plan", "--strict", "--url", url], cwd)).code).toBe(3);
    });
  });

  test.runIf(major >= 15)("an identity's sequence that is logged while its table is not is listed", async () => {
    const sql = `create schema app; create unlogged table app.t (id integer generated always as identity);
      alter sequence app.t_id_seq set logged`;
    const yaml = "tables: { t: { unlogged: true, columns: { id: integer generated always as identity } } }\n";
    await onDatabase(major, sql, async (url, client) => {
      const listed = async () => (await plan({ url, cwd: files(yaml) })).unmanaged.map(({ kind, object }) => `${kind} ${object}`);
      expect(await listed()).toEqual(["sequence app.t_id_seq"]);
      await client.query("alter sequence app.t_id_seq set unlogged");
      expect(await listed()).toEqual([]);
    });
  });

  test("a catalog that another session keeps locked is said with who is in the way", { timeout: 60_000 }, async () => {
    const sql = "create schema app; create table app.t (id integer primary key); create view app.v as select id from app.t";
    await onDatabase(major, sql, async (url, client) => {
      const cwd = files("tables: { t: { columns: { id: integer primary key } } }\n");
      const waiting = new Client({ connectionString: url, application_name: "waits" });
      await waiting.connect();
      try {
        await client.query("begin; select * from app.t");
        const locked = waiting.query("begin; lock table app.t in access exclusive mode");
        const { code, stderr } = await runCommand(["plan", "--url", url], cwd);
        expect(code).toBe(5);
        expect(stderr).toMatch(/error\[lock-timeout\].*another session locks something that has to be printed/);
        expect(stderr).toMatch(/session \d+ \(.*waits.*\) waits behind session \d+ for ACCESS EXCLUSIVE on app\.t/);
        await client.query("rollback");
        await locked;
      } finally {
        await waiting.end();
      }
    });
  });
});
