import { quoteIdentifier, splitPath } from "../../base/identifier.ts";
import { scanTokens, type Token } from "../../sql/parser.ts";
import { bareExpression } from "./bare-expression.ts";

/**
 * Triggers as text. The files write what follows `CREATE TRIGGER name`, with or without `on table`; a fact holds the whole
 * statement, under the placeholder name `x`, so that triggers of equal definition compare equal under any name.
 */

const placeholder = "x";

/** What follows the name, cut at its ON clause. Offsets count in the text that was given. */
export interface TriggerParts {
  readonly constraint: boolean;
  /** Timing and events. */
  readonly head: readonly [start: number, end: number];
  /** Names of the table after ON; null when there is no ON clause. */
  readonly table: readonly string[] | null;
  readonly tail: number;
}

/** Words that end timing and events. */
const tailWords = new Set(["on", "from", "not", "deferrable", "initially", "referencing", "for", "when", "execute"]);

const word = (token: Token | undefined): string => token?.text.toLowerCase() ?? "";

/** Cuts what stands from `start` on. A leading `constraint` makes a constraint trigger. @throws SqlSyntaxError */
export function cutTrigger(text: string, start = 0): TriggerParts {
  const tokens = scanTokens(text).filter((token) => token.start >= start && !token.name.endsWith("COMMENT"));
  const constraint = word(tokens[0]) === "constraint";
  const first = tokens[constraint ? 1 : 0]?.start ?? text.length;
  // A column of UPDATE OF may be called like one of the words.
  const cut = tokens.findIndex(
    (token, index) => tailWords.has(word(token)) && word(tokens[index - 1]) !== "of" && tokens[index - 1]?.text !== ",",
  );
  const stop = tokens[cut];
  if (!stop) return { constraint, head: [first, text.length], table: null, tail: text.length };
  if (word(stop) !== "on") return { constraint, head: [first, stop.start], table: null, tail: stop.start };
  let last = cut + 1;
  while (tokens[last + 1]?.text === ".") last += 2;
  const from = tokens[cut + 1]?.start ?? text.length;
  const to = tokens[last]?.end ?? text.length;
  return { constraint, head: [first, stop.start], table: splitPath(text.slice(from, to)), tail: to };
}

/** A whole CREATE TRIGGER with a way back from its offsets to those of the text it was made from. */
export interface TriggerStatement {
  readonly sql: string;
  readonly offsetOf: (offset: number) => number;
}

/** Puts the parts together for a table given by its path. */
export function triggerStatement(text: string, parts: TriggerParts, table: string): TriggerStatement {
  const before = `CREATE ${parts.constraint ? "CONSTRAINT " : ""}TRIGGER ${placeholder} `;
  const [start, end] = parts.head;
  const head = text.slice(start, end).trimEnd();
  // A line comment must not swallow what follows.
  const middle = `${head.includes("--") ? "\n" : " "}ON ${table} `;
  const tail = text.slice(parts.tail).trimStart().replace(/;\s*$/, "");
  const tailStart = text.length - text.slice(parts.tail).trimStart().length;
  const tailAt = before.length + head.length + middle.length;
  const offsetOf = (offset: number): number => {
    if (offset >= tailAt) return tailStart + offset - tailAt;
    const inHead = Math.max(0, offset - before.length);
    return inHead <= head.length ? start + inHead : tailStart;
  };
  return { sql: before + head + middle + tail, offsetOf };
}

/** The statement of a fact under a real name. */
export function namedTrigger(sql: string, name: string, orReplace: boolean): string {
  return sql.replace(
    /^CREATE (CONSTRAINT )?TRIGGER x /,
    (_, constraint = "") => `CREATE ${orReplace ? "OR REPLACE " : ""}${constraint}TRIGGER ${quoteIdentifier(name)} `,
  );
}

/** pg_get_triggerdef under the placeholder name. In: its text and the name as PostgreSQL quoted it. */
export function unnamedTrigger(def: string, quotedName: string): string {
  const before = def.startsWith("CREATE CONSTRAINT ") ? "CREATE CONSTRAINT TRIGGER " : "CREATE TRIGGER ";
  return `${before}${placeholder}${def.slice(before.length + quotedName.length)}`;
}

/** What a person would write of it: without the name and the table, keywords in lower case. */
export function shortTrigger(sql: string): string {
  const constraint = sql.startsWith("CREATE CONSTRAINT ");
  const body = sql.slice(`CREATE ${constraint ? "CONSTRAINT " : ""}TRIGGER ${placeholder} `.length);
  const parts = cutTrigger(body);
  const text = `${body.slice(...parts.head).trimEnd()} ${body.slice(parts.tail).trimStart()}`;
  return (constraint ? "constraint " : "") + bareCondition(withoutDefaults(lowerKeywords(text)));
}

/** When a constraint trigger fires, without what goes without saying. */
function withoutDefaults(sql: string): string {
  return sql.replace(/ (not )?deferrable initially immediate (?=for each )/, (_, not) => (not ? " " : " deferrable "));
}

function lowerKeywords(sql: string): string {
  let out = sql;
  for (const token of scanTokens(sql)) {
    if (token.keyword) out = out.slice(0, token.start) + token.text.toLowerCase() + out.slice(token.end);
  }
  return out;
}

/** pg_get_triggerdef writes WHEN with two pairs of parentheses: one is enough. */
function bareCondition(sql: string): string {
  const tokens = scanTokens(sql);
  const when = tokens.findIndex((token, index) => word(token) === "when" && tokens[index + 1]?.text === "(");
  if (when < 0) return sql;
  let depth = 0;
  for (const token of tokens.slice(when + 1)) {
    if (token.text === "(") depth++;
    if (token.text === ")" && --depth === 0) {
      const start = tokens[when + 1]?.end ?? 0;
      return sql.slice(0, start) + bareExpression(sql.slice(start, token.start)) + sql.slice(token.start);
    }
  }
  return sql;
}
