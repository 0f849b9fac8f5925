import { generatedName, qualifiedName, quoteIdentifier } from "../../base/identifier.ts";
import type { Fact } from "../../model/database.ts";
import type {
  KindModule,
  PlanContext,
  ReadContext,
  Reference,
  Replace,
  Row,
  SqlStatement,
  WriteContext,
  WrittenEntry,
  YamlEntry,
  YamlSlot,
} from "../../model/kind.ts";
import { objectId } from "../../model/object-id.ts";
import { type SqlText, sqlText } from "../../model/spec.ts";
import type { StepDraft } from "../../model/step.ts";
import { references } from "../../sql/references.ts";
import { address, notExtensionOwned, optionalText, text, userSchema } from "../shared/catalog.ts";
import { draft, noWork, scanWork } from "../shared/draft.ts";
import { makeFact } from "../shared/fact.ts";
import { lock, lockOn, lockOnTree } from "../shared/locks.ts";
import { rlsFact } from "../shared/rls-fact.ts";
import { definition, entryKey, entryName, entryNames, renamedFromPath, scalarField } from "../shared/yaml-entry.ts";
import { isDefaultOf } from "./default-partition.ts";
import { dropTable } from "./drop-table.ts";
import { type ColumnPlace, renameIdentitySequence } from "./rename-sequence.ts";

/** Tables, partitioned tables and partitions (manual, CREATE TABLE, 5.12). What lies in them are kinds of their own. */
export type TableSpec = {
  readonly schema: string;
  readonly name: string;
  /** What follows PARTITION BY. */
  readonly partitionBy: SqlText | null;
  readonly partitionOf: {
    readonly schema: string;
    readonly table: string;
    /** What follows FOR VALUES; null for the default partition. */
    readonly bound: SqlText | null;
  } | null;
};

type Table = Fact<TableSpec>;

function tableFact(spec: TableSpec, rest: Pick<Fact, "at" | "renamedFrom" | "owner">): Table {
  const of = spec.partitionOf;
  return makeFact({
    kind: "table",
    names: [spec.schema, spec.name],
    schema: spec.schema,
    spec,
    parent: of ? objectId("table", qualifiedName(of.schema, of.table)) : null,
    ...rest,
  });
}

// ---- YAML

function read(entry: YamlEntry, context: ReadContext): readonly Fact[] {
  const { schema, name } = entryNames(entry.key, context);
  const renamed = renamedFromPath(entry.value, schema);
  const table = tableFact(
    { schema, name, partitionBy: partitionKey(entry, context), partitionOf: null },
    { at: entry.at, ...(renamed ? { renamedFrom: objectId("table", renamed) } : {}) },
  );
  return [table, rlsFact(schema, name, context.defaultRls, entry.at)];
}

function partitionKey(entry: YamlEntry, context: ReadContext): SqlText | null {
  const scalar = scalarField(entry.value, "partition_by");
  return scalar ? context.sql("partition_key", scalar) : null;
}

/** A partition: its bound, or a table with `for`. */
function readPartition(entry: YamlEntry, context: ReadContext): readonly Fact[] {
  const parent = context.parent;
  if (!parent) return [];
  const schema = parent.schema ?? context.schema;
  const name = entryName(entry.key);
  const scalar = scalarField(entry.value, "for") ?? definition(entry);
  if (!scalar) {
    context.problem(
      entry.at,
      "partition-bound",
      `partition ${name} does not say its bound`,
      "write for: from (…) to (…), for: in (…) or for: default",
    );
    return [];
  }
  const isDefault = scalar.text.trim().toLowerCase() === "default";
  const bound = isDefault ? null : context.sql("bound", scalar);
  if (!isDefault && !bound) return [];
  const partitionOf = { schema, table: String(parent.spec["name"]), bound };
  const fact = tableFact({ schema, name, partitionBy: partitionKey(entry, context), partitionOf }, { at: entry.at });
  return [fact, rlsFact(schema, name, context.defaultRls, entry.at)];
}

function write(fact: Table, context: WriteContext): WrittenEntry | null {
  const spec = fact.spec;
  if (spec.partitionOf) return null;
  return {
    key: entryKey(spec.schema, spec.name, context),
    value: spec.partitionBy ? { partition_by: lowered(spec.partitionBy.sql) } : {},
  };
}

function writePartition(fact: Table, _context: WriteContext): WrittenEntry | null {
  const of = fact.spec.partitionOf;
  if (!of) return null;
  const bound = of.bound ? lowered(of.bound.sql) : "default";
  return {
    key: fact.spec.name,
    value: fact.spec.partitionBy ? { for: bound, partition_by: lowered(fact.spec.partitionBy.sql) } : bound,
  };
}

function lowered(sql: string): string {
  return sql.replace(/^(RANGE|LIST|HASH|FROM|IN|WITH)\b/, (word) => word.toLowerCase()).replace(/\) TO \(/, ") to (");
}

const shape: YamlSlot["shape"] = {
  description: "A table: columns, constraints, indexes, triggers, partitions, grants",
  scalar: false,
  properties: { renamed_from: { type: "string" }, partition_by: { type: "string" } },
};

// ---- catalog

function catalogSql(): string {
  return `select ${address("pg_class", "c.oid")}, n.nspname as schema, c.relname as name, pg_get_userbyid(c.relowner) as owner,
    case when c.relkind = 'p' then pg_get_partkeydef(c.oid) end as partition_by, pg_get_expr(c.relpartbound, c.oid) as bound, pn.nspname as parent_schema, p.relname as parent
  from pg_class c join pg_namespace n on n.oid = c.relnamespace left join pg_inherits i on i.inhrelid = c.oid and c.relispartition left join pg_class p on p.oid = i.inhparent left join pg_namespace pn on pn.oid = p.relnamespace
  where ${userSchema("n.nspname")} and c.relkind in ('r', 'p') and ${notExtensionOwned("pg_class", "c.oid")}`;
}

function fromRow(row: Row): Table {
  const key = optionalText(row, "partition_by");
  const parent = optionalText(row, "parent");
  const bound = optionalText(row, "bound");
  return tableFact(
    {
      schema: text(row, "schema"),
      name: text(row, "name"),
      partitionBy: key === null ? null : sqlText("partition_key", key),
      partitionOf:
        parent === null
          ? null
          : {
              schema: text(row, "parent_schema"),
              table: parent,
              bound: bound === null || bound === "DEFAULT" ? null : sqlText("bound", bound.replace(/^FOR VALUES /, "")),
            },
    },
    { owner: text(row, "owner") },
  );
}

// ---- identity

function dependsOn(fact: Table): Reference[] {
  const key = fact.spec.partitionBy;
  if (!key) return [];
  return references("partition_key", key.sql);
}

/** Half of the columns or more under another name: may be a rename that nobody declared. Partitions come and go by themselves. */
function suspectRename(live: Table, desired: Table, context: PlanContext): boolean {
  if (live.spec.partitionOf !== null || desired.spec.partitionOf !== null) return false;
  const names = (side: "live" | "desired", id: string): string[] =>
    context.children(side, id, "column").map((column) => String(column.spec["name"]));
  const before = names("live", live.id);
  const after = new Set(names("desired", desired.id));
  return before.filter((name) => after.has(name)).length * 2 >= Math.max(1, Math.min(before.length, after.size));
}

// ---- change and render

const isPartition = (fact: Table): boolean => fact.spec.partitionOf !== null;
const parentName = (fact: Table): string =>
  qualifiedName(fact.spec.partitionOf?.schema ?? "", fact.spec.partitionOf?.table ?? "");
const forValues = (fact: Table): string =>
  fact.spec.partitionOf?.bound ? `FOR VALUES ${fact.spec.partitionOf.bound.sql}` : "DEFAULT";

function create(fact: Table, context: PlanContext): StepDraft[] {
  const inline = context.inline(fact.id);
  const partitionBy = fact.spec.partitionBy ? ` PARTITION BY ${fact.spec.partitionBy.sql}` : "";
  const body = inline.length > 0 ? ` (\n${inline.map((part) => `  ${part.sql}`).join(",\n")}\n)` : isPartition(fact) ? "" : " ()";
  const sql = isPartition(fact)
    ? `CREATE TABLE ${fact.object} PARTITION OF ${parentName(fact)}${body} ${forValues(fact)}${partitionBy};`
    : `CREATE TABLE ${fact.object}${body}${partitionBy};`;
  const attach = isPartition(fact) ? attachCost(fact, context) : { locks: [], work: noWork };
  return [
    draft(fact, {
      action: "create",
      sql,
      phase: "expand",
      why: "the files declare it",
      locks: attach.locks,
      work: attach.work,
      dataLoss: "never",
      undo: { sql: `DROP TABLE ${fact.object};` },
      provides: [fact.id, ...inline.map((part) => part.fact.id)],
      ...(attach.work.scan
        ? {
            relation: parentName(fact),
            alone: true,
            safer: "give the default partition a validated CHECK that excludes the new range first",
          }
        : {}),
    }),
  ];
}

/** A new partition takes ACCESS EXCLUSIVE on its parent and on the default partition, which it scans (measured). */
function attachCost(fact: Table, context: PlanContext): { locks: ReturnType<typeof lockOn>; work: typeof noWork } {
  const parent = fact.parent ?? "";
  const defaults = context.partitions(parent).filter((id) => isDefaultOf(id, fact, context));
  const foreign = context
    .children("live", parent, "constraint")
    .flatMap((constraint) =>
      constraint.spec["type"] === "foreign key" ? [constraint.spec["references"] as { schema: string; table: string }] : [],
    );
  return {
    locks: [
      ...lockOn(context, parent, "AccessExclusiveLock"),
      ...defaults.flatMap((id) => lockOn(context, id, "AccessExclusiveLock")),
      ...(context.isNew(parent) ? [] : context.indexes(parent).map((name) => lock(name, "ShareUpdateExclusiveLock"))),
      ...foreign.flatMap((target) =>
        lockOn(context, objectId("table", qualifiedName(target.schema, target.table)), "ShareRowExclusiveLock"),
      ),
    ],
    work: defaults.some((id) => !context.isEmpty(id)) && fact.spec.partitionOf?.bound ? scanWork : noWork,
  };
}

/** A new bound: off and on again in one transaction, no row is lost; rows that do not fit make it fail. */
function alter(live: Table, desired: Table, fields: readonly string[], context: PlanContext): StepDraft[] | Replace {
  if (
    fields.includes("partitionBy") ||
    live.spec.partitionOf === null ||
    desired.spec.partitionOf === null ||
    live.parent !== desired.parent
  ) {
    return { replace: "a table cannot become partitioned, change its partition key or change its parent in place" };
  }
  const swap = (to: Table): string =>
    `ALTER TABLE ${parentName(to)} DETACH PARTITION ${to.object};\nALTER TABLE ${parentName(to)} ATTACH PARTITION ${to.object} ${forValues(to)};`;
  return [
    draft(desired, {
      action: "alter",
      sql: swap(desired),
      phase: "contract",
      why: "the bound of the partition changes",
      locks: [
        ...lockOn(context, live.parent ?? "", "AccessExclusiveLock"),
        ...lockOnTree(context, live.id, "AccessExclusiveLock"),
        ...context
          .partitions(live.parent ?? "")
          .filter((id) => isDefaultOf(id, live, context))
          .map((id) => lock(id.slice(6), "AccessExclusiveLock")),
      ],
      work: scanWork,
      dataLoss: "never",
      undo: { sql: swap(live) },
      breaks: "old",
      relation: desired.object,
      alone: true,
    }),
  ];
}

function rename(live: Table, desired: Table, context: PlanContext): StepDraft[] {
  const moved = live.spec.schema !== desired.spec.schema;
  const renamed = live.spec.name !== desired.spec.name;
  const sql = (from: TableSpec, to: TableSpec): string =>
    [
      ...(moved ? [`ALTER TABLE ${qualifiedName(from.schema, from.name)} SET SCHEMA ${quoteIdentifier(to.schema)};`] : []),
      ...(renamed ? [`ALTER TABLE ${qualifiedName(to.schema, from.name)} RENAME TO ${quoteIdentifier(to.name)};`] : []),
    ].join("\n");
  return [
    draft(desired, {
      action: "rename",
      sql: sql(live.spec, desired.spec),
      phase: "contract",
      why: `renamed from ${live.object}`,
      locks: lockOn(context, live.id, "AccessExclusiveLock"),
      work: noWork,
      dataLoss: "never",
      undo: { sql: sql(desired.spec, live.spec) },
      breaks: "old",
      removes: [live.id],
    }),
    ...renameNotNulls(live, desired, context),
    ...renameSequences(live, desired, context),
  ];
}

/** Those behind identity columns; the sequence of a serial is an object of its own. */
function renameSequences(live: Table, desired: Table, context: PlanContext): StepDraft[] {
  return context.children("live", desired.id, "column").flatMap((column) => {
    const { sequence, identity, name } = column.spec;
    if (typeof sequence !== "string" || !identity) return [];
    const place = (spec: TableSpec): ColumnPlace => ({ schema: spec.schema, table: spec.name, column: String(name) });
    return renameIdentitySequence(desired, sequence, place(live.spec), place(desired.spec));
  });
}

/** PostgreSQL 18 names every NOT NULL after its table: the generated names follow the rename. */
function renameNotNulls(live: Table, desired: Table, context: PlanContext): StepDraft[] {
  return context.children("live", desired.id, "column").flatMap((column) => {
    const name = String(column.spec["name"]);
    const old = column.spec["notNullName"];
    const next = generatedName(desired.spec.name, name, "not_null");
    if (typeof old !== "string" || old === next || old !== generatedName(live.spec.name, name, "not_null")) return [];
    const sql = (from: string, to: string): string =>
      `ALTER TABLE ${desired.object} RENAME CONSTRAINT ${quoteIdentifier(from)} TO ${quoteIdentifier(to)};`;
    return [
      draft(desired, {
        action: "rename",
        sql: sql(old, next),
        phase: "contract",
        why: "its generated name follows the rename",
        locks: lockOnTree(context, desired.id, "AccessExclusiveLock"),
        work: noWork,
        dataLoss: "never",
        undo: { sql: sql(next, old) },
        provides: [],
      }),
    ];
  });
}

export const table: KindModule<TableSpec> = {
  kind: "table",
  rank: 50,
  scope: "exact",
  holdsRows: true,
  namedInBodies: true,
  notCompared: [],
  rebuiltBy: [],
  renameByDefinition: false,
  suspectRename,
  catalog: { sql: catalogSql, fromRow },
  yaml: { parents: ["root"], key: "tables", style: "map", files: ["schema", "policies"], shape, read, write },
  nestedYaml: {
    parents: ["table"],
    key: "partitions",
    style: "map",
    files: ["schema"],
    shape: {
      ...shape,
      description: "A partition: what follows FOR VALUES, `default`, or a table with `for`",
      scalar: true,
      properties: { for: { type: "string" }, partition_by: { type: "string" } },
    },
    read: readPartition,
    write: writePartition,
  },
  statements: { CreateStmt: readStatement },
  answersTo: (fact) => [`relation ${fact.object}`, `type ${fact.object}`],
  dependsOn,
  inline: () => null,
  create,
  alter,
  rename,
  drop: dropTable,
};

/** Tables have a place of their own in the files; a .sql file cannot say what their columns are called before. */
function readStatement(statement: SqlStatement, context: ReadContext): readonly Fact[] {
  context.problem(
    statement.scalar.at,
    "table-in-sql",
    "CREATE TABLE belongs under tables: in schema.yaml",
    "write the table under tables:, or let `lockstep pull` write it",
  );
  return [];
}
