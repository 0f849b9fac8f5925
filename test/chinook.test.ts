/**
 * The example that every schema tool meets: Chinook, with its rows. What is pulled plans as empty, rebuilds the same
 * schema, and its rows survive every edit and the way back.
 */
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { Client } from "pg";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { connect } from "../src/catalog/connect.ts";
import { planWith } from "../src/commands/planning.ts";
import { apply, plan } from "../src/index.ts";
import { type BuiltCli, buildCli } from "./support/built-cli.ts";
import { chinookEdits, type Edit } from "./support/chinook-edits.ts";
import { dumpSchema, findPgDump } from "./support/pg-dump.ts";
import { realSchema } from "./support/real-schemas.ts";
import { createDatabase, ensureTemplate, majors, type TestDatabase } from "./support/servers.ts";

const chinook = realSchema("chinook.sql");
const hasPgDump = (await findPgDump(Math.max(...majors))) !== null;
if (!hasPgDump) console.warn("no pg_dump as new as the servers (PG_DUMP or PATH): nothing is judged by it");

async function withClient<T>(url: string, work: (client: Client) => Promise<T>): Promise<T> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

/** The schema without our own, which is history and may be deleted at any time; empty without a pg_dump. */
async function schemaOf(url: string): Promise<string[]> {
  await withClient(url, (client) => client.query("set client_min_messages = warning; drop schema if exists lockstep cascade"));
  return hasPgDump ? await dumpSchema(url) : [];
}

/** Columns by table, as in the original. */
type Columns = ReadonlyMap<string, readonly string[]>;

async function columnsOf(url: string): Promise<Columns> {
  const sql = `select c.relname as table, array_agg(a.attname::text order by a.attnum) as columns from pg_class c join pg_attribute a on a.attrelid = c.oid
    where c.relnamespace = 'public'::regnamespace and c.relkind = 'r' and a.attnum > 0 and not a.attisdropped group by 1 order by 1`;
  const { rows } = await withClient(url, (client) => client.query<{ table: string; columns: string[] }>(sql));
  return new Map(rows.map((row) => [row.table, row.columns]));
}

/** Count and checksum of the rows of each table: all columns of the original, under the names that they have now. */
async function checksums(
  url: string,
  columns: Columns,
  renamed: NonNullable<Edit["renamed"]> = {},
): Promise<Record<string, string>> {
  const parts = [...columns].map(([table, names]) => {
    const now = names.map((name) => `"${renamed[`${table}.${name}`] ?? name}"`).join(", ");
    return `select '${table}' as name, count(*) || ' ' || md5(string_agg(r::text, ',' order by r::text collate "C")) as sum
      from (select row(${now}) as r from "${renamed[table] ?? table}") t`;
  });
  const { rows } = await withClient(url, (client) => client.query<{ name: string; sum: string }>(parts.join(" union all ")));
  return Object.fromEntries(rows.map((row) => [row.name, row.sum]));
}

/** Writes files into a folder. */
function write(folder: string, files: Readonly<Record<string, string>>): void {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
}

const approve = ["locking", "destructive", "widen"];

let cli: BuiltCli;
beforeAll(() => {
  cli = buildCli();
});
afterAll(() => cli.remove());

describe.skipIf(chinook === null).each(majors)("Chinook on PostgreSQL %i", (major) => {
  const home = mkdtempSync(join(tmpdir(), "lockstep-chinook-"));
  let template: string;
  let base: TestDatabase;
  let yaml: string;
  let columns: Columns;
  let original: { schema: string[]; rows: Record<string, string> };

  beforeAll(async () => {
    template = await ensureTemplate("chinook", major, async (url) => {
      await withClient(url, (client) => client.query(chinook ?? ""));
    });
    base = await createDatabase({ template, major });
    const pulled = await cli.run(["pull", "--out", "pulled", "--url", base.url], { cwd: home });
    expect(pulled).toMatchObject({ code: 0, stdout: "pulled/schema.yaml\n" });
    yaml = readFileSync(join(home, "pulled", "schema.yaml"), "utf8");
    columns = await columnsOf(base.url);
    original = { schema: await schemaOf(base.url), rows: await checksums(base.url, columns) };
  });
  afterAll(async () => {
    await base?.drop();
    rmSync(home, { recursive: true, force: true });
  });

  test("is there with its rows", () => {
    expect([...columns.keys()]).toHaveLength(11);
    expect(original.rows).toMatchObject({
      track: expect.stringMatching(/^3503 /),
      playlist_track: expect.stringMatching(/^8715 /),
    });
    if (hasPgDump) expect(original.schema.filter((entry) => entry.startsWith("CREATE TABLE"))).toHaveLength(11);
  });

  test("the pulled files plan as empty: exit 0, no scratch server", async () => {
    const cwd = join(home, "pulled");
    const { code, stdout } = await cli.run(["plan", "--detailed-exitcode", "--json", "--url", base.url], { cwd });
    expect(JSON.parse(stdout)).toMatchObject({ steps: [], changes: [], unmanaged: [], diagnostics: [] });
    expect(code).toBe(0);
    expect(existsSync(join(cwd, ".lockstep"))).toBe(false);
  });

  test("that plan takes at most 8 round trips", async () => {
    const session = await connect(base.url, { readOnly: true });
    try {
      const planned = await planWith(session, { file: "schema.yaml", cwd: join(home, "pulled"), version: "0.0.0" });
      expect(planned.plan.steps).toEqual([]);
      console.info(`plan over an unchanged Chinook on PostgreSQL ${major}: ${session.roundTrips} round trips`);
      expect(session.roundTrips).toBeLessThanOrEqual(8);
    } finally {
      await session.close();
    }
  });

  test("the pulled files make the same schema in an empty database", async () => {
    const database = await createDatabase({ major });
    try {
      const { result } = await apply({ url: database.url, cwd: join(home, "pulled") });
      expect(result.ran.length).toBeGreaterThan(0);
      expect(result.pending).toEqual([]);
      expect(await schemaOf(database.url)).toEqual(original.schema);
    } finally {
      await database.drop();
    }
  });

  test.concurrent.each(chinookEdits)("rows survive: $name", async ({ edit, back, files, renamed, proof }) => {
    const database = await createDatabase({ template, major });
    const cwd = mkdtempSync(join(home, "edit-"));
    try {
      const edited = edit(yaml);
      write(cwd, { "schema.yaml": edited, ...files });
      await applyAll(database.url, cwd);
      expect(await checksums(database.url, columns, renamed)).toEqual(original.rows);
      const { rows } = await withClient(database.url, (client) => client.query({ text: proof, rowMode: "array" }));
      expect(rows).toEqual([[true]]);
      if (back !== undefined) {
        write(cwd, { "schema.yaml": back(yaml) });
        expect((await apply({ url: database.url, cwd, phase: "all", approve })).result.ran.length).toBeGreaterThan(0);
        write(cwd, { "schema.yaml": yaml });
        expect((await plan({ url: database.url, cwd })).steps).toEqual([]);
      } else {
        write(cwd, { "schema.yaml": yaml });
        await applyAll(database.url, cwd);
      }
      expect(await checksums(database.url, columns)).toEqual(original.rows);
      expect(await schemaOf(database.url)).toEqual(original.schema);
    } finally {
      await database.drop();
    }
  });
});

/** Applies all phases, which must be something, and plans again, which must be nothing. */
async function applyAll(url: string, cwd: string): Promise<void> {
  const { result } = await apply({ url, cwd, phase: "all", approve });
  expect(result.ran.length).toBeGreaterThan(0);
  expect((await plan({ url, cwd })).steps).toEqual([]);
}
