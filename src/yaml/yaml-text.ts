import { Document, isMap, isScalar, Pair, Scalar, YAMLMap, YAMLSeq } from "yaml";
import type { WrittenValue } from "../model/kind.ts";
import { keyOrder } from "./key-order.ts";
import { stringNode } from "./string-node.ts";
import { unfoldWide } from "./unfold-wide.ts";
import type { WrittenNode, WrittenSlot } from "./written-tree.ts";

/** Longest map or list that is written on one line, in characters. */
const shortest = 72;
/** The comment that tells editors the schema of a file; `path` leads to the folder of schema.yaml. */
export const schemaComment = (path: string): string =>
  ` yaml-language-server: $schema=${path}node_modules/pg-lockstep/schema/v1.json`;

type Context = NonNullable<Parameters<YAMLSeq["toString"]>[0]>;

/** A list as people write them: `[a, b]`, and `{ a: b }` in it with blanks. */
class TightSeq extends YAMLSeq {
  override toString(context?: Context, onComment?: () => void, onChompKeep?: () => void): string {
    return super.toString(context && { ...context, flowCollectionPadding: "" }, onComment, onChompKeep);
  }
}

/** A map whose braces keep their blanks inside a tight list. */
export class RoomyMap extends YAMLMap {
  override toString(context?: Context, onComment?: () => void, onChompKeep?: () => void): string {
    return super.toString(context && { ...context, flowCollectionPadding: " " }, onComment, onChompKeep);
  }
}

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
  const root = new RoomyMap();
  for (const [key, value] of keys) root.items.push(keyPair(key, valueNode(value, false)));
  for (const slot of slots) root.items.push(slotPair(slot));
  unfoldWide(root, 0);
  const document = new Document();
  document.contents = root;
  document.commentBefore = schemaComment(folder);
  return document.toString({ lineWidth: 0 }).replace(/^(#[^\n]*\n)\n/, "$1");
}

/** A pair with its key quoted where plain text would not be read back. */
export function keyPair(key: string, value: unknown): Pair {
  const node = new Scalar(key);
  if (key === "<<" || /^[\s\ufeff\u200b]/.test(key) || unbalanced(key)) node.type = "QUOTE_DOUBLE";
  return new Pair(node, value);
}

/** A slot with its entries: the pair of a map. */
export function slotPair(slot: WrittenSlot): Pair {
  const [first] = slot.entries;
  if (slot.slot.style === "value") return keyPair(slot.slot.key, first ? entryNode(first) : null);
  if (slot.slot.style === "list") {
    const list = new TightSeq();
    list.items = slot.entries.map(entryNode);
    return keyPair(slot.slot.key, list);
  }
  const map = new RoomyMap();
  for (const entry of slot.entries) map.items.push(keyPair(entry.key, entryNode(entry)));
  // Lists as entries (grants: privileges by role) read well on one line; definitions do not.
  map.flow = slot.slot.shape.list !== undefined && slot.slot.parents[0] !== "root" && fitsOnLine(map);
  return keyPair(slot.slot.key, map);
}

/** The short form where there is nothing beside it; else the long form, its keys in the order that `fmt` has. */
export function entryNode(entry: WrittenNode): unknown {
  const order = keyOrder(entry.slot, [entry.fact.kind]);
  if (entry.parts.length === 0) {
    const node = valueNode(entry.value, true);
    if (isMap(node)) node.items.sort((a, b) => rankOf(a as Pair, order) - rankOf(b as Pair, order));
    return node;
  }
  const own = longForm(entry);
  const map = new RoomyMap();
  map.items = [...ownPairs(own), ...entry.parts.map(slotPair)].sort((a, b) => rankOf(a, order) - rankOf(b, order));
  map.flow = entry.parts.every((part) => part.slot.style === "value") && fitsOnLine(map);
  return map;
}

function rankOf(pair: Pair, order: readonly string[]): number {
  const index = order.indexOf(String((pair.key as Scalar).value));
  return index < 0 ? order.length : index;
}

function ownPairs(own: readonly (readonly [string, WrittenValue])[]): Pair[] {
  return own.map(([key, value]) => keyPair(key, valueNode(value, false)));
}

/** The keys of the long form; a short value goes under the key that stands for it: `def`, a partition's `for`. */
export function longForm(entry: WrittenNode): readonly (readonly [string, WrittenValue])[] {
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

/** A value as a node; `entry`: it stands for a whole entry. */
export function valueNode(value: WrittenValue, entry: boolean): unknown {
  if (Array.isArray(value)) {
    const list = new TightSeq();
    list.items = value.map((item) => valueNode(item, false));
    list.flow = fitsOnLine(list) || list.items.length === 0;
    return list;
  }
  if (value !== null && isRecord(value)) {
    const map = new RoomyMap();
    map.items = Object.entries(value).map(([key, item]) => keyPair(key, valueNode(item, false)));
    map.flow = map.items.length === 0 || (fitsOnLine(map) && (entry || map.items.length < 4));
    return map;
  }
  return typeof value === "string" ? stringNode(value) : new Scalar(value);
}

/** Whether a node reads well on one line. Strings with parentheses that do not match are quoted there: commas separate. */
export function fitsOnLine(node: unknown): boolean {
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
