import { describe, expect, it } from "vitest";
import type { DesiredDatabase, Fact, LiveDatabase } from "../src/model/database.ts";
import { type WriteOptions, writeFiles } from "../src/yaml/write-files.ts";
import { loadFiles } from "./support/project-folder.ts";

const options: WriteOptions = { schemas: ["app", "billing"], manage: "listed", defaultSchema: "app" };

/** What the files declare, as if a catalog said it. */
function asLive(database: DesiredDatabase): LiveDatabase {
  const facts = new Map([...database.facts].map(([id, { at: _at, renamedFrom: _old, ...fact }]) => [id, fact as Fact]));
  return {
    facts,
    serverVersion: 180000,
    major: 18,
    database: "shop",
    edges: [],
    unmanaged: [],
    provided: [],
    extensionNames: new Map(),
    sizes: new Map(),
    schemas: ["app", "billing"],
  } as unknown as LiveDatabase;
}

const specsOf = (database: DesiredDatabase): Record<string, unknown> =>
  Object.fromEntries([...database.facts].sort(([a], [b]) => (a < b ? -1 : 1)).map(([id, fact]) => [id, fact.spec]));

/** Files → facts → files → facts. Out: both sets of facts, and the files in between. */
async function thereAndBack(files: Readonly<Record<string, string>>) {
  const before = await loadFiles(files);
  const written = Object.fromEntries(writeFiles(asLive(before), options));
  const after = await loadFiles(written);
  return { before: specsOf(before), after: specsOf(after), written };
}

const shop = {
  "schema.yaml": `version: 1
schema: app
schemas: { app: {}, billing: { comment: Invoices., grants: { api: usage } } }
extensions: { pg_trgm: { schema: extensions } }
enums: { order_status: [draft, paid, "null", "1.10", "yes: no"], billing.kind: { def: [a, b], comment: Two kinds. } }
domains: { email: "text check (value ~ '^[^@]+@[^@]+$')" }
types: { address: "(street text, zip text)" }
sequences: { invoice_no: "as bigint start 1000 cache 10", things_id_seq: { grants: { api: usage }, comment: Counts things. } }
include: []
tables:
  orgs: { columns: { id: uuid primary key, name: "text collate \\"C\\" default 'a: #b'" } }
  billing.orgs: { columns: { id: uuid primary key } }
  '"Odd.t"': { columns: { "a.b": int, '"q"': int } }
  things: { columns: { id: serial primary key } }
  orders:
    comment: |
      One order per checkout. 
      	Tab, trailing space and ' #> quotes "
    columns:
      id: bigint generated always as identity
      org_id: uuid not null references orgs on delete cascade
      status: order_status not null default 'draft'
      contact: { def: email not null, statistics: 500, comment: "a (b, c" }
      net_cents: int
      created_at: timestamptz not null
    constraints:
      orders_pkey: primary key (id, created_at)
      orders_positive: { def: check (net_cents >= 0), comment: No refunds here. }
    indexes:
      orders_open_idx: (org_id, created_at desc) include (net_cents) where status in ('draft', 'paid')
    triggers: { touch: before update for each row execute function app.touch_updated_at() }
    grants: { authenticated: [select, "update (status)"], service_role: all, anon: none }
    partition_by: range (created_at)
    partitions:
      orders_2026: from ('2026-01-01') to ('2027-01-01')
      orders_rest: { for: default, comment: The rest. }
views: { open_orders: { def: "select id from orders", security_invoker: true, grants: { api: select } } }
materialized_views: { totals: { def: "select org_id, count(*) as n from orders group by 1", indexes: { totals_idx: unique (org_id) } } }
functions:
  touch_updated_at():
    def: "create function touch_updated_at() returns trigger language plpgsql as $$\\nbegin  \\n\\t-- \\u00a0é😀 # >\\n  return new;\\r\\nend $$"
    grants: { public: none }
policies: [policies/*.yaml]
`,
  "policies/a.yaml": `table: orders
rls: forced
policies:
  read: { for: select, to: [authenticated, anon], using: "org_id in (select o.id from orgs o where o.name <> 'x: #y')", comment: hi }
  write: { as: restrictive, for: insert, to: authenticated, check: "true" }
`,
};

describe("writeFiles", () => {
  it("writes what reads back as the same facts", async () => {
    const { before, after } = await thereAndBack(shop);
    expect(after).toEqual(before);
  });

  it("writes the same text again", async () => {
    const { written } = await thereAndBack(shop);
    expect((await thereAndBack(written)).written).toEqual(written);
  });

  it("writes what a person would", async () => {
    const { written } = await thereAndBack({
      "schema.yaml": `version: 1
schema: app
schemas: { app: {} }
enums: { status: [draft, paid] }
tables:
  orders:
    comment: One order per checkout.
    columns: { id: bigint, status: { def: status, comment: Where it stands. } }
    grants: { api: [select, insert] }
functions:
  f(): "create function app.f() returns int language sql as $$\\n  select 1\\n$$"
policies: [p.yaml]
`,
      "p.yaml": 'table: orders\npolicies: { p: { for: select, to: api, using: "id > 1" } }\n',
    });
    expect(Object.keys(written)).toEqual(["schema.yaml", "policies/app.orders.yaml"]);
    expect(written["schema.yaml"]).toBe(`# yaml-language-server: $schema=./node_modules/pg-lockstep/schema/v1.json
version: 1
schema: app
policies: [policies/*.yaml]
schemas:
  app: {}
enums:
  status: [draft, paid]
tables:
  orders:
    comment: One order per checkout.
    columns:
      id: bigint
      status: { def: app.status, comment: Where it stands. }
    grants: { api: [insert, select] }
functions:
  f(): |-
    create function app.f() returns int language sql as $$
      select 1
    $$
`);
    expect(written["policies/app.orders.yaml"]).toBe(`# yaml-language-server: $schema=../node_modules/pg-lockstep/schema/v1.json
table: app.orders
policies:
  p: { for: select, to: api, using: id > 1 }
`);
  });

  it.each(
    [
      "a #> b",
      "a: b",
      "- a",
      "null",
      "",
      " lead",
      "trail ",
      "1.10",
      "true",
      "{a",
      "[a",
      "*a",
      "&a",
      "!a",
      "%a",
      "@a",
      "`a",
      "|",
      ">",
      "'a'",
      '"a"',
      "a\nb",
      "a\n b\n",
      "\n\na",
      "a\n\n\n",
      "a \nb\t\n",
      "\ta\n\tb",
      "a\rb",
      "\u00a0a\n\u00a0b",
      "\u2028",
      "\u0085",
      "\ufeffa",
      "\u0007",
      "😀\n#x",
      "<<",
      "---",
      "a\n---\nb",
      "a, b)",
      "f(a, b",
      "it's (a",
    ].map((text) => [text]),
  )("keeps the bytes of a comment: %j", async (text) => {
    const database = await loadFiles({
      "schema.yaml": "version: 1\nschema: app\ntables: { t: { comment: x, columns: { a: { def: int, comment: x } } } }\n",
    });
    const live = asLive(database);
    const facts = new Map(
      [...live.facts].map(([id, fact]) => [id, fact.kind === "comment" ? { ...fact, spec: { ...fact.spec, text } } : fact]),
    );
    const again = await loadFiles(Object.fromEntries(writeFiles({ ...live, facts }, options)));
    const texts = [...again.facts.values()].filter((fact) => fact.kind === "comment").map((fact) => fact.spec["text"]);
    expect(texts).toEqual(text === "" ? [] : [text, text]);
  });
});
