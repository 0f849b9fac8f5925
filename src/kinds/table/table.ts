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
import { sqlText } from "../../model/spec.ts";
import type { StepDraft } from "../../model/step.ts";
import { references } from "../../sql/references.ts";
import { address, notExtensionOwned, optionalText, text, userSchema } from "../shared/catalog.ts";
import { draft, noWork } from "../shared/draft.ts";
import { isForeignTable } from "../shared/foreign-rows.ts";
import { lockOn, lockOnHeirs } from "../shared/locks.ts";
import { rlsFact } from "../shared/rls-fact.ts";
import { alterStorage } from "../shared/storage-change.ts";
import {
  methodNeeds,
  readTableStorage,
  said,
  storageColumns,
  storageFields,
  storageFromRow,
  storageKeys,
  unloggedKey,
  writeStorage,
} from "../shared/storage-spec.ts";
import { entryKey, entryNames, renamedFromPath } from "../shared/yaml-entry.ts";
import {
  ancestorsOf,
  ancestryColumns,
  ancestryFromRow,
  ancestryProperties,
  ancestryReferences,
  changeAncestry,
  inheritsClause,
  readAncestry,
  writtenAncestry,
} from "./ancestry.ts";
import { dropTable } from "./drop-table.ts";
import {
  alterForeign,
  foreignAsKnown,
  foreignColumns,
  foreignEnvironment,
  foreignFields,
  foreignFromRow,
  foreignProperties,
  foreignReferences,
  readForeign,
  serverClause,
  tableNoun,
  writtenForeign,
} from "./foreign-table.ts";
import { isPartition, lowered, partitionKey, partitionSlot } from "./partition.ts";
import { changePartition } from "./partition-change.ts";
import { createPartition } from "./partition-create.ts";
import { followPartition } from "./partition-follow.ts";
import { ownMethod, storageOf } from "./partition-storage.ts";
import { type ColumnPlace, renameIdentitySequence } from "./rename-sequence.ts";
import { type Table, type TableSpec, tableFact } from "./table-spec.ts";

// ---- YAML

function read(entry: YamlEntry, context: ReadContext): readonly Fact[] {
  const { schema, name } = entryNames(entry.key, context);
  const renamed = renamedFromPath(entry.value, schema);
  const partitionBy = partitionKey(entry, context);
  const table = tableFact(
    {
      ...{ schema, name, partitionBy, partitionOf: null },
      ...readAncestry(entry, context),
      ...readTableStorage(entry, partitionBy !== null, context),
      ...readForeign(entry, context),
    },
    { at: entry.at, ...(renamed ? { renamedFrom: objectId("table", renamed) } : {}) },
  );
  return isForeignTable(table) ? [table] : [table, rlsFact(schema, name, context.defaultRls, entry.at)];
}

function write(fact: Table, context: WriteContext): WrittenEntry | null {
  const spec = fact.spec;
  if (spec.partitionOf) return null;
  return {
    key: entryKey(spec.schema, spec.name, context),
    value: {
      ...writtenAncestry(spec, context),
      ...(spec.partitionBy ? { partition_by: lowered(spec.partitionBy.sql) } : {}),
      ...said(writeStorage(spec)),
      ...writtenForeign(spec),
    },
  };
}

const shape: YamlSlot["shape"] = {
  description: "A table: columns, constraints, indexes, triggers, partitions, grants",
  scalar: false,
  properties: {
    renamed_from: { type: "string" },
    partition_by: { type: "string" },
    ...ancestryProperties,
    ...unloggedKey,
    ...storageKeys,
    ...foreignProperties,
  },
};

// ---- catalog

function catalogSql(): string {
  return `select ${address("pg_class", "c.oid")}, n.nspname as schema, c.relname as name, pg_get_userbyid(c.relowner) as owner,
    case when c.relkind = 'p' then pg_get_partkeydef(c.oid) end as partition_by, pg_get_expr(c.relpartbound, c.oid) as bound, pn.nspname as parent_schema, p.relname as parent,
    ${storageColumns()}, ${ancestryColumns}, ${foreignColumns}, coalesce(i.inhdetachpending, false) as detaching, case when c.relispartition and ${columnNames("c")} <> ${columnNames("p")} then ${columnNames("c")} end as column_order
  from pg_class c join pg_namespace n on n.oid = c.relnamespace left join pg_inherits i on i.inhrelid = c.oid and c.relispartition left join pg_class p on p.oid = i.inhparent left join pg_namespace pn on pn.oid = p.relnamespace
  where ${userSchema("n.nspname")} and c.relkind in ('r', 'p', 'f') and ${notExtensionOwned("pg_class", "c.oid")}`;
}

/** The columns of a table in order, as an array. In: the alias of pg_class. */
function columnNames(relation: string): string {
  return `(select array_agg(o.attname::text order by o.attnum) from pg_attribute o where o.attrelid = ${relation}.oid and o.attnum > 0 and not o.attisdropped)`;
}

function fromRow(row: Row): Table {
  const key = optionalText(row, "partition_by");
  const parent = optionalText(row, "parent");
  const bound = optionalText(row, "bound");
  return tableFact(
    {
      schema: text(row, "schema"),
      name: text(row, "name"),
      ...storageFromRow(row),
      ...ancestryFromRow(row),
      ...foreignFromRow(row),
      ...(row["column_order"] ? { columnOrder: row["column_order"] as string[] } : {}),
      ...(row["detaching"] === true ? { detaching: true as const } : {}),
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
  return [
    ...(key ? references("partition_key", key.sql) : []),
    ...ancestryReferences(fact.spec),
    ...methodNeeds(fact.spec),
    ...foreignReferences(fact.spec),
  ];
}

/** Half of the columns or more under another name: may be a rename that nobody declared. Partitions come and go by themselves. */
function suspectRename(live: Table, desired: Table, context: PlanContext): boolean {
  if (live.spec.partitionOf !== null || desired.spec.partitionOf !== null) return false;
  if (ancestorsOf(live).length > 0 && ancestorsOf(desired).length > 0) return false;
  const names = (side: "live" | "desired", id: string): string[] =>
    context.children(side, id, "column").map((column) => String(column.spec["name"]));
  const before = names("live", live.id);
  const after = new Set(names("desired", desired.id));
  return before.filter((name) => after.has(name)).length * 2 >= Math.max(1, Math.min(before.length, after.size));
}

// ---- change and render

function create(fact: Table, context: PlanContext): StepDraft[] {
  if (isPartition(fact)) return createPartition(fact, context);
  const inline = context.inline(fact.id);
  const { partitionBy, of, unlogged } = fact.spec;
  const body = inline.length > 0 ? ` (\n${inline.map((part) => `  ${part.sql}`).join(",\n")}\n)` : " ()";
  const key = partitionBy ? ` PARTITION BY ${partitionBy.sql}` : "";
  const columns = `${of === null ? "" : ` OF ${of}`}${of !== null && inline.length === 0 ? "" : body}`;
  return [
    draft(fact, {
      action: "create",
      sql: `CREATE ${unlogged ? "UNLOGGED " : ""}${tableNoun(fact)} ${fact.object}${columns}${inheritsClause(fact.spec)}${key}${storageOf(fact, context)}${serverClause(fact.spec)};`,
      phase: "expand",
      why: "the files declare it",
      locks: fact.spec.inherits.flatMap((path) => lockOn(context, objectId("table", path), "ShareUpdateExclusiveLock")),
      work: noWork,
      dataLoss: "never",
      undo: { sql: `DROP ${tableNoun(fact)} ${fact.object};` },
      provides: [fact.id, ...inline.map((part) => part.fact.id)],
      ...foreignEnvironment(fact.spec),
    }),
    ...ownMethod(fact, context),
  ];
}

function alter(live: Table, desired: Table, fields: readonly string[], context: PlanContext): readonly StepDraft[] | Replace {
  const relation = { live, desired, noun: "TABLE", partitioned: live.spec.partitionBy !== null };
  const storage = fields.filter((name) => storageFields.includes(name));
  const kin = fields.filter((name) => ["inherits", "of"].includes(name));
  const altered = alterStorage(relation, storage, context);
  if ("replace" in altered) return altered;
  const foreign = fields.filter((name) => foreignFields.includes(name));
  const optioned = alterForeign(live, desired, foreign, context);
  if ("replace" in optioned) return optioned;
  const stored = [...(kin.length > 0 ? changeAncestry(live, desired, context) : []), ...altered, ...optioned];
  if (storage.length + kin.length + foreign.length === fields.length) return stored;
  if (fields.includes("partitionBy"))
    return { replace: "a table cannot become partitioned or change its partition key in place" };
  return [...changePartition(live, desired, context), ...stored];
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
        locks: lockOnHeirs(context, desired.id, "AccessExclusiveLock"),
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
  serverFields: ["tablespace"],
  notCompared: ["columnOrder"],
  rebuiltBy: [],
  rowsElsewhere: isForeignTable,
  rebuiltIf: (fact) => (isForeignTable(fact) ? ["replace"] : []),
  asFarAsKnown: foreignAsKnown,
  renameByDefinition: false,
  suspectRename,
  catalog: { sql: catalogSql, fromRow },
  yaml: { parents: ["root"], key: "tables", style: "map", files: ["schema", "policies"], templates: true, shape, read, write },
  nestedYaml: partitionSlot(shape),
  statements: { CreateStmt: readStatement },
  answersTo: (fact) => [`relation ${fact.object}`, `type ${fact.object}`],
  dependsOn,
  heirOf: ancestorsOf,
  follow: followPartition,
  needsMajor: ({ spec }) =>
    spec.using !== null && spec.partitionBy !== null ? { major: 17, what: "an access method of a partitioned table" } : null,
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
