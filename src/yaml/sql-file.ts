import type { SqlStatement, YamlScalar } from "../model/kind.ts";
import { parseStatements, SqlSyntaxError, scanTokens, type Token } from "../sql/parser.ts";
import type { ProblemLog } from "./problem-log.ts";
import { reportSyntax } from "./read-context.ts";
import { sourcePlaces } from "./source-places.ts";

interface Piece {
  readonly start: number;
  readonly end: number;
}

/**
 * Splits a `.sql` file into statements with their places. Null when it does not parse: every statement that PostgreSQL's
 * grammar refuses is in the log then.
 */
export function parseSqlFile(file: string, content: string, log: ProblemLog): readonly SqlStatement[] | null {
  // Checkouts on Windows bring CRLF into bodies of functions, where the database has LF.
  const text = (content.startsWith("\ufeff") ? content.slice(1) : content).replaceAll("\r\n", "\n");
  log.addText(file, text);
  const placeOf = sourcePlaces(file, text);
  try {
    const tokens = significant(text);
    return parseStatements(text).map(({ node, start, end }) => {
      const from = tokens.find((token) => token.start >= start)?.start ?? start;
      const sql = text.slice(from, end).trimEnd();
      const scalar: YamlScalar = {
        type: "scalar",
        text: sql,
        quoted: false,
        at: placeOf(from),
        atOffset: (offset) => placeOf(from + offset),
      };
      return { node, scalar };
    });
  } catch (error) {
    if (!(error instanceof SqlSyntaxError)) throw error;
    reportEach(text, error, (offset) => placeOf(offset), log);
    return null;
  }
}

const significant = (text: string): Token[] =>
  scanTokens(text).filter((token) => token.name !== "SQL_COMMENT" && token.name !== "C_COMMENT");

/** The parser stops at its first error: each statement is tried alone, so that every error is told. */
function reportEach(
  text: string,
  first: SqlSyntaxError,
  placeOf: (offset: number) => ReturnType<ReturnType<typeof sourcePlaces>>,
  log: ProblemLog,
): void {
  const before = log.errorCount();
  for (const piece of piecesOf(text)) {
    const sql = text.slice(piece.start, piece.end);
    try {
      parseStatements(sql);
    } catch (error) {
      if (!(error instanceof SqlSyntaxError)) throw error;
      reportSyntax(log, error, sql, (offset) => placeOf(piece.start + offset));
    }
  }
  if (log.errorCount() === before) reportSyntax(log, first, text, placeOf);
}

/** Text between semicolons. None where they do not separate statements: in BEGIN ATOMIC bodies, and in what does not even scan. */
function piecesOf(text: string): Piece[] {
  try {
    const tokens = significant(text);
    if (tokens.some((token) => token.text.toLowerCase() === "atomic")) return [];
    const pieces: Piece[] = [];
    let current: Token[] = [];
    for (const token of [...tokens, undefined]) {
      const [from] = current;
      const to = current.at(-1);
      if (token !== undefined && token.text !== ";") current.push(token);
      else {
        if (from && to) pieces.push({ start: from.start, end: to.end });
        current = [];
      }
    }
    return pieces;
  } catch {
    return [];
  }
}
