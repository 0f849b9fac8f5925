import { isPartitioned, item } from "./item.ts";
import type { Maker } from "./makers.ts";
import type { Form, Item, World } from "./schema.ts";

/** Makers of what hangs on tables and lies across them: named NOT NULL, exclusion, heirs, parts of partitions, more of triggers and indexes. */

const idOf = (world: World, table: Item): Item | undefined => world.inside(table.key, "column").find(({ name }) => name === "id");

/** NOT NULL under a name of its own. */
function namedNotNull(world: World): readonly Item[] {
  const table = world.some("table");
  if (table === null) return [];
  const key = world.fresh("nn");
  const add = `alter table ${table.name} add column ${key} integer default 3`;
  const forms = [
    `${add};`,
    `${add} constraint ${key}_c not null;`,
    `${add} constraint ${key}_d not null;`,
    `${add} not null;`,
    `${add}; alter table ${table.name} add constraint ${key}_c not null ${key} not valid;`,
    ...(isPartitioned(table) ? [] : [`${add} constraint ${key}_c not null no inherit;`]),
  ];
  return [item({ kind: "column", key, name: key, inside: table.key, value: "i", forms })];
}

function exclusion(world: World): readonly Item[] {
  const table = world.some("table");
  const id = table && idOf(world, table);
  if (!table || !id || isPartitioned(table)) return [];
  const key = world.fresh("ex");
  const add = `alter table ${table.name} add constraint ${key} exclude`;
  const forms = [
    `${add} using gist (int4range(id, id + 1) with &&);`,
    `${add} (id with =);`,
    `${add} (id with =) where (id > 0);`,
    `${add} (id with =) deferrable initially deferred;`,
  ];
  return [item({ kind: "exclude", key, name: key, inside: table.key, needs: [id.key], forms })];
}

function notEnforced(world: World): readonly Item[] {
  const table = world.some("table");
  const id = table && idOf(world, table);
  if (!table || !id) return [];
  const key = world.fresh("ne");
  const add = `alter table ${table.name} add constraint ${key} check`;
  const forms = [`${add} (id > -1) not enforced;`, `${add} (id > -1);`, `${add} (id > -2) not enforced;`];
  return [item({ kind: "check", key, name: key, inside: table.key, needs: [id.key], forms })];
}

/** A table of a type, which changes with it. */
function typedTable(world: World): readonly Item[] {
  const [type, key] = [world.fresh("ty"), world.fresh("tt")];
  const make = `create type extra.${type} as`;
  const of = `create table app.${key} of extra.${type}`;
  return [
    item({
      kind: "row type",
      key: type,
      name: `extra.${type}`,
      forms: [`${make} (a integer, b text);`, `${make} (a integer, b text, c date);`, `${make} (a bigint, b text);`],
    }),
    item({
      kind: "typed table",
      key,
      name: `app.${key}`,
      needs: [type],
      forms: [`${of};`, `${of} (a with options default 4);`, `${of} (a with options not null, primary key (a));`],
    }),
  ];
}

/** A part of a partition of its own: an index, a default, a comment, a check. */
function ofPartition(world: World): readonly Item[] {
  const part = world.some("partition", "rest");
  if (part === null) return [];
  const key = world.fresh("op");
  // Another one of its own on the same keys might become that of an index above when the partition is attached: PostgreSQL takes the first.
  const choices = [
    [
      `create index ${key} on ${part.name} ((part + 7));`,
      `create index ${key} on ${part.name} ((part + 7) desc) with (fillfactor = 50);`,
    ],
    [
      `alter table ${part.name} add constraint ${key} check (part < 1000);`,
      `alter table ${part.name} add constraint ${key} check (part < 2000);`,
    ],
    [`alter table ${part.name} set (fillfactor = 60);`, `alter table ${part.name} set (autovacuum_enabled = false);`],
    [`comment on table ${part.name} is 'A part';`, `comment on column ${part.name}.part is 'Where it lies';`],
    [`grant select on ${part.name} to ev_reader;`, `grant select, insert on ${part.name} to ev_reader;`],
  ];
  const kind = world.random.int(choices.length);
  if (kind > 1 && world.inside(part.key, `own ${kind}`).length > 0) return [];
  return [item({ kind: `own ${kind}`, key, name: key, inside: part.key, forms: choices[kind] ?? [] })];
}

/** A partition that is partitioned itself, with parts of its own. */
function subPartitioned(world: World): readonly Item[] {
  const parent = world.some("table");
  const [rest] = parent === null ? [] : world.inside(parent.key, "rest");
  if (!parent || !rest || world.inside(parent.key, "branch").length > 0) return [];
  const [key, leaf] = [world.fresh("br"), world.fresh("lf")];
  const bound = formSql(parent).includes("range") ? "from (500) to (600)" : "in (50, 51)";
  return [
    item({
      kind: "branch",
      key,
      name: `extra.${key}`,
      inside: parent.key,
      fixed: true,
      forms: [`create table extra.${key} partition of ${parent.name} for values ${bound} partition by list (part);`],
    }),
    item({
      kind: "leaf",
      key: leaf,
      name: `extra.${leaf}`,
      inside: key,
      forms: [50, 51].map(
        (n) =>
          `create table extra.${leaf} partition of extra.${key} for values in (${n + (bound.startsWith("from") ? 450 : 0)});`,
      ),
    }),
  ];
}

const formSql = (one: Item): string => one.forms[one.form]?.sql ?? "";

function moreIndexes(world: World): readonly Item[] {
  const table = world.some("table");
  const id = table && idOf(world, table);
  if (!table || !id) return [];
  const key = world.fresh("iy");
  const on = `on ${table.name}`;
  const whole = !isPartitioned(table);
  const forms = [
    `create index ${key} ${on} using brin (id);`,
    `create index ${key} ${on} (id) include (id);`,
    `create index ${key} ${on} ((id::text) text_pattern_ops);`,
    `create index ${key} ${on} ((id % 3)); comment on index ${schemaOf(table)}.${key} is 'By rest';`,
    `create index ${key} ${on} ((id % 3)); alter index ${schemaOf(table)}.${key} alter column 1 set statistics 200;`,
    ...(whole
      ? [`create unique index ${key} ${on} (id nulls first);`, `create unique index ${key} ${on} (id) where id > 1;`]
      : []),
    ...(whole ? [`create index ${key} ${on} (id); alter table ${table.name} cluster on ${key};`] : []),
    ...(whole && world.major >= 15 ? [`create unique index ${key} ${on} (id) nulls not distinct;`] : []),
  ];
  if (world.inside(table.key, "clustered").length > 0) return [];
  return [item({ kind: "clustered", key, name: key, inside: table.key, needs: [id.key], forms })];
}

const schemaOf = (one: Item): string => one.name.split(".")[0] ?? "";

function moreTriggers(world: World): readonly Item[] {
  const table = world.some("table");
  const routine = world.some("trigger function");
  if (!table || !routine) return [];
  const key = world.fresh("tr");
  const run = `execute function ${routine.name}()`;
  const forms = [
    `create trigger ${key} after insert on ${table.name} for each statement ${run};`,
    `create trigger ${key} after insert on ${table.name} referencing new table as n for each statement ${run};`,
    `create constraint trigger ${key} after update on ${table.name} deferrable initially deferred for each row ${run};`,
    `create trigger ${key} before truncate on ${table.name} for each statement ${run};`,
    `create trigger ${key} after update on ${table.name} for each row ${run}; comment on trigger ${key} on ${table.name} is 'T';`,
  ];
  return [item({ kind: "trigger", key, name: key, inside: table.key, needs: [routine.key], forms })];
}

function moreStatistics(world: World): readonly Item[] {
  const table = world.some("table");
  const id = table && idOf(world, table);
  if (!table || !id) return [];
  const key = world.fresh("se");
  const forms: (string | Form)[] = [
    `create statistics extra.${key} on (id % 2) from ${table.name};`,
    `create statistics extra.${key} (mcv) on (id % 2), id from ${table.name};`,
    `create statistics extra.${key} on (id % 2) from ${table.name}; alter statistics extra.${key} set statistics 50;`,
    `create statistics extra.${key} on (id % 2) from ${table.name}; comment on statistics extra.${key} is 'S';`,
  ];
  return [item({ kind: "statistics", key, name: key, inside: table.key, needs: [id.key], forms })];
}

/** Storage parameters, those of the TOAST table too. */
function storage(world: World): readonly Item[] {
  const table = world.some("table");
  if (!table || isPartitioned(table) || world.inside(table.key, "storage").length > 0) return [];
  const set = `alter table ${table.name} set`;
  const forms = [
    `${set} (toast.autovacuum_enabled = false);`,
    `${set} (parallel_workers = 2, autovacuum_vacuum_scale_factor = 0.05);`,
    `${set} (toast_tuple_target = 1000);`,
  ];
  return [item({ kind: "storage", key: world.fresh("said"), name: "", inside: table.key, forms })];
}

function serial(world: World): readonly Item[] {
  const table = world.some("table");
  if (!table || isPartitioned(table)) return [];
  const key = world.fresh("s");
  const add = `alter table ${table.name} add column ${key}`;
  return [
    item({ kind: "generated", key, name: key, inside: table.key, forms: [`${add} serial;`, `${add} bigserial;`], fixed: true }),
  ];
}

/** What is stored otherwise than its type would have it. */
function stored(world: World): readonly Item[] {
  const table = world.some("table");
  if (!table) return [];
  const key = world.fresh("tx");
  const add = `alter table ${table.name} add column ${key} text`;
  const set = `alter table ${table.name} alter column ${key} set`;
  const forms = [
    `${add};`,
    `${add}; ${set} storage external;`,
    `${add} collate "C";`,
    `${add}; ${set} (n_distinct_inherited = -0.2);`,
  ];
  return [item({ kind: "column", key, name: key, inside: table.key, value: "'w' || i", forms })];
}

export const partMakers: readonly Maker[] = [
  { make: namedNotNull, from: 18, weight: 2 },
  { make: exclusion },
  { make: notEnforced, from: 18 },
  { make: typedTable },
  { make: ofPartition, weight: 3 },
  { make: subPartitioned, weight: 2 },
  { make: moreIndexes, weight: 2 },
  { make: moreTriggers, weight: 2 },
  { make: moreStatistics },
  { make: storage },
  { make: serial },
  { make: stored },
];
