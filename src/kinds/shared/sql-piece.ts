import { qualifiedName, splitPath } from "../../base/identifier.ts";
import type { ReadContext, YamlScalar } from "../../model/kind.ts";
import { namesOf } from "../../sql/names.ts";
import { charOffsets, type Node, parseWrapped, SqlSyntaxError, scanTokens, type Token } from "../../sql/parser.ts";
import { canonicalType } from "../../sql/type-name.ts";

/** Parts of statements that no SqlForm covers: what follows CREATE DOMAIN x AS, the head of CREATE FUNCTION. */

/**
 * Parses a scalar with text before it and reports what the grammar refuses at its place.
 * Out: the statement's node (`{ CreateDomainStmt: … }`) and a function from the parser's byte offsets to offsets in the scalar.
 */
export function parseScalar(
  before: string,
  scalar: YamlScalar,
  context: ReadContext,
  hint?: string,
): { readonly node: Node; offset(byte: number): number } | null {
  try {
    const node = parseWrapped(before, scalar.text, "").node;
    if (!node) {
      context.problem(scalar.at, "sql-syntax", "no SQL found", hint);
      return null;
    }
    const toChar = charOffsets(before + scalar.text);
    return { node, offset: (byte) => toChar(byte) - before.length };
  } catch (error) {
    if (!(error instanceof SqlSyntaxError)) throw error;
    context.problem(scalar.atOffset(error.offset), "sql-syntax", error.message, hint);
    return null;
  }
}

/** A TypeName node with its schema, found by the files' search_path. */
export function resolvedType(type: Node, context: ReadContext): Node {
  const names = namesOf(type.names);
  const [name] = names;
  if (names.length !== 1 || name === undefined || type.pct_type) return type;
  const schema = context.resolve("type", name);
  return schema === null ? type : { ...type, names: [{ String: { sval: schema } }, { String: { sval: name } }] };
}

/** The canonical spelling of a TypeName node (with its modifiers), its schema found by the files' search_path. */
export function readType(type: Node, context: ReadContext): string {
  return canonicalType(resolvedType(type, context));
}

/** A COLLATE clause as SQL writes the name; null for none and for the default. */
export function collationName(clause: Node | undefined, context: ReadContext): string | null {
  const names = namesOf(clause?.collname);
  const own = names[0] === "pg_catalog" ? names.slice(1) : names;
  if (own.length === 0 || own.join(".") === "default") return null;
  const schema = names.length === 1 ? context.resolve("collation", names[0] ?? "") : null;
  return qualifiedName(...(schema === null ? [] : [schema]), ...own);
}

/** What depends on a collation that collationName gave: nothing for those of PostgreSQL, which have no schema. */
export function collationReferences(name: string | null): string[] {
  const [schema, own] = name === null ? [] : splitPath(name);
  return schema === undefined || own === undefined || schema === "pg_catalog" ? [] : [`collation ${qualifiedName(schema, own)}`];
}

/** The catalog's expression for the same: null when the collation is that of the type. In: oid expressions. */
export function collationSql(collation: string, typeCollation: string): string {
  return `(select case when cn.nspname = 'pg_catalog' then quote_ident(co.collname) else quote_ident(cn.nspname) || '.' || quote_ident(co.collname) end
      from pg_collation co join pg_namespace cn on cn.oid = co.collnamespace where co.oid = ${collation} and ${collation} <> ${typeCollation})`;
}

/** Tokens without comments. */
export function codeTokens(sql: string): Token[] {
  return scanTokens(sql).filter((token) => token.name !== "C_COMMENT" && token.name !== "SQL_COMMENT");
}

/** Cuts the semicolon that ends a statement. */
export function withoutSemicolon(sql: string): string {
  const last = codeTokens(sql).at(-1);
  return last?.text === ";" ? `${sql.slice(0, last.start)}${sql.slice(last.end)}`.trimEnd() : sql;
}

/** Whether a token is one of these words, whatever its case. */
export function isWord(token: Token | undefined, ...words: readonly string[]): boolean {
  return token !== undefined && words.includes(token.text.toLowerCase());
}

/**
 * Offset of the name that a CREATE statement gives: what follows the first of `words` and IF NOT EXISTS.
 * In: the statement, the words for the kind of object (`function`, `procedure`). Out: -1 when it has none.
 */
export function createdNameAt(sql: string, words: readonly string[]): number {
  const tokens = codeTokens(sql);
  let index = tokens.findIndex((token) => isWord(token, ...words)) + 1;
  if (index === 0) return -1;
  if (isWord(tokens[index], "if")) index += 3;
  return tokens[index]?.start ?? -1;
}
