import type { SourceRef } from "../model/database.ts";
import { parseStatements, scanTokens } from "../sql/parser.ts";
import { offsets } from "./yaml-places.ts";

/** Changes to the statements of one `.sql` file; everything between them keeps every byte. */
export interface SqlEdits {
  /** Puts another statement in the place of the one that stands there. False when none does. */
  replace(place: SourceRef, sql: string): boolean;
  /** Takes a statement out, with the comments right above it. */
  remove(place: SourceRef): boolean;
  append(sql: string): void;
  /** Null when no statement is left. */
  text(): string | null;
}

interface Span {
  readonly start: number;
  readonly end: number;
}

/** Starts changing a file whose text parses. */
export function sqlEdits(text: string): SqlEdits {
  const spans = spansOf(text);
  const offsetOf = offsets(text);
  const changes = new Map<Span, string | null>();
  const added: string[] = [];
  const change = (place: SourceRef, sql: string | null): boolean => {
    const offset = offsetOf(place);
    const span = spans.find(({ start, end }) => start <= offset && offset < end);
    // What one statement says of several objects: the first to ask decides.
    if (span && !changes.has(span)) changes.set(span, sql);
    return span !== undefined;
  };
  return {
    replace: (place, sql) => change(place, sql),
    remove: (place) => change(place, null),
    append: (sql) => void added.push(sql),
    text: () => {
      const left = spans.filter((span) => changes.get(span) !== null).length + added.length;
      return left === 0 ? null : withAdded(changed(text, changes), added);
    },
  };
}

/** Statements with their semicolons, without what stands before them. */
function spansOf(text: string): Span[] {
  const tokens = scanTokens(text).filter(({ name }) => name !== "SQL_COMMENT" && name !== "C_COMMENT");
  return parseStatements(text).map(({ start, end }) => {
    const from = tokens.find((token) => token.start >= start)?.start ?? start;
    const semicolon = /^\s*;/.exec(text.slice(end));
    return { start: from, end: semicolon ? end + semicolon[0].length : end };
  });
}

function changed(text: string, changes: ReadonlyMap<Span, string | null>): string {
  let out = text;
  for (const [span, sql] of [...changes].sort(([a], [b]) => b.start - a.start)) {
    if (sql !== null) out = out.slice(0, span.start) + sql + out.slice(span.end);
    else {
      const start = leadingStart(out, span.start);
      const rest = out.slice(span.end).replace(/^[ \t]*\r?\n/, "");
      out =
        out.slice(0, start) +
        (/(^|\n)[ \t]*\r?\n$/.test(out.slice(0, start)) || start === 0 ? rest.replace(/^([ \t]*\r?\n)+/, "") : rest);
    }
  }
  return out;
}

/** Start of the comment lines right above a statement. */
function leadingStart(text: string, at: number): number {
  let start = text.lastIndexOf("\n", at - 1) + 1;
  if (text.slice(start, at).trim() !== "") return at;
  for (;;) {
    if (start === 0) return start;
    const above = text.lastIndexOf("\n", start - 2) + 1;
    if (!/^[ \t]*--/.test(text.slice(above, start))) return start;
    start = above;
  }
}

function withAdded(text: string, added: readonly string[]): string {
  if (added.length === 0) return text;
  const body = text.trimEnd();
  return `${[...(body === "" ? [] : [body]), ...added].join("\n\n")}\n`;
}
