import { quoteIdentifier } from "../../base/identifier.ts";
import type { Token } from "../../sql/parser.ts";
import { codeTokens, isWord } from "./sql-piece.ts";

/**
 * The text of EXCLUDE, which is kept as a whole: `EXCLUDE USING gist (c WITH &&) INCLUDE (d) WHERE (…)`. What its index has besides
 * (WITH, USING INDEX TABLESPACE) can change in place, and is cut out and put in.
 */

interface Piece {
  readonly start: number;
  readonly end: number;
}

/** The text without WITH (…) and USING INDEX TABLESPACE. */
export function withoutIndexClauses(sql: string): string {
  const pieces = indexClauses(sql);
  let out = sql;
  for (const { start, end } of [...pieces].reverse()) out = `${out.slice(0, start).trimEnd()} ${out.slice(end).trimStart()}`;
  return out.trim();
}

/** The text with clauses of its index where the grammar wants them: before WHERE. */
export function withIndexClauses(sql: string, clauses: string): string {
  if (clauses === "") return sql;
  const where = outer(sql).find(({ token, depth }) => depth === 0 && isWord(token, "where"))?.token;
  return where ? `${sql.slice(0, where.start).trimEnd()}${clauses} ${sql.slice(where.start)}` : `${sql.trimEnd()}${clauses}`;
}

/** The text with its own keywords in small letters, as a person writes it; expressions stay as they are. */
export function tidyExclude(sql: string): string {
  const words = ["exclude", "using", "with", "include", "where", "operator"];
  let out = sql;
  for (const { token, depth } of outer(sql).reverse())
    if (depth <= 1 && token.keyword && isWord(token, ...words))
      out = `${out.slice(0, token.start)}${token.text.toLowerCase()}${out.slice(token.end)}`;
  return out;
}

/** Tokens with how many parentheses are open before them. */
function outer(sql: string): { readonly token: Token; readonly depth: number }[] {
  let depth = 0;
  return codeTokens(sql).map((token) => {
    if (token.text === ")") depth--;
    const at = { token, depth };
    if (token.text === "(") depth++;
    return at;
  });
}

function indexClauses(sql: string): Piece[] {
  const tokens = outer(sql);
  const found: Piece[] = [];
  tokens.forEach(({ token, depth }, index) => {
    if (depth !== 0) return;
    if (isWord(token, "with")) {
      const close = tokens.find((other, at) => at > index && other.depth === 0 && other.token.text === ")");
      if (close) found.push({ start: token.start, end: close.token.end });
    }
    const [, next, third] = tokens.slice(index, index + 3);
    if (isWord(token, "using") && isWord(next?.token, "index") && third)
      found.push({ start: token.start, end: tokens[index + 3]?.token.end ?? third.token.end });
  });
  return found;
}

/** ` USING INDEX TABLESPACE fast`, empty for the database's own. */
export function tablespaceClause(tablespace: string | null, word: (text: string) => string): string {
  return tablespace === null ? "" : ` ${word("USING INDEX TABLESPACE")} ${quoteIdentifier(tablespace)}`;
}
