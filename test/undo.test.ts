import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Client } from "pg";
import { describe, expect, test } from "vitest";
import type { Plan } from "../src/model/plan.ts";
import { dumpSchema, findPgDump } from "./support/pg-dump.ts";
import { runCommand } from "./support/run-command.ts";
import { createDatabase, majors } from "./support/servers.ts";

/** What a plan says about the way back is tried: every step, then every undo, last first, and pg_dump sees no difference. */

const objects = `
  create schema app;
  create table app.orders (id bigint primary key, total numeric, note text, constraint positive check (total > 0), constraint one_note unique (note));
  create index orders_total on app.orders (total);
  create function app.touch() returns trigger language plpgsql as $$ begin return new; end $$;
  create trigger touch before update on app.orders for each row execute function app.touch();
  create view app.seen as select id from app.orders;
  create materialized view app.kept as select id, total from app.orders;
  create index kept_total on app.kept (total);
  create function app.twice(n integer) returns integer language sql as 'select n * 2';
  create policy own on app.orders for select to public using (id > 0);
  create type app.state as enum ('open', 'done');
  create domain app.cents as bigint check (value >= 0);
  grant select on app.seen, app.kept to public;
  revoke execute on function app.twice(integer) from public;
  comment on constraint positive on app.orders is 'c';
  comment on index app.orders_total is 'i';
  comment on trigger touch on app.orders is 't';
  comment on view app.seen is 'v';
  comment on materialized view app.kept is 'm';
  comment on function app.twice(integer) is 'f';
  comment on policy own on app.orders is 'p';
  comment on type app.state is 'e';
  comment on domain app.cents is 'd';`;

const without = `version: 1
schema: app
tables:
  orders:
    columns: { id: bigint primary key, total: numeric, note: text }
`;

async function run(url: string, statements: readonly string[]): Promise<void> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    await client.query("set search_path = ''; set check_function_bodies = off");
    for (const sql of statements) await client.query(sql);
  } finally {
    await client.end();
  }
}

describe.each(majors)("PostgreSQL %i", (major) => {
  test("what a plan drops, its undo brings back whole", async ({ annotate }) => {
    const database = await createDatabase({ major });
    const cwd = mkdtempSync(join(tmpdir(), "lockstep-undo-"));
    try {
      await run(database.url, [objects]);
      writeFileSync(join(cwd, "schema.yaml"), without);
      const judged = (await findPgDump(major)) !== null;
      if (!judged) await annotate("no pg_dump as new as the server: judged by lockstep's own reading");
      const planned = async () => JSON.parse((await runCommand(["plan", "--json", "--url", database.url], cwd)).stdout) as Plan;
      const plan = await planned();
      const dropped = plan.changes.filter(({ action }) => action === "drop").map(({ kind }) => kind);
      expect(new Set(dropped)).toEqual(
        new Set(["constraint", "domain", "enum", "function", "index", "materialized_view", "policy", "trigger", "view"]),
      );
      const before = judged ? await dumpSchema(database.url) : plan.plan_hash;
      await run(
        database.url,
        plan.steps.map((step) => step.sql),
      );
      expect((await planned()).steps).toEqual([]);
      const back = plan.steps.toReversed().flatMap((step) => ("sql" in step.undo ? [...splitUndo(step.undo.sql)] : []));
      expect(plan.steps.filter((step) => !("sql" in step.undo))).toEqual([]);
      await run(database.url, back);
      expect(judged ? await dumpSchema(database.url) : (await planned()).plan_hash).toEqual(before);
    } finally {
      rmSync(cwd, { recursive: true });
      await database.drop();
    }
  });
});

/** CREATE INDEX CONCURRENTLY goes alone; what follows it in an undo (its comment) after it. */
function splitUndo(sql: string): string[] {
  return /^CREATE (UNIQUE )?INDEX CONCURRENTLY/.test(sql) ? sql.split("\n") : [sql];
}
