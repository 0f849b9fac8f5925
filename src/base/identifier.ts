import { reservedWords } from "./reserved-words.ts";

/** A dollar sign may stand in a bare name, but quote_ident quotes it, and what catalogs print is compared with this. */
const plain = /^[a-z_][a-z0-9_]*$/;

/**
 * Quotes an identifier where PostgreSQL needs it (upper case, special characters, reserved words), as `quote_ident` does.
 * In: the bare name. Out: what may stand in SQL.
 */
export function quoteIdentifier(name: string): string {
  return plain.test(name) && !reservedWords.has(name) ? name : `"${name.replaceAll('"', '""')}"`;
}

/** Joins and quotes a schema-qualified name. */
export function qualifiedName(...names: readonly string[]): string {
  return names.map(quoteIdentifier).join(".");
}

/** Splits a dotted, possibly quoted path into bare names: `app."A.b"` → `["app", "A.b"]`. Unquoted parts fold to lower case. */
export function splitPath(path: string): string[] {
  const names: string[] = [];
  const part = /"((?:[^"]|"")*)"|([^."]+)/g;
  for (const match of path.matchAll(part)) {
    names.push(match[1] !== undefined ? match[1].replaceAll('""', '"') : (match[2] ?? "").trim().toLowerCase());
  }
  return names;
}

/** The name in a path that may end with the arguments of a routine: `app.f(integer)` is `app.f`. Parentheses in quotes belong to a name. */
export function withoutArguments(path: string): string {
  return /^(?:"(?:[^"]|"")*"|[^"(])*/.exec(path)?.[0] ?? path;
}

/**
 * The name PostgreSQL generates for an unnamed constraint, index or sequence: `makeObjectName` of src/backend/commands/indexcmds.c.
 * The longer of the two names is shortened first until the whole fits in 63 bytes.
 */
export function generatedName(table: string, column: string, label: string): string {
  const overhead = (column ? 1 : 0) + (label ? label.length + 1 : 0);
  let first = Buffer.byteLength(table);
  let second = Buffer.byteLength(column);
  while (first + second + overhead > 63) {
    if (first > second) first--;
    else second--;
  }
  return [clip(table, first), ...(column ? [clip(column, second)] : []), ...(label ? [label] : [])].join("_");
}

function clip(name: string, length: number): string {
  const bytes = Buffer.from(name, "utf8");
  let end = Math.min(length, bytes.length);
  while (end > 0 && end < bytes.length && ((bytes[end] ?? 0) & 0xc0) === 0x80) end--;
  return bytes.subarray(0, end).toString("utf8");
}
