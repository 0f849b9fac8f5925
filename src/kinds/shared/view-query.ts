import { qualifiedName, quoteIdentifier } from "../../base/identifier.ts";
import type { Fact } from "../../model/database.ts";
import type { PlanContext, ReadContext, Row, YamlScalar } from "../../model/kind.ts";
import { schemaId } from "../../model/object-id.ts";
import { type SqlText, sqlText } from "../../model/spec.ts";
import type { Lock } from "../../model/step.ts";
import { namesOf } from "../../sql/names.ts";
import type { Node } from "../../sql/parser.ts";
import { references } from "../../sql/references.ts";
import { text } from "./catalog.ts";
import { readLocks } from "./read-locks.ts";
import { codeTokens, collationSql, isWord } from "./sql-piece.ts";

/** What views and materialized views have in common: a query under a name. */

/** A column of the result; `type` with its collation when it is not the type's own. */
export type ViewColumn = {
  readonly name: string;
  readonly type: string;
};

/** Part of both specs. `def` is the query; with column names in the CREATE statement it is that statement up to the query. */
export type ViewBody = {
  readonly schema: string;
  readonly name: string;
  readonly def: SqlText;
  /** Names of CREATE VIEW name (a, b); the catalog has them inside the query. */
  readonly aliases: readonly string[];
  /** What the query gives; known of live views and of those that a scratch server was asked about. */
  readonly columns: readonly ViewColumn[] | null;
};

/** Builds the body of files. The names go into the text to be compared: a query under other names is another one. */
export function viewBody(schema: string, name: string, query: SqlText, aliases: readonly string[]): ViewBody {
  const def = aliases.length === 0 ? query : sqlText("statement", head({ schema, name, aliases }) + query.sql);
  return { schema, name, def, aliases, columns: null };
}

function head(spec: { readonly schema: string; readonly name: string; readonly aliases: readonly string[] }): string {
  return `CREATE VIEW ${qualifiedName(spec.schema, spec.name)} (${spec.aliases.map(quoteIdentifier).join(", ")}) AS\n`;
}

/** The query alone. */
export function queryOf(spec: ViewBody): string {
  return spec.aliases.length === 0 ? spec.def.sql : spec.def.sql.slice(head(spec).length);
}

/** `app.v` or `app.v (a, b)`, as CREATE writes it. */
export function createdName(spec: ViewBody): string {
  const aliases = spec.aliases.length === 0 ? "" : ` (${spec.aliases.map(quoteIdentifier).join(", ")})`;
  return qualifiedName(spec.schema, spec.name) + aliases;
}

/** The query of a scalar without a semicolon at its end. */
export function readQuery(scalar: YamlScalar, context: ReadContext): SqlText | null {
  const last = endOf(scalar, context, []);
  return last === null ? null : context.sql("query", scalar, 0, last);
}

/**
 * The body of a CREATE VIEW statement. In: the RangeVar of its name, its column names, and the words of which one may end it
 * after WITH (`check option`, `data`).
 */
export function readViewStatement(
  scalar: YamlScalar,
  relation: Node,
  aliases: Node[] | undefined,
  tail: readonly string[],
  context: ReadContext,
): ViewBody | null {
  const tokens = codeTokens(scalar.text);
  let depth = 0;
  const as = tokens.findIndex((token) => {
    if (token.text === "(") depth++;
    if (token.text === ")") depth--;
    return depth === 0 && isWord(token, "as");
  });
  const first = tokens[as + 1];
  const end = endOf(scalar, context, tail);
  if (isWord(tokens[1], "recursive") || isWord(tokens[3], "recursive")) {
    context.problem(scalar.at, "recursive-view", "CREATE RECURSIVE VIEW is not read", "write create view … as with recursive …");
    return null;
  }
  if (relation.relpersistence === "t") {
    context.problem(scalar.at, "temporary-view", "a temporary view belongs to a session, not to the database");
    return null;
  }
  if (as < 0 || !first || end === null) return null;
  const query = context.sql("query", scalar, first.start, end);
  return query && viewBody(relation.schemaname ?? context.schema, relation.relname, query, namesOf(aliases));
}

/** Where the query ends: before a semicolon and before WITH … and one of the words. Null when the text has no end to find. */
function endOf(scalar: YamlScalar, context: ReadContext, tail: readonly string[]): number | null {
  const tokens = codeTokens(scalar.text);
  while (tokens.at(-1)?.text === ";") tokens.pop();
  const last = tokens.at(-1);
  if (!last) {
    context.problem(scalar.at, "sql-syntax", "no query found");
    return null;
  }
  if (!isWord(last, ...tail)) return scalar.text.slice(0, last.end).length;
  const start = tokens.findLastIndex((token) => isWord(token, "with"));
  return tokens[start - 1]?.end ?? last.end;
}

// catalog

/** The catalog's expression for the columns of `c`, as JSON. */
export function columnsSql(): string {
  return `(select coalesce(json_agg(json_build_object('name', va.attname, 'type', format_type(va.atttypid, va.atttypmod)
        || coalesce(' collate ' || ${collationSql("va.attcollation", "vt.typcollation")}, '')) order by va.attnum), '[]')
      from pg_attribute va join pg_type vt on vt.oid = va.atttypid
      where va.attrelid = c.oid and va.attnum > 0 and not va.attisdropped)`;
}

/** The body of a row with schema, name, def and columns. */
export function bodyFromRow(row: Row): ViewBody {
  return {
    schema: text(row, "schema"),
    name: text(row, "name"),
    def: sqlText("query", text(row, "def").replace(/;\s*$/, "")),
    aliases: [],
    columns: row.columns as readonly ViewColumn[],
  };
}

// identity and change

/** References of the query, without the view's own name, and its schema. */
export function viewDependsOn(fact: Fact<ViewBody>): string[] {
  return [schemaId(fact.spec.schema), ...references("query", queryOf(fact.spec))];
}

/** Names under which SQL refers to it: its row type is one of them. */
export function viewAnswersTo(fact: Fact<ViewBody>): string[] {
  return [`relation ${fact.object}`, `type ${fact.object}`];
}

/** ACCESS SHARE on what the query reads. */
export function queryLocks(fact: Fact<ViewBody>, context: PlanContext): Lock[] {
  return readLocks(references("query", queryOf(fact.spec)), context);
}
