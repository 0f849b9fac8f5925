import { splitPath } from "../base/identifier.ts";
import type { Fact } from "../model/database.ts";
import type { KindModule, PlanContext, Reference, Row } from "../model/kind.ts";
import { objectId, pathOf } from "../model/object-id.ts";
import type { StepDraft } from "../model/step.ts";
import { columnNames, references } from "../sql/references.ts";
import { address, notExtensionOwned, optionalText, text } from "./shared/catalog.ts";
import { catalogStep } from "./shared/database-object.ts";
import { lockOn } from "./shared/locks.ts";
import {
  insteadOf,
  memberList,
  memberPath,
  type PublicationTable,
  type PublicationTableSpec,
  publicationName,
  publicationOf,
  publicationTableFact,
} from "./shared/publication-member.ts";
import { liveFilter } from "./shared/read-publication.ts";
import { declaredBy, undeclared } from "./shared/target.ts";

/** A table in a publication: which of its rows and columns are published (manual, 29.4 and 29.5). The entry of the publication says it. */

// ---- catalog

function catalogSql(major: number): string {
  const columns =
    "(select array_agg(a.attname::text order by a.attname) from unnest(r.prattrs) u(n) join pg_attribute a on a.attrelid = r.prrelid and a.attnum = u.n)";
  return `select ${address("pg_publication_rel", "r.oid")}, p.pubname as publication, n.nspname as schema, c.relname as table,
      ${major < 15 ? "null::text[]" : columns} as columns, ${major < 15 ? "null::text" : "pg_get_expr(r.prqual, r.prrelid)"} as filter
    from pg_publication_rel r join pg_publication p on p.oid = r.prpubid join pg_class c on c.oid = r.prrelid join pg_namespace n on n.oid = c.relnamespace
    where ${notExtensionOwned("pg_publication", "p.oid")}`;
}

function fromRow(row: Row): PublicationTable {
  const columns = row["columns"] as readonly string[] | null;
  return publicationTableFact({ schema: text(row, "schema"), name: text(row, "table") }, text(row, "publication"), {
    columns: columns === null ? null : [...columns].sort(),
    filter: liveFilter(optionalText(row, "filter")),
  });
}

// ---- identity

function dependsOn(fact: PublicationTable): Reference[] {
  const { columns, filter } = fact.spec;
  const names = [...(columns ?? []), ...(filter ? columnNames(filter.as, filter.sql) : [])];
  const table = memberPath(fact);
  return [
    publicationOf(fact),
    `relation ${table}`,
    ...(filter ? references(filter.as, filter.sql) : []),
    ...names.map((name) => columnId(fact, name)),
  ];
}

function columnId(fact: PublicationTable, column: string): string {
  const [schema = "", table = ""] = splitPath(fact.object);
  return objectId("column", pathOf(publicationTableFact({ schema, name: table }, column, { columns: null, filter: null }).id));
}

// ---- change

const addSql = (fact: Fact): string => `ALTER PUBLICATION ${publicationName(fact)} ADD ${memberList([fact], true)};`;
const dropSql = (fact: Fact): string => `ALTER PUBLICATION ${publicationName(fact)} DROP TABLE ONLY ${memberPath(fact)};`;

interface Change {
  readonly action: StepDraft["action"];
  readonly sql: string;
  readonly undo: string;
  readonly why: string;
}

/** SHARE UPDATE EXCLUSIVE on the table: the application goes on (measured). */
function step(fact: PublicationTable, change: Change, context: PlanContext, rest: Partial<StepDraft> = {}): StepDraft {
  const locks = lockOn(context, objectId("table", memberPath(fact)), "ShareUpdateExclusiveLock");
  return { ...catalogStep(fact, { ...change, undo: { sql: change.undo } }), locks, ...rest, ...insteadOf(fact, context) };
}

/** A new publication is made with all its tables. */
function create(fact: PublicationTable, context: PlanContext): StepDraft[] {
  if (context.isNew(publicationOf(fact))) return [];
  return [step(fact, { action: "create", sql: addSql(fact), undo: dropSql(fact), why: declaredBy(fact) }, context)];
}

/** SET TABLE would have to repeat all other tables; out and in again in one transaction, no change in between is lost. */
function alter(live: PublicationTable, desired: PublicationTable, _fields: readonly string[], context: PlanContext): StepDraft[] {
  if (context.isNew(publicationOf(desired))) return [];
  const swap = (to: Fact): string => `${dropSql(to)}\n${addSql(to)}`;
  const why = "which rows or columns are published differs";
  return [step(desired, { action: "alter", sql: swap(desired), undo: swap({ ...desired, spec: live.spec }), why }, context)];
}

/** Goes with its publication, if that goes. */
function drop(fact: PublicationTable, context: PlanContext): StepDraft[] {
  const publication = publicationOf(fact);
  if (context.isDropped(publication) || context.isNew(publication)) return [];
  const change = { action: "drop", sql: dropSql(fact), undo: addSql(fact), why: undeclared } as const;
  return [step(fact, change, context, { phase: "contract", breaks: "old" })];
}

export const publicationTable: KindModule<PublicationTableSpec> = {
  kind: "publication_table",
  rank: 146,
  scope: "exact",
  belongsTo: publicationOf,
  notCompared: [],
  rebuiltBy: ["column", "replace"],
  renameByDefinition: false,
  catalog: { sql: catalogSql, fromRow },
  yaml: null,
  statements: {},
  needsMajor: ({ spec }) =>
    spec.columns === null && spec.filter === null
      ? null
      : { major: 15, what: spec.filter ? "a row filter of a publication" : "a column list of a publication" },
  answersTo: () => [],
  dependsOn,
  inline: () => null,
  create,
  alter,
  rename: () => [],
  drop,
};
