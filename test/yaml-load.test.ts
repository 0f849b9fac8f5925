import { describe, expect, it } from "vitest";
import { factOf } from "../src/model/database.ts";
import { LockstepError } from "../src/model/lockstep-error.ts";
import { loadDesired } from "../src/yaml/load-desired.ts";
import { loadFiles, problemsOf, projectFolder } from "./support/project-folder.ts";

const head = "version: 1\nschema: app\n";

describe("wrong files", () => {
  const cases: readonly (readonly [string, Readonly<Record<string, string>>, readonly string[]])[] = [
    [
      "an unknown key of a table",
      { "schema.yaml": `${head}tables:\n  orders:\n    colums:\n      id: int\n` },
      ['schema.yaml:5:5 unknown-key: unknown key "colums" in "orders" (did you mean "columns"?)'],
    ],
    [
      "an unknown key of the file",
      { "schema.yaml": `${head}tabels: {}\n` },
      ['schema.yaml:3:1 unknown-key: unknown key "tabels" (did you mean "tables"?)'],
    ],
    [
      "no version",
      { "schema.yaml": "schema: app\n" },
      ['schema.yaml:1:1 missing-key: the key "version" is missing (write `version: 1` at the top of the file)'],
    ],
    [
      "another version",
      { "schema.yaml": "version: 2\n" },
      ['schema.yaml:1:10 wrong-value: expected 1 for "version", found "2" (Version of this format; this program knows 1.)'],
    ],
    [
      "an empty file",
      { "schema.yaml": "" },
      ["schema.yaml:1:1 wrong-type: expected a map, found nothing (is the value missing, or wrongly indented?)"],
    ],
    [
      "a list instead of a map",
      { "schema.yaml": `${head}tables: [orders]\n` },
      [
        'schema.yaml:3:9 wrong-type: expected a map for "tables", found a list (A table: columns, constraints, indexes, triggers, partitions, grants)',
      ],
    ],
    [
      "no type after a column's name",
      { "schema.yaml": `${head}tables:\n  t:\n    columns:\n      id:\n` },
      [
        'schema.yaml:6:10 wrong-type: expected a map or text for "id", found nothing (is the value missing, or wrongly indented?)',
      ],
    ],
    [
      "a map where text belongs",
      { "schema.yaml": `${head}tables: { t: { comment: { de: x } } }\n` },
      ['schema.yaml:3:25 wrong-type: expected text for "comment", found a map (What the object is for (COMMENT ON).)'],
    ],
    [
      "a word that is not allowed",
      { "schema.yaml": `${head}manage: lsted\n` },
      ['schema.yaml:3:9 wrong-value: expected listed or database for "manage", found "lsted" (did you mean "listed"?)'],
    ],
    [
      "a duration without unit",
      { "schema.yaml": `${head}apply: { lock_timeout: 5 }\n` },
      [
        'schema.yaml:3:24 wrong-type: expected text for "lock_timeout", found "5" (Wait for a lock per attempt. For example 500ms, the default.)',
      ],
    ],
    [
      "a duration with a wrong unit",
      { "schema.yaml": `${head}apply: { lock_timeout: 5 sec }\n` },
      [
        'schema.yaml:3:24 wrong-value: "5 sec" is no value for "lock_timeout" (Wait for a lock per attempt. For example 500ms, the default.)',
      ],
    ],
    [
      "a table twice in a map",
      { "schema.yaml": `${head}tables:\n  t: {}\n  t: {}\n` },
      ['schema.yaml:5:3 duplicate-key: "t" stands twice in this map (first at schema.yaml:4:3; keep one of them)'],
    ],
    [
      "a table in two files",
      { "schema.yaml": `${head}include: [tables/*.yaml]\ntables: { t: {} }\n`, "tables/t.yaml": "tables:\n  app.t: {}\n" },
      ["tables/t.yaml:2:3 declared-twice: table app.t is declared twice (first at schema.yaml:4:11; keep one of them)"],
    ],
    [
      "a constraint that its column declares too",
      {
        "schema.yaml": `${head}tables:\n  t:\n    columns: { id: int primary key }\n    constraints: { t_pkey: primary key (id) }\n`,
      },
      [
        "schema.yaml:6:20 declared-twice: constraint app.t.t_pkey is declared twice (first at schema.yaml:5:16; keep one of them)",
      ],
    ],
    [
      "a pattern without a file",
      { "schema.yaml": `${head}policies: [policies/*.yml]\n`, "policies/t.yaml": "x" },
      [
        'schema.yaml:3:12 no-match: no file matches "policies/*.yml" in FOLDER (correct the pattern, or write `policies: []` for none)',
      ],
    ],
    [
      "an unknown kind to drop",
      { "schema.yaml": `${head}dropped: [tabel app.old]\n` },
      ['schema.yaml:3:11 unknown-kind: "tabel app.old" names no kind of object (did you mean "table"?)'],
    ],
    [
      "an entry without a definition",
      { "schema.yaml": `${head}views: { v: { comment: x } }\n` },
      ['schema.yaml:3:10 no-definition: "v" has no definition (write it under `def:`, or as CREATE in a .sql file)'],
    ],
  ];
  it.each(cases)("%s", async (_name, files, expected) => {
    const found = (await problemsOf(files)).map((problem) => problem.replace(/ in \/\S+ /, " in FOLDER "));
    expect(found).toEqual(expected);
  });
});

describe("wrong SQL", () => {
  const table = (column: string): Record<string, string> => ({
    "schema.yaml": `${head}tables:\n  t:\n    columns:\n      ${column}\n`,
  });

  it("in a default, at its place", async () => {
    expect(await problemsOf(table("a: text default lower('x' not null"))).toEqual([
      expect.stringMatching(/^schema\.yaml:6:33 sql-syntax: syntax error at or near "not"/),
    ]);
    expect(await problemsOf(table("'a': 'text default ''\u00e4'' colate \"C\"'"))).toEqual([
      expect.stringMatching(/^schema\.yaml:6:32 sql-syntax: syntax error at or near "colate"/),
    ]);
  });

  it("in a block over several lines", async () => {
    const query = "views:\n  v: |\n    select a\n    form b\n    where (c\n";
    expect(await problemsOf({ "schema.yaml": head + query })).toEqual([
      expect.stringMatching(/^schema\.yaml:6:10 sql-syntax: syntax error at or near "b"/),
    ]);
  });

  it("in several statements of a .sql file, all of them", async () => {
    const sql =
      "create view v as select 1;\ncreate vew w as select 1;\n\n-- fine\ncreate view x as select 1;\ncreate view y as selec 1;\n";
    expect(await problemsOf({ "schema.yaml": `${head}sql: [a.sql]\n`, "a.sql": sql })).toEqual([
      'a.sql:2:8 sql-syntax: syntax error at or near "vew"',
      expect.stringMatching(/^a\.sql:6:\d+ sql-syntax/),
    ]);
  });

  it("that creates nothing", async () => {
    const sql = "-- data\ninsert into t values (1);\ndelete from t;\n";
    expect(await problemsOf({ "schema.yaml": `${head}sql: [a.sql]\n`, "a.sql": sql })).toEqual([
      expect.stringMatching(/^a\.sql:2:1 foreign-statement: INSERT INTO declares no object/),
      expect.stringMatching(/^a\.sql:3:1 foreign-statement: DELETE FROM declares no object/),
    ]);
  });
});

describe("references", () => {
  const text = `${head}enums: { status: [a, b] }
tables:
  orgs:
    columns:
      id: uuid primary key
  people:
    columns:
      org: uuid references orgz
      state: app.staus
      second: uuid references orgs (idd)
      elsewhere: uuid references auth.users (id)
      built_in: tsvector
    indexes:
      people_idx: (orgg)
    constraints:
      positive: check (stat > 0)
    triggers:
      touch: before update for each row execute function app.nop()
functions:
  nope(): create function app.nope() returns trigger language plpgsql as 'begin return new; end'
`;
  it("into managed schemas are checked, each with a suggestion", async () => {
    expect(await problemsOf({ "schema.yaml": text })).toEqual([
      'schema.yaml:10:7 unknown-reference: table or view app.orgz is not declared (did you mean "orgs"?)',
      'schema.yaml:11:7 unknown-reference: type app.staus is not declared (did you mean "status"?)',
      'schema.yaml:12:7 unknown-reference: column app.orgs.idd is not declared (did you mean "id"?)',
      'schema.yaml:16:7 unknown-reference: column app.people.orgg is not declared (did you mean "org"?)',
      'schema.yaml:18:7 unknown-reference: column app.people.stat is not declared (did you mean "state"?)',
      'schema.yaml:20:7 unknown-reference: function app.nop is not declared (did you mean "nope"?)',
    ]);
  });

  it("without a schema must be in the search path, unless PostgreSQL has them", async () => {
    const views = `views:
  v: |
    with peeple as (select 1)
    select * from peeple, pg_class, peple
  w: select * from people
`;
    const files = { "schema.yaml": `${head}tables: { people: { columns: { id: int } } }\n${views}` };
    expect(await problemsOf(files)).toEqual([
      "schema.yaml:7:37 unknown-reference: table or view peple is in no schema of the search path (app) (did you mean people?)",
    ]);
  });

  it("are not checked where what they name has problems of its own", async () => {
    const broken = text.replace("id: uuid primary key", "id: uuid primry key").replace("references orgz", "references orgs");
    const found = await problemsOf({ "schema.yaml": broken });
    expect(found.filter((problem) => problem.includes("orgs"))).toEqual([]);
    expect(found[0]).toMatch(/^schema\.yaml:7:16 sql-syntax/);
  });

  it("of policy files are checked", async () => {
    const files = {
      "schema.yaml": `${head}policies: [policies/*]\ntables: { orders: { columns: { id: int } } }\n`,
      "policies/a.yaml": 'table: app.ordrs\npolicies: { p: { for: select, to: public, using: "true" } }\n',
      "policies/b.yaml": "table: app.orders\npolicies: { p: { for: select, using: id > 1 } }\n",
      "policies/c.sql": "create policy q on ordres for select to public using (true);\n",
      "policies/a.test.yaml": "never: [read",
    };
    expect(await problemsOf(files)).toEqual([
      "policies/a.yaml:1:8 unknown-reference: table app.ordrs is not declared (did you mean app.orders?)",
      'policies/b.yaml:2:16 missing-key: the key "to" is missing in "p" (A role or a list of roles; public must be spelled out)',
      'policies/c.sql:1:1 unknown-reference: table app.ordres is not declared (did you mean "orders"?)',
    ]);
  });
});

describe("right files", () => {
  it("resolve names by the search path, in any order of files", async () => {
    const files = {
      "schema.yaml": `${head}include: ["tables/**/*.yaml"]\nextensions: { citext: { schema: extensions } }\n`,
      "tables/a.yaml": "tables: { people: { columns: { org: int references orgs (id), mail: citext, state: state } } }\n",
      "tables/deep/b.yaml": "tables: { orgs: { columns: { id: int primary key } } }\nenums: { state: [on, off] }\n",
    };
    const database = await loadFiles(files, new Map([["type citext", "extensions"]]));
    expect(factOf(database, "column app.people.mail").spec["type"]).toBe("extensions.citext");
    expect(factOf(database, "column app.people.state").spec["type"]).toBe("app.state");
    expect(database.config.searchPath).toEqual(["app", "extensions"]);
    expect(database.config.managedSchemas).toEqual(["app"]);
  });

  it("say with a nested key what the entry around it only implies", async () => {
    const files = {
      "schema.yaml": `${head}defaults: { rls: enabled }\npolicies: [policies/*]\ntables: { a: { rls: forced }, b: {}, c: {}, d: {} }\n`,
      "policies/c.yaml": "table: c\nrls: forced\n",
      "policies/d.sql": "alter table d enable row level security;\nalter table d force row level security;\n",
      "policies/a.sql": "alter table a force row level security;\n",
    };
    const database = await loadFiles(files);
    const states = ["a", "b", "c", "d"].map((table) => factOf(database, `rls app.${table}`).spec["state"]);
    expect(states).toEqual(["forced", "enabled", "forced", "forced"]);
  });

  it("contradict each other about row-level security", async () => {
    const files = {
      "schema.yaml": `${head}policies: [policies/*]\ntables: { a: { rls: enabled } }\n`,
      "policies/a.yaml": "table: a\nrls: forced\n",
    };
    expect(await problemsOf(files)).toEqual([
      "policies/a.yaml:2:1 declared-twice: rls app.a is declared twice (first at schema.yaml:4:16; keep one of them)",
    ]);
  });

  it("add owner, grants and comment to what a .sql file creates", async () => {
    const files = {
      "schema.yaml": `${head}sql: [sql/**/*.sql]\nfunctions: { "f(int, varchar)": { comment: why, grants: { public: none } } }\n`,
      "sql/f/f.sql": "-- a comment\ncreate function f(a int, b varchar) returns int language sql as $$ select 1 $$;\n",
    };
    const database = await loadFiles(files);
    expect(factOf(database, "comment function app.f(integer, character varying)").spec["text"]).toBe("why");
    expect([...database.facts.keys()].filter((id) => id.startsWith("grant"))).toEqual([
      "grant function app.f(integer, character varying) public",
    ]);
  });

  it("have policies on tables of schemas that are not managed", async () => {
    const files = {
      "schema.yaml": `${head}policies: [p.yaml]\n`,
      "p.yaml": 'table: storage.objects\npolicies: { p: { for: select, to: public, using: "true" } }\n',
    };
    const database = await loadFiles(files);
    expect([...database.facts.keys()]).toEqual(["policy storage.objects.p"]);
    expect(database.config.managedSchemas).toEqual(["app"]);
  });

  it("are configured with defaults, durations and rules", async () => {
    const rules =
      'ignore: [{ object: "table app.a*", reason: x, until: 2020-01-01 }, { object: "table app.b", reason: y, until: 9999-12-31 }]\n';
    const { config, diagnostics } = await loadFiles({
      "schema.yaml": `${head}${rules}apply: { lock_timeout: 300ms, lock_wait: 2h }\ndropped: [table legacy, "function app.f(integer, text)"]\nsql: []\n`,
    });
    expect(config.apply).toEqual({ lockTimeout: 300, lockWait: 7_200_000, safeStatementTimeout: 5000 });
    expect(config.dropped).toEqual(["table app.legacy", "function app.f(integer, text)"]);
    expect(config.ignore).toEqual([{ object: "table app.b", reason: "y", until: "9999-12-31" }]);
    expect(diagnostics.map((problem) => [problem.severity, problem.code, problem.line])).toEqual([
      ["warning", "expired-ignore", 3],
    ]);
    expect(config.rollout).toEqual({ phase: "expand", contract: "manual", lockBudgetMs: 250 });
  });
});

describe("files that cannot be read", () => {
  it("are named, with the flag that names another", async () => {
    await expect(loadDesired({ file: "nope.yaml", cwd: projectFolder({}) })).rejects.toThrow("there is no file nope.yaml");
  });

  it("are refused when they are not UTF-8", async () => {
    const latin = Uint8Array.from(Buffer.from(`${head}# caf\u00e9\n`, "latin1"));
    await expect(loadFiles({ "schema.yaml": latin })).rejects.toThrow("schema.yaml cannot be read: it is not UTF-8");
  });

  it("are an error with exit code 1 and all diagnostics", async () => {
    const error = await loadFiles({ "schema.yaml": "version: 1\na: 1\nb: 2\n" }).catch((reason: unknown) => reason);
    if (!(error instanceof LockstepError)) throw error;
    expect([error.code, error.exitCode, error.diagnostics.length]).toEqual(["invalid", 1, 2]);
    expect(error.diagnostics[0]?.excerpt).toBe("a: 1");
  });
});
