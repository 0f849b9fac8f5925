import { quoteIdentifier } from "../../base/identifier.ts";
import { namesOf } from "../../sql/names.ts";
import { type Node, parseFragment, scanTokens, type Token } from "../../sql/parser.ts";
import { columnNames } from "../../sql/references.ts";

/**
 * A partition bound as a condition on rows, of the form that PostgreSQL makes of it (get_qual_for_range and get_qual_for_list of
 * src/backend/partitioning/partbounds.c): a CHECK that says it spares ATTACH PARTITION its scan.
 */

/**
 * The condition of `FOR VALUES bound` under `PARTITION BY key`. Null where there is none that a CHECK could say: hash, operator classes
 * of one's own, the default partition.
 */
export function boundCondition(key: string, bound: string | null): string | null {
  if (bound === null) return null;
  const columns = keyColumns(key);
  if (columns === null) return null;
  const lists = boundLists(bound);
  const [word] = scanTokens(bound).flatMap((token) => (isComment(token) ? [] : [token.text.toLowerCase()]));
  const [first] = columns;
  if (word === "in" && lists[0] && first !== undefined) return listCondition(first, lists[0]);
  if (word === "from" && lists[0] && lists[1]) return rangeCondition(columns, lists[0], lists[1]);
  return null;
}

const isComment = (token: Token): boolean => /COMMENT/.test(token.name);

/** The items of each list in parentheses of `in (…)` or `from (…) to (…)`, as they are written. */
export function boundLists(bound: string): string[][] {
  return parenthesised(
    bound,
    scanTokens(bound).filter((token) => !isComment(token)),
  );
}

/** The columns that a partition key names, each once. */
export function partitionColumns(key: string): string[] {
  const elements: Node[] = parseFragment("partition_key", key).CreateStmt?.partspec?.partParams ?? [];
  const plain = elements.flatMap(({ PartitionElem: element }) => (element?.name ? [String(element.name)] : []));
  return [...new Set([...plain, ...columnNames("partition_key", key)])];
}

/** The columns and expressions of a key as operands; null where their order is not that of their type. */
function keyColumns(key: string): string[] | null {
  const spec = parseFragment("partition_key", key).CreateStmt?.partspec;
  if (!spec || /hash/i.test(String(spec.strategy))) return null;
  const tokens = scanTokens(key).filter((token) => !/COMMENT/.test(token.name));
  const [texts = []] = parenthesised(key, tokens);
  const elements: Node[] = spec.partParams ?? [];
  if (elements.some(({ PartitionElem: element }) => namesOf(element?.opclass).length > 0)) return null;
  return elements.map(({ PartitionElem: element }, index) => {
    const collation = namesOf(element?.collation).map(quoteIdentifier).join(".");
    const text = element?.name ? quoteIdentifier(element.name) : withoutCollation(texts[index] ?? "", collation !== "");
    return collation === "" ? text : `(${text} COLLATE ${collation})`;
  });
}

function withoutCollation(text: string, has: boolean): string {
  return has ? text.replace(/\s+collate\s+\S+$/i, "") : text;
}

/** The items of each list in parentheses. */
function parenthesised(sql: string, tokens: readonly Token[]): string[][] {
  const lists: string[][] = [];
  let depth = 0;
  let start = 0;
  for (const token of tokens) {
    const opens = "([".includes(token.text);
    const closes = ")]".includes(token.text);
    if (opens && depth++ === 0) {
      lists.push([]);
      start = token.end;
    }
    const ends = (closes && depth === 1) || (token.text === "," && depth === 1);
    if (ends) {
      lists.at(-1)?.push(sql.slice(start, token.start).trim());
      start = token.end;
    }
    if (closes) depth--;
  }
  return lists;
}

/** A bare number takes the type of the column, as the bound does. */
function value(text: string): string {
  return /^-?[\d.]+(e[+-]?\d+)?$/i.test(text) ? `'${text}'` : text;
}

function listCondition(column: string, items: readonly string[]): string {
  const values = items.filter((item) => !/^null$/i.test(item)).map(value);
  const isOneOf = values.length === 1 ? `${column} = ${values[0]}` : `${column} IN (${values.join(", ")})`;
  if (values.length === 0) return `${column} IS NULL`;
  return values.length < items.length ? `${column} IS NULL OR ${isOneOf}` : `${column} IS NOT NULL AND ${isOneOf}`;
}

function rangeCondition(columns: readonly string[], from: readonly string[], to: readonly string[]): string {
  const low = from.map(value);
  const high = to.map(value);
  const equal = columns.findIndex((_, n) => low[n] !== high[n] || /^(min|max)value$/i.test(low[n] ?? ""));
  const shared = equal < 0 ? columns.length : Math.min(equal, columns.length - 1);
  const parts = [
    ...columns.map((column) => `${column} IS NOT NULL`),
    ...columns.slice(0, shared).map((column, n) => `${column} = ${low[n]}`),
    side(columns.slice(shared), low.slice(shared), ">", ">="),
    side(columns.slice(shared), high.slice(shared), "<", "<"),
  ];
  return parts.filter((part) => part !== "").join(" AND ");
}

/** `a > 1 OR (a = 1 AND b >= 2)`; empty where MINVALUE or MAXVALUE leaves the side open. */
function side(columns: readonly string[], values: readonly string[], strict: string, last: string): string {
  const end = values.findIndex((text) => /^(min|max)value$/i.test(text));
  const bounded = end < 0 ? columns.length : end;
  const choices: string[] = [];
  for (let n = 0; n < bounded; n++) {
    const equals = columns.slice(0, n).map((column, m) => `${column} = ${values[m]}`);
    const isLast = n === bounded - 1;
    // Before MAXVALUE equal values belong to it, before MINVALUE they do not.
    const open = end < 0 ? last : /^max/i.test(values[end] ?? "") === (strict === "<") ? `${strict}=` : strict;
    const all = [...equals, `${columns[n]} ${isLast ? open : strict} ${values[n]}`];
    choices.push(all.length > 1 ? `(${all.join(" AND ")})` : (all[0] ?? ""));
  }
  if (choices.length === 0) return "";
  return choices.length === 1 ? (choices[0] ?? "") : `(${choices.join(" OR ")})`;
}
