/**
 * A second opinion on the parser: pg-query-emscripten, another build of PostgreSQL's grammar. Where it has an opinion it must be the
 * same. That it is not the parser of lockstep has two reasons, shown below; when one of them is gone, its test says so.
 */
import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import { beforeAll, describe, expect, test } from "vitest";
import { scratchScript } from "../src/plan/creation-script.ts";
import { walk } from "../src/sql/names.ts";
import { loadParser, type Node, parseStatements } from "../src/sql/parser.ts";
import { loadDesired } from "../src/yaml/load-desired.ts";

const SCRIPT = fileURLToPath(new URL("support/second-parser.mjs", import.meta.url));
const ROOT = fileURLToPath(new URL("..", import.meta.url));

type Opinion = { readonly tree: { readonly stmts: readonly { readonly stmt: Node }[] } } | { readonly error: string };

/** What the other parser says of each statement, as far as it came, and how its process ended. */
function secondOpinion(
  statements: readonly string[],
  times = 1,
): Promise<{ readonly opinions: readonly Opinion[]; readonly code: number | null }> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [SCRIPT, String(times)], { stdio: ["pipe", "pipe", "ignore"] });
    let text = "";
    child.stdout.setEncoding("utf8").on("data", (part: string) => (text += part));
    child.once("error", reject);
    child.once("close", (code) => {
      const opinions = text
        .split("\n")
        .filter(Boolean)
        .map((line) => JSON.parse(line) as Opinion);
      resolve({ opinions, code });
    });
    child.stdin.end(JSON.stringify(statements));
  });
}

/** The tags of all nodes of a tree, parents first, without what a version of the grammar adds to nodes it already had. */
function shapeOf(stmts: readonly { readonly node: Node }[]): string[] {
  const tags: string[] = [];
  for (const { node } of stmts) walk(node, (tag) => /^[A-Z]/.test(tag) && tags.push(tag));
  return tags;
}

/** What lockstep writes besides CREATE. */
const STATEMENTS = [
  "ALTER TABLE app.orders ADD COLUMN note text DEFAULT '' NOT NULL;",
  "ALTER TABLE app.orders ALTER COLUMN total TYPE numeric(12,2) USING total::numeric(12,2);",
  "ALTER TABLE app.orders ALTER COLUMN total SET DEFAULT 0;",
  "ALTER TABLE app.orders ADD CONSTRAINT orders_positive CHECK (total >= 0) NOT VALID;",
  "ALTER TABLE app.orders VALIDATE CONSTRAINT orders_positive;",
  "ALTER TABLE app.orders ADD CONSTRAINT orders_org_id_fkey FOREIGN KEY (org_id) REFERENCES app.orgs (id) ON DELETE CASCADE NOT VALID;",
  "ALTER TABLE app.orders ADD CONSTRAINT orders_no_key UNIQUE USING INDEX orders_no_key;",
  "ALTER TABLE app.orders ADD CONSTRAINT orders_room EXCLUDE USING gist (room WITH =, during WITH &&) WHERE (NOT cancelled);",
  "ALTER TABLE app.orders RENAME COLUMN a TO b;",
  "ALTER TABLE app.orders ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;",
  "ALTER TABLE app.orders ATTACH PARTITION app.orders_2026 FOR VALUES FROM ('2026-01-01') TO ('2027-01-01');",
  "ALTER TABLE app.orders DROP COLUMN note RESTRICT;",
  "CREATE UNIQUE INDEX CONCURRENTLY orders_no_key ON app.orders USING btree (no, lower(name) DESC NULLS LAST) INCLUDE (total) WHERE (status <> 'draft');",
  "CREATE UNIQUE INDEX nd ON app.orders (no) NULLS NOT DISTINCT;",
  "DROP INDEX CONCURRENTLY app.orders_no_key;",
  "CREATE POLICY own ON app.orders AS RESTRICTIVE FOR UPDATE TO api, PUBLIC USING (org = (SELECT app.org())) WITH CHECK (true);",
  "ALTER POLICY own ON app.orders USING (owner_id = (SELECT auth.uid()));",
  "ALTER TYPE app.status ADD VALUE 'shipped' BEFORE 'paid';",
  "ALTER TYPE app.status RENAME VALUE 'sent' TO 'shipped';",
  "CREATE DOMAIN app.email AS text CHECK (VALUE ~ '^[^@]+@[^@]+$');",
  'CREATE TYPE app.address AS (street text, zip character varying(10) COLLATE "C");',
  "CREATE SEQUENCE app.no AS bigint START WITH 1000 CACHE 10 OWNED BY app.orders.no;",
  "CREATE AGGREGATE app.total(numeric) (SFUNC = pg_catalog.numeric_add, STYPE = numeric, INITCOND = '0');",
  "CREATE OR REPLACE FUNCTION app.f(a integer DEFAULT 1, VARIADIC b text[] DEFAULT '{}') RETURNS TABLE (x integer) LANGUAGE sql STABLE AS $$select 1$$;",
  "CREATE PROCEDURE app.p(INOUT a integer) LANGUAGE plpgsql AS $$begin a := 1; end$$;",
  "CREATE MATERIALIZED VIEW app.m AS SELECT count(*) FILTER (WHERE a) OVER (PARTITION BY b ORDER BY c) FROM app.t WITH NO DATA;",
  "CREATE VIEW app.v WITH (security_invoker = true) AS WITH RECURSIVE r AS (SELECT 1 UNION ALL SELECT 2) SELECT * FROM r, LATERAL (SELECT 1) x;",
  "CREATE CONSTRAINT TRIGGER t AFTER INSERT OR UPDATE OF a, b ON app.t DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (new.a > 1) EXECUTE FUNCTION app.f('x');",
  "ALTER TABLE app.t DISABLE TRIGGER t;",
  "GRANT SELECT (a, b), UPDATE (a) ON TABLE app.t TO api WITH GRANT OPTION;",
  "REVOKE ALL ON FUNCTION app.f(integer) FROM PUBLIC;",
  "COMMENT ON COLUMN app.t.a IS 'größe';",
  "ALTER FUNCTION app.f(integer) OWNER TO api;",
  "SET LOCAL search_path = app, extensions;",
  "LOCK TABLE app.t IN SHARE ROW EXCLUSIVE MODE;",
];

beforeAll(loadParser);

describe("pg-query-emscripten and libpg-query", () => {
  test("read what lockstep writes in the same way", async () => {
    const { facts } = await loadDesired({ file: "schema.yaml", cwd: ROOT });
    const example = scratchScript(facts, 15, () => "").map(({ sql }) => sql);
    expect(example.length).toBeGreaterThan(20);
    const statements = [...STATEMENTS, ...example];
    const { opinions, code } = await secondOpinion(statements);
    expect({ code, opinions: opinions.length }).toEqual({ code: 0, opinions: statements.length });
    for (const [index, opinion] of opinions.entries()) {
      const sql = statements[index] ?? "";
      if ("error" in opinion) throw new Error(`${opinion.error}: ${sql}`);
      expect({ sql, shape: shapeOf(opinion.tree.stmts.map(({ stmt }) => ({ node: stmt }))) }).toEqual({
        sql,
        shape: shapeOf(parseStatements(sql)),
      });
    }
  });

  test("refuse the same", async () => {
    const wrong = [
      "selct 1",
      "create table t (a int",
      "alter table t add constraint c check (a >)",
      "create policy p on t for selct",
      "select 'x",
    ];
    const { opinions } = await secondOpinion(wrong);
    expect(opinions).toEqual(wrong.map(() => ({ error: expect.stringMatching(/syntax error|unterminated/) })));
    for (const sql of wrong) expect(() => parseStatements(sql)).toThrow();
  });
});

describe("why pg-query-emscripten is not the parser", () => {
  test("it refuses the syntax of PostgreSQL 17 and 18", async () => {
    const newer = [
      "MERGE INTO a USING b ON true WHEN MATCHED THEN DELETE RETURNING a.x",
      "ALTER TABLE t ADD CONSTRAINT c NOT NULL x NOT VALID",
      "CREATE TABLE t (a int, b int GENERATED ALWAYS AS (a * 2) VIRTUAL)",
      "CREATE TABLE t (a int, b daterange, PRIMARY KEY (a, b WITHOUT OVERLAPS))",
    ];
    for (const sql of newer) expect(parseStatements(sql)).toHaveLength(1);
    const { opinions } = await secondOpinion(newer);
    expect(opinions).toEqual(newer.map(() => ({ error: expect.stringContaining("syntax error") })));
  });

  test("it ends the process after some hundred statements", async () => {
    const sql = "create table app.orders (id bigint primary key, status text not null default 'draft')";
    const { opinions, code } = await secondOpinion([sql], 5000);
    expect(code).not.toBe(0);
    expect(opinions.length).toBeLessThan(2000);
    for (let n = 0; n < 5000; n++) parseStatements(sql);
  });
});
