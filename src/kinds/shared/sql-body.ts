import type { ReadContext, YamlScalar } from "../../model/kind.ts";
import { type Node, parseStatements, SqlSyntaxError, scanTokens } from "../../sql/parser.ts";

/**
 * Parses the body of a function in the language SQL, which PostgreSQL does too when it makes the function (check_function_bodies).
 * In: the CreateFunctionStmt, its text. Out: false when the grammar refuses the body; the problem is recorded at its place.
 */
export function checkSqlBody(statement: Node, scalar: YamlScalar, context: ReadContext): boolean {
  const body = sqlBody(statement);
  if (body === null) return true;
  try {
    parseStatements(body);
    return true;
  } catch (error) {
    if (!(error instanceof SqlSyntaxError)) throw error;
    const start = startOf(body, scalar.text);
    const at = start < 0 ? scalar.at : scalar.atOffset(start + Math.min(error.offset, body.trimEnd().length));
    context.problem(
      at,
      "sql-syntax",
      `${error.message} in the body of the function`,
      "the body is SQL; for another language write language …",
    );
    return false;
  }
}

/** The text of a body in quotes; null for other languages and for BEGIN ATOMIC, which is parsed with the statement. */
function sqlBody(statement: Node): string | null {
  const option = (name: string): Node =>
    (statement.options ?? []).find(({ DefElem: candidate }: Node) => candidate?.defname === name)?.DefElem.arg;
  const language = option("language")?.String?.sval;
  const items: Node[] = option("as")?.List?.items ?? [];
  if (typeof language !== "string" || language.toLowerCase() !== "sql" || items.length !== 1) return null;
  const text = items[0]?.String?.sval;
  return typeof text === "string" ? text : null;
}

/** Where the body stands in the statement; -1 when it is written with escapes. */
function startOf(body: string, sql: string): number {
  const token = scanTokens(sql).find(({ name, text }) => name === "SCONST" && text.includes(body));
  return token === undefined ? -1 : token.start + token.text.indexOf(body);
}
