/** What lockstep knows of SQL texts without a server; where PostgreSQL has an opinion on it, it is asked. */
import { Client } from "pg";
import { afterAll, beforeAll, describe, expect, inject, test } from "vitest";
import { generatedName, qualifiedName, quoteIdentifier, splitPath } from "../src/base/identifier.ts";
import type { SqlForm } from "../src/base/sql-form.ts";
import { normalForm } from "../src/sql/normal-form.ts";
import { loadParser, parseFragment, parseStatements, SqlSyntaxError, scanTokens } from "../src/sql/parser.ts";
import { qualify } from "../src/sql/qualify.ts";
import { columnNames, ownColumnNames, references } from "../src/sql/references.ts";
import { canonicalTypeText } from "../src/sql/type-name.ts";
import { majors } from "./support/servers.ts";

let server: Client;

beforeAll(async () => {
  await loadParser();
  const newest = inject("servers").find(({ major }) => major === Math.max(...majors));
  server = new Client({ connectionString: newest?.url });
  await server.connect();
});

afterAll(() => server.end());

type Pair = readonly [SqlForm, string, string];

describe("two texts with one parse tree are equal", () => {
  test.each<Pair>([
    ["expression", "a+1", "( a  +  1 )"],
    ["expression", "A_B = 'x'", 'a_b = /* why */ "x" IS NULL'.replace('"x" IS NULL', "'x'")],
    ["expression", "(a > 1) and (b > 2)", "a > 1 AND b > 2"],
    ["expression", "a and (b and c)", "(a and b) and c"],
    ["expression", "a or (b or c)", "a or b or c"],
    ["expression", "a::int", "cast(a as integer)"],
    ["expression", "a::varchar(20)", "a::character varying(20)"],
    ["expression", "a::timestamptz(3)", "a::timestamp(3) with time zone"],
    ["expression", "now()", "pg_catalog.now()"],
    ["expression", "a OPERATOR(pg_catalog.+) b", "a operator(pg_catalog.+) b"],
    ["expression", "(select auth.uid())", "(select auth.uid() as uid)"],
    ["expression", "a <> 1", "a != 1"],
    ["type", "int4", "integer"],
    ["type", "double precision", "float8"],
    ["query", "select a from t", "SELECT a\n  FROM t -- all of it"],
    ["index", "(a asc, b desc nulls first)", "(a, b desc)"],
    ["index", "(a text_ops)", "(a pg_catalog.text_ops)"],
    ["index", "using btree (a)", "(a)"],
    ["constraint", "check (a > 0)", "check ((a > 0))"],
    ["constraint", "foreign key (a) references t (b) on delete no action", "foreign key (a) references t (b)"],
    [
      "statement",
      "create function f() returns int language sql as 'select 1'",
      "create or replace function f() returns integer as $$select 1$$ language SQL volatile cost 100",
    ],
    [
      "statement",
      "create function f(a int) returns int language sql as 'select 1'",
      "create function f(in a int4) returns int language sql as 'select 1'",
    ],
  ])("%s: %s = %s", (form, one, other) => {
    expect(normalForm(form, one)).toBe(normalForm(form, other));
  });
});

describe("nothing that may mean something is dropped", () => {
  test.each<Pair>([
    ["expression", "a", "a::text"],
    ["expression", "a::text", "a::varchar"],
    ["expression", "'1'", "'1'::text"],
    ["expression", "1", "1.0"],
    ["expression", "a::varchar(20)", "a::varchar(21)"],
    ["expression", "a::timestamp", "a::timestamptz"],
    ["expression", "a::int", "a::int[]"],
    ["expression", "a", '"A"'],
    ["expression", "a = 'x'", "a = 'X'"],
    ["expression", "f(a)", "app.f(a)"],
    ["expression", "a - (b - c)", "a - b - c"],
    ["expression", "a and b or c", "a and (b or c)"],
    ["expression", "not (a and b)", "not a and b"],
    ["expression", "a and b", "b and a"],
    ["expression", "a = any (array[1, 2])", "a in (1, 2)"],
    ["expression", "count(distinct a)", "count(a)"],
    ["expression", "a < b", "a <= b"],
    ["expression", "a OPERATOR(app.+) b", "a + b"],
    ["expression", "(select a as x from t order by x)", "(select a as y from t order by x)"],
    ["expression", 'a collate "C"', "a"],
    ["query", "select a as b from t", "select a from t"],
    ["query", "select a from t", "select distinct a from t"],
    ["query", "select a from t", "select a from only t"],
    ["query", "select * from a join b using (x)", "select * from a left join b using (x)"],
    ["query", "select a from t order by a", "select a from t order by a desc"],
    ["index", "(a)", "(a desc)"],
    ["index", "(a)", "(a nulls first)"],
    ["index", "(a desc)", "(a desc nulls last)"],
    ["index", "(a)", "(a text_pattern_ops)"],
    ["index", "(a)", '(a collate "C")'],
    ["index", "(a)", "(a) include (b)"],
    ["index", "(a)", "(a) where b"],
    ["index", "(a)", "using hash (a)"],
    ["constraint", "check (a > 0)", "check (a > 0) not valid"],
    ["constraint", "unique (a)", "unique nulls not distinct (a)"],
    ["constraint", "unique (a)", "unique (a) deferrable"],
    ["constraint", "foreign key (a) references t (b)", "foreign key (a) references t (b) on delete cascade"],
    [
      "statement",
      "create function f() returns int language sql as 'select 1'",
      "create function f() returns int language sql as 'select 1 '",
    ],
    [
      "statement",
      "create function f() returns int language sql as 'x'",
      "create function f() returns int language sql stable as 'x'",
    ],
    [
      "statement",
      "create function f() returns int language sql as 'x'",
      "create function f() returns int language sql security definer as 'x'",
    ],
    [
      "statement",
      "create function f(a int) returns int language sql as 'x'",
      "create function f(b int) returns int language sql as 'x'",
    ],
    [
      "statement",
      "create function f(a int) returns int language sql as 'x'",
      "create function f(a int default 1) returns int language sql as 'x'",
    ],
  ])("%s: %s ≠ %s", (form, one, other) => {
    expect(normalForm(form, one)).not.toBe(normalForm(form, other));
  });
});

describe("types have one spelling, PostgreSQL's", () => {
  const spellings = [
    "int",
    "int2",
    "int8",
    "smallint",
    "float4",
    "float8",
    "float(24)",
    "float(25)",
    "real",
    "bool",
    "text",
    "uuid",
    "jsonb",
    "json",
    "xml",
    "bytea",
    "numeric",
    "numeric(12,2)",
    "numeric(5)",
    "numeric(5,-2)",
    "decimal(4,1)",
    "dec",
    "bit",
    "bit(3)",
    "bit varying",
    "varbit(5)",
    "char",
    '"char"',
    "character(5)",
    "char(1)",
    "bpchar",
    "pg_catalog.bpchar",
    "varchar",
    "varchar(20)",
    "character varying",
    "nchar(2)",
    "time",
    "time(3)",
    "timetz",
    "time(0) with time zone",
    "timestamp",
    "timestamp(3)",
    "timestamptz",
    "timestamp(3) with time zone",
    "timestamptz(6)",
    "timestamp without time zone",
    "interval",
    "interval(3)",
    "interval year to month",
    "interval day to second",
    "interval day to second(2)",
    "interval second(4)",
    "interval hour",
    "int[]",
    "varchar(5)[]",
    "numeric(10,2)[]",
    "timestamptz(3)[]",
    '"char"[]',
    "int[3][3]",
    "text array",
    "interval[]",
    "pg_catalog.int4",
    "pg_catalog.varchar(3)",
    "name",
    "oid",
    "regclass",
    "point",
    "inet",
    "cidr",
    "macaddr8",
    "money",
    "tsvector",
    "int4range",
    "nummultirange",
    "date",
  ];

  test.each(spellings)("%s", async (spelling) => {
    // format_type of a column's type with its modifier is what the catalog side compares with.
    const { rows } = await server.query<{ type: string }>(
      `with made as (select pg_temp.spelled($1) as type) select type from made`,
      [spelling],
    );
    expect(canonicalTypeText(spelling)).toBe(rows[0]?.type);
  });

  beforeAll(async () => {
    // A table's column shows the modifier; the table is temporary and replaced each time.
    await server.query(`create function pg_temp.spelled(spelling text) returns text language plpgsql as $$
      declare found text;
      begin
        execute format('create temporary table spelled (x %s)', spelling);
        select format_type(atttypid, atttypmod) into found from pg_attribute where attrelid = 'pg_temp.spelled'::regclass and attnum = 1;
        drop table pg_temp.spelled;
        return found;
      end $$`);
  });

  test("those of users keep their schema and quotes", () => {
    expect(canonicalTypeText("app.status")).toBe("app.status");
    expect(canonicalTypeText('app."Status"[]')).toBe('app."Status"[]');
    expect(canonicalTypeText("extensions.geometry(Point, 4326)")).toBe("extensions.geometry(point,4326)");
    expect(canonicalTypeText("Status")).toBe("status");
  });
});

describe("generated names are PostgreSQL's", () => {
  const long = "a_table_with_a_name_that_is_almost_as_long_as_names_may_be_ever";
  const column = "and_a_column_with_a_long_name_as_well";
  const names = [
    ["orders", "org_id"],
    [long, "id"],
    ["t", long],
    [long, column],
    ["größe_der_straße_in_münchen_übermäßig_lang", "schlüssel_für_die_länge_äöü"],
    ["表格表格表格表格表格表格表格表格", "列列列列列列列列列列列列列列"],
    ["x😀😀😀😀😀😀😀😀😀😀😀😀", "y😀😀😀😀😀😀"],
    ["Mixed Case", 'with "quotes"'],
  ] as const;

  test.each(names)("%s.%s", async (table, name) => {
    await server.query("drop schema if exists generated cascade; create schema generated");
    const column = quoteIdentifier(name);
    await server.query(
      `create table generated.${quoteIdentifier(table)} (${column} int generated always as identity primary key, v int unique, check (v > 0), foreign key (v) references generated.${quoteIdentifier(table)} (${column}))`,
    );
    await server.query(`create index on generated.${quoteIdentifier(table)} (${column}, v)`);
    const { rows } = await server.query<{ name: string }>(
      `select conname as name from pg_constraint where connamespace = 'generated'::regnamespace and contype <> 'n'
       union select relname from pg_class where relnamespace = 'generated'::regnamespace and relkind in ('S', 'i')`,
    );
    const expected = [
      generatedName(table, "", "pkey"),
      generatedName(table, "v", "key"),
      generatedName(table, "v", "check"),
      generatedName(table, "v", "fkey"),
      generatedName(table, name, "seq"),
      generatedName(table, `${name}_v`, "idx"),
    ];
    expect(rows.map((row) => row.name).sort()).toEqual(expected.sort());
    await server.query("drop schema generated cascade");
  });
});

describe("identifiers", () => {
  const words = [
    "orders",
    "Orders",
    "two words",
    'a"b',
    "1st",
    "_x",
    "a$b",
    "größe",
    "",
    "select",
    "user",
    "table",
    "order",
    "between",
    "int",
    "values",
    "name",
    "type",
    "status",
    "window",
    "system_user",
  ];

  test.each(words)("quoted as quote_ident does: %s", async (word) => {
    const { rows } = await server.query<{ quoted: string }>("select quote_ident($1) as quoted", [word]);
    expect(quoteIdentifier(word)).toBe(rows[0]?.quoted);
  });

  test("quotes every keyword that the server does not let stand alone", async () => {
    const { rows } = await server.query<{ word: string; quoted: string }>(
      "select word, quote_ident(word) as quoted from pg_get_keywords()",
    );
    expect(rows.length).toBeGreaterThan(400);
    expect(rows.filter(({ word, quoted }) => quoted !== word && quoteIdentifier(word) === word)).toEqual([]);
  });

  test("paths go apart and together", () => {
    for (const names of [
      ["app", "orders"],
      ["My App", "a.b", 'c"d'],
      ["app", "Orders", "id"],
    ])
      expect(splitPath(qualifiedName(...names))).toEqual(names);
    expect(splitPath("App.Orders")).toEqual(["app", "orders"]);
  });
});

describe("qualify writes schemas before names and nothing else", () => {
  const known: Readonly<Record<string, string>> = {
    "relation orders": "app",
    "type orders": "app",
    "relation Orders": "My App",
    "type status": "app",
    "type citext": "extensions",
    "routine touch": "app",
    "opclass gin_trgm_ops": "extensions",
    "relation no": "app",
  };
  const resolve = (space: string, name: string): string | null => known[`${space} ${name}`] ?? null;

  test.each<Pair>([
    ["query", "select  id -- the key\nfrom orders", "select  id -- the key\nfrom app.orders"],
    ["query", "select o.id from orders o join app.orders p on true", "select o.id from app.orders o join app.orders p on true"],
    ["query", "with orders as (select 1) select * from orders", "with orders as (select 1) select * from orders"],
    ["query", 'select * from "Orders"', 'select * from "My App"."Orders"'],
    ["query", "select 'größe €', id from orders", "select 'größe €', id from app.orders"],
    ["expression", "'draft'::status", "'draft'::app.status"],
    ["expression", "lower(touch(a))", "lower(app.touch(a))"],
    ["expression", "nextval('no')", "nextval('app.no')"],
    ["expression", "'orders'::regclass", "'app.orders'::regclass"],
    ["expression", "exists (select 1 from orders where status = 1)", "exists (select 1 from app.orders where status = 1)"],
    ["expression", "(select touch() from (select id from orders) x)", "(select app.touch() from (select id from app.orders) x)"],
    ["type", "citext[]", "extensions.citext[]"],
    ["index", "using gin (name gin_trgm_ops)", "using gin (name extensions.gin_trgm_ops)"],
    ["constraint", "foreign key (a) references orders (id)", "foreign key (a) references app.orders (id)"],
    [
      "statement",
      "create function f(a status) returns setof orders language sql as 'select * from orders'",
      "create function f(a app.status) returns setof app.orders language sql as 'select * from orders'",
    ],
    [
      "statement",
      "create function f() returns orders.id%type language sql as 'x'",
      "create function f() returns app.orders.id%type language sql as 'x'",
    ],
    ["expression", "a + now()", "a + now()"],
  ])("%s: %s", (form, sql, expected) => {
    expect(qualify(form, sql, resolve)).toBe(expected);
  });
});

describe("names that SQL uses", () => {
  test("relations, types and routines, the qualified ones", () => {
    expect(
      references("query", "select a::app.status, app.f(b) from app.orders, (select 1 from x.y) z, pg_catalog.pg_class"),
    ).toEqual(["relation app.orders", "relation x.y", "routine app.f", "type app.status"]);
  });

  test("columns of an index, and those of its own table in a policy", () => {
    expect(columnNames("index", "(lower(a), b desc) include (c) where d > 0")).toEqual(["a", "b", "c", "d"]);
    const sql = "orders.a = 1 and b in (select m.c from app.members m where d = orders.e) and (x.y).z > 0 and f(g)";
    expect(ownColumnNames(sql, "orders")).toEqual(["a", "b", "g"]);
  });
});

describe("the parser", () => {
  test("places are characters, not bytes", () => {
    const sql = "select 'größe 😀 表', x; select 2";
    expect(parseStatements(sql).map(({ start, end }) => sql.slice(start, end).trim())).toEqual([
      "select 'größe 😀 表', x",
      "select 2",
    ]);
    const tokens = scanTokens("select 'ä', b");
    expect(tokens.map(({ start, end }) => "select 'ä', b".slice(start, end))).toEqual(tokens.map(({ text }) => text));
  });

  test.each<readonly [SqlForm, string, number]>([
    ["expression", "a +", 3],
    ["expression", "'größe' selct", 8],
    ["query", "select a form b c", 14],
    ["constraint", "check (a > 0", 12],
    ["index", "(a) wher b", 4],
    ["type", "numeric(12", 10],
  ])("says where %s `%s` goes wrong", (form, sql, offset) => {
    try {
      parseFragment(form, sql);
    } catch (error) {
      expect(error).toBeInstanceOf(SqlSyntaxError);
      expect((error as SqlSyntaxError).offset).toBe(offset);
      return;
    }
    throw new Error("it parses");
  });

  test("takes no more than the one fragment that is asked for", () => {
    expect(() => parseFragment("statement", "select 1; drop table x")).toThrow(SqlSyntaxError);
    expect(() => parseFragment("constraint", "check (true); drop table x")).toThrow(SqlSyntaxError);
    expect(() => parseFragment("expression", "1); drop table x; select (2")).toThrow(SqlSyntaxError);
    expect(() => parseFragment("expression", "1 -- and no more")).not.toThrow();
  });
});
