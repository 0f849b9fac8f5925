import { isPartitioned, item } from "./item.ts";
import type { Maker } from "./makers.ts";
import type { Form, Item, World } from "./schema.ts";

/** Makers of what few schemas have, and of what names routines. */

function extension(world: World): readonly Item[] {
  if (world.items.some(({ kind }) => kind === "extension")) return [];
  const key = world.random.pick(["citext", "pg_trgm"]);
  const make = `create extension ${key} schema`;
  return [item({ kind: "extension", key, name: key, forms: [`${make} extra;`, `${make} app;`] })];
}

/** A function whose value never changes its type, so that anything may call it. */
function pure(world: World): readonly Item[] {
  const key = world.fresh("pf");
  const name = `app.${key}`;
  const head = `create function ${name}(a integer) returns integer immutable`;
  const forms = [
    `${head} language sql as $$ select a + 1 $$;`,
    `${head} language sql as $$ select a + 2 $$;`,
    `${head} strict cost 7 language sql as $$ select a + 1 $$; comment on function ${name} is 'P';`,
    `${head} language sql return a + 1;`,
  ];
  return [item({ kind: "pure", key, name, forms })];
}

/** Something that calls a function. */
function caller(world: World): readonly Item[] {
  const table = world.some("table");
  const routine = world.some("pure");
  const id = table === null ? undefined : world.inside(table.key, "column").find(({ name }) => name === "id");
  if (!table || !routine || !id) return [];
  const key = world.fresh("ca");
  const call = `${routine.name}(id)`;
  const choices: readonly (readonly string[])[] = [
    [
      `create view extra.${key} as select ${call} as n from ${table.name};`,
      `create view extra.${key} as select ${call} as n, id as m from ${table.name};`,
    ],
    [`create index ${key} on ${table.name} (${call});`, `create index ${key} on ${table.name} (id) where ${call} > 1;`],
    [`create policy ${key} on ${table.name} using (${call} > 0);`, `create policy ${key} on ${table.name} using (${call} > 1);`],
    [
      `alter table ${table.name} add constraint ${key} check (${call} > -9);`,
      `alter table ${table.name} add constraint ${key} check (${call} > -8);`,
    ],
  ];
  const forms = world.random.pick(choices);
  return [item({ kind: "caller", key, name: key, inside: table.key, needs: [id.key, routine.key], forms })];
}

/** A routine whose body PostgreSQL keeps as a tree, over a table. */
function reader(world: World): readonly Item[] {
  const table = world.some("table");
  const id = table === null ? undefined : world.inside(table.key, "column").find(({ name }) => name === "id");
  if (!table || !id) return [];
  const key = world.fresh("rd");
  const forms = [
    `create function extra.${key}() returns bigint language sql begin atomic select count(id) from ${table.name}; end;`,
    `create function extra.${key}() returns bigint language sql begin atomic select max(id)::bigint from ${table.name}; end;`,
    `create function extra.${key}() returns setof ${table.name} language sql as $$ select * from ${table.name} $$;`,
  ];
  return [item({ kind: "reader", key, name: `extra.${key}`, needs: [table.key, id.key], forms, form: world.random.int(3) })];
}

/** What stands on a view: a rule, a trigger in place of its rows, a default, a comment on a column. */
function onView(world: World): readonly Item[] {
  const view = world.some("view");
  const routine = world.some("trigger function");
  if (!view) return [];
  const key = world.fresh("ov");
  const choices: (string | Form)[][] = [
    [
      `create rule ${key} as on delete to ${view.name} do instead nothing;`,
      `create rule ${key} as on update to ${view.name} do instead nothing;`,
    ],
    [`alter view ${view.name} alter column n set default 0;`, `alter view ${view.name} alter column n set default 5;`],
    [`comment on column ${view.name}.n is 'A number';`, `comment on column ${view.name}.n is 'N';`],
  ];
  if (routine !== null)
    choices.push(
      ["insert", "insert or update"].map((event) => ({
        sql: `create trigger ${key} instead of ${event} on ${view.name} for each row execute function ${routine.name}();`,
        needs: [routine.key],
      })),
    );
  const kind = world.random.int(choices.length);
  if ([1, 2].includes(kind) && world.inside(view.key, `on view ${kind}`).length > 0) return [];
  return [item({ kind: `on view ${kind}`, key, name: key, inside: view.key, forms: choices[kind] ?? [] })];
}

function foreignTable(world: World): readonly Item[] {
  const [wrapper, server, key] = [world.fresh("fw"), world.fresh("sv"), world.fresh("ft")];
  const make = `create server ${server} foreign data wrapper ${wrapper}`;
  const table = `create foreign table extra.${key}`;
  return [
    item({
      kind: "wrapper",
      key: wrapper,
      name: wrapper,
      forms: ["", " options (debug 'true')"].map((more) => `create foreign data wrapper ${wrapper}${more};`),
    }),
    item({
      kind: "server",
      key: server,
      name: server,
      needs: [wrapper],
      forms: [
        `${make};`,
        `${make} options (host 'h');`,
        `${make} options (host 'i', port '1'); comment on server ${server} is 'S';`,
      ],
    }),
    item({
      kind: "foreign table",
      key,
      name: `extra.${key}`,
      needs: [server],
      forms: [
        `${table} (a integer, b text) server ${server};`,
        `${table} (a integer options (column_name 'x'), b text not null) server ${server} options (t 'u');`,
        `${table} (a bigint, b text default 'q', constraint ${key}_c check (a > 0)) server ${server};`,
      ],
    }),
  ];
}

function cast(world: World): readonly Item[] {
  const type = world.some("composite");
  if (type === null || world.inside(type.key, "cast").length > 0) return [];
  const make = `create cast (${type.name} as varchar) with inout`;
  return [
    item({ kind: "cast", key: world.fresh("cs"), name: "", inside: type.key, forms: [`${make};`, `${make} as assignment;`] }),
  ];
}

function operator(world: World): readonly Item[] {
  if (world.items.some(({ kind }) => kind === "operator")) return [];
  const key = world.fresh("eq");
  const make = `create operator app.=== (function = app.${key}, leftarg = integer, rightarg = integer`;
  return [
    item({
      kind: "equal",
      key,
      name: `app.${key}`,
      fixed: true,
      forms: [`create function app.${key}(integer, integer) returns boolean language sql immutable as $$ select $1 = $2 $$;`],
    }),
    item({
      kind: "operator",
      key: world.fresh("opr"),
      name: "app.===",
      needs: [key],
      forms: [`${make});`, `${make}, restrict = eqsel, join = eqjoinsel);`],
    }),
  ];
}

function textSearch(world: World): readonly Item[] {
  const [key, words] = [world.fresh("ts"), world.fresh("td")];
  const dictionary = `create text search dictionary app.${words}`;
  const make = `create text search configuration app.${key} (parser = pg_catalog.default)`;
  const map = `alter text search configuration app.${key} add mapping for`;
  return [
    item({
      kind: "dictionary",
      key: words,
      name: `app.${words}`,
      forms: [`${dictionary} (template = simple);`, `${dictionary} (template = simple, accept = false);`],
    }),
    item({
      kind: "text search",
      key,
      name: `app.${key}`,
      forms: [
        `${make};`,
        `${make}; ${map} asciiword with simple;`,
        { sql: `${make}; ${map} asciiword, word with app.${words}, simple;`, needs: [words] },
      ],
    }),
  ];
}

/** An event that nothing here raises. */
function eventTrigger(world: World): readonly Item[] {
  const [key, routine] = [world.fresh("et"), world.fresh("ef")];
  const make = `create event trigger ${key} on ddl_command_end`;
  const run = `execute function app.${routine}();`;
  return [
    item({
      kind: "event function",
      key: routine,
      name: `app.${routine}`,
      forms: [`create function app.${routine}() returns event_trigger language plpgsql as $$ begin null; end $$;`],
    }),
    item({
      kind: "event trigger",
      key,
      name: key,
      needs: [routine],
      forms: [
        `${make} when tag in ('CREATE CAST') ${run}`,
        `${make} when tag in ('CREATE CAST', 'DROP CAST') ${run}`,
        `${make} when tag in ('CREATE CAST') ${run} alter event trigger ${key} disable;`,
      ],
    }),
  ];
}

/** Publications of columns and of schemas. */
function morePublications(world: World): readonly Item[] {
  const table = world.some("table");
  const id = table === null ? undefined : world.inside(table.key, "column").find(({ name }) => name === "id");
  if (!table || !id) return [];
  // Of partitions the columns of their root would have to be published.
  if (isPartitioned(table)) return [];
  const key = world.fresh("pc");
  const make = `create publication ${key} for`;
  const forms: (string | Form)[] = [
    { sql: `${make} table ${table.name} (id) with (publish = 'insert');`, needs: [id.key, table.key] },
    { sql: `${make} table ${table.name};`, needs: [table.key] },
    `${make} tables in schema extra;`,
    `${make} all tables with (publish = 'truncate');`,
  ];
  return [item({ kind: "publication", key, name: key, forms })];
}

/** Comments on anything. */
function comments(world: World): readonly Item[] {
  const on = world.some("function", "pure", "aggregate", "view", "index", "policy", "check", "primary key", "materialized view");
  if (on === null || (on.inside === null && !on.name.includes("."))) return [];
  const table = world.items.find(({ key }) => key === on.inside);
  const names: Readonly<Record<string, string>> = {
    function: `function ${on.name}(integer)`,
    pure: `function ${on.name}(integer)`,
    aggregate: `aggregate ${on.name}`,
    view: `view ${on.name}`,
    "materialized view": `materialized view ${on.name}`,
    index: `index ${table?.name.split(".")[0]}.${on.name}`,
    policy: `policy ${on.name} on ${table?.name}`,
    check: `constraint ${on.name} on ${table?.name}`,
    "primary key": `constraint ${on.name} on ${table?.name}`,
  };
  if (world.inside(on.key, "comment").length > 0) return [];
  const say = `comment on ${names[on.kind]} is`;
  return [
    item({
      kind: "comment",
      key: world.fresh("said"),
      name: "",
      inside: on.key,
      forms: [`${say} 'One: 1';`, `${say} E'Two\\nlines';`],
    }),
  ];
}

export const rareMakers: readonly Maker[] = [
  { make: extension },
  { make: pure, weight: 2 },
  { make: caller, weight: 3 },
  { make: reader },
  { make: onView, weight: 2 },
  { make: foreignTable },
  { make: cast },
  { make: operator },
  { make: textSearch },
  { make: eventTrigger },
  { make: morePublications, from: 15 },
  { make: comments, weight: 2 },
];
