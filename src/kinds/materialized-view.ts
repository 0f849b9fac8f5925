import type { Fact } from "../model/database.ts";
import type {
  KindModule,
  PlanContext,
  ReadContext,
  Replace,
  Row,
  SqlStatement,
  WriteContext,
  WrittenEntry,
  YamlEntry,
} from "../model/kind.ts";
import { objectId } from "../model/object-id.ts";
import type { Lock, StepDraft } from "../model/step.ts";
import { address, notExtensionOwned, text, userSchema } from "./shared/catalog.ts";
import { draft, noWork, scanWork } from "./shared/draft.ts";
import { makeFact } from "./shared/fact.ts";
import { lockOn, lockOnIndexes } from "./shared/locks.ts";
import {
  type AttributesByColumn,
  alterColumnAttributes,
  columnAttributesFromRow,
  columnAttributesSql,
  readColumnAttributes,
} from "./shared/matview-columns.ts";
import { dropDraft, identityFields, nameOf, renameDraft } from "./shared/named-object.ts";
import { alterStorage } from "./shared/storage-change.ts";
import {
  methodNeeds,
  parametersOf,
  type RelationStorage,
  readStorage,
  spaceOf,
  storageClauses,
  storageColumns,
  storageFields,
  storageFromRow,
  storageKeys,
  writeStorage,
} from "./shared/storage-spec.ts";
import { declaredBy, familyOf } from "./shared/target.ts";
import {
  bodyFromRow,
  columnsSql,
  createdName,
  queryLocks,
  queryOf,
  readQuery,
  readViewStatement,
  type ViewBody,
  viewAnswersTo,
  viewBody,
  viewDependsOn,
} from "./shared/view-query.ts";
import { definition, entryKey, entryNames, flagField, renamedFromPath, shortOrLong } from "./shared/yaml-entry.ts";

/** A materialized view (manual, 39.3). `populate: false` makes it without rows; later the rows are nobody's but REFRESH's. */
export type MaterializedViewSpec = ViewBody &
  RelationStorage & {
    readonly populate: boolean;
    readonly columnAttributes: AttributesByColumn;
    /** Live ones: what the types of the columns are stored as. */
    readonly typeStorage: { readonly [column: string]: string };
  };

function viewFact(spec: MaterializedViewSpec, rest: Pick<Fact, "at" | "renamedFrom" | "owner">): Fact<MaterializedViewSpec> {
  return makeFact({ kind: "materialized_view", names: [spec.schema, spec.name], schema: spec.schema, spec, ...rest });
}

// YAML

function read(entry: YamlEntry, context: ReadContext): readonly Fact[] {
  const names = entryNames(entry.key, context);
  const scalar = definition(entry);
  const query = scalar && readQuery(scalar, context);
  if (!query) return [];
  const renamed = renamedFromPath(entry.value, names.schema);
  const renamedFrom = renamed && objectId("materialized_view", renamed);
  const body = viewBody(names.schema, names.name, query, []);
  const spec = {
    ...body,
    ...readStorage(entry.value),
    unlogged: false,
    populate: flagField(entry.value, "populate") ?? true,
    columnAttributes: readColumnAttributes(entry),
    typeStorage: {},
  };
  return [viewFact(spec, { at: entry.at, ...(renamedFrom ? { renamedFrom } : {}) })];
}

function write(fact: Fact<MaterializedViewSpec>, context: WriteContext): WrittenEntry {
  const { spec } = fact;
  return shortOrLong(entryKey(spec.schema, spec.name, context), queryOf(spec), {
    populate: spec.populate ? undefined : false,
    ...writeStorage(spec),
  });
}

function fromStatement(statement: SqlStatement, context: ReadContext): readonly Fact[] {
  const body = statement.node.CreateTableAsStmt;
  const { scalar } = statement;
  if (body.objtype !== "OBJECT_MATVIEW") {
    context.problem(
      scalar.at,
      "table-as",
      "CREATE TABLE AS is not read: its columns are not written anywhere",
      "write create table …",
    );
    return [];
  }
  const { into } = body;
  // WITH DATA leaves no trace in the tree: "data" is a tail only after WITH or NO.
  const tail = /\bwith\s+(no\s+)?data\s*;?\s*$/i.test(scalar.text) ? ["data"] : [];
  const view = readViewStatement(scalar, into.rel, into.colNames, tail, context);
  if (!view) return [];
  const storage = {
    unlogged: false,
    with: parametersOf(into.options),
    tablespace: spaceOf(into.tableSpaceName),
    using: into.accessMethod && into.accessMethod !== "heap" ? String(into.accessMethod) : null,
  };
  const columns = { columnAttributes: {}, typeStorage: {} };
  return [viewFact({ ...view, ...storage, ...columns, populate: into.skipData !== true }, { at: scalar.at })];
}

// catalog

function catalogSql(): string {
  return `select ${address("pg_class", "c.oid")}, n.nspname as schema, c.relname as name, pg_get_userbyid(c.relowner) as owner,
      pg_get_viewdef(c.oid) as def, c.relispopulated as populated, ${columnsSql()} as columns,
      ${storageColumns()}, ${columnAttributesSql()}
    from pg_class c join pg_namespace n on n.oid = c.relnamespace
    where c.relkind = 'm' and ${userSchema("n.nspname")} and ${notExtensionOwned("pg_class", "c.oid")}`;
}

function fromRow(row: Row): Fact<MaterializedViewSpec> {
  const spec = {
    ...bodyFromRow(row),
    ...storageFromRow(row),
    ...columnAttributesFromRow(row),
    populate: row.populated === true,
  };
  return viewFact(spec, { owner: text(row, "owner") });
}

// change and render

function create(fact: Fact<MaterializedViewSpec>, context: PlanContext): readonly StepDraft[] {
  return [
    draft(fact, {
      action: "create",
      sql: createSql(fact.spec),
      phase: "expand",
      why: declaredBy(fact),
      locks: queryLocks(fact, context),
      // Its query runs under ACCESS SHARE: nobody waits for it.
      work: fact.spec.populate ? scanWork : noWork,
      dataLoss: "never",
      undo: { sql: dropSql(fact.spec) },
      ...familyOf(context, fact.id),
    }),
    ...alterColumnAttributes(fact, { columnAttributes: {}, typeStorage: {} }, context, true),
  ];
}

function alter(
  live: Fact<MaterializedViewSpec>,
  desired: Fact<MaterializedViewSpec>,
  fields: readonly string[],
  context: PlanContext,
): readonly StepDraft[] | Replace {
  if (fields.includes("def")) return { replace: "its query changes, and PostgreSQL has no CREATE OR REPLACE MATERIALIZED VIEW" };
  const relation = { live, desired, noun: "MATERIALIZED VIEW", partitioned: false };
  const storage = fields.filter((name) => storageFields.includes(name));
  const stored = alterStorage(relation, storage, context);
  if ("replace" in stored || !fields.includes("columnAttributes")) return stored;
  return [...stored, ...alterColumnAttributes(desired, live.spec, context)];
}

function createSql(spec: MaterializedViewSpec): string {
  return `CREATE MATERIALIZED VIEW ${createdName(spec)}${storageClauses(spec)} AS\n${queryOf(spec)}${spec.populate ? "" : "\nWITH NO DATA"};`;
}

const dropSql = (spec: MaterializedViewSpec): string => `DROP MATERIALIZED VIEW ${nameOf(spec)};`;

const ownLocks = (fact: Fact, context: PlanContext): Lock[] => lockOn(context, fact.id, "AccessExclusiveLock");

export const materializedView: KindModule<MaterializedViewSpec> = {
  kind: "materialized_view",
  rank: 91,
  scope: "exact",
  serverFields: ["tablespace"],
  notCompared: [...identityFields, "aliases", "columns", "populate", "typeStorage"],
  rebuiltBy: ["column", "replace"],
  renameByDefinition: false,
  catalog: { sql: catalogSql, fromRow },
  yaml: {
    parents: ["root"],
    key: "materialized_views",
    style: "map",
    files: ["schema"],
    shape: {
      description: "A materialized view: its query.",
      scalar: true,
      properties: {
        def: { type: "string", description: "The query." },
        populate: { type: "boolean", description: "false makes it WITH NO DATA." },
        renamed_from: { type: "string", description: "Its name until now." },
        ...storageKeys,
      },
      required: ["def"],
    },
    read,
    write,
  },
  statements: { CreateTableAsStmt: fromStatement },
  answersTo: viewAnswersTo,
  dependsOn: (fact) => [...viewDependsOn(fact), ...methodNeeds(fact.spec)],
  inline: () => null,
  create,
  alter,
  rename: (live, desired, context) => renameDraft(live, desired, "MATERIALIZED VIEW", ownLocks(live, context)),
  drop: (fact, context) =>
    dropDraft(fact, dropSql(fact.spec), createSql(fact.spec), [
      ...ownLocks(fact, context),
      ...lockOnIndexes(context, fact.id, "AccessExclusiveLock"),
    ]),
};
