/**
 * Schemas of real projects, there and back: pulled they plan as empty, and what is pulled makes the same schema elsewhere; from there
 * to nothing and back; and through a person's edits under rows. pg_dump is the judge, and nothing is left unmanaged.
 */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { Client } from "pg";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { apply, connect, type Plan, plan, readLive } from "../src/index.ts";
import { LockstepError } from "../src/model/lockstep-error.ts";
import { writeFiles } from "../src/yaml/write-files.ts";
import { dumpComparable, dumpSchema, findPgDump } from "./support/pg-dump.ts";
import { basejumpEdits, basejumpRows, edited, pagilaEdits, pagilaRows, type RealEdit } from "./support/real-edits.ts";
import { realSchema } from "./support/real-schemas.ts";
import { createDatabase, ensureTemplate, majors } from "./support/servers.ts";

const NEWEST = 18;
const hasPgDump = (await findPgDump(NEWEST)) !== null;
if (!hasPgDump) console.warn("no pg_dump as new as the servers (PG_DUMP or PATH): nothing is judged by it");

/** Pagila without the one table that needs an extension which no server of the tests has. */
function pagila(): string | null {
  const dump = realSchema("pagila-schema.sql");
  const entries = dump?.split(/^(?=--\n-- Name: )/m) ?? [];
  const kept = entries.filter((entry) => !/film_embedding|EXTENSION/.test(entry));
  return dump === null ? null : kept.join("");
}

/** What Basejump finds in a database of its platform. */
const platform = `
  create schema extensions;
  create extension "uuid-ossp" schema extensions;
  create extension pgcrypto schema extensions;
  create schema auth;
  create table auth.users (id uuid primary key, email text);
  create function auth.uid() returns uuid language sql stable as $$ select nullif(current_setting('request.jwt.claim.sub', true), '')::uuid $$;
  grant usage on schema auth to anon, authenticated, service_role;
  set search_path = public, extensions;`;

function basejump(): string | null {
  const files = ["161707_basejump-setup", "161947_basejump-accounts", "162100_basejump-invitations", "162131_basejump-billing"];
  const parts = files.map((file) => realSchema(`basejump/20240414${file}.sql`));
  return parts.includes(null) ? null : [platform, ...parts].join("\n");
}

interface Project {
  readonly name: string;
  readonly sql: string | null;
  readonly roles: readonly string[];
  readonly tables: number;
  readonly rows: string;
  readonly edits: readonly RealEdit[];
}

const projects: readonly Project[] = [
  { name: "Pagila", sql: pagila(), roles: [], tables: 70, rows: pagilaRows, edits: pagilaEdits },
  {
    name: "Basejump",
    sql: basejump(),
    roles: ["anon", "authenticated", "service_role"],
    tables: 7,
    rows: basejumpRows,
    edits: basejumpEdits,
  },
];

async function execute(url: string, ...texts: readonly string[]): Promise<void> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    for (const text of texts) await client.query(text);
  } finally {
    await client.end();
  }
}

/** Roles belong to the server: other databases of the run may use them too. */
function roleSql(role: string): string {
  return `do $$ begin create role ${role} nologin; exception when duplicate_object or unique_violation then null; end $$`;
}

type Files = ReadonlyMap<string, string>;

async function pull(url: string): Promise<Files> {
  const session = await connect(url, { readOnly: true });
  try {
    const live = await readLive(session);
    return writeFiles(live, { schemas: live.schemas, manage: "database", defaultSchema: "public" });
  } finally {
    await session.close();
  }
}

const home = mkdtempSync(join(tmpdir(), "lockstep-real-"));
afterAll(() => rmSync(home, { recursive: true, force: true }));

/** Files in a folder of their own. */
async function folderOf(files: Files): Promise<string> {
  const cwd = mkdtempSync(join(home, "files-"));
  for (const [path, text] of files) {
    await mkdir(dirname(join(cwd, path)), { recursive: true });
    writeFileSync(join(cwd, path), text);
  }
  return cwd;
}

/** All that a plan may ask; what it asked for is not the question here. */
const approve = ["widen", "locking", "destructive", "undeclared"];

/** Applies all, of which nothing may be left to do. */
async function lead(url: string, cwd: string): Promise<Plan> {
  const made = await apply({ url, cwd, phase: "all", approve, acceptDrop: "all" }).catch((error: unknown) => {
    const said = error instanceof LockstepError ? error.diagnostics.map(({ message, hint }) => `${message} (${hint})`) : [];
    throw new Error([String(error), ...said].join("\n"), { cause: error });
  });
  const rest = await plan({ url, cwd });
  expect(rest.steps.map(({ sql }) => sql)).toEqual([]);
  expect(rest.diagnostics).toEqual([]);
  expect(rest.unmanaged).toEqual([]);
  return made.plan;
}

/** What pg_dump says of a database, but for whom it belongs to where that is who owns nearly all: the files do not say so. */
async function schemaOf(url: string, dump = dumpSchema): Promise<string[]> {
  const entries = (await dump(url)).map((entry) => entry.replaceAll(/^--.*\n/gm, "").trim());
  const owners = entries.flatMap((entry) => /^ALTER .* OWNER TO (\S+);$/.exec(entry)?.[1] ?? []);
  const times = (owner: string | undefined): number => owners.filter((other) => other === owner).length;
  const most = owners.reduce<string | undefined>((best, owner) => (times(owner) > times(best) ? owner : best), undefined);
  return entries.filter((entry) => entry !== "" && !(entry.endsWith(` OWNER TO ${most};`) && entry.startsWith("ALTER "))).sort();
}

/** The rows of every table. */
async function rowsOf(url: string): Promise<unknown> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    const { rows } = await client.query(`
      select c.oid::regclass::text as name, query_to_xml(format('select * from only %s t order by t::text', c.oid::regclass), true, true, '')::text as rows
      from pg_class c join pg_namespace n on n.oid = c.relnamespace
      where c.relkind = 'r' and n.nspname not in ('pg_catalog', 'information_schema', 'lockstep') order by 1`);
    return rows;
  } finally {
    await client.end();
  }
}

describe.skipIf(!majors.includes(NEWEST)).each(projects)("$name", ({ name, sql, roles, tables, rows, edits }) => {
  let template = "";
  let files: Files = new Map();
  let dump: readonly string[] = [];

  /** Work with a database that is gone afterwards. */
  async function withDatabase(from: string | null, work: (url: string) => Promise<void>): Promise<void> {
    const database = await createDatabase(from === null ? { major: NEWEST } : { major: NEWEST, template: from });
    try {
      await work(database.url);
    } finally {
      await database.drop();
    }
  }

  beforeAll(async () => {
    if (sql === null) return;
    template = await ensureTemplate(`real_${name.toLowerCase()}`, NEWEST, async (url) => {
      await execute(url, ...roles.map(roleSql), sql);
    });
    await withDatabase(template, async (url) => {
      files = await pull(url);
      if (hasPgDump) dump = await schemaOf(url);
    });
  });

  test.skipIf(sql === null)("pulled: nothing to do there, nothing unmanaged", async () => {
    const cwd = await folderOf(files);
    await withDatabase(template, async (url) => {
      const idle = await plan({ url, cwd });
      expect(idle.steps).toEqual([]);
      expect(idle.diagnostics).toEqual([]);
      expect(idle.unmanaged).toEqual([]);
      expect(idle.declared.filter((id) => id.startsWith("table "))).toHaveLength(tables);
    });
  });

  test.skipIf(sql === null)("the same schema elsewhere, from there to nothing, and back", async () => {
    const cwd = await folderOf(files);
    await withDatabase(null, async (url) => {
      const empty = await folderOf(await pull(url));
      const before = hasPgDump ? await schemaOf(url) : [];
      await lead(url, cwd);
      if (hasPgDump) expect(await schemaOf(url)).toEqual(dump);
      await lead(url, empty);
      // Grants touch the roles that are listed: what Pagila says of the schema public stays.
      const withoutPublic = (entries: readonly string[]): string[] =>
        entries.filter((entry) => !/^(GRANT|REVOKE) \w+ ON SCHEMA public /.test(entry));
      if (hasPgDump) expect(withoutPublic(await schemaOf(url))).toEqual(withoutPublic(before));
      await lead(url, cwd);
      if (hasPgDump) expect(await schemaOf(url)).toEqual(dump);
    });
  });

  test.skipIf(sql === null)("edits under rows, and the way back", async () => {
    const cwd = await folderOf(files);
    await withDatabase(template, async (url) => {
      await execute(url, rows);
      const start = hasPgDump ? await schemaOf(url, dumpComparable) : [];
      const held = await rowsOf(url);
      for (const edit of edits) {
        const there = await lead(url, await folderOf(edited(files, edit)));
        expect(there.steps.length, edit.name).toBeGreaterThan(0);
        await lead(url, cwd);
        const lost = edit.renamesNotNullOf;
        const named = new RegExp(`^( +${lost} .*) CONSTRAINT \\w+ (NOT NULL)`, "gm");
        const same = (entries: readonly string[]): string[] =>
          entries.map((entry) => (lost === undefined ? entry : entry.replaceAll(named, "$1 $2")));
        if (hasPgDump) expect(same(await schemaOf(url, dumpComparable)), edit.name).toEqual(same(start));
        expect(await rowsOf(url), edit.name).toEqual(held);
      }
    });
  });
});
