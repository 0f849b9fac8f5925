import { Document, isMap, isScalar, isSeq, type Pair, type YAMLMap } from "yaml";
import { stringNode } from "./string-node.ts";

/** Longest line on which `{ }` and `[ ]` stay, as `fmt` has it. */
const widest = 100;

/**
 * Takes the braces off the values of a map that would make a line too long, from the outside in, and the quotes that only braces ask
 * for. `indent`: columns before the keys of the map.
 */
export function unfoldWide(map: YAMLMap, indent: number): void {
  for (const pair of map.items as unknown as readonly Pair[]) {
    const { key, value } = pair;
    unfoldValue(value, indent + lengthOf(key) + 1, indent + 2);
  }
}

/** `head`: columns before the value on its line; `indent`: those before what is in it, one item per line. */
function unfoldValue(node: unknown, head: number, indent: number): void {
  if (!isMap(node) && !isSeq(node)) return;
  if (node.items.length === 0) return;
  if (node.flow === true) {
    if (head + 1 + lengthOf(node) <= widest || head + 1 + renderedLength(node) <= widest) return;
    node.flow = false;
    for (const item of node.items) unquote(isMap(node) ? (item as Pair).value : item);
  }
  if (isMap(node)) unfoldWide(node as YAMLMap, indent);
  else for (const item of node.items) unfoldValue(item, indent + 1, indent + 2);
}

/** No shorter than the node on one line will be. */
function lengthOf(node: unknown): number {
  if (isScalar(node)) return JSON.stringify(String(node.value)).length;
  if (isMap(node)) return node.items.reduce((sum, item) => sum + lengthOf(item.key) + lengthOf(item.value) + 4, 4);
  if (isSeq(node)) return node.items.reduce<number>((sum, item) => sum + lengthOf(item) + 2, 2);
  return 4;
}

function renderedLength(node: unknown): number {
  const document = new Document();
  document.contents = node as never;
  const text = document.toString({ lineWidth: 0 }).trimEnd();
  return text.includes("\n") ? Number.POSITIVE_INFINITY : text.length;
}

function unquote(node: unknown): void {
  if (!isScalar(node) || typeof node.value !== "string" || node.type !== "QUOTE_DOUBLE") return;
  const { type } = stringNode(node.value);
  if (type === undefined) delete node.type;
  else node.type = type;
}
