/**
 * Schemas of real projects: pulled they plan as empty, and what is pulled makes the same schema elsewhere. What is not managed is listed.
 */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { Client } from "pg";
import { describe, expect, test } from "vitest";
import { apply, connect, plan, readLive } from "../src/index.ts";
import { writeFiles } from "../src/yaml/write-files.ts";
import { dumpSchema, findPgDump } from "./support/pg-dump.ts";
import { realSchema } from "./support/real-schemas.ts";
import { createDatabase, majors } from "./support/servers.ts";

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

const cases = [
  { name: "Pagila", sql: pagila(), roles: [], tables: 70, unmanaged: [], left: [] },
  {
    name: "Basejump",
    sql: basejump(),
    roles: ["anon", "authenticated", "service_role"],
    tables: 7,
    unmanaged: [{ kind: "default privileges", object: "for postgres on functions" }],
    left: ["ALTER DEFAULT PRIVILEGES FOR ROLE postgres REVOKE ALL ON FUNCTIONS FROM PUBLIC;"],
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

async function pull(url: string, cwd: string): Promise<void> {
  const session = await connect(url, { readOnly: true });
  try {
    const live = await readLive(session);
    for (const [path, text] of writeFiles(live, { schemas: live.schemas, manage: "database", defaultSchema: "public" })) {
      await mkdir(dirname(join(cwd, path)), { recursive: true });
      writeFileSync(join(cwd, path), text);
    }
  } finally {
    await session.close();
  }
}

/**
 * The schema as pg_dump has it, without two things that the files do not say: who owns an object, and by which of its two generated
 * names a partition has its NOT NULL (its own when it was attached, its parent's when it was made as a partition).
 */
async function schemaOf(url: string): Promise<string[]> {
  await execute(url, "set client_min_messages = warning; drop schema if exists lockstep cascade");
  const entries = await dumpSchema(url);
  return entries
    .map((entry) => entry.replaceAll(/^--.*\n/gm, "").trim())
    .filter((entry) => !/^ALTER .* OWNER TO \S+;$/.test(entry))
    .map((entry) => entry.replaceAll(/ CONSTRAINT \w+_not_null NOT NULL/g, " NOT NULL"))
    .sort();
}

describe.skipIf(!majors.includes(NEWEST)).each(cases)("$name", ({ sql, roles, tables, unmanaged, left }) => {
  test.skipIf(sql === null)("pulled: nothing to do there, the same schema elsewhere", async () => {
    const cwd = mkdtempSync(join(tmpdir(), "lockstep-real-"));
    const original = await createDatabase({ major: NEWEST });
    const copy = await createDatabase({ major: NEWEST });
    try {
      await execute(original.url, ...roles.map(roleSql), sql ?? "");
      await pull(original.url, cwd);
      const idle = await plan({ url: original.url, cwd });
      expect(idle.steps).toEqual([]);
      expect(idle.diagnostics).toEqual([]);
      expect(idle.declared.filter((id) => id.startsWith("table "))).toHaveLength(tables);
      expect(idle.unmanaged.map(({ kind, object }) => ({ kind, object }))).toEqual(unmanaged);
      const { result } = await apply({ url: copy.url, cwd, approve: ["widen"] });
      expect(result.pending).toEqual([]);
      expect((await plan({ url: copy.url, cwd })).steps).toEqual([]);
      if (!hasPgDump) return;
      const made = await schemaOf(copy.url);
      expect(made.length).toBeGreaterThan(tables);
      expect(made).toEqual((await schemaOf(original.url)).filter((entry) => !left.includes(entry)));
    } finally {
      await original.drop();
      await copy.drop();
      rmSync(cwd, { recursive: true, force: true });
    }
  });
});
