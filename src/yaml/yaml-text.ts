import { Document, isMap, isScalar, Pair, Scalar, YAMLMap, YAMLSeq } from "yaml";
import type { WrittenValue } from "../model/kind.ts";
import type { WrittenNode, WrittenSlot } from "./written-tree.ts";

/** Longest map or list that is written on one line, in characters. */
const shortest = 72;
const schemaComment = (path: string): string => ` yaml-language-server: $schema=${path}node_modules/pg-lockstep/schema/v1.json`;

/**
 * A file's text: plain keys first, then the slots. Every string survives byte for byte: long ones as literal blocks, what a
 * block cannot hold in double quotes.
 * @param folder path from the file to the folder of schema.yaml: "./" or "../"
 */
export function yamlText(
  keys: readonly (readonly [string, WrittenValue])[],
  slots: readonly WrittenSlot[],
  folder: string,
): string {
  const root = new YAMLMap();
  for (const [key, value] of keys) root.items.push(pair(key, valueNode(value, false)));
  for (const slot of slots) root.items.push(slotPair(slot));
  const document = new Document();
  document.contents = root;
  document.commentBefore = schemaComment(folder);
  return document.toString({ lineWidth: 0 }).replace(/^(#[^\n]*\n)\n/, "$1");
}

function pair(key: string, value: unknown): Pair {
  const node = new Scalar(key);
  if (key === "<<" || /^\s|^\ufeff/.test(key) || unbalanced(key)) node.type = "QUOTE_DOUBLE";
  return new Pair(node, value);
}

function slotPair(slot: WrittenSlot): Pair {
  const [first] = slot.entries;
  if (slot.slot.style === "value") return pair(slot.slot.key, first ? entryNode(first) : null);
  if (slot.slot.style === "list") {
    const list = new YAMLSeq();
    list.items = slot.entries.map(entryNode);
    return pair(slot.slot.key, list);
  }
  const map = new YAMLMap();
  for (const entry of slot.entries) map.items.push(pair(entry.key, entryNode(entry)));
  // Lists as entries (grants: privileges by role) read well on one line; definitions do not.
  map.flow = slot.slot.shape.list !== undefined && slot.slot.parents[0] !== "root" && fits(map);
  return pair(slot.slot.key, map);
}

/** The short form where there is nothing beside it; else the long form, the definition first. */
function entryNode(entry: WrittenNode): unknown {
  if (entry.parts.length === 0) return valueNode(entry.value, true);
  const own = longForm(entry);
  const map = new YAMLMap();
  const said = entry.parts.filter((part) => part.slot.style === "value").map(slotPair);
  const held = entry.parts.filter((part) => part.slot.style !== "value").map(slotPair);
  const defined = held.length === 0 || own.some(([key]) => key === "def");
  map.items = defined ? [...ownPairs(own), ...said, ...held] : [...said, ...ownPairs(own), ...held];
  map.flow = entry.parts.every((part) => part.slot.style === "value") && fits(map);
  return map;
}

function ownPairs(own: readonly (readonly [string, WrittenValue])[]): Pair[] {
  return own.map(([key, value]) => pair(key, valueNode(value, false)));
}

/** The keys of the long form; a short value goes under the key that stands for it: `def`, a partition's `for`. */
function longForm(entry: WrittenNode): readonly (readonly [string, WrittenValue])[] {
  const { value } = entry;
  if (value === null) return [];
  if (isRecord(value)) return Object.entries(value);
  const { properties } = entry.slot.shape;
  const key = "def" in properties ? "def" : Object.keys(properties)[0];
  if (key === undefined) throw new Error(`no long form for ${entry.slot.key} ${entry.key}`);
  return [[key, value]];
}

function isRecord(value: WrittenValue): value is { readonly [key: string]: WrittenValue } {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function valueNode(value: WrittenValue, entry: boolean): unknown {
  if (Array.isArray(value)) {
    const list = new YAMLSeq();
    list.items = value.map((item) => valueNode(item, false));
    list.flow = fits(list) || list.items.length === 0;
    return list;
  }
  if (value !== null && isRecord(value)) {
    const map = new YAMLMap();
    map.items = Object.entries(value).map(([key, item]) => pair(key, valueNode(item, false)));
    map.flow = map.items.length === 0 || (fits(map) && (entry || map.items.length < 4));
    return map;
  }
  return typeof value === "string" ? stringNode(value) : new Scalar(value);
}

function stringNode(text: string): Scalar {
  const node = new Scalar(text);
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what this looks for.
  if (/[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ufeff]/.test(text) || /(^|\n)[ \t]*\u00a0/.test(text)) node.type = "QUOTE_DOUBLE";
  else if (text.includes("\n")) node.type = "BLOCK_LITERAL";
  return node;
}

/** Whether a node reads well on one line. Strings with parentheses that do not match are quoted there: commas separate. */
function fits(node: unknown): boolean {
  if (lengthOf(node) > shortest) return false;
  quoteUnbalanced(node);
  return true;
}

function lengthOf(node: unknown): number {
  if (isScalar(node)) return String(node.value).includes("\n") ? shortest + 1 : String(node.value).length + 2;
  if (isMap(node)) return node.items.reduce((sum, item) => sum + lengthOf(item.key) + lengthOf(item.value) + 2, 4);
  if (node instanceof YAMLSeq) return node.items.reduce<number>((sum, item) => sum + lengthOf(item) + 2, 4);
  return 4;
}

function quoteUnbalanced(node: unknown): void {
  if (isScalar(node) && typeof node.value === "string" && unbalanced(node.value)) node.type = "QUOTE_DOUBLE";
  else if (isMap(node)) for (const item of node.items) quoteUnbalanced(item.value);
  else if (node instanceof YAMLSeq) for (const item of node.items) quoteUnbalanced(item);
}

const unbalanced = (text: string): boolean => text.split("(").length !== text.split(")").length || /['"]/.test(text);
