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
  return parseWrapped(before, sql, after).node;
}

/**
 * Parses the one statement `before + sql + after`. What ends its own wrapper (`int); drop table x`, `a) or (b`) or says a second
 * thing behind a comma is refused: only its first part would be read. Offsets of errors count in `sql`. @throws SqlSyntaxError
 */
export function parseWrapped(before: string, sql: string, after: string): Statement {
  const statements = shifted(before, sql, () => parseStatements(before + sql + after));
  const [first, second] = statements;
  if (first === undefined) throw new SqlSyntaxError("nothing is written here", 0);
  if (second !== undefined) throw new SqlSyntaxError("a second statement begins here", clamp(second.start - before.length, sql));
  if (before !== "") refuseUnbalanced(sql);
  if (before !== "" && (first.node.AlterTableStmt?.cmds?.length ?? 1) > 1)
    throw new SqlSyntaxError("one definition is expected, and a comma begins a second", clamp(sql.indexOf(","), sql));
  return first;
}

function shifted<T>(before: string, sql: string, parse: () => T): T {
  try {
    return parse();
  } catch (error) {
    if (error instanceof SqlSyntaxError) throw new SqlSyntaxError(error.message, clamp(error.offset - before.length, sql));
    throw error;
  }
}

function clamp(offset: number, sql: string): number {
  return Math.max(0, Math.min(offset, sql.length));
}

/** A parenthesis that closes what the fragment did not open would close the wrapper's. */
function refuseUnbalanced(sql: string): void {
  if (!sql.includes(")")) return;
  let depth = 0;
  for (const token of scanTokens(sql)) {
    if (token.text === "(") depth++;
    if (token.text === ")" && --depth < 0) throw new SqlSyntaxError('this ")" closes nothing', token.start);
  }
}
