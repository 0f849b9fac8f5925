import type { Fact } from "../../model/database.ts";
import type { ReadContext, YamlScalar } from "../../model/kind.ts";
import type { ObjectId } from "../../model/object-id.ts";
import { type SqlText, sqlText } from "../../model/spec.ts";
import { namesOf } from "../../sql/names.ts";
import type { Node } from "../../sql/parser.ts";
import { bareExpression } from "./bare-expression.ts";
import { areKnown } from "./known-words.ts";
import { publicationSchemaFact, publicationTableFact } from "./publication-member.ts";
import { codeTokens, isWord } from "./sql-piece.ts";

/** A publication as files say it. */

export type PublicationSpec = {
  readonly name: string;
  readonly allTables: boolean;
  /** Operations, in the order of PostgreSQL. */
  readonly publish: readonly string[];
  readonly viaRoot: boolean;
  /** PostgreSQL 18: `none` or `stored`. */
  readonly generatedColumns: string;
  /** Ids of what it publishes: facts of their own, so that they are no difference here. */
  readonly members: readonly ObjectId[];
};

/** What can be published, in PostgreSQL's order. */
export const operations: readonly string[] = ["insert", "update", "delete", "truncate"];

/** Options and members of a CREATE PUBLICATION. In: its node and the text it was parsed from. */
export function readPublication(
  body: Node,
  name: string,
  scalar: YamlScalar,
  context: ReadContext,
): { readonly spec: PublicationSpec; readonly members: readonly Fact[] } {
  const members = readMembers(body.pubobjects ?? [], name, scalar, context);
  const spec: PublicationSpec = {
    name,
    allTables: body.for_all_tables === true,
    ...readOptions(body.options ?? [], scalar, context),
    members: members.map(({ id }) => id),
  };
  return { spec, members };
}

const publicationOptions: readonly string[] = ["publish", "publish_via_partition_root", "publish_generated_columns"];

function readOptions(
  options: readonly Node[],
  scalar: YamlScalar,
  context: ReadContext,
): Pick<PublicationSpec, "publish" | "viaRoot" | "generatedColumns"> {
  let [publish, viaRoot, generatedColumns] = [operations, false, "none"];
  for (const { DefElem: option } of options) {
    const value = option.arg?.String?.sval ?? namesOf(option.arg?.TypeName?.names).at(-1) ?? option.arg?.Integer?.ival;
    const said = value === undefined ? "true" : String(value).toLowerCase();
    if (option.defname === "publish") {
      const words = said.split(",").map((word) => word.trim());
      areKnown(
        words.filter((word) => word !== ""),
        { what: "operation that is published", known: operations },
        scalar,
        context,
      );
      publish = operations.filter((operation) => words.includes(operation));
    } else if (option.defname === "publish_via_partition_root") viaRoot = !/^(false|off|0)$/.test(said);
    else if (option.defname === "publish_generated_columns") generatedColumns = said === "none" ? "none" : "stored";
    else areKnown([option.defname], { what: "option of a publication", known: publicationOptions }, scalar, context);
  }
  return { publish, viaRoot, generatedColumns };
}

function readMembers(objects: readonly Node[], name: string, scalar: YamlScalar, context: ReadContext): Fact[] {
  const filters = filterPlaces(scalar.text);
  return objects.flatMap(({ PublicationObjSpec: object }): Fact[] => {
    if (object.pubobjtype === "PUBLICATIONOBJ_TABLES_IN_SCHEMA")
      return [publicationSchemaFact(String(object.name), name, scalar.at)];
    if (!object.pubtable) {
      context.problem(scalar.at, "sql-syntax", "say which schema", "write tables in schema app");
      return [];
    }
    const { relation, columns, whereClause } = object.pubtable;
    const schema = relation.schemaname ?? context.resolve("relation", relation.relname) ?? context.schema;
    const filter = whereClause ? readFilter(filters.shift(), scalar, context) : null;
    const spec = { columns: columns ? namesOf(columns).sort() : null, filter };
    return [publicationTableFact({ schema, name: relation.relname }, name, spec, scalar.at)];
  });
}

/** Where the conditions stand: what is in the parentheses behind each WHERE outside of others. The tree keeps no ends. */
function filterPlaces(text: string): (readonly [number, number])[] {
  // The lexer has nothing to say of an empty text.
  if (text.trim() === "") return [];
  const places: [number, number][] = [];
  const tokens = codeTokens(text);
  let depth = 0;
  let from: number | null = null;
  tokens.forEach((token, index) => {
    if (token.text === "(") {
      if (depth === 0 && isWord(tokens[index - 1], "where")) from = token.end;
      depth++;
    } else if (token.text === ")") {
      depth--;
      if (depth === 0 && from !== null) {
        places.push([from, token.start]);
        from = null;
      }
    }
  });
  return places;
}

function readFilter(place: readonly [number, number] | undefined, scalar: YamlScalar, context: ReadContext): SqlText | null {
  return place ? context.sql("expression", scalar, place[0], place[1]) : null;
}

/** The same of what pg_get_expr prints. */
export function liveFilter(text: string | null): SqlText | null {
  return text === null ? null : sqlText("expression", bareExpression(text));
}
