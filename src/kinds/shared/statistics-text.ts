import { splitPath } from "../../base/identifier.ts";
import type { ReadContext, SqlStatement, YamlScalar } from "../../model/kind.ts";
import type { SqlText } from "../../model/spec.ts";
import { namesOf } from "../../sql/names.ts";
import { type Node, parseWrapped, SqlSyntaxError, type Token } from "../../sql/parser.ts";
import { areKnown } from "./known-words.ts";
import { codeTokens, isWord } from "./sql-piece.ts";

/** The text of CREATE STATISTICS: `(ndistinct) on a, lower(b)`. */

/** A name with its schema. A type, not an interface, to fit a spec. */
export type ObjectName = { readonly schema: string; readonly name: string };

/** What a statistics object is about. */
export interface StatisticsBody {
  readonly kinds: readonly string[];
  readonly columns: readonly string[];
  readonly expressions: readonly SqlText[];
  readonly order: readonly string[];
}

const hint = "write what follows CREATE STATISTICS name, without FROM: (ndistinct, mcv) on a, b, lower(c)";
const allKinds: readonly string[] = ["dependencies", "mcv", "ndistinct"];

/** The name behind a key: in the schema of its table, unless a dot says another; in double quotes as in SQL. */
export function statisticsName(key: string, home: string): ObjectName {
  const names = key.includes('"') ? splitPath(key) : key.split(".");
  const [first = "", ...rest] = names;
  return rest.length === 0 ? { schema: home, name: first } : { schema: first, name: rest.join(".") };
}

/** A statistics object's text, kinds sorted and filled in. Null when it does not parse: reported in place. */
export function readStatisticsBody(scalar: YamlScalar, context: ReadContext): StatisticsBody | null {
  try {
    const node = parseWrapped("CREATE STATISTICS x ", scalar.text, " FROM y").node.CreateStatsStmt;
    return node ? bodyOf(node, scalar, scalar.text.length, context) : null;
  } catch (error) {
    if (!(error instanceof SqlSyntaxError)) throw error;
    context.problem(scalar.atOffset(error.offset), "sql-syntax", error.message, hint);
    return null;
  }
}

/** CREATE STATISTICS of a `.sql` file: its name, its table and what it is about. Null when a part is missing: reported. */
export function readStatisticsStatement(
  { node, scalar }: SqlStatement,
  context: ReadContext,
): { readonly name: ObjectName; readonly relation: ObjectName; readonly body: StatisticsBody } | null {
  const statement = node.CreateStatsStmt;
  const names = namesOf(statement.defnames);
  const table = statement.relations?.[0]?.RangeVar;
  if (names.length === 0 || !table) {
    context.problem(
      scalar.at,
      "unnamed-statistics",
      "a statistics object in a .sql file needs a name",
      "create statistics NAME on …",
    );
    return null;
  }
  const end = atDepthZero(codeTokens(scalar.text)).findLast((token) => isWord(token, "from"))?.start;
  const body = bodyOf(statement, scalar, end ?? scalar.text.length, context);
  if (!body) return null;
  const home = table.schemaname ?? context.resolve("relation", table.relname) ?? context.schema;
  return {
    name: { schema: names.length > 1 ? (names[0] ?? "") : context.schema, name: names.at(-1) ?? "" },
    relation: { schema: home, name: table.relname },
    body,
  };
}

/** Whether an expression may stand without parentheses: a call of a function. In: SQL of an expression. */
export function needsParentheses(sql: string): boolean {
  try {
    return (
      parseWrapped("CREATE STATISTICS x ON ", sql, " FROM y").node.CreateStatsStmt?.exprs?.[0]?.StatsElem?.expr === undefined
    );
  } catch (error) {
    if (error instanceof SqlSyntaxError) return true;
    throw error;
  }
}

function bodyOf(statement: Node, scalar: YamlScalar, end: number, context: ReadContext): StatisticsBody | null {
  const pieces = piecesOf(scalar.text, end);
  const order: string[] = [];
  const expressions: SqlText[] = [];
  for (const [index, element] of (statement.exprs ?? []).entries()) {
    const name = element.StatsElem?.name;
    const piece = pieces[index];
    if (name) order.push(name);
    else if (piece) {
      const sql = context.sql("expression", scalar, piece.start, piece.end);
      if (!sql) return null;
      expressions.push(sql);
    }
  }
  if (order.length < 2 && expressions.length === 0) {
    context.problem(scalar.at, "statistics-columns", "statistics need two columns or an expression", hint);
    return null;
  }
  const said = namesOf(statement.stat_types).map((name) => name.toLowerCase());
  if (!areKnown(said, { what: "sort of statistics", known: allKinds }, scalar, context)) return null;
  const single = order.length === 0 && expressions.length === 1;
  return {
    kinds: single ? [] : said.length === 0 ? allKinds : [...said].sort(),
    columns: [...order].sort(),
    expressions,
    order,
  };
}

/** The items between ON and the end. */
function piecesOf(sql: string, end: number): { readonly start: number; readonly end: number }[] {
  const tokens = atDepthZero(codeTokens(sql)).filter((token) => token.start < end);
  const on = tokens.findIndex((token) => isWord(token, "on"));
  const commas = tokens.slice(on).filter((token) => token.text === ",");
  const starts = [tokens[on]?.end ?? 0, ...commas.map((token) => token.end)];
  const ends = [...commas.map((token) => token.start), end];
  return starts.map((start, index) => ({ start, end: ends[index] ?? end }));
}

function atDepthZero(tokens: readonly Token[]): Token[] {
  let depth = 0;
  return tokens.filter((token) => {
    if (token.text === ")") depth--;
    const outside = depth === 0;
    if (token.text === "(") depth++;
    return outside;
  });
}
