/**
 * A slip in each key of the files that is newer than tables and policies: what a person mistypes, where the problem must be shown, what
 * it must say, and what it must tell to write.
 */

/** One slip. `at` is line and column in schema.yaml. */
export interface WrongWord {
  readonly name: string;
  readonly yaml: string;
  readonly at: string;
  readonly says: string;
  /** Absent where what is said lists what may be written. */
  readonly help?: string;
}

const head = "version: 1\nschema: app\n";
const table = `${head}tables:\n  orders:\n    columns: { id: bigint primary key, total: numeric }\n`;
const more = (line: string): string => `${table}    ${line}\n`;
const server = `foreign_data_wrappers: { w: "" }\nservers:\n`;
const eventFunction =
  'functions: { "f()": "create function app.f() returns event_trigger language plpgsql as $$ begin end $$" }\n';
const operatorHelp = "app.===(integer, integer): (function = app.eq";
const publication = (value: string): string => `${table}publications:\n  p: "${value}"\n`;
const operator = (key: string, value: string): string => `${head}operators:\n  "${key}": "${value}"\n`;

const published: readonly WrongWord[] = [
  {
    name: "a word of a publication",
    yaml: publication("for tabel app.orders"),
    at: "7:11",
    says: "invalid publication object list",
    help: "for table app.orders (id",
  },
  {
    name: "a table that is published",
    yaml: publication("for table app.ordres"),
    at: "7:6",
    says: "app.ordres is not declared",
    help: 'did you mean "orders"?',
  },
  {
    name: "a column that is published",
    yaml: publication("for table app.orders (totl)"),
    at: "7:6",
    says: "column app.orders.totl is not declared",
    help: '"total"',
  },
  {
    name: "an option of a publication",
    yaml: publication("for all tables with (publishh = 'insert')"),
    at: "7:28",
    says: '"publishh" is no option',
    help: '"publish"',
  },
  {
    name: "an operation of a publication",
    yaml: publication("for all tables with (publish = 'upsert')"),
    at: "7:39",
    says: '"upsert" is no operation',
    help: '"insert"',
  },
  {
    name: "a filter without parentheses",
    yaml: publication("for table app.orders where total > 0"),
    at: "7:34",
    says: 'syntax error at or near "total"',
    help: "where (status <> 'draft')",
  },
  {
    name: "a subscription with a password",
    yaml: `${head}subscriptions:\n  s: "connection 'host=h password=geheim' publication p"\n`,
    at: "4:6",
    says: "the password of the connection stands in the file",
    help: "S_DSN}",
  },
  {
    name: "a subscription of nothing",
    yaml: `${head}subscriptions:\n  s: "connection '\${DSN}'"\n`,
    at: "4:26",
    says: "syntax error at end of input",
    help: "publication orders",
  },
];

const tables: readonly WrongWord[] = [
  {
    name: "a template",
    yaml: `${more("use: [stamps]")}templates: { timestamps: { columns: { at: date } } }\n`,
    at: "6:11",
    says: 'no template "stamps"',
    help: "timestamps",
  },
  { name: "unlogged", yaml: more("unlogged: maybe"), at: "6:15", says: "expected true or false", help: "log" },
  {
    name: "a storage parameter",
    yaml: more("with: { filfactor: 70 }"),
    at: "6:13",
    says: '"filfactor" is no storage parameter',
    help: '"fillfactor"',
  },
  {
    name: "the value of a storage parameter",
    yaml: more("with: { fillfactor: much }"),
    at: "6:25",
    says: '"much" is none',
    help: "write a number",
  },
  {
    name: "a rule without TO",
    yaml: more('rules: { r: "as on insert do instead nothing" }'),
    at: "6:31",
    says: 'near "do"',
    help: "as on insert to t do",
  },
  {
    name: "a rule of another table",
    yaml: more('rules: { r: "as on insert to app.x do instead nothing" }'),
    at: "6:17",
    says: "says TO app.x",
    help: "write to app.orders",
  },
  {
    name: "the state of a rule",
    yaml: more('rules: { r: { def: "as on insert to app.orders do instead nothing", enabled: some } }'),
    at: "6:82",
    says: "origin, disabled, replica or always",
  },
  {
    name: "replica_identity",
    yaml: more("replica_identity: nosuch"),
    at: "6:5",
    says: "index app.nosuch is not declared",
    help: "declare it",
  },
  {
    name: "cluster_on",
    yaml: more("cluster_on: orders_pky"),
    at: "6:5",
    says: "index app.orders_pky is not declared",
    help: "orders_pkey",
  },
  { name: "inherits without a list", yaml: more("inherits: base"), at: "6:15", says: "expected a list", help: "[app.base]" },
  { name: "inherits", yaml: more("inherits: [app.nosuch]"), at: "4:3", says: "app.nosuch is not declared", help: "declare it" },
  {
    name: "of",
    yaml: `${head}tables:\n  orders: { of: app.nosuch }\n`,
    at: "4:3",
    says: "app.nosuch is not declared",
    help: "declare it",
  },
  {
    name: "options without a server",
    yaml: more("options: { a: b }"),
    at: "4:3",
    says: "only a foreign table has options",
    help: "write server:",
  },
  {
    name: "a sort of statistics",
    yaml: more('statistics: { s: "(ndistinc) on id, total" }'),
    at: "6:24",
    says: '"ndistinc" is no sort',
    help: '"ndistinct"',
  },
  {
    name: "a column of statistics",
    yaml: more('statistics: { s: "on id, totl" }'),
    at: "6:19",
    says: "app.orders.totl is not declared",
    help: '"total"',
  },
  {
    name: "the targets of an index",
    yaml: more('indexes: { i: { def: "(id)", statistics: { x: 5 } } }'),
    at: "6:48",
    says: 'unknown key "x"',
    help: "no keys",
  },
  {
    name: "NOT NULL by name",
    yaml: more("constraints: { n: not null totl }"),
    at: "6:20",
    says: "app.orders.totl is not declared",
    help: '"total"',
  },
  {
    name: "storage",
    yaml: `${head}tables:\n  o: { columns: { a: { def: text, storage: externl } } }\n`,
    at: "4:44",
    says: '"externl"',
    help: '"external"',
  },
  {
    name: "a partition of what is none",
    yaml: more('partitions: { p: "from (1) to (2)" }'),
    at: "6:19",
    says: "does not say what it is partitioned by",
    help: "partition_by: range",
  },
  {
    name: "a bound of another sort",
    yaml: `${head}tables:\n  p: { partition_by: range (a), columns: { a: int }, partitions: { p1: in (1) } }\n`,
    at: "4:72",
    says: "partitioned by range (a)",
    help: "from (…) to (…)",
  },
];

const objects: readonly WrongWord[] = [
  {
    name: "a range without a subtype",
    yaml: `${head}types:\n  s: "range (collation = 'C')"\n`,
    at: "4:6",
    says: "has a subtype",
    help: "range (subtype = integer)",
  },
  {
    name: "a sort of type",
    yaml: `${head}types:\n  s: "rnage (subtype = integer)"\n`,
    at: "4:6",
    says: "nothing under types: is defined like this",
    help: '"range (subtype = integer)"',
  },
  {
    name: "an attribute",
    yaml: `${head}types:\n  a: { def: "(x int)", attributes: { y: { comment: z } } }\n`,
    at: "4:38",
    says: 'has no "y"',
    help: "correct the name",
  },
  {
    name: "the key of an operator",
    yaml: operator("app.add(integer, integer)", "(function = int4pl)"),
    at: "4:3",
    says: "no name of an operator",
    help: operatorHelp,
  },
  {
    name: "an operator without a function",
    yaml: operator("app.===(integer, integer)", "(hashes)"),
    at: "4:32",
    says: "an operator needs function",
    help: operatorHelp,
  },
  {
    name: "an option of an operator",
    yaml: operator("app.===(integer, integer)", "(function = int4eq, comutator = ===)"),
    at: "4:53",
    says: '"comutator"',
    help: '"commutator"',
  },
  {
    name: "the key of an operator class",
    yaml: `${head}operator_classes:\n  c: "for type integer as operator 1 <"\n`,
    at: "4:3",
    says: "no name of an operator class",
    help: "app.cls using btree",
  },
  {
    name: "the key of a cast",
    yaml: `${head}casts:\n  "integer to text": with inout\n`,
    at: "4:3",
    says: "no name of a cast",
    help: "app.a as app.b",
  },
  {
    name: "the types of a cast",
    yaml: `${head}casts:\n  "app.a as text": with inout\n`,
    at: "4:3",
    says: "type app.a is not declared",
    help: "declare it",
  },
  {
    name: "a cast by nothing",
    yaml: `${head}casts:\n  "integer as text": via inout\n`,
    at: "4:22",
    says: 'near "via"',
    help: "with function",
  },
  {
    name: "the provider of a collation",
    yaml: `${head}collations:\n  c: "(provider = icuu, locale = 'und')"\n`,
    at: "4:19",
    says: '"icuu" is no provider',
    help: '"icu"',
  },
  {
    name: "a dictionary without a template",
    yaml: `${head}text_search_dictionaries:\n  d: "(templat = simple)"\n`,
    at: "4:6",
    says: "needs template",
    help: "(template = simple",
  },
  {
    name: "the parser of a configuration",
    yaml: `${head}text_search_configurations:\n  c: "(parser = app.nosuch)"\n`,
    at: "4:3",
    says: "text search parser app.nosuch is not declared",
    help: "declare it",
  },
  {
    name: "an aggregate without a state function",
    yaml: `${head}functions:\n  "s(integer)": "create aggregate app.s(integer) (stype = integer)"\n`,
    at: "4:17",
    says: "needs SFUNC",
    help: "sfunc = ",
  },
  {
    name: "a conversion to nothing",
    yaml: `${head}conversions:\n  c: "for 'LATIN1' from app.f"\n`,
    at: "4:20",
    says: 'near "from"',
    help: "to 'UTF8'",
  },
  {
    name: "an event",
    yaml: `${head}${eventFunction}event_triggers:\n  e: "on ddl_command_ends execute function app.f()"\n`,
    at: "5:10",
    says: '"ddl_command_ends" is no event',
    help: '"ddl_command_end"',
  },
  {
    name: "a filter of events",
    yaml: `${head}${eventFunction}event_triggers:\n  e: "on sql_drop when tags in ('X') execute function app.f()"\n`,
    at: "5:24",
    says: '"tags" is no filter',
    help: '"tag"',
  },
  {
    name: "a server of nothing",
    yaml: `${head}servers:\n  s: wrapper w\n`,
    at: "4:6",
    says: 'near "wrapper"',
    help: "foreign data wrapper postgres_fdw",
  },
  {
    name: "a password of a mapping",
    yaml: `${head}${server}  s: { def: foreign data wrapper w, user_mappings: { api: "options (password 'geheim')" } }\n`,
    at: "5:59",
    says: "password is a secret",
    help: "S_API_PASSWORD}",
  },
  {
    name: "a mapping",
    yaml: `${head}${server}  s: { def: foreign data wrapper w, user_mappings: { api: user x } }\n`,
    at: "5:59",
    says: 'near "user"',
    help: "options (user 'u'",
  },
];

const rights: readonly WrongWord[] = [
  {
    name: "default privileges without on",
    yaml: `${head}default_privileges:\n  - { for: o, grants: { a: select } }\n`,
    at: "4:5",
    says: 'the key "on" is missing',
    help: "tables, sequences",
  },
  {
    name: "default privileges on one",
    yaml: `${head}default_privileges:\n  - { for: o, on: table, grants: { a: select } }\n`,
    at: "4:19",
    says: "expected tables",
    help: '"tables"',
  },
  {
    name: "default privileges that are none",
    yaml: `${head}default_privileges:\n  - { for: o, on: tables, grants: { a: execute } }\n`,
    at: "4:40",
    says: '"execute" is no privilege',
    help: "a table has: delete",
  },
  {
    name: "default privileges of nobody",
    yaml: `${head}default_privileges:\n  - { on: tables, grants: { a: select } }\n`,
    at: "4:5",
    says: "those of one role",
    help: "write for:",
  },
  {
    name: "default privileges as a map",
    yaml: `${head}default_privileges:\n  on: tables\n`,
    at: "4:3",
    says: "expected a list",
    help: "What roles get",
  },
  {
    name: "an option of a role",
    yaml: `${head}roles:\n  api: nologins\n`,
    at: "4:8",
    says: '"nologins"',
    help: "login noinherit",
  },
  {
    name: "an option of a membership",
    yaml: `${head}roles:\n  api: { def: nologin, member_of: { r: "with admn option" } }\n`,
    at: "4:40",
    says: '"admn option"',
    help: "with admin option",
  },
  {
    name: "a password of a role",
    yaml: `${head}roles:\n  api: "login password 'geheim'"\n`,
    at: "4:8",
    says: "password is no option",
    help: "write password: beside def",
  },
  {
    name: "a privilege on the database",
    yaml: `${head}database: { grants: { api: [conect] } }\n`,
    at: "3:29",
    says: '"conect" is no privilege',
    help: "connect",
  },
];

export const wrongWords: readonly WrongWord[] = [...published, ...tables, ...objects, ...rights];
