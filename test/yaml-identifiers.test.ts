/** Names of every sort survive everything: pull, plan, applying elsewhere, pulling into the files again. */
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Client, escapeIdentifier, escapeLiteral } from "pg";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { dumpSchema, findPgDump } from "./support/pg-dump.ts";
import { runCommand } from "./support/run-command.ts";
import { createDatabase, majors, type TestDatabase, testServer } from "./support/servers.ts";

const odd: readonly string[] = [
  "plain",
  "UPPER Case",
  "select",
  "order",
  "no",
  "null",
  "~",
  "1e3",
  "0x1F",
  "2024-01-01",
  "<<",
  "=",
  "1st",
  "a.b",
  "a: b",
  "a #b",
  "#",
  "-",
  "- a",
  "? a",
  "!tag",
  "&anchor",
  "*alias",
  "%percent",
  "@at",
  "`tick`",
  "{brace}",
  "[bracket]",
  "(paren)",
  "a, b",
  "it's",
  'say "hi"',
  '"',
  "'",
  "back\\slash",
  "dollar$1",
  "$$",
  "trailing ",
  " leading",
  "tab\there",
  "new\nline",
  "colon:",
  "a|b",
  ">",
  "ünïcödé",
  "日本語",
  "😀",
  "مرحبا",
  "\u200bzero",
  "no\u00a0break",
  "__proto__",
  "constructor",
  "true",
  "{table}",
  "*",
  "public.x",
  "é".repeat(31),
  "x".repeat(63),
];

const name = (index: number): string => odd[index % odd.length] ?? "";
const quoted = (index: number): string => escapeIdentifier(name(index));
/** Roles belong to the server: theirs tell whose they are. */
const role = (index: number, prefix: string): string => `${prefix}${name(index)}`.slice(0, 20);

function schemaSql(index: number, roles: string): string {
  const [own, second, third, fourth, fifth, sixth] = [0, 1, 2, 3, 4, 5].map((n) => quoted(index + n));
  const user = escapeIdentifier(role(index, roles));
  const text = escapeLiteral(name(index));
  return `
    create schema ${own};
    create type ${own}.${fourth} as enum (${[0, 1, 2].map((n) => escapeLiteral(name(index + n))).join(", ")});
    create table ${own}.${own} (
      ${own} integer not null, ${second} ${own}.${fourth} not null default ${text}, ${third} text default ${text},
      constraint ${own} check (${own} > 0), constraint ${sixth} primary key (${own}, ${second}));
    create index ${second} on ${own}.${own} (${third}, lower(${third})) where ${third} <> ${text};
    create function ${own}.${own}(${own} integer, ${second} text default ${text}) returns text language sql as 'select $2';
    create function ${own}.touch() returns trigger language plpgsql as 'begin return new; end';
    create trigger ${own} before update of ${third} on ${own}.${own} for each row execute function ${own}.touch();
    alter table ${own}.${own} enable row level security;
    create policy ${own} on ${own}.${own} to ${user} using (${third} = ${text});
    create view ${own}.${third} as select ${own}, ${third} as ${fifth} from ${own}.${own};
    create sequence ${own}.${fifth};
    comment on column ${own}.${own}.${third} is ${text};
    comment on schema ${own} is ${text};
    grant select (${third}), update on ${own}.${own} to ${user};
    grant usage on schema ${own} to ${user};`;
}

async function execute(url: string, sql: string): Promise<void> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(sql);
  } finally {
    await client.end();
  }
}

/** What a command puts on stdout; it has to succeed. */
async function stdoutOf(args: readonly string[], cwd: string): Promise<string> {
  const { code, stdout, stderr } = await runCommand(args, cwd);
  if (code !== 0) throw new Error(`${args.join(" ")} ended with ${code}: ${stderr}`);
  return stdout;
}

const hasPgDump = (await findPgDump(Math.max(...majors))) !== null;

describe.each(majors)("names on PostgreSQL %i", (major) => {
  const folder = mkdtempSync(join(tmpdir(), "lockstep-names-"));
  const roles = odd.map((_, index) => role(index, `n${major}_${process.pid}_`));
  let database: TestDatabase;

  beforeAll(async () => {
    database = await createDatabase({ major });
    await execute(database.url, [...new Set(roles)].map((each) => `create role ${escapeIdentifier(each)};`).join("\n"));
    await execute(database.url, odd.map((_, index) => schemaSql(index, `n${major}_${process.pid}_`)).join("\n"));
  });
  afterAll(async () => {
    await database.drop();
    const server = await testServer(major);
    await execute(server.url, [...new Set(roles)].map((each) => `drop role if exists ${escapeIdentifier(each)};`).join("\n"));
    rmSync(folder, { recursive: true });
  });

  const pull = (): Promise<string> => stdoutOf(["pull", "--out", ".", "--url", database.url], folder);
  const stepsLeft = async (): Promise<unknown> =>
    JSON.parse(await stdoutOf(["plan", "--json", "--url", database.url], folder)).steps.map(({ sql }: { sql: string }) => sql);

  test("are pulled, plan as empty, and make the same elsewhere", async () => {
    await pull();
    expect(await stepsLeft()).toEqual([]);
    const other = await createDatabase({ major });
    try {
      await stdoutOf(["apply", "--phase", "all", "--yes", "--approve", "widen", "--url", other.url], folder);
      if (hasPgDump) expect(await dumpSchema(other.url)).toEqual(await dumpSchema(database.url));
    } finally {
      await other.drop();
    }
  });

  test("keep their files byte for byte in a second pull, and their meaning in fmt, split and join", async () => {
    expect(await pull()).toBe("");
    for (const command of ["join", "fmt", "split"]) await stdoutOf([command], folder);
    expect(await stdoutOf(["fmt", "--check"], folder)).toBe("");
    expect(await stepsLeft()).toEqual([]);
  });

  test("of columns that come and go are put in and taken out", async () => {
    const alter = (verb: (index: number) => string): Promise<void> =>
      execute(database.url, odd.map((_, index) => `alter table ${quoted(index)}.${quoted(index)} ${verb(index)};`).join("\n"));
    const before = readFileSync(join(folder, "schema.yaml"), "utf8");
    await alter((index) => `add column ${quoted(index + 7)} text default ${escapeLiteral(name(index))}`);
    expect(await pull()).toContain("column");
    expect(await stepsLeft()).toEqual([]);
    await alter((index) => `drop column ${quoted(index + 7)}`);
    await pull();
    expect(readFileSync(join(folder, "schema.yaml"), "utf8")).toBe(before);
  });
});
