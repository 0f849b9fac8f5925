import { quoteIdentifier, splitPath } from "../base/identifier.ts";
import type { SqlForm } from "../base/sql-form.ts";
import { charOffsets, parseFragment, scanTokens, wrapperOf } from "./parser.ts";
import { type NameUse, nameUses } from "./references.ts";

/** Finds the schema of an unqualified name; null leaves it as it is (PostgreSQL's own, or unknown). */
export type Resolver = (space: NameUse["space"] | "opclass" | "collation", name: string) => string | null;

/**
 * Writes the schema before every unqualified name that the resolver knows, and changes nothing else: the text keeps its
 * layout and comments, and means the same under an empty search_path.
 * @throws SqlSyntaxError
 */
export function qualify(form: SqlForm, sql: string, resolve: Resolver): string {
  const tree = parseFragment(form, sql);
  const [before, after] = wrapperOf(form);
  const whole = before + sql + after;
  const toChar = charOffsets(whole);
  const edits = new Map<number, string>();
  for (const use of nameUses(tree)) {
    if (use.names.length !== 1) continue;
    const schema = resolve(use.space, use.names[0] ?? "");
    if (schema === null) continue;
    const at = use.at < 0 ? triggerFunctionAt(whole) : toChar(use.at) + (use.inLiteral ? 1 : 0);
    if (at >= before.length)
      edits.set(at, use.inLiteral ? quoteIdentifier(schema).replaceAll("'", "''") : quoteIdentifier(schema));
  }
  for (const [at, schema] of opclassEdits(form, whole, resolve)) edits.set(at, schema);
  for (const [at, schema] of collationEdits(whole, resolve)) edits.set(at, schema);
  return withoutLastComment(applyEdits(whole, edits).slice(before.length, after.length === 0 ? undefined : -after.length));
}

/** A line comment at the end would swallow what the statement goes on with. */
function withoutLastComment(sql: string): string {
  if (!sql.includes("--")) return sql;
  const last = scanTokens(sql).findLast((token) => !/COMMENT/.test(token.name));
  return last === undefined ? sql : sql.slice(0, last.end);
}

function applyEdits(text: string, edits: ReadonlyMap<number, string>): string {
  let out = text;
  for (const [at, schema] of [...edits].sort((a, b) => b[0] - a[0])) out = `${out.slice(0, at)}${schema}.${out.slice(at)}`;
  return out;
}

/** The parser keeps no place for the function of a trigger: it is the name after EXECUTE FUNCTION. */
function triggerFunctionAt(sql: string): number {
  const tokens = scanTokens(sql);
  const index = tokens.findLastIndex((token) => /^(function|procedure)$/i.test(token.text));
  return tokens[index + 1]?.start ?? -1;
}

/** Collations have no place in the tree: they are what follows the word COLLATE. */
function collationEdits(sql: string, resolve: Resolver): [number, string][] {
  if (!/collate/i.test(sql)) return [];
  const tokens = scanTokens(sql);
  return tokens.flatMap((token, index): [number, string][] => {
    const name = tokens[index + 1];
    if (token.text.toLowerCase() !== "collate" || name === undefined || tokens[index + 2]?.text === ".") return [];
    const schema = resolve("collation", splitPath(name.text)[0] ?? "");
    return schema === null ? [] : [[name.start, quoteIdentifier(schema)]];
  });
}

/** Operator classes have no place in the tree either: an identifier after an index element that the resolver knows as one. */
function opclassEdits(form: SqlForm, sql: string, resolve: Resolver): [number, string][] {
  if (form !== "index" && form !== "constraint") return [];
  const edits: [number, string][] = [];
  const tokens = scanTokens(sql);
  tokens.forEach((token, index) => {
    const previous = tokens[index - 1];
    if (
      token.name !== "IDENT" ||
      previous === undefined ||
      previous.text === "." ||
      previous.text === "(" ||
      previous.text === ","
    )
      return;
    const schema = resolve("opclass", token.text);
    if (schema !== null && tokens[index + 1]?.text !== ".") edits.push([token.start, quoteIdentifier(schema)]);
  });
  return edits;
}
