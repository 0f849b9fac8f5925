import { isPartitioned, item } from "./item.ts";
import type { Maker } from "./makers.ts";
import type { Form, Item, World } from "./schema.ts";

/** Schemas in which everything lies. */
const spaces = ["app", "extra"] as const;

const columnName = (world: World): string => world.random.pick(["c", "Mixed", "order", "ü"]) + world.fresh("_");
/** As quote_ident has it: where rows are compared, columns are told by that. */
const quoted = (name: string): string => (/^[a-z_][a-z0-9_]*$/.test(name) ? name : `"${name}"`);

function table(world: World): readonly Item[] {
  const key = world.fresh("t");
  const name = `${world.random.pick(spaces)}.${key}`;
  const style = world.random.int(10);
  const id = item({
    kind: "column",
    key: world.fresh("id"),
    name: "id",
    inside: key,
    value: "i",
    fixed: true,
    forms: [`alter table ${name} add column id integer${style < 2 ? " not null" : ""};`],
  });
  if (style >= 2) {
    const made = item({
      kind: "table",
      key,
      name,
      forms: [`create table ${name} ();`, `create table ${name} () with (fillfactor = 70, autovacuum_enabled = false);`],
    });
    return [made, id, ...(world.random.chance(0.8) ? [primaryKey(world, made, id)] : [])];
  }
  const made = item({
    kind: "table",
    key,
    name,
    fixed: true,
    forms: [`create table ${name} (part integer) partition by ${style === 0 ? "range" : "list"} (part);`],
  });
  const part = item({
    kind: "column",
    key: world.fresh("part"),
    name: "part",
    inside: key,
    value: "i",
    fixed: true,
    forms: [""],
  });
  return [made, part, id, ...partitions(world, made, style === 0)];
}

function partitions(world: World, parent: Item, byRange: boolean): readonly Item[] {
  const bound = (n: number): string => (byRange ? `from (${n * 10}) to (${n * 10 + 10})` : `in (${n + 3})`);
  const parts = [1, 2].map((n) => {
    const key = world.fresh("p");
    return item({
      kind: "partition",
      key,
      name: `app.${key}`,
      inside: parent.key,
      forms: [
        `create table app.${key} partition of ${parent.name} for values ${bound(n)};`,
        `create table app.${key} partition of ${parent.name} for values ${bound(n + 3)};`,
        `create table app.${key} (part integer, id integer);`,
      ],
    });
  });
  const rest = world.fresh("p");
  return [
    ...parts,
    item({
      kind: "rest",
      key: rest,
      name: `app.${rest}`,
      inside: parent.key,
      fixed: true,
      forms: [`create table app.${rest} partition of ${parent.name} default;`],
    }),
  ];
}

function primaryKey(world: World, table: Item, column: Item): Item {
  const key = world.fresh("pk");
  return item({
    kind: "primary key",
    key,
    name: key,
    inside: table.key,
    needs: [column.key],
    forms: [
      `alter table ${table.name} add constraint ${key} primary key (id);`,
      `alter table ${table.name} add constraint ${key} unique (id);`,
    ],
  });
}

interface Sort {
  readonly types: readonly string[];
  readonly defaults: readonly string[];
  readonly value: string;
}

/** Types that a column may go between with its rows, and what it holds. */
const sorts: readonly Sort[] = [
  { types: ["integer", "bigint", "numeric(12,2)"], defaults: ["7", "0"], value: "i" },
  { types: ["smallint", "integer", "double precision"], defaults: ["1"], value: "i" },
  { types: ["varchar(20)", "text", "varchar(40)"], defaults: ["'x'", "'it''s'", "''"], value: "'v' || i" },
  { types: ["date"], defaults: ["'2020-01-01'", "current_date"], value: "date '2024-01-01' + i" },
  {
    types: ["timestamp(3)", "timestamp"],
    defaults: ["'2020-01-01 10:00'"],
    value: "timestamp '2024-01-01' + i * interval '1 hour'",
  },
  { types: ["jsonb", "json"], defaults: [`'{"a": 1}'`], value: `'{"a": 1}'` },
  { types: ["integer[]", "bigint[]"], defaults: ["'{}'", "array[1, 2]"], value: "array[i, i]" },
  { types: ["boolean"], defaults: ["true"], value: "i > 1" },
  { types: ["uuid"], defaults: ["gen_random_uuid()"], value: "md5(i::text)::uuid" },
];

function column(world: World): readonly Item[] {
  const table = world.some("table");
  if (table === null) return [];
  const key = columnName(world);
  const name = quoted(key);
  const sort = world.random.pick(sorts);
  const add = `alter table ${table.name} add column ${name}`;
  const forms = sort.types.flatMap((type) => [
    `${add} ${type};`,
    ...sort.defaults.map((value) => `${add} ${type} default ${value} not null;`),
    `${add} ${type} default ${sort.defaults[0]};`,
  ]);
  const more = [
    `${add} ${sort.types[0]}; alter table ${table.name} alter column ${name} set statistics 300;`,
    `${add} ${sort.types[0]}; alter table ${table.name} alter column ${name} set (n_distinct = -0.5);`,
    `${add} ${sort.types[0]}; comment on column ${table.name}.${name} is 'About it';`,
    `${add} ${sort.types[0]}; grant select (${name}), update (${name}) on ${table.name} to ev_reader;`,
  ];
  const all = [...forms, ...more];
  return [
    item({ kind: "column", key, name, inside: table.key, value: sort.value, forms: all, form: world.random.int(all.length) }),
  ];
}

/** A column of a type of the schema's own. */
function ownTypeColumn(world: World): readonly Item[] {
  const table = world.some("table");
  const type = world.some("enum", "domain", "composite", "range");
  if (table === null || type === null) return [];
  const key = columnName(world);
  const name = quoted(key);
  const values: Record<string, string> = {
    enum: "'a'",
    domain: "'d' || i",
    composite: "row(i, 'x')",
    range: `${type.name}(i, i + 1)`,
  };
  const value = values[type.kind] ?? "null";
  const forms = [`alter table ${table.name} add column ${name} ${type.name};`];
  if (type.kind === "enum")
    forms.push(
      `alter table ${table.name} add column ${name} ${type.name} default 'a';`,
      `alter table ${table.name} add column ${name} ${type.name} default 'a' not null;`,
    );
  const cast = type.kind === "domain" || type.kind === "enum" || type.kind === "composite" ? `(${value})::${type.name}` : value;
  return [item({ kind: "column", key, name, inside: table.key, needs: [type.key], value: cast, forms })];
}

function generatedColumn(world: World): readonly Item[] {
  const table = world.some("table");
  const [id] = table === null ? [] : world.inside(table.key, "column").filter(({ name }) => name === "id");
  if (table === null || id === undefined) return [];
  const key = world.fresh("g");
  const add = `alter table ${table.name} add column ${key} integer generated always as`;
  const identity = `alter table ${table.name} add column ${key} integer generated by default as identity`;
  const forms = [`${add} (id + 1) stored;`, `${add} (id * 2) stored;`];
  if (world.major >= 18) forms.push(`${add} (id + 3) virtual;`);
  // Identities are not handed down, and PostgreSQL refuses to try.
  const whole = ["rest", "child"].every((kind) => world.inside(table.key, kind).length === 0);
  return [
    item({
      kind: "generated",
      key,
      name: key,
      inside: table.key,
      needs: [id.key],
      forms: whole && world.random.chance(0.3) ? [`${identity};`, `${identity} (start 100 increment 5);`] : forms,
    }),
  ];
}

const plain = (world: World, table: Item): Item | null => {
  const found = world.inside(table.key, "column").filter(({ value }) => value !== null);
  return found.length === 0 ? null : world.random.pick(found);
};

function check(world: World): readonly Item[] {
  const table = world.some("table");
  const column = table && plain(world, table);
  if (!table || !column) return [];
  const key = world.fresh("ck");
  const add = `alter table ${table.name} add constraint ${key} check`;
  const forms = [
    `${add} (${column.name} is distinct from null or true);`,
    `${add} (num_nulls(${column.name}) < 2);`,
    `${add} (num_nulls(${column.name}) < 3) not valid;`,
  ];
  return [item({ kind: "check", key, name: key, inside: table.key, needs: [column.key], forms })];
}

function foreignKey(world: World): readonly Item[] {
  const table = world.some("table");
  const target = world.some("primary key");
  const [id] = table === null ? [] : world.inside(table.key, "column").filter(({ name }) => name === "id");
  const far = world.items.find((other) => other.key === target?.inside);
  if (!table || !target || !id || !far || far.key === table.key) return [];
  // Rows meet rows, or there are none.
  if (world.hasRows(table.key) && !world.hasRows(far.key)) return [];
  const key = world.fresh("fk");
  const add = `alter table ${table.name} add constraint ${key} foreign key (id) references ${far.name} (id)`;
  const whole = !isPartitioned(table);
  const forms = [
    `${add};`,
    `${add} on delete cascade;`,
    `${add} on update cascade deferrable;`,
    ...(whole ? [`${add} not valid;`] : []),
  ];
  return [item({ kind: "foreign key", key, name: key, inside: table.key, needs: [id.key, target.key], forms, fixed: false })];
}

function index(world: World): readonly Item[] {
  const table = world.some("table", "table", "materialized view");
  if (table === null) return [];
  const columns =
    table.kind === "table" ? world.inside(table.key, "column").filter(({ name }) => name === "id" || name === "part") : [];
  // Which of two equal indexes above that of a partition hangs on cannot be told.
  if (["rest", "index"].every((kind) => world.inside(table.key, kind).length > 0)) return [];
  const key = world.fresh("ix");
  const one = table.kind === "table" ? columns[0]?.name : "n";
  if (one === undefined) return [];
  const on = `create index ${key} on ${table.name}`;
  const forms: Form[] = [
    `${on} (${one});`,
    `${on} (${one} desc nulls last);`,
    `${on} ((${one} + 1));`,
    `${on} (${one}) where ${one} > 1;`,
    `${on} using hash (${one});`,
    `${on} (${one}) with (fillfactor = 60);`,
  ].map((sql) => ({ sql, needs: columns.slice(0, 1).map((column) => column.key) }));
  return [item({ kind: "index", key, name: key, inside: table.key, forms, form: world.random.int(forms.length) })];
}

function statistics(world: World): readonly Item[] {
  const table = world.some("table");
  const columns =
    table === null
      ? []
      : world
          .inside(table.key, "column")
          .filter(({ value, forms }) => value !== null && !/json|composite/.test(forms[0]?.sql ?? ""));
  const [a, b] = columns;
  if (!table || !a || !b) return [];
  const key = world.fresh("st");
  const names = `${a.name}, ${b.name}`;
  return [
    item({
      kind: "statistics",
      key,
      name: key,
      inside: table.key,
      needs: [a.key, b.key],
      forms: [
        `create statistics app.${key} on ${names} from ${table.name};`,
        `create statistics app.${key} (ndistinct) on ${names} from ${table.name};`,
      ],
    }),
  ];
}

function trigger(world: World): readonly Item[] {
  const table = world.some("table");
  const routine = world.some("trigger function");
  const [id] = table === null ? [] : world.inside(table.key, "column").filter(({ name }) => name === "id");
  if (!table || !routine || !id) return [];
  const key = world.fresh("tg");
  const head = `create trigger ${key}`;
  const tail = `on ${table.name} for each row execute function ${routine.name}();`;
  const forms = [
    `${head} before insert ${tail}`,
    `${head} after insert or update of id ${tail}`,
    `${head} before update on ${table.name} for each row when (new.id > 3) execute function ${routine.name}('a', 'b');`,
    `${head} after delete ${tail} alter table ${table.name} disable trigger ${key};`,
    `${head} after delete ${tail} alter table ${table.name} enable always trigger ${key};`,
  ];
  return [
    item({
      kind: "trigger",
      key,
      name: key,
      inside: table.key,
      needs: [routine.key, id.key],
      forms,
    }),
  ];
}

function policy(world: World): readonly Item[] {
  const table = world.some("table");
  const [id] = table === null ? [] : world.inside(table.key, "column").filter(({ name }) => name === "id");
  if (!table || !id) return [];
  const key = world.fresh("po");
  const head = `create policy ${key} on ${table.name}`;
  const forms = [
    `${head} for select to public using (id > 0);`,
    `${head} to ev_reader using (id > 1) with check (id < 100);`,
    `${head} as restrictive for delete to ev_writer using (false);`,
    `${head} for insert to ev_writer, ev_reader with check (true);`,
  ];
  return [item({ kind: "policy", key, name: key, inside: table.key, needs: [id.key], forms })];
}

/** What is said about a table as a whole: a form more or less of each. */
function tableSaid(world: World): readonly Item[] {
  const table = world.some("table");
  if (table === null) return [];
  const choices = [
    {
      kind: "rls",
      sqls: [
        `alter table ${table.name} enable row level security;`,
        `alter table ${table.name} force row level security; alter table ${table.name} enable row level security;`,
      ],
    },
    {
      kind: "comment",
      sqls: [`comment on table ${table.name} is 'One';`, `comment on table ${table.name} is 'It''s $1 two: \\n';`],
    },
    {
      kind: "grants",
      sqls: [
        `grant select on ${table.name} to ev_reader;`,
        `grant all on ${table.name} to ev_writer;`,
        `grant insert, delete on ${table.name} to ev_reader with grant option;`,
      ],
    },
    {
      kind: "identity",
      sqls: [`alter table ${table.name} replica identity full;`, `alter table ${table.name} replica identity nothing;`],
    },
  ];
  const { kind, sqls } = world.random.pick(choices);
  if (world.inside(table.key, kind).length > 0) return [];
  return [item({ kind, key: world.fresh("said"), name: "", inside: table.key, forms: sqls })];
}

function rule(world: World): readonly Item[] {
  const table = world.some("table");
  const [id] = table === null ? [] : world.inside(table.key, "column").filter(({ name }) => name === "id");
  if (!table || !id || isPartitioned(table)) return [];
  const key = world.fresh("ru");
  const head = `create rule ${key} as on delete to ${table.name}`;
  return [
    item({
      kind: "rule",
      key,
      name: key,
      inside: table.key,
      needs: [id.key],
      forms: [`${head} where old.id < 0 do instead nothing;`, `${head} do also notify something;`],
    }),
  ];
}

export const tableMakers: readonly Maker[] = [
  { make: table, weight: 6 },
  { make: column, weight: 10 },
  { make: ownTypeColumn, weight: 3 },
  { make: generatedColumn, weight: 2 },
  { make: check, weight: 2 },
  { make: foreignKey, weight: 3 },
  { make: index, weight: 4 },
  { make: statistics, weight: 1 },
  { make: trigger, weight: 2 },
  { make: policy, weight: 2 },
  { make: tableSaid, weight: 3 },
  { make: rule, weight: 1 },
];
