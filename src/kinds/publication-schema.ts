import type { Fact } from "../model/database.ts";
import type { KindModule, PlanContext, Row } from "../model/kind.ts";
import { objectId } from "../model/object-id.ts";
import type { StepDraft } from "../model/step.ts";
import { address, notExtensionOwned, text } from "./shared/catalog.ts";
import { catalogStep } from "./shared/database-object.ts";
import {
  insteadOf,
  memberList,
  memberPath,
  type PublicationSchema,
  type PublicationSchemaSpec,
  publicationName,
  publicationOf,
  publicationSchemaFact,
} from "./shared/publication-member.ts";
import { declaredBy, undeclared } from "./shared/target.ts";

/** All tables of a schema in a publication, those to come too (PostgreSQL 15). The entry of the publication says it. */

// ---- catalog

/** The catalog came with 15; before it there is nothing to read. */
function catalogSql(major: number): string {
  if (major < 15)
    return `select ${address("pg_publication", "p.oid")}, ''::text as publication, ''::text as schema from pg_publication p where false`;
  return `select ${address("pg_publication_namespace", "r.oid")}, p.pubname as publication, n.nspname as schema
    from pg_publication_namespace r join pg_publication p on p.oid = r.pnpubid join pg_namespace n on n.oid = r.pnnspid
    where ${notExtensionOwned("pg_publication", "p.oid")}`;
}

function fromRow(row: Row): PublicationSchema {
  return publicationSchemaFact(text(row, "schema"), text(row, "publication"));
}

// ---- change

const addSql = (fact: Fact): string => `ALTER PUBLICATION ${publicationName(fact)} ADD ${memberList([fact], true)};`;
const dropSql = (fact: Fact): string => `ALTER PUBLICATION ${publicationName(fact)} DROP TABLES IN SCHEMA ${memberPath(fact)};`;

/** A new publication is made with all its schemas. */
function create(fact: PublicationSchema, context: PlanContext): StepDraft[] {
  if (context.isNew(publicationOf(fact))) return [];
  const change = { action: "create", sql: addSql(fact), undo: { sql: dropSql(fact) }, why: declaredBy(fact) } as const;
  return [{ ...catalogStep(fact, change), ...insteadOf(fact, context) }];
}

/** Goes with its publication, if that goes. */
function drop(fact: PublicationSchema, context: PlanContext): StepDraft[] {
  const publication = publicationOf(fact);
  if (context.isDropped(publication) || context.isNew(publication)) return [];
  const change = { action: "drop", sql: dropSql(fact), undo: { sql: addSql(fact) }, why: undeclared } as const;
  return [{ ...catalogStep(fact, { ...change, phase: "contract", breaks: "old" }), ...insteadOf(fact, context) }];
}

export const publicationSchema: KindModule<PublicationSchemaSpec> = {
  kind: "publication_schema",
  rank: 146,
  scope: "exact",
  belongsTo: publicationOf,
  notCompared: [],
  rebuiltBy: ["replace"],
  renameByDefinition: false,
  catalog: { sql: catalogSql, fromRow },
  yaml: null,
  statements: {},
  needsMajor: () => ({ major: 15, what: "a publication of the tables in a schema" }),
  answersTo: () => [],
  dependsOn: (fact) => [publicationOf(fact), objectId("schema", memberPath(fact))],
  inline: () => null,
  create,
  alter: () => [],
  rename: () => [],
  drop,
};
