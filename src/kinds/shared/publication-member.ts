import { quoteIdentifier, splitPath } from "../../base/identifier.ts";
import type { Fact, SourceRef } from "../../model/database.ts";
import type { PlanContext } from "../../model/kind.ts";
import { type ObjectId, objectId } from "../../model/object-id.ts";
import type { SqlText } from "../../model/spec.ts";
import type { StepDraft } from "../../model/step.ts";
import { bareExpression, inParentheses } from "./bare-expression.ts";
import { makeFact } from "./fact.ts";

/**
 * What a publication publishes: tables and schemas, each a fact of its own that lies in the table or schema. So it goes with it, follows
 * its renames, and steps aside and comes back when a column it names changes its type.
 */

/** Which rows and columns of a table are published. Where it lies and of which publication it is says the path. */
export type PublicationTableSpec = {
  /** Sorted; null for all. */
  readonly columns: readonly string[] | null;
  /** What follows WHERE, without its parentheses; null for all rows. */
  readonly filter: SqlText | null;
};

/** All tables of a schema. There is nothing more to say. */
export type PublicationSchemaSpec = { readonly [key: string]: never };

export type PublicationTable = Fact<PublicationTableSpec>;
export type PublicationSchema = Fact<PublicationSchemaSpec>;

/** A table in a publication. It belongs to the database, as the publication does: it has no schema. */
export function publicationTableFact(
  table: { readonly schema: string; readonly name: string },
  publication: string,
  spec: PublicationTableSpec,
  at?: SourceRef,
): PublicationTable {
  const parent = objectId("table", `${quoteIdentifier(table.schema)}.${quoteIdentifier(table.name)}`);
  return makeFact({ kind: "publication_table", names: [table.schema, table.name, publication], schema: null, parent, spec, at });
}

/** A schema in a publication. */
export function publicationSchemaFact(schema: string, publication: string, at?: SourceRef): PublicationSchema {
  const parent = objectId("schema", quoteIdentifier(schema));
  return makeFact({ kind: "publication_schema", names: [schema, publication], schema: null, parent, spec: {}, at });
}

/** The publication of a member: the last part of its path. */
export function publicationOf(member: Pick<Fact, "object">): ObjectId {
  return objectId("publication", publicationName(member));
}

/** Its name, as SQL writes it. */
export function publicationName(member: Pick<Fact, "object">): string {
  return quoteIdentifier(splitPath(member.object).at(-1) ?? "");
}

/** Table or schema of a member, as SQL writes it. */
export function memberPath(member: Pick<Fact, "object">): string {
  return splitPath(member.object).slice(0, -1).map(quoteIdentifier).join(".");
}

/** `app.orders (id, status) WHERE (status <> 'draft')`. In: whether keywords stand in capitals. */
function publishedTable(member: Pick<Fact, "object" | "spec">, upper: boolean): string {
  const { columns, filter } = member.spec as PublicationTableSpec;
  const list = columns === null ? "" : ` (${columns.map(quoteIdentifier).join(", ")})`;
  const where = filter === null ? "" : ` ${upper ? "WHERE" : "where"} ${inParentheses(bareExpression(filter.sql))}`;
  return `${memberPath(member)}${list}${where}`;
}

/**
 * What follows FOR or ADD: all tables, then all schemas. ONLY keeps the tables that inherit from one out: each of those is a member of its own.
 */
export function memberList(members: readonly Pick<Fact, "kind" | "object" | "spec">[], upper: boolean): string {
  const word = (text: string): string => (upper ? text : text.toLowerCase());
  const only = upper ? "ONLY " : "";
  const tables = members.filter(({ kind }) => kind === "publication_table").map((member) => only + publishedTable(member, upper));
  const schemas = members.filter(({ kind }) => kind === "publication_schema").map(memberPath);
  return [
    ...(tables.length > 0 ? [`${word("TABLE")} ${tables.join(", ")}`] : []),
    ...(schemas.length > 0 ? [`${word("TABLES IN SCHEMA")} ${schemas.join(", ")}`] : []),
  ].join(", ");
}

/**
 * PostgreSQL lets a publication hold lists of columns or schemas, not both: what comes waits for what goes, in one transaction, so that no
 * change in between is lost. Out: what the step of a member says besides.
 */
export function insteadOf(
  member: Pick<Fact, "id" | "object">,
  context: PlanContext,
): Pick<StepDraft, "after" | "together"> | null {
  const publication = publicationOf(member);
  const look = (id: ObjectId, side: Side): Fact | undefined =>
    side === "live" ? context.live.facts.get(id) : context.desired(id);
  const members = (side: Side): readonly ObjectId[] => (look(publication, side)?.spec["members"] ?? []) as readonly ObjectId[];
  const isSchema = (id: ObjectId, side: Side): boolean => look(id, side)?.kind === "publication_schema";
  const isList = (id: ObjectId, side: Side): boolean => (look(id, side)?.spec["columns"] ?? null) !== null;
  for (const [comes, goes] of [
    [isSchema, isList],
    [isList, isSchema],
  ] as const) {
    const coming = members("desired").filter((id) => comes(id, "desired") && !comes(id, "live"));
    const going = members("live").filter((id) => goes(id, "live") && !goes(id, "desired"));
    if (coming.length === 0 || going.length === 0) continue;
    const together = `members of ${publication}`;
    if (coming.includes(member.id)) return { after: going, together };
    if (going.includes(member.id)) return { together };
  }
  return null;
}

type Side = "live" | "desired";
