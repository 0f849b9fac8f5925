/**
 * Wrong input, as a person would meet it: the shipped program is run on wrong files, wrong URLs and wrong flags. Every time there is a
 * clear message with place and remedy, no stack trace, the right exit code, one JSON document with --json, no password anywhere, and
 * a database that is as it was.
 */
import { createServer } from "node:net";
import { Client } from "pg";
import { afterAll, beforeAll, describe, expect, inject, test } from "vitest";
import { type BuiltCli, buildCli, type CliRun } from "./support/built-cli.ts";
import { projectFolder } from "./support/project-folder.ts";
import { runCommand } from "./support/run-command.ts";
import { createDatabase, createOrdinaryDatabase, type OrdinaryDatabase, type TestDatabase } from "./support/servers.ts";
import { wrongWords } from "./support/wrong-words.ts";

let cli: BuiltCli;
let database: TestDatabase;
let ordinary: OrdinaryDatabase;

beforeAll(async () => {
  cli = buildCli();
  database = await createDatabase();
  ordinary = await createOrdinaryDatabase();
  await query(database.url, "create schema app; create table app.kept (id bigint primary key); insert into app.kept values (1)");
});

afterAll(async () => {
  cli.remove();
  await database.drop();
  await ordinary.drop();
});

type Files = Readonly<Record<string, string | Uint8Array>>;

/** What a wrong file must give. `at` is `file:line:column`. */
interface Expected {
  readonly at: string;
  readonly code: string;
  readonly says: string;
  readonly help: string;
}

const head = "version: 1\nschema: app\n";
const table = `${head}tables:\n  orders:\n    columns:\n      id: bigint primary key\n      total: numeric\n`;
const policy = (using: string, more = "for: select, to: public, "): Files => ({
  "schema.yaml": `${table}policies: [p.yaml]\n`,
  "p.yaml": `table: app.orders\npolicies:\n  p: { ${more}using: ${using} }\n`,
});
const routine = (key: string, ...lines: readonly string[]): Files => ({
  "schema.yaml": `${table}functions:\n  "${key}":\n    def: |\n${lines.map((line) => `      ${line}\n`).join("")}`,
});
const closing = "a closing parenthesis is missing";

const WRONG_FILES: readonly (readonly [string, Files, Expected])[] = [
  [
    "a bad indent",
    { "schema.yaml": "version: 1\ntables:\n  orders:\n    columns:\n      id: bigint\n     total: numeric\n" },
    { at: "schema.yaml:6:6", code: "yaml-indent", says: "same column", help: "entries of one map start in the same column" },
  ],
  [
    "a tab",
    { "schema.yaml": "version: 1\ntables:\n\torders: {}\n" },
    { at: "schema.yaml:3:1", code: "yaml-tab", says: "a tab is used", help: "indent with spaces" },
  ],
  [
    "an unknown key",
    { "schema.yaml": "version: 1\ntables:\n  orders:\n    colums: { id: bigint }\n" },
    { at: "schema.yaml:4:5", code: "unknown-key", says: 'unknown key "colums" in "orders"', help: 'did you mean "columns"?' },
  ],
  [
    "an unknown key of the root",
    { "schema.yaml": "version: 1\ntabels: {}\n" },
    { at: "schema.yaml:2:1", code: "unknown-key", says: 'unknown key "tabels"', help: 'did you mean "tables"?' },
  ],
  [
    "a table twice in one file",
    { "schema.yaml": "version: 1\ntables:\n  a: { columns: { id: int } }\n  a: { columns: { id: int } }\n" },
    { at: "schema.yaml:4:3", code: "duplicate-key", says: '"a" stands twice', help: "first at schema.yaml:3:3" },
  ],
  [
    "a table in two files",
    { "schema.yaml": `${table}include: [t/*.yaml]\n`, "t/a.yaml": "tables:\n  orders: { columns: { id: int } }\n" },
    { at: "t/a.yaml:2:3", code: "declared-twice", says: "table app.orders is declared twice", help: "first at schema.yaml:4:3" },
  ],
  [
    "a foreign key to a table that is not there",
    { "schema.yaml": `${table}      parent: bigint references ordrs\n` },
    { at: "schema.yaml:8:7", code: "unknown-reference", says: "app.ordrs is not declared", help: 'did you mean "orders"?' },
  ],
  [
    "a foreign key to a column that is not there",
    { "schema.yaml": `${table}      parent: bigint references orders (idd)\n` },
    { at: "schema.yaml:8:7", code: "unknown-reference", says: "column app.orders.idd is not declared", help: 'mean "id"?' },
  ],
  [
    "a type that is not there",
    { "schema.yaml": `${table}      status: order_status\nenums: { order_state: [open] }\n` },
    { at: "schema.yaml:8:7", code: "unknown-reference", says: "type order_status is in no schema", help: "mean order_state?" },
  ],
  [
    "a type that is not there, with its schema",
    { "schema.yaml": `${table}      status: app.order_status\n` },
    { at: "schema.yaml:8:7", code: "unknown-reference", says: "type app.order_status is not declared", help: "declare it" },
  ],
  [
    "an index on a column that is not there",
    { "schema.yaml": `${table}    indexes: { i: (totl) }\n` },
    { at: "schema.yaml:8:16", code: "unknown-reference", says: "column app.orders.totl is not declared", help: 'mean "total"?' },
  ],
  [
    "a policy on a column that is not there",
    policy("totl > 0"),
    { at: "p.yaml:3:3", code: "unknown-reference", says: "column app.orders.totl is not declared", help: 'mean "total"?' },
  ],
  [
    "a policy file of a table that is not there",
    { "schema.yaml": `${table}policies: [p.yaml]\n`, "p.yaml": "table: app.oders\npolicies: {}\n" },
    { at: "p.yaml:1:8", code: "unknown-reference", says: "table app.oders is not declared", help: "did you mean app.orders?" },
  ],
  [
    "a policy for nobody",
    policy('"true"', "for: select, "),
    { at: "p.yaml:3:6", code: "missing-key", says: 'the key "to" is missing', help: "public must be spelled out" },
  ],
  [
    "a trigger of a function that is not there",
    { "schema.yaml": `${table}    triggers:\n      t: before update for each row execute function app.touch()\n` },
    { at: "schema.yaml:9:7", code: "unknown-reference", says: "function app.touch is not declared", help: "declare it" },
  ],
  [
    "a fragment that ends its own statement",
    { "schema.yaml": `${table}      note: "text); create table y (b int"\n` },
    { at: "schema.yaml:8:21", code: "sql-syntax", says: "a second statement begins here in column note", help: "CREATE TABLE" },
  ],
  [
    "a fragment that closes a parenthesis of others",
    { "schema.yaml": `${table}    constraints: { c: "check (total > 0), drop column total" }\n` },
    { at: "schema.yaml:8:41", code: "sql-syntax", says: "a comma begins a second in constraint c", help: "CONSTRAINT name" },
  ],
  [
    "a policy that closes a parenthesis of others",
    policy('"true) or (false"'),
    { at: "p.yaml:3:45", code: "sql-syntax", says: 'this ")" closes nothing', help: "complete in itself" },
  ],
  [
    "a name that PostgreSQL would cut",
    { "schema.yaml": `${table}      ${"n".repeat(64)}: text\n` },
    { at: "schema.yaml:8:7", code: "name-too-long", says: "has 64 bytes, PostgreSQL keeps 63", help: "shorter" },
  ],
  [
    "a syntax error in a default",
    { "schema.yaml": `${table}      at: timestamptz not null default now(\n` },
    { at: "schema.yaml:8:44", code: "sql-syntax", says: "syntax error at end of input in column at", help: "CREATE TABLE" },
  ],
  [
    "a syntax error in a check",
    { "schema.yaml": `${table}    constraints:\n      pos: check (total >= )\n` },
    {
      at: "schema.yaml:9:28",
      code: "sql-syntax",
      says: 'at or near ")" in constraint pos',
      help: "what follows CONSTRAINT name",
    },
  ],
  [
    "a syntax error in an index",
    { "schema.yaml": `${table}    indexes:\n      i: (lower(total)\n` },
    { at: "schema.yaml:9:23", code: "sql-syntax", says: "the SQL ends too early", help: closing },
  ],
  [
    "a syntax error in a view",
    { "schema.yaml": `${table}views:\n  v: |\n    select id\n    from orders\n    were (total > 0\n` },
    { at: "schema.yaml:12:17", code: "sql-syntax", says: 'syntax error at or near ">"', help: closing },
  ],
  [
    "a syntax error in a policy",
    policy('"(total > 0"'),
    { at: "p.yaml:3:51", code: "sql-syntax", says: "the SQL ends too early", help: closing },
  ],
  [
    "a syntax error in a function",
    routine("f()", "create function f() returns table (a int", "language sql as $$select 1$$"),
    { at: "schema.yaml:12:7", code: "sql-syntax", says: 'at or near "language"', help: closing },
  ],
  [
    "a syntax error in the body of a function",
    routine("f()", "create function f() returns int", "language sql as $$selct 1$$"),
    { at: "schema.yaml:12:25", code: "sql-syntax", says: 'at or near "selct" in the body', help: "the body is SQL" },
  ],
  [
    "a key that does not match its function",
    routine("f(text)", "create function f(a int) returns int language sql as $$select a$$"),
    { at: "schema.yaml:9:3", code: "function-key", says: "the key says app.f(text)", help: 'write the key as "f(integer)"' },
  ],
  [
    "an operator that YAML takes for a comment",
    { "schema.yaml": `${table}views:\n  v: select meta #>> '{a}' from orders\n` },
    { at: "schema.yaml:9:18", code: "yaml-truncated", says: "` #>>` starts a comment", help: "quote it" },
  ],
  [
    "numeric(12,2) in a flow map",
    { "schema.yaml": `${head}tables:\n  orders:\n    columns: { id: bigint, total: numeric(12,2) }\n` },
    { at: "schema.yaml:5:35", code: "yaml-split", says: "the comma inside the parentheses", help: "quote it" },
  ],
  [
    "an anchor",
    { "schema.yaml": `${head}tables:\n  a: &a { columns: { id: bigint } }\n` },
    { at: "schema.yaml:4:9", code: "yaml-alias", says: "the anchor `&a` is not supported", help: "write values out" },
  ],
  [
    "an alias",
    { "schema.yaml": `${head}tables:\n  a: { columns: { id: bigint } }\n  b: *a\n` },
    { at: "schema.yaml:5:6", code: "yaml-alias", says: "the alias `*a` is not supported", help: "write the value out" },
  ],
  [
    "two documents",
    { "schema.yaml": `${table}---\nversion: 1\n` },
    { at: "schema.yaml:8:1", code: "yaml-documents", says: "a second document starts here", help: "one document per file" },
  ],
  [
    "another version of the format",
    { "schema.yaml": "version: 2\n" },
    { at: "schema.yaml:1:10", code: "wrong-value", says: 'expected 1 for "version", found "2"', help: "this program knows 1" },
  ],
  [
    "no version",
    { "schema.yaml": "tables: {}\n" },
    { at: "schema.yaml:1:1", code: "missing-key", says: '"version" is missing', help: "write `version: 1`" },
  ],
  [
    "a list where a map belongs",
    { "schema.yaml": `${head}tables: [orders]\n` },
    { at: "schema.yaml:3:9", code: "wrong-type", says: "expected a map", help: "A table" },
  ],
  [
    "a pattern that matches nothing",
    { "schema.yaml": `${table}include: [tables/*.yaml]\n` },
    { at: "schema.yaml:8:11", code: "no-match", says: 'no file matches "tables/*.yaml"', help: "write `include: []` for none" },
  ],
  [
    "a privilege that is none",
    { "schema.yaml": `${table}    grants: { public: [selct] }\n` },
    { at: "schema.yaml:8:24", code: "invalid-privilege", says: '"selct" is no privilege', help: "a table has: delete" },
  ],
  [
    "a date that is none",
    { "schema.yaml": `${table}ignore: [{ object: "table app.x", reason: r, until: 2027-13-01 }]\n` },
    { at: "schema.yaml:8:53", code: "wrong-value", says: '"2027-13-01" is no value for "until"', help: "2027-01-31" },
  ],
  [
    "a duration without a unit",
    { "schema.yaml": `${table}apply: { lock_timeout: "5" }\n` },
    { at: "schema.yaml:8:24", code: "wrong-value", says: '"5" is no value for "lock_timeout"', help: "500ms" },
  ],
  [
    "a syntax error in a .sql file",
    {
      "schema.yaml": `${table}sql: [v.sql]\n`,
      "v.sql": "create view app.v as select 1 as a;\n\ncreate view app.w as select (1;\n",
    },
    { at: "v.sql:3:31", code: "sql-syntax", says: "the SQL ends too early", help: closing },
  ],
];

/** As sure of itself as can be: nothing but the input stands between it and the database. */
const APPLY = ["apply", "--json", "--yes", "--approve", "locking,destructive,widen,undeclared"];

describe("wrong files", () => {
  test.each(WRONG_FILES)("%s", async (_name, files, expected) => {
    const cwd = projectFolder(files);
    const before = await fingerprint(database.url);
    const run = await cli.run([...APPLY, "--url", database.url], { cwd });
    expectCleanError(run, 1);
    const story = storyAt(run.stderr, expected);
    expect(story).toContain(`${expected.at}: error[${expected.code}]: `);
    expect(story).toContain(expected.says);
    expect(story).toMatch(/^ +\d+ \| .*\n +\| .*\^$/m);
    expect(caretColumn(story)).toBe(Number(expected.at.split(":").at(-1)));
    expect(story.split("\n").find((line) => line.startsWith("  help: "))).toContain(expected.help);
    const [file, line, column] = expected.at.split(":");
    expect(errorOf(run).diagnostics).toContainEqual(
      expect.objectContaining({ code: expected.code, severity: "error", file, line: Number(line), column: Number(column) }),
    );
    expect(await fingerprint(database.url)).toEqual(before);
  });

  test.each(wrongWords)("a slip in: $name", async ({ yaml, at, says, help }) => {
    const run = await runCommand(["validate"], projectFolder({ "schema.yaml": yaml }));
    expect(run.code).toBe(1);
    const story = run.stderr.split(/^(?=\S+: error)/m).find((part) => part.startsWith(`schema.yaml:${at}: error[`));
    expect(story, run.stderr).toContain(says);
    expect(caretColumn(story ?? "")).toBe(Number(at.split(":")[1]));
    if (help !== undefined) expect(story?.split("\n").find((line) => line.startsWith("  help: "))).toContain(help);
    expect(run.stdout + run.stderr).not.toMatch(/geheim|internal error/);
  });

  test("all problems of all files come at once, by place", async () => {
    const cwd = projectFolder({
      "schema.yaml": `${table}      a: nope\n      b: bigint references nope\nviews: { v: select from where }\npolicies: [p.yaml]\n`,
      "p.yaml": "table: app.orders\npolicies:\n  p: { for: selct, to: public }\n",
    });
    const run = await cli.run(["validate", "--json"], { cwd });
    const found = errorOf(run).diagnostics.map(({ file, line }) => `${file}:${line}`);
    expect(found).toEqual(["p.yaml:3", "schema.yaml:8", "schema.yaml:9", "schema.yaml:10"]);
  });

  test("a file that is missing, is a folder, or is not UTF-8", async () => {
    const cwd = projectFolder({ "schema.yaml": Uint8Array.of(0x76, 0xff, 0xfe), "folder/x": "" });
    const stories = [
      [["validate", "-f", "nope.yaml"], "there is no file nope.yaml", "name the file with --file"],
      [["validate", "-f", "folder"], "folder cannot be read: it is a folder", "name the file with --file"],
      [["validate"], "schema.yaml cannot be read: it is not UTF-8", "as UTF-8 text"],
    ] as const;
    for (const [args, says, help] of stories) {
      const run = await cli.run(args, { cwd });
      expectCleanError(run, 1);
      expect(run.stderr).toContain(says);
      expect(run.stderr).toContain(help);
    }
  });
});

describe("wrong databases", () => {
  const files: Files = {
    "schema.yaml": `${table}targets:\n  prod: { url: "\${SHOP_URL}" }\n  guarded: { url: "\${SHOP_URL}", expect: { database: shop } }\n`,
  };
  const SECRET = "hunter2secret";
  const poolers = [
    ["port 6543", "db.example.com:6543/shop", "likely postgresql://me:***@db.example.com:5432/shop"],
    ["pgbouncer=true", "127.0.0.1:5432/shop?pgbouncer=true", "the URL has pgbouncer=true"],
    ["a -pooler host", "ep-cool-1-pooler.eu.example.com/shop", "likely postgresql://me:***@ep-cool-1.eu.example.com:5432/shop"],
  ] as const;

  test.each(poolers)("a pooler: %s", async (_name, place, says) => {
    const run = await refused(["--url", `postgres://me:${SECRET}@${place}`], 1, "pooler");
    expect(run.stderr).toContain("connection pooler in transaction mode");
    expect(run.stderr).toContain(says);
  });

  test("a server that is down", async () => {
    const run = await refused(["--url", `postgres://me:${SECRET}@127.0.0.1:${await freePort()}/shop`], 1, "server-down");
    expect(run.stderr).toContain("Is the server running there, and are host and port right?");
  });

  test("an unknown host", async () => {
    const run = await refused(["--url", `postgres://me:${SECRET}@no-such-host.invalid/shop`], 1, "unknown-host");
    expect(run.stderr).toContain("The host no-such-host.invalid is not known");
  });

  test("a database that does not exist", async () => {
    const url = new URL(database.url);
    url.pathname = "/not_there";
    const run = await refused(["--url", url.href], 1, "no-such-database");
    expect(run.stderr).toContain('create database "not_there"');
  });

  test("a wrong password", async () => {
    const url = new URL(ordinary.url);
    url.password = SECRET;
    const run = await refused(["--url", url.href], 1, "wrong-password");
    expect(run.stderr).toContain(`"${ordinary.role}"`);
  });

  test("no database named, with CI set", async () => {
    const run = await refused([], 1, "no-database", { CI: "true" });
    for (const way of ["--url", "--target", "DATABASE_URL", "--embedded"]) expect(run.stderr).toContain(way);
  });

  test("another kind of database", async () => {
    const run = await refused(["--url", `mysql://me:${SECRET}@host/shop`], 64, "bad-url");
    expect(run.stderr).toContain("It has to begin with postgresql://");
  });

  test("a URL that is none, in a variable", async () => {
    const run = await refused([], 1, "bad-url", { DATABASE_URL: `me:${SECRET}` });
    expect(run.stderr).toContain("DATABASE_URL");
  });

  test("a target that the files do not declare", async () => {
    const run = await refused(["--target", "prdo"], 64, "usage");
    expect(run.stderr).toContain("The files declare: guarded, prod. Did you mean prod?");
  });

  test("a target whose variable is not set", async () => {
    const run = await refused(["--target", "prod"], 1, "missing-variable");
    expect(run.stderr).toContain("needs the environment variable SHOP_URL");
  });

  test("a target that leads to another database than the files expect", async () => {
    const before = await fingerprint(database.url);
    const run = await refused(["--target", "guarded"], 3, "wrong-database", { SHOP_URL: database.url });
    expect(run.stderr).toContain(`expects database "shop", but the connection leads to "${database.name}"`);
    expect(await fingerprint(database.url)).toEqual(before);
  });

  /** Runs `apply`, which must refuse. */
  async function refused(
    where: readonly string[],
    code: number,
    reason: string,
    env: Readonly<Record<string, string>> = {},
  ): Promise<CliRun> {
    const run = await cli.run([...APPLY, ...where], { cwd: projectFolder(files), env });
    expectCleanError(run, code);
    expect(run.stdout + run.stderr).not.toContain(SECRET);
    expect(errorOf(run)).toMatchObject({ code: reason, exit_code: code });
    expect(run.stderr).toContain(`error[${reason}]: `);
    return run;
  }
});

describe("roles that the server does not have", () => {
  const files: Files = {
    "schema.yaml": `${head}schemas:\n  app: { grants: { web_usr: usage } }\ntables:\n  orders:\n    owner: nobody_here\n    columns: { id: bigint primary key }\n    rls: enabled\n    grants: { public: select }\npolicies: [p.yaml]\n`,
    "p.yaml": 'table: app.orders\npolicies:\n  p: { for: select, to: [ghost], using: "true" }\n',
  };
  const everyPlace = ["p.yaml:3:3 role ghost", "schema.yaml:4:20 role web_usr", "schema.yaml:7:5 role nobody_here"];

  beforeAll(() => query(inject("ordinary").url, "create role web_user"));
  afterAll(() => query(inject("ordinary").url, "drop role web_user"));

  test("plan names each with its place, before anything runs; validate does not ask", async () => {
    const cwd = projectFolder(files);
    const before = await fingerprint(ordinary.adminUrl);
    const [checked, planned, applied] = await Promise.all([
      cli.run(["validate"], { cwd }),
      cli.run(["plan", "--url", ordinary.adminUrl], { cwd }),
      cli.run([...APPLY, "--url", ordinary.adminUrl], { cwd }),
    ]);
    expect(checked.code).toBe(0);
    for (const run of [planned, applied]) expectCleanError(run, 1);
    const found = errorOf(applied).diagnostics.map(({ file, line, column, message }) => `${file}:${line}:${column} ${message}`);
    expect(found.sort()).toEqual(everyPlace.map((place) => `${place} does not exist on this server`));
    expect(planned.stderr).toContain('  p: { for: select, to: [ghost], using: "true" }\n      |   ^\n');
    expect(planned.stderr).toContain('did you mean "web_user"?');
    expect(await fingerprint(ordinary.adminUrl)).toEqual(before);
  });

  test("policies plan asks for those of its own steps alone", async () => {
    const cwd = projectFolder(files);
    const run = await cli.run(["policies", "plan", "--json", "--url", ordinary.adminUrl], { cwd });
    expect(errorOf(run).diagnostics.map(({ message }) => message)).toEqual(["role ghost does not exist on this server"]);
  });
});

describe("wrong plan files", () => {
  const wrong = {
    "broken.json": ["{", "plan-file", "lockstep plan --out"],
    "text.json": ["hello\n", "plan-file", "lockstep plan --out"],
    "other.json": ["[]", "plan-file", "it has no format_version"],
    "newer.json": ['{"format_version":2}', "plan-format", "make the plan anew"],
    "edited.json": ['{"format_version":1,"plan_hash":"0"}', "plan-edited", "Make the plan anew"],
  } as const;

  test.each([...Object.entries(wrong), ["missing.json", ["", "plan-file", "there is no such file"]] as const])(
    "%s",
    async (name, [text, code, says]) => {
      const cwd = projectFolder({ "schema.yaml": table, ...(text === "" ? {} : { [name]: text }) });
      const before = await fingerprint(database.url);
      const run = await cli.run(["apply", name, "--json", "--yes", "--url", database.url], { cwd });
      expectCleanError(run, 1);
      expect(errorOf(run)).toMatchObject({ code, message: expect.stringContaining(says) });
      expect(await fingerprint(database.url)).toEqual(before);
    },
  );

  test("--accept-drop does not take the plan file for its list", async () => {
    const cwd = projectFolder({ "schema.yaml": table, "plan.json": "{}" });
    const run = await cli.run(["apply", "--accept-drop", "plan.json", "--url", database.url], { cwd });
    expectCleanError(run, 64);
    expect(run.stderr).toContain("a saved plan is not planned again");
  });
});

describe("wrong usage ends with 64 and changes nothing", () => {
  test.each([
    [["aply"], "Did you mean apply?"],
    [["apply", "--aprove", "locking"], "Did you mean --approve?"],
    [["apply", "--lock-timeout", "5x"], "300ms, 5s, 10m, 2h"],
    [["apply", "--wait", "soon"], "300ms, 5s, 10m, 2h"],
    [["apply", "--url"], "argument missing"],
    [["apply", "a.json", "b.json"], "too many arguments"],
    [["apply", "--embedded", "--url", "postgres://h/d"], "--embedded and --url name two databases"],
  ] as const)("%j", async (args, says) => {
    const cwd = projectFolder({ "schema.yaml": table });
    const run = await cli.run([...args.slice(0, 1), "--json", ...args.slice(1)], { cwd, env: { DATABASE_URL: database.url } });
    expectCleanError(run, 64);
    expect(run.stderr).toContain(says);
    expect(errorOf(run)).toMatchObject({ code: "usage", exit_code: 64 });
  });
});

/** No stack, nothing on stdout but a JSON document, and the exit code. */
function expectCleanError(run: CliRun, code: number): void {
  expect({ code: run.code, stderr: run.stderr }).toEqual({ code, stderr: expect.stringMatching(/\S/) });
  expect(run.stderr).not.toMatch(/^\s+at .*(\.[jt]s|node:)/m);
  expect(run.stderr).not.toContain("internal error");
  if (run.stdout !== "") errorOf(run);
}

interface JsonError {
  readonly code: string;
  readonly exit_code: number;
  readonly message: string;
  readonly diagnostics: readonly {
    readonly file?: string;
    readonly line?: number;
    readonly column?: number;
    readonly message: string;
  }[];
}

/** The one document on stdout, which holds an error and nothing else. */
function errorOf(run: CliRun): JsonError {
  const document = JSON.parse(run.stdout) as { readonly error: JsonError };
  expect(Object.keys(document)).toEqual(["error"]);
  return document.error;
}

/** The paragraph of one diagnostic: from its place to the line before the next. */
function storyAt(stderr: string, { at, code }: Expected): string {
  const start = stderr.indexOf(`${at}: error[${code}]`);
  if (start < 0) throw new Error(`nothing about ${at} ${code} in:\n${stderr}`);
  const lines = stderr.slice(start).split("\n");
  const end = lines.findIndex((line, index) => index > 0 && /^(\S+:\d+:\d+: |lockstep: )/.test(line));
  return lines.slice(0, end < 0 ? undefined : end).join("\n");
}

/** The column that the caret stands under, from 1. */
function caretColumn(story: string): number {
  const [source = "", caret = ""] = story.split("\n").slice(1, 3);
  return caret.indexOf("^") - source.indexOf("|") - 1;
}

async function query(url: string, sql: string): Promise<void> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(sql);
  } finally {
    await client.end();
  }
}

/** Every object of the database by catalog row, and the rows of its table. */
async function fingerprint(url: string): Promise<unknown> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    const { rows } = await client.query(`select
      (select json_agg(c order by c.oid) from (select oid, relname, relacl::text, relowner, xmin::text from pg_class where oid >= 16384) c) as relations,
      (select json_agg(n order by n.oid) from (select oid, nspname, nspacl::text, xmin::text from pg_namespace) n) as schemas,
      (select count(*) from pg_policy) as policies, (select count(*) from pg_proc where oid >= 16384) as functions`);
    return rows;
  } finally {
    await client.end();
  }
}

/** A port that nothing listens on. */
function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      const port = address !== null && typeof address === "object" ? address.port : 0;
      server.close(() => resolve(port));
    });
  });
}
