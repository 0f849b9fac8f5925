import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Client } from "pg";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type BuiltCli, buildCli } from "./support/built-cli.ts";
import { createOrdinaryDatabase } from "./support/servers.ts";

/** A table whose owner obeys its policies (FORCE, no BYPASSRLS): foreign keys are checked over all rows, or not at all. */

let cli: BuiltCli;
beforeAll(() => {
  cli = buildCli();
});
afterAll(() => cli.remove());

const files = (child: string): string => `version: 1
schema: app
tables:
  orgs:
    rls: forced
    columns: { id: integer primary key }
  notes:
    rls: forced
    columns: { id: integer primary key, org_id: integer${child} }
`;

async function sql(url: string, text: string): Promise<readonly Record<string, unknown>[]> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    const result = await client.query(text);
    return Array.isArray(result) ? [] : result.rows;
  } finally {
    await client.end();
  }
}

test("a foreign key between forced tables finds orphans, and comes to be when there are none", async () => {
  const database = await createOrdinaryDatabase();
  const cwd = mkdtempSync(join(tmpdir(), "lockstep-forced-"));
  const run = (...args: string[]) => cli.run([...args, "--url", database.url], { cwd });
  try {
    await sql(database.adminUrl, `create schema lockstep authorization ${database.role}`);
    writeFileSync(join(cwd, "schema.yaml"), files(""));
    const first = await run("apply", "--yes");
    expect(first.stderr).toContain("Applied");
    await sql(database.adminUrl, "insert into app.orgs values (1); insert into app.notes values (1, 1), (2, 99)");

    writeFileSync(join(cwd, "schema.yaml"), files(" references orgs"));
    const orphan = await run("apply", "--yes", "--phase", "all", "--approve", "locking,widen");
    expect(orphan.code).toBe(1);
    expect(orphan.stderr).toContain("notes_org_id_fkey");

    await sql(database.adminUrl, "delete from app.notes where org_id = 99");
    const clean = await run("apply", "--yes", "--phase", "all", "--approve", "locking,widen");
    expect(clean.stderr).toContain("Applied");
    const [state] = await sql(
      database.adminUrl,
      `select (select convalidated from pg_constraint where conname = 'notes_org_id_fkey') as valid,
         (select bool_and(relforcerowsecurity) from pg_class where relname in ('orgs', 'notes')) as forced`,
    );
    expect(state).toEqual({ valid: true, forced: true });
    expect((await run("plan", "--detailed-exitcode")).code).toBe(0);
  } finally {
    rmSync(cwd, { recursive: true });
    await database.drop();
  }
});
