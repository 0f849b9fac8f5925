import { isPartitioned, item } from "./item.ts";
import type { Maker } from "./makers.ts";
import type { Form, Item, World } from "./schema.ts";

function enumType(world: World): readonly Item[] {
  const key = world.fresh("en");
  const name = `app.${key}`;
  const labels = ["'a'", "'a', 'b'", "'0', 'a', 'b'", "'a', 'It''s', 'b c', 'ü'"];
  return [
    item({
      kind: "enum",
      key,
      name,
      forms: labels.map((list) => `create type ${name} as enum (${list});`),
      form: world.random.int(4),
    }),
  ];
}

function domain(world: World): readonly Item[] {
  const key = world.fresh("do");
  const name = `app.${key}`;
  const head = `create domain ${name} as text`;
  return [
    item({
      kind: "domain",
      key,
      name,
      forms: [
        `${head};`,
        `${head} default 'd';`,
        `${head} constraint ${key}_c check (length(value) < 50);`,
        `${head} collate "C";`,
      ],
    }),
  ];
}

function composite(world: World): readonly Item[] {
  const key = world.fresh("co");
  const name = `app.${key}`;
  return [item({ kind: "composite", key, name, forms: [`create type ${name} as (a integer, b text);`], fixed: true })];
}

function range(world: World): readonly Item[] {
  const key = world.fresh("ra");
  const name = `app.${key}`;
  return [item({ kind: "range", key, name, forms: [`create type ${name} as range (subtype = integer);`], fixed: true })];
}

function sequence(world: World): readonly Item[] {
  const key = world.fresh("sq");
  const name = `extra.${key}`;
  return [
    item({
      kind: "sequence",
      key,
      name,
      forms: [
        `create sequence ${name};`,
        `create sequence ${name} as integer increment 5 cache 10;`,
        `create sequence ${name} minvalue -10 maxvalue 1000 start 5 cycle; grant usage on sequence ${name} to ev_reader;`,
      ],
    }),
  ];
}

function routine(world: World): readonly Item[] {
  const key = world.fresh("f");
  const name = `app.${key}`;
  const head = `create function ${name}(a integer)`;
  const forms = [
    `${head} returns integer language sql immutable as $$ select a + 1 $$;`,
    `${head} returns integer language sql immutable strict parallel safe cost 5 as $$ select a + 2 -- two\n $$;`,
    `${head} returns integer language plpgsql stable security definer set search_path = app, pg_temp as $x$ begin return a; end $x$; comment on function ${name} is 'f';`,
    `${head} returns integer language sql return a * 2;`,
    `${head} returns bigint language sql as $$ select a::bigint $$;`,
    `${head} returns setof integer rows 20 language sql as $$ select a $$; grant execute on function ${name} to ev_reader;`,
  ];
  return [item({ kind: "function", key, name, forms, form: world.random.int(forms.length) })];
}

function triggerFunction(world: World): readonly Item[] {
  const key = world.fresh("tf");
  const name = `app.${key}`;
  const head = `create function ${name}() returns trigger language plpgsql as`;
  return [
    item({
      kind: "trigger function",
      key,
      name,
      forms: [`${head} $$ begin return new; end $$;`, `${head} $$ begin raise notice 'x'; return new; end $$;`],
    }),
  ];
}

function aggregate(world: World): readonly Item[] {
  const key = world.fresh("ag");
  const name = `app.${key}`;
  return [
    item({
      kind: "aggregate",
      key,
      name: `${name}(integer)`,
      forms: [
        `create aggregate ${name}(integer) (sfunc = int4pl, stype = integer, initcond = '0');`,
        `create aggregate ${name}(integer) (sfunc = int4pl, stype = integer, parallel = safe, combinefunc = int4pl);`,
      ],
    }),
  ];
}

/** A view over a table or over a view, with a column `n`. */
function view(world: World): readonly Item[] {
  const under = world.some("table", "table", "view", "materialized view");
  if (under === null) return [];
  const [id] = under.kind === "table" ? world.inside(under.key, "column").filter(({ name }) => name === "id") : [];
  const n = under.kind === "table" ? id?.name : "n";
  if (n === undefined) return [];
  const others = under.kind === "table" ? world.inside(under.key, "column").filter(({ name }) => name !== "id") : [];
  const other = others.length === 0 ? null : world.random.pick(others);
  const key = world.fresh("v");
  const name = `${world.random.pick(["app", "extra"])}.${key}`;
  const needs = [under.key, ...(id ? [id.key] : [])];
  const materialized = world.random.chance(0.25);
  const head = materialized ? `create materialized view ${name} as` : `create view ${name} as`;
  const body = `select ${n} as n from ${under.name}`;
  const forms: (string | Form)[] = [
    `${head} ${body};`,
    `${head} ${body} where ${n} > 1;`,
    `${head} select ${n} as n, ${n} + 1 as m from ${under.name};`,
    `${head} ${body}; grant select on ${name} to ev_reader; comment on ${materialized ? "materialized view" : "view"} ${name} is 'v';`,
  ];
  if (other !== null)
    forms.push({ sql: `${head} select x.${n} as n, x.${other.name} as other from ${under.name} x;`, needs: [other.key] });
  if (!materialized)
    forms.push(
      `create view ${name} with (security_barrier) as ${body};`,
      `create view ${name} as ${body} with local check option;`,
    );
  const usable =
    under.kind === "table" && !materialized
      ? forms
      : forms.filter((form) => typeof form !== "string" || !form.includes("check option"));
  return [
    item({
      kind: materialized ? "materialized view" : "view",
      key,
      name,
      needs,
      forms: usable,
      form: world.random.int(usable.length),
    }),
  ];
}

function publication(world: World): readonly Item[] {
  const table = world.some("table");
  if (table === null) return [];
  const key = world.fresh("pu");
  const [id] = world.inside(table.key, "column").filter(({ name }) => name === "id");
  const forms: (string | Form)[] = [
    `create publication ${key} for table ${table.name};`,
    `create publication ${key} for table ${table.name} with (publish = 'insert');`,
  ];
  if (world.major >= 15 && id !== undefined && !isPartitioned(table))
    forms.push({
      sql: `create publication ${key} for table ${table.name} where (id > 1) with (publish = 'insert');`,
      needs: [id.key],
    });
  return [item({ kind: "publication", key, name: key, needs: [table.key], forms })];
}

function said(world: World): readonly Item[] {
  const on = world.some("enum", "domain", "sequence", "composite", "range");
  if (on === null || world.inside(on.key, "comment").length > 0) return [];
  const word = on.kind === "sequence" ? "sequence" : on.kind === "domain" ? "domain" : "type";
  return [
    item({
      kind: "comment",
      key: world.fresh("said"),
      name: "",
      inside: on.key,
      forms: [`comment on ${word} ${on.name} is 'One';`, `comment on ${word} ${on.name} is 'Two: {a}';`],
    }),
  ];
}

function defaultPrivileges(world: World): readonly Item[] {
  if (world.items.some(({ kind }) => kind === "default privileges")) return [];
  const head = "alter default privileges for role ev_owner in schema app grant";
  return [
    item({
      kind: "default privileges",
      key: world.fresh("dp"),
      name: "",
      forms: [
        `${head} select on tables to ev_reader;`,
        `${head} all on sequences to ev_writer;`,
        `${head} execute on functions to ev_reader with grant option;`,
      ],
    }),
  ];
}

function collation(world: World): readonly Item[] {
  const key = world.fresh("cl");
  const name = `app.${key}`;
  return [
    item({
      kind: "collation",
      key,
      name,
      forms: [
        `create collation ${name} (locale = 'C');`,
        `create collation ${name} (provider = icu, locale = 'und', deterministic = false);`,
      ],
    }),
  ];
}

/** A child that inherits a table's columns. */
function child(world: World): readonly Item[] {
  const table = world.some("table");
  if (table === null || isPartitioned(table)) return [];
  const key = world.fresh("ch");
  const name = `extra.${key}`;
  return [
    item({
      kind: "child",
      key,
      name,
      inside: table.key,
      fixed: true,
      forms: [`create table ${name} (own integer) inherits (${table.name});`],
    }),
  ];
}

export const objectMakers: readonly Maker[] = [
  { make: enumType, weight: 2 },
  { make: domain },
  { make: composite },
  { make: range },
  { make: sequence },
  { make: routine, weight: 3 },
  { make: triggerFunction, weight: 2 },
  { make: aggregate },
  { make: view, weight: 5 },
  { make: publication },
  { make: said },
  { make: defaultPrivileges },
  { make: collation },
  { make: child },
];
