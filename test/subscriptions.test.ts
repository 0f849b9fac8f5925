/**
 * Subscriptions belong to the server, so that no copy of a database has them: they have a test of their own. Connections are secrets:
 * they are in the environment alone.
 */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { apply, connect, type Plan, plan, readLive } from "../src/index.ts";
import { writeFiles } from "../src/yaml/write-files.ts";
import { execute } from "./support/everything.ts";
import { dumpComparable, findPgDump } from "./support/pg-dump.ts";
import { createDatabase, majors, type TestDatabase } from "./support/servers.ts";

const home = mkdtempSync(join(tmpdir(), "lockstep-subscriptions-"));
afterAll(() => rmSync(home, { recursive: true, force: true }));

const secret = "gehe'im";
const connection = `dbname=none password=${secret.replace("'", "\\'")}`;
const sqlConnection = `'${connection.replaceAll("'", "''")}'`;

interface Option {
  readonly name: string;
  readonly from: number;
  readonly sql: string;
  readonly other: string;
}

/** Every option that stays, as the test sets it first and then. */
const options: readonly Option[] = [
  { name: "binary", from: 14, sql: "binary = true", other: "binary = false" },
  { name: "streaming", from: 14, sql: "streaming = on", other: "streaming = off" },
  { name: "streaming_parallel", from: 16, sql: "streaming = parallel", other: "streaming = on" },
  { name: "synchronous_commit", from: 14, sql: "synchronous_commit = local", other: "synchronous_commit = on" },
  { name: "disable_on_error", from: 15, sql: "disable_on_error = true", other: "disable_on_error = false" },
  { name: "two_phase", from: 15, sql: "two_phase = true", other: "" },
  { name: "password_required", from: 16, sql: "password_required = false", other: "password_required = true" },
  { name: "run_as_owner", from: 16, sql: "run_as_owner = true", other: "run_as_owner = false" },
  { name: "origin", from: 16, sql: "origin = none", other: "origin = any" },
  { name: "failover", from: 17, sql: "failover = true", other: "" },
];

async function pull(database: TestDatabase, name: string): Promise<string> {
  const cwd = join(home, `${name}-${database.name}`);
  mkdirSync(cwd);
  const session = await connect(database.url, { readOnly: true });
  try {
    const live = await readLive(session);
    for (const [path, text] of writeFiles(live, { schemas: live.schemas, manage: "database", defaultSchema: "public" })) {
      expect(text).not.toMatch(/gehe/);
      writeFileSync(join(cwd, path), text);
    }
  } finally {
    await session.close();
  }
  return cwd;
}

/** A subscription's name here is the option's; it connects with what the variable of that name holds. */
const env = Object.fromEntries(
  [...options.map(({ name }) => name), "plain", "moved", "new"].map((name) => [`SUB_${name.toUpperCase()}_DSN`, connection]),
);

async function applyTo(database: TestDatabase, cwd: string): Promise<Plan> {
  const { plan: made } = await apply({ url: database.url, cwd, env, phase: "all", approve: ["destructive"], acceptDrop: "all" });
  expect(JSON.stringify(made)).not.toMatch(/gehe/);
  return made;
}

async function expectSame(database: TestDatabase, other: TestDatabase, cwd: string): Promise<void> {
  const rest = await plan({ url: database.url, cwd });
  expect(rest.steps).toEqual([]);
  expect(rest.unmanaged).toEqual([]);
  if ((await findPgDump(database.major)) !== null)
    expect(await dumpComparable(database.url)).toEqual(await dumpComparable(other.url));
}

describe.each(majors)("PostgreSQL %i", (major) => {
  const known = options.filter(({ from }) => from <= major);
  const create = (name: string, more: string): string =>
    `create subscription sub_${name} connection ${sqlConnection} publication one, "Two" with (connect = false, slot_name = none${more})`;

  test("pulled, made elsewhere, changed and changed back", async () => {
    const [there, here] = [await createDatabase({ major }), await createDatabase({ major })];
    try {
      await execute(there.url, create("plain", ""), "comment on subscription sub_plain is 'plain'");
      for (const { name, sql } of known) await execute(there.url, create(name, `, ${sql}`));
      const start = await pull(there, "start");
      await applyTo(here, start);
      await expectSame(here, there, start);
      for (const { name, other } of known)
        if (other !== "") await execute(there.url, `alter subscription sub_${name} set (${other})`);
      await execute(
        there.url,
        "alter subscription sub_plain set publication three with (refresh = false)",
        "alter subscription sub_plain set (slot_name = its)",
        "alter subscription sub_plain enable",
        "comment on subscription sub_plain is null",
        create("new", ""),
      );
      const changed = await pull(there, "changed");
      const forth = await applyTo(here, changed);
      expect(forth.steps.map(({ sql }) => sql).filter((sql) => /^DROP/.test(sql))).toEqual([]);
      await expectSame(here, there, changed);
      const back = await applyTo(here, start);
      expect(back.steps.map(({ sql }) => sql).filter((sql) => /^DROP/.test(sql))).toEqual(["DROP SUBSCRIPTION sub_new;"]);
      expect((await plan({ url: here.url, cwd: start })).steps).toEqual([]);
    } finally {
      await here.drop();
      await there.drop();
    }
  });
});

test("a variable that is not set is refused before the first step, and no message shows what one holds", async () => {
  const database = await createDatabase();
  const cwd = join(home, "unset");
  mkdirSync(cwd);
  const text = `version: 1\nschema: app\nschemas: { app: {} }\nsubscriptions: { s: "connection '\${S_DSN}' publication p with (slot_name = none)" }\n`;
  writeFileSync(join(cwd, "schema.yaml"), text);
  try {
    const run = (value: string | undefined) =>
      apply({ url: database.url, cwd, phase: "all", env: value === undefined ? {} : { S_DSN: value } });
    await expect(run(undefined)).rejects.toMatchObject({ code: "unset-variable", message: expect.stringContaining("S_DSN") });
    expect((await plan({ url: database.url, cwd })).steps.map(({ sql }) => sql.split(" ").slice(0, 2).join(" "))).toEqual([
      "CREATE SCHEMA",
      "CREATE SUBSCRIPTION",
    ]);
    const wrong = await run("postgresql//user:geheim@host").catch((error: Error) => error);
    expect(String((wrong as Error).message)).toContain("S_DSN");
    expect(String((wrong as Error).message)).not.toMatch(/geheim/);
    await execute(
      database.url,
      "do $$ begin if exists (select from lockstep.runs where runs::text like '%geheim%') then raise 'it is in the journal'; end if; end $$",
    );
  } finally {
    await database.drop();
  }
});

test("a password in the files is refused", async () => {
  const cwd = join(home, "literal");
  mkdirSync(cwd);
  const text = [
    "version: 1",
    "schema: app",
    "foreign_data_wrappers: { w: '' }",
    `servers: { s: { def: foreign data wrapper w, user_mappings: { public: "options (user 'u', password 'geheim')" } } }`,
    `subscriptions: { s: "connection 'host=h password=geheim' publication p", t: "connection 'postgres://u:geheim@h/d' publication p" }`,
  ];
  writeFileSync(join(cwd, "schema.yaml"), `${text.join("\n")}\n`);
  const { loadDesired } = await import("../src/index.ts");
  const found = await loadDesired({ file: "schema.yaml", cwd }).then(
    ({ diagnostics }) => diagnostics,
    (error: { diagnostics: readonly { code: string }[] }) => error.diagnostics,
  );
  expect(found.map(({ code }) => code)).toEqual(["secret-in-file", "secret-in-file", "secret-in-file"]);
});

test("a subscription that is renamed keeps its slot on the publisher", async () => {
  const database = await createDatabase();
  const cwd = join(home, "renamed");
  mkdirSync(cwd);
  const dsn = "$" + "{S_DSN}";
  const text = `version: 1\nschema: app\nsubscriptions: { "${database.name}_new": { renamed_from: "${database.name}_old", def: "connection '${dsn}' publication p with (enabled = false)" } }\n`;
  writeFileSync(join(cwd, "schema.yaml"), text);
  const names = [`${database.name}_old`, `${database.name}_new`];
  try {
    await execute(database.url, `create subscription ${names[0]} connection 'dbname=none' publication p with (connect = false)`);
    const { steps } = await plan({ url: database.url, cwd });
    expect(steps.map(({ sql }) => sql)).toEqual([`ALTER SUBSCRIPTION ${names[0]} RENAME TO ${names[1]};`]);
    await apply({ url: database.url, cwd, phase: "all", env: { S_DSN: "dbname=none" } });
    expect((await plan({ url: database.url, cwd })).steps).toEqual([]);
  } finally {
    for (const name of names)
      await execute(
        database.url,
        `do $$ begin if exists (select from pg_subscription where subname = '${name}') then alter subscription ${name} set (slot_name = none); drop subscription ${name}; end if; end $$`,
      );
    await database.drop();
  }
});
