/**
 * What lies in a database and is not its team's: a platform's schemas, what extensions made for themselves or make at run time. It is
 * recognised, never written, compared or dropped; what the files say about a table of it is carried out all the same.
 */
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, expect, test } from "vitest";
import { apply, connect, plan, readLive } from "../src/index.ts";
import { writeFiles } from "../src/yaml/write-files.ts";
import { execute } from "./support/everything.ts";
import { createDatabase, type TestDatabase } from "./support/servers.ts";

const folders: string[] = [];
const databases: TestDatabase[] = [];
afterEach(async () => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
  for (const database of databases.splice(0)) await database.drop();
});

const role = (name: string): string =>
  `do $$ begin create role ${name} nologin; exception when duplicate_object or unique_violation then null; end $$`;

async function databaseWith(...sql: readonly string[]): Promise<string> {
  const database = await createDatabase();
  databases.push(database);
  await execute(database.url, ...sql);
  return database.url;
}

async function pull(url: string) {
  const session = await connect(url, { readOnly: true });
  try {
    const live = await readLive(session);
    const cwd = mkdtempSync(join(tmpdir(), "lockstep-provided-"));
    folders.push(cwd);
    const files = writeFiles(live, { schemas: live.schemas, manage: "database", defaultSchema: "public" });
    for (const [path, text] of files) {
      await mkdir(dirname(join(cwd, path)), { recursive: true });
      await writeFile(join(cwd, path), text);
    }
    return { live, cwd, text: [...files.values()].join("\n") };
  } finally {
    await session.close();
  }
}

const platform = [
  role("supabase_admin"),
  role("supabase_auth_admin"),
  `create schema auth authorization supabase_auth_admin;
   create table auth.users (id uuid primary key, email text unique);
   create type auth.aal_level as enum ('aal1', 'aal2');
   create function auth.uid() returns uuid language sql stable as 'select null::uuid';
   create schema storage authorization supabase_admin;
   create table storage.objects (id uuid primary key, owner uuid);
   alter table storage.objects enable row level security;
   create policy theirs on storage.objects for delete to public using (false);
   create schema extensions;
   create function extensions.grant_access() returns event_trigger language plpgsql as 'begin end';
   alter function extensions.grant_access() owner to supabase_admin;
   create event trigger issue_access on ddl_command_end execute function extensions.grant_access();
   create publication theirs_too;
   alter publication theirs_too owner to supabase_admin;
   alter role supabase_admin superuser;
   alter event trigger issue_access owner to supabase_admin;
   create table public.notes (id int primary key, author uuid references auth.users);`,
];

test("a platform's schemas, event triggers and publications", async () => {
  const url = await databaseWith(...platform);
  const { live, cwd, text } = await pull(url);
  expect(live.provided).toEqual([
    { kind: "schema", object: "auth", by: "Supabase" },
    { kind: "schema", object: "storage", by: "Supabase" },
  ]);
  expect(live.unmanaged).toEqual([]);
  expect(text).toContain("references auth.users");
  expect(text).not.toMatch(/aal_level|storage|issue_access|grant_access|theirs/);
  expect((await plan({ url, cwd })).steps).toEqual([]);
});

test("a policy on a platform's table is the files', the others stay", async () => {
  const url = await databaseWith(...platform);
  const { cwd } = await pull(url);
  await mkdir(join(cwd, "policies"), { recursive: true });
  await writeFile(
    join(cwd, "policies/storage.objects.yaml"),
    "table: storage.objects\npolicies:\n  ours: { for: select, to: public, using: owner = auth.uid() }\n",
  );
  const schema = readFileSync(join(cwd, "schema.yaml"), "utf8");
  if (!schema.includes("policies:")) await writeFile(join(cwd, "schema.yaml"), `${schema}policies: [policies/*.yaml]\n`);
  const { plan: made } = await apply({ url, cwd, approve: ["widen"] });
  expect(made.changes).toEqual([{ kind: "policy", object: "storage.objects.ours", action: "create" }]);
  expect((await plan({ url, cwd })).steps).toEqual([]);
  await writeFile(join(cwd, "policies/storage.objects.yaml"), "table: storage.objects\npolicies: {}\n");
  expect((await plan({ url, cwd })).steps).toEqual([]);
});

test("a schema that an extension made, and all in it", async () => {
  const url = await databaseWith(
    `create extension citext;
     create schema internal;
     create table internal.chunk (id int);
     alter extension citext add schema internal;
     create table public.kept (id int);`,
  );
  const { live, cwd, text } = await pull(url);
  expect(live.provided).toEqual([{ kind: "schema", object: "internal", by: "extension citext" }]);
  expect(text).not.toContain("chunk");
  expect((await plan({ url, cwd })).steps).toEqual([]);
});

test("partitions that pg_partman makes", async () => {
  // The extension itself is on no server of the tests: one of another name takes its place.
  const url = await databaseWith(
    `create schema partman;
     create table partman.part_config (parent_table text, template_table text);
     create extension citext schema partman;
     alter extension citext add table partman.part_config;
     update pg_extension set extname = 'pg_partman' where extname = 'citext';
     create table public.events (at date not null, a int) partition by range (at);
     create table public.events_p20260101 partition of public.events for values from ('2026-01-01') to ('2026-02-01');
     create table partman.template_public_events (at date not null, a int);
     insert into partman.part_config values ('public.events', 'partman.template_public_events');
     create table public.own (at date not null) partition by range (at);
     create table public.own_p20260101 partition of public.own for values from ('2026-01-01') to ('2026-02-01');`,
  );
  const { live, cwd, text } = await pull(url);
  expect(live.provided).toEqual([{ kind: "partitions", object: "public.events", by: "extension pg_partman" }]);
  expect(text).not.toMatch(/events_p20260101|template_public/);
  expect(text).toContain("own_p20260101");
  await execute(
    url,
    "create table public.events_p20260201 partition of public.events for values from ('2026-02-01') to ('2026-03-01')",
  );
  expect((await plan({ url, cwd })).steps).toEqual([]);
});
