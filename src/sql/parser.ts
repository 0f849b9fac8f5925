import { loadModule, parseSync, SqlError, scanSync } from "libpg-query";
import type { SqlForm } from "../base/sql-form.ts";

/**
 * The only import of the parser: libpg-query, PostgreSQL 18's own grammar compiled to WebAssembly.
 * Its offsets are bytes of UTF-8; everything that leaves this file counts UTF-16 code units, as JavaScript does.
 */

/** A node of the parse tree: `{ ColumnDef: { colname, … } }`. Deliberately loose: the grammar has 250 node types. */
// biome-ignore lint/suspicious/noExplicitAny: the parse tree is data of another program, read with care at each place.
export type Node = any;

export interface Statement {
  /** `{ SelectStmt: … }` */
  readonly node: Node;
  readonly start: number;
  readonly end: number;
}

export interface Token {
  readonly start: number;
  readonly end: number;
  readonly text: string;
  readonly name: string;
  readonly keyword: boolean;
}

/** SQL that PostgreSQL's grammar refuses; `offset` counts from the start of the text that was given. */
export class SqlSyntaxError extends Error {
  readonly offset: number;
  constructor(message: string, offset: number) {
    super(message);
    this.name = "SqlSyntaxError";
    this.offset = offset;
  }
}

/** Loads the grammar (about 25 ms, once). Everything else in this folder needs it done. */
export async function loadParser(): Promise<void> {
  await loadModule();
}

/**
 * Parses statements.
 * @throws SqlSyntaxError
 */
export function parseStatements(sql: string): Statement[] {
  const toChar = charOffsets(sql);
  try {
    const result = parseSync(sql);
    return (result.stmts ?? []).map((raw) => {
      const start = raw.stmt_location ?? 0;
      const length = raw.stmt_len;
      return { node: raw.stmt, start: toChar(start), end: length ? toChar(start + length) : sql.length };
    });
  } catch (error) {
    throw asSyntaxError(error, sql);
  }
}

function asSyntaxError(error: unknown, sql: string): unknown {
  if (!(error instanceof SqlError) && !(error instanceof Error)) return error;
  const details = (error as SqlError).sqlDetails;
  const offset = details ? Math.min(details.cursorPosition, sql.length) : 0;
  return new SqlSyntaxError(details?.message ?? error.message, Math.max(0, offset));
}

/** Splits SQL into tokens, comments included. @throws SqlSyntaxError for what the lexer refuses (an unclosed string). */
export function scanTokens(sql: string): Token[] {
  const toChar = charOffsets(sql);
  try {
    return scanSync(sql).tokens.map((token) => ({
      start: toChar(token.start),
      end: toChar(token.end),
      text: token.text,
      name: token.tokenName,
      keyword: token.keywordKind !== 0,
    }));
  } catch (error) {
    throw asSyntaxError(error, sql);
  }
}

/** Maps byte offsets of the UTF-8 form to offsets in the string. */
export function charOffsets(text: string): (byte: number) => number {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: the question is whether all is ASCII.
  if (/^[\x00-\x7f]*$/.test(text)) return (byte) => byte;
  const map: number[] = [];
  let index = 0;
  for (const character of text) {
    for (let n = Buffer.byteLength(character); n > 0; n--) map.push(index);
    index += character.length;
  }
  map.push(index);
  return (byte) => map[byte] ?? text.length;
}

const wrappers: Readonly<Record<SqlForm, readonly [string, string]>> = {
  expression: ["SELECT (", "\n)"],
  type: ["SELECT NULL::", ""],
  query: ["", ""],
  statement: ["", ""],
  constraint: ["ALTER TABLE x ADD CONSTRAINT y ", ""],
  index: ["CREATE INDEX x ON y ", ""],
  trigger: ["CREATE TRIGGER x ", ""],
  bound: ["CREATE TABLE x PARTITION OF y FOR VALUES ", ""],
  partition_key: ["CREATE TABLE x (a int) PARTITION BY ", ""],
};

/** What stands before a fragment to make it a statement; its length is how far the parser's offsets are shifted. */
export function wrapperOf(form: SqlForm): readonly [string, string] {
  return wrappers[form];
}

/** Parses a fragment as what it stands for: the whole statement it completes. @throws SqlSyntaxError with an offset in the fragment. */
export function parseFragment(form: SqlForm, sql: string): Node {
  const [before, after] = wrappers[form];
  // Triggers say their table in the middle; the file's fragment has none, so the front end writes it out first.
  const statements = parseWrapped(before, sql, after);
  if (statements.length !== 1) throw new SqlSyntaxError(`one ${form} expected, found ${statements.length}`, 0);
  return statements[0]?.node;
}

/** Parses `before + sql + after` and reports syntax errors with offsets in `sql`. @throws SqlSyntaxError */
export function parseWrapped(before: string, sql: string, after: string): Statement[] {
  try {
    return parseStatements(before + sql + after);
  } catch (error) {
    if (error instanceof SqlSyntaxError) {
      throw new SqlSyntaxError(error.message, Math.max(0, Math.min(error.offset - before.length, sql.length)));
    }
    throw error;
  }
}
