import type { SqlForm } from "../base/sql-form.ts";
import { scanTokens, type Token } from "./parser.ts";

/** Longest line that is left as it is, in characters. */
const widest = 110;

/** Words that start a clause of a query: they stand where their query does. */
const clauses: ReadonlySet<string> = new Set(
  "select from where group having window order limit offset fetch for union intersect except values with returning set when else".split(
    " ",
  ),
);

/** Forms whose text PostgreSQL prints: what is between their tokens means nothing. */
const tidied: ReadonlySet<SqlForm> = new Set<SqlForm>(["query", "expression", "constraint", "index", "trigger"]);

/**
 * SQL as PostgreSQL prints it, with its lines indented by how deep they are nested instead of by columns, and lines that are too
 * long broken before AND and OR or behind commas. Only blanks between tokens change: literals, quoted names and comments keep
 * every byte. Text with comments, or that does not scan, is returned as it is.
 */
export function tidySql(form: SqlForm, sql: string): string {
  if (!tidied.has(form) || (!sql.includes("\n") && sql.length <= widest)) return sql;
  try {
    const tokens = scanTokens(sql);
    if (tokens.some(({ name }) => name === "SQL_COMMENT" || name === "C_COMMENT")) return sql;
    return indented(brokenLines(linesOf(sql, tokens)));
  } catch {
    return sql;
  }
}

/** A token and what stood before it on its line. */
interface Piece {
  readonly token: Token;
  readonly before: string;
}

function linesOf(sql: string, tokens: readonly Token[]): Piece[][] {
  const lines: Piece[][] = [[]];
  let at = 0;
  for (const token of tokens) {
    const before = sql.slice(at, token.start);
    if (before.includes("\n") && lines.at(-1)?.length !== 0) lines.push([]);
    lines.at(-1)?.push({ token, before: before.includes("\n") ? "" : before });
    at = token.end;
  }
  return lines;
}

const textOf = (line: readonly Piece[]): string =>
  line.map(({ token, before }, index) => (index === 0 ? "" : before) + token.text).join("");
const word = ({ text, keyword }: Token): string => (keyword ? text.toLowerCase() : "");
const depthChange = (token: Token): number => {
  if (token.text === "(" || token.text === "[" || word(token) === "case") return 1;
  return token.text === ")" || token.text === "]" || word(token) === "end" ? -1 : 0;
};

/** Breaks long lines where they are nested least. */
function brokenLines(lines: readonly (readonly Piece[])[]): (readonly Piece[])[] {
  return lines.flatMap((line) => broken(line, 0));
}

function broken(line: readonly Piece[], level: number): (readonly Piece[])[] {
  if (textOf(line).length <= widest || level > 8) return [line];
  const depths = depthsOf(line);
  const [least] = [...new Set(line.flatMap((_, index) => (canBreak(line, index) ? [depths[index] ?? 0] : [])))].sort(
    (a, b) => a - b,
  );
  if (least === undefined) return [line];
  const words = line.some((_, index) => depths[index] === least && isWord(line, index));
  const parts: Piece[][] = [[]];
  for (const [index, piece] of line.entries()) {
    if (depths[index] === least && (words ? isWord(line, index) : isBehindComma(line, index))) parts.push([]);
    parts.at(-1)?.push(piece);
  }
  return parts.flatMap((part) => broken(part, level + 1));
}

function depthsOf(line: readonly Piece[]): number[] {
  let depth = 0;
  return line.map(({ token }) => {
    const change = depthChange(token);
    if (change < 0) depth += change;
    const here = depth;
    if (change > 0) depth += change;
    return here;
  });
}

const canBreak = (line: readonly Piece[], index: number): boolean => isWord(line, index) || isBehindComma(line, index);

/** AND and OR that join conditions; not the AND of BETWEEN. */
function isWord(line: readonly Piece[], index: number): boolean {
  const words = line.slice(0, index + 1).map(({ token }) => word(token));
  const own = words.pop();
  if (index === 0 || (own !== "and" && own !== "or")) return false;
  const before = words.findLast((text) => text === "and" || text === "or" || text === "between");
  return own === "or" || before !== "between";
}

function isBehindComma(line: readonly Piece[], index: number): boolean {
  return index > 0 && line[index - 1]?.token.text === ",";
}

/** Lines by what encloses them: what opens on a line is one step deeper than that line, and what closes it stands like it. */
function indented(lines: readonly (readonly Piece[])[]): string {
  const open: number[] = [];
  const out = lines.map((line, index) => {
    const leaving = line.findIndex(({ token }) => depthChange(token) >= 0);
    let base = open.at(-1) ?? 0;
    const closes = leaving < 0 ? line.length : leaving;
    for (let n = 0; n < closes; n++) base = (open.pop() ?? 1) - 1;
    const [first] = line;
    const clause = first?.token.keyword && clauses.has(word(first.token));
    const steps = index === 0 || clause || closes > 0 ? base : base + 1;
    for (const { token } of line.slice(closes)) {
      if (depthChange(token) > 0) open.push(steps + 1);
      if (depthChange(token) < 0) open.pop();
    }
    return "  ".repeat(steps) + textOf(line);
  });
  return out.join("\n");
}
