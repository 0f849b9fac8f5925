import type { Fact } from "../model/database.ts";
import type {
  KindModule,
  PlanContext,
  ReadContext,
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
import { dropDraft, identityFields, nameOf, renameDraft } from "./shared/named-object.ts";
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
export type MaterializedViewSpec = ViewBody & { readonly populate: boolean };

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
  const populate = flagField(entry.value, "populate") ?? true;
  return [viewFact({ ...body, populate }, { at: entry.at, ...(renamedFrom ? { renamedFrom } : {}) })];
}

function write(fact: Fact<MaterializedViewSpec>, context: WriteContext): WrittenEntry {
  const { spec } = fact;
  return shortOrLong(entryKey(spec.schema, spec.name, context), queryOf(spec), { populate: spec.populate ? undefined : false });
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
  if (into.options?.length > 0 || into.tableSpaceName || into.accessMethod) {
    const what = "storage parameters, tablespace and access method of a materialized view are not managed";
    context.problem(scalar.at, "view-option", what, "leave them out here");
  }
  // WITH DATA leaves no trace in the tree: "data" is a tail only after WITH or NO.
  const tail = /\bwith\s+(no\s+)?data\s*;?\s*$/i.test(scalar.text) ? ["data"] : [];
  const view = readViewStatement(scalar, into.rel, into.colNames, tail, context);
  return view ? [viewFact({ ...view, populate: into.skipData !== true }, { at: scalar.at })] : [];
}

// catalog

function catalogSql(): string {
  return `select ${address("pg_class", "c.oid")}, n.nspname as schema, c.relname as name, pg_get_userbyid(c.relowner) as owner,
      pg_get_viewdef(c.oid) as def, c.relispopulated as populated, ${columnsSql()} as columns
    from pg_class c join pg_namespace n on n.oid = c.relnamespace
    where c.relkind = 'm' and ${userSchema("n.nspname")} and ${notExtensionOwned("pg_class", "c.oid")}`;
}

function fromRow(row: Row): Fact<MaterializedViewSpec> {
  return viewFact({ ...bodyFromRow(row), populate: row.populated === true }, { owner: text(row, "owner") });
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
  ];
}

function createSql(spec: MaterializedViewSpec): string {
  return `CREATE MATERIALIZED VIEW ${createdName(spec)} AS\n${queryOf(spec)}${spec.populate ? "" : "\nWITH NO DATA"};`;
}

const dropSql = (spec: MaterializedViewSpec): string => `DROP MATERIALIZED VIEW ${nameOf(spec)};`;

const ownLocks = (fact: Fact, context: PlanContext): Lock[] => lockOn(context, fact.id, "AccessExclusiveLock");

export const materializedView: KindModule<MaterializedViewSpec> = {
  kind: "materialized_view",
  rank: 91,
  scope: "exact",
  notCompared: [...identityFields, "aliases", "columns", "populate"],
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
      },
      required: ["def"],
    },
    read,
    write,
  },
  statements: { CreateTableAsStmt: fromStatement },
  answersTo: viewAnswersTo,
  dependsOn: viewDependsOn,
  inline: () => null,
  create,
  alter: () => ({ replace: "its query changes, and PostgreSQL has no CREATE OR REPLACE MATERIALIZED VIEW" }),
  rename: (live, desired, context) => renameDraft(live, desired, "MATERIALIZED VIEW", ownLocks(live, context)),
  drop: (fact, context) =>
    dropDraft(fact, dropSql(fact.spec), createSql(fact.spec), [
      ...ownLocks(fact, context),
      ...lockOnIndexes(context, fact.id, "AccessExclusiveLock"),
    ]),
};
