/** Templates: what tables have in common, said once; and what a declared major does not have. */
import { describe, expect, test } from "vitest";
import { loadFiles, problemsOf } from "./support/project-folder.ts";

const head = "version: 1\nschema: app\n";

async function columnsOf(text: string, table: string): Promise<string[]> {
  const { facts } = await loadFiles({ "schema.yaml": head + text });
  const columns = [...facts.values()].filter((fact) => fact.kind === "column" && fact.parent === `table app.${table}`);
  return columns.sort((a, b) => Number(a.spec.position) - Number(b.spec.position)).map((fact) => String(fact.spec.name));
}

describe("templates", () => {
  const stamped = `
templates:
  stamps: { use: [keyed], columns: { created_at: timestamptz not null default now() }, comment: Stamped. }
  keyed:
    columns: { id: bigint generated always as identity }
    constraints: { "{table}_key": primary key (id) }
    indexes: { "{table}_newest": (created_at) }
    grants: { reader: select }
tables:
  orders: { use: [stamps], columns: { total: int } }
  events:
    use: [stamps]
    columns: { kind: text }
    partition_by: range (created_at)
    constraints: { own: check (kind <> '') }
`;

  test("their columns come after the table's own, in the order of use", async () => {
    expect(await columnsOf(stamped, "orders")).toEqual(["total", "created_at", "id"]);
    expect(await columnsOf(stamped, "events")).toEqual(["kind", "created_at", "id"]);
  });

  test("everything of a table may come from one, with the table's name in keys", async () => {
    const { facts } = await loadFiles({ "schema.yaml": head + stamped });
    const ids = [...facts.keys()].filter((id) => !id.startsWith("column"));
    expect(ids).toEqual(
      expect.arrayContaining([
        "constraint app.orders.orders_key",
        "constraint app.events.events_key",
        "constraint app.events.own",
        "index app.orders_newest",
        "index app.events_newest",
        "comment table app.orders",
        "grant table app.events reader",
      ]),
    );
  });

  test("an included file has and uses them as well", async () => {
    const { facts } = await loadFiles({
      "schema.yaml": `${head}include: [more.yaml]\ntables: { a: { use: [t] } }\n`,
      "more.yaml": "templates: { t: { columns: { x: int } } }\ntables: { b: { use: [t] } }\n",
    });
    expect(facts.has("column app.a.x") && facts.has("column app.b.x")).toBe(true);
  });

  test("the same said twice is no contradiction, something else is, with both places", async () => {
    const text = (own: string): string => `${head}templates: { t: { columns: { x: int } } }
tables:
  a:
    use: [t]
    columns: { x: ${own} }
`;
    expect(await problemsOf({ "schema.yaml": text("int") })).toEqual([]);
    expect(await problemsOf({ "schema.yaml": text("bigint") })).toEqual([
      'schema.yaml:7:16 template-conflict: "x" is said differently by template t (there at schema.yaml:3:30; keep one of them)',
    ]);
  });

  test("a wrong name and a circle are told where they stand", async () => {
    const text = `${head}templates:
  one: { use: [two], columns: { a: int } }
  two: { use: [one], columns: { b: int } }
tables:
  t: { use: [tow], columns: { c: int } }
`;
    expect(await problemsOf({ "schema.yaml": text })).toEqual([
      "schema.yaml:5:16 template-circle: templates use each other in a circle: one, two, one (take one of them out of `use:`)",
      'schema.yaml:7:14 unknown-template: there is no template "tow" (did you mean "two"?)',
    ]);
  });

  test("what is wrong in one is told at its line, for each table that uses it", async () => {
    const text = `${head}templates:
  t: { columns: { x: "int not nul" } }
tables:
  a: { use: [t] }
  b: { use: [t] }
`;
    const problems = await problemsOf({ "schema.yaml": text });
    expect(problems.map((line) => line.replace(/:.*\((template.*?)\).*/, " $1"))).toEqual([
      "schema.yaml template t, for a",
      "schema.yaml template t, for b",
    ]);
    for (const problem of problems) expect(problem).toMatch(/^schema\.yaml:4:\d+ sql-syntax/);
  });
});

describe("postgres:", () => {
  const text = (major: string): string => `${head}${major}tables:
  t:
    columns: { a: int }
    constraints:
      u: unique nulls not distinct (a)
`;

  test("what the lowest major lacks is an error at its place", async () => {
    const [problem, ...more] = await problemsOf({ "schema.yaml": text("postgres: 14\n") });
    expect(more).toEqual([]);
    expect(problem).toMatch(/^schema\.yaml:8:7 needs-newer-postgres: constraint app\.t\.u has NULLS NOT DISTINCT/);
    expect(problem).toContain("which PostgreSQL 14 does not know");
  });

  test("what it has is none, and without it nothing is said", async () => {
    expect(await problemsOf({ "schema.yaml": text("postgres: 15\n") })).toEqual([]);
    expect(await problemsOf({ "schema.yaml": text("") })).toEqual([]);
  });
});

test("owner and set_role are read", async () => {
  const { config } = await loadFiles({
    "schema.yaml": `${head}owner: app_owner\ntargets: { prod: { url: "postgres://h/d", set_role: app_owner } }\n`,
  });
  expect(config.owner).toBe("app_owner");
  expect(config.targets["prod"]).toEqual({ url: "postgres://h/d", setRole: "app_owner" });
});
