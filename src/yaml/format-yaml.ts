import { Document, Scalar } from "yaml";
import { kinds } from "../kinds/registry.ts";
import type { YamlSlot } from "../model/kind.ts";
import { rootOrder } from "./adopt-home.ts";
import { type FormatItem, type FormatNode, formatTree, type Line } from "./format-tree.ts";
import { policyTableKey } from "./json-schema.ts";
import { keyOrder } from "./key-order.ts";
import { sharing, slotsIn } from "./slots.ts";
import { stringNode } from "./string-node.ts";
import { templatedSlots, templatesKey } from "./templates.ts";
import { keyPair, RoomyMap } from "./yaml-text.ts";

/** Longest line on which `{ }` and `[ ]` stay, and from which long text is folded. */
const widest = 100;

/** What a map is, as far as its keys have an order: the root, an entry, or a map of entries. */
type Place =
  | {
      readonly sort: "keys";
      readonly order: readonly string[];
      readonly owners: readonly string[];
      readonly files: "schema" | "policies";
      readonly slot: YamlSlot | null;
    }
  | { readonly sort: "entries"; readonly slot: YamlSlot }
  | null;

/**
 * A YAML file in its canonical form: keys in one order, entries in the order of the file, short forms, quotes only where they are
 * needed, indented by two, one blank line at most. Comments stay with what they stand above or behind. Formatting the result again
 * changes nothing. Null when the text is no YAML.
 */
export function formatYaml(content: string): string | null {
  const tree = formatTree(content);
  if (tree === null || tree.type !== "map") return null;
  const isPolicies = tree.items.some(({ key }) => key?.value === policyTableKey);
  const sorted = ordered(tree, isPolicies ? policiesPlace() : rootPlace());
  const [first] = tree.items;
  const moved = sorted.type === "map" && sorted.items[0]?.key !== first?.key;
  const head = first ? takeHead(first, moved) : [];
  const lines = collectionLines(sorted, 0);
  return `${[...head.map((line) => line ?? ""), ...lines].join("\n").trimEnd()}\n`;
}

/** Comments on the file, which stay its first lines: the schema's line, and what a blank line parts from the first key. */
function takeHead(first: FormatItem, moved: boolean): Line[] {
  if (moved) return first.lead.splice(0);
  const schema = first.lead.findIndex((line) => line?.includes("yaml-language-server") === true);
  const cut = Math.max(schema, first.lead.lastIndexOf(null));
  return cut < 0 ? [] : first.lead.splice(0, cut + 1);
}

function rootPlace(): Place {
  return { sort: "keys", order: rootOrder(), owners: ["root"], files: "schema", slot: null };
}

function policiesPlace(): Place {
  const slots = slotsIn(kinds, [policyTableKey], "policies").map(({ slot }) => slot);
  return {
    sort: "keys",
    order: [policyTableKey, ...slots.map(({ key }) => key)],
    owners: [policyTableKey],
    files: "policies",
    slot: null,
  };
}

/** What lies under a key of a map. */
function placeUnder(key: string, place: Place): Place {
  if (place === null) return null;
  if (place.sort === "entries") {
    const owners = sharing(kinds, place.slot).map(({ module }) => module.kind);
    return { sort: "keys", order: keyOrder(place.slot, owners), owners, files: "schema", slot: place.slot };
  }
  const templated = key === templatesKey && place.owners.includes("root") ? templatedSlots(kinds)[0]?.slot : undefined;
  const slot = templated ?? slotsIn(kinds, place.owners, place.files).find((candidate) => candidate.slot.key === key)?.slot;
  if (slot === undefined || slot.style === "list") return null;
  return slot.style === "map" ? { sort: "entries", slot } : placeUnder(key, { sort: "entries", slot });
}

/** Keys in their order, and long forms that say no more than the short one made short. */
function ordered(node: FormatNode, place: Place): FormatNode {
  if (node.type !== "map" && node.type !== "list") return node;
  if (node.type === "list")
    return { ...node, items: node.items.map((item) => ({ ...item, value: item.value && ordered(item.value, null) })) };
  const items = node.items.map((item) => {
    const inner = placeUnder(String(item.key?.value ?? ""), place);
    return { ...item, value: item.value && shortened(ordered(item.value, inner), inner) };
  });
  if (place?.sort !== "keys") return { ...node, items };
  const rank = ({ key }: FormatItem): number => {
    const index = place.order.indexOf(String(key?.value ?? ""));
    return index < 0 ? place.order.length : index;
  };
  return { ...node, items: [...items].sort((a, b) => rank(a) - rank(b)) };
}

function shortened(node: FormatNode, place: Place): FormatNode {
  if (node.type !== "map" || place?.sort !== "keys" || place.slot?.shape.scalar !== true) return node;
  const [only, ...more] = node.items;
  const plain =
    only && more.length === 0 && node.end.length === 0 && only.trail === null && only.lead.every((line) => line === null);
  return plain && only.key?.value === "def" && only.value?.type === "scalar" ? only.value : node;
}

// ---- text

const blanks = (count: number): string => " ".repeat(count);

/** The lines of a collection in block style. */
function collectionLines(node: FormatNode, indent: number): string[] {
  if (node.type !== "map" && node.type !== "list") return [];
  const lines: string[] = [];
  for (const [index, item] of node.items.entries()) {
    lines.push(...commentLines(index === 0 ? withoutFirstBlank(item.lead) : item.lead, indent));
    lines.push(...itemLines(item, indent));
  }
  return [...lines, ...commentLines(node.end, indent)];
}

function withoutFirstBlank(lines: readonly Line[]): readonly Line[] {
  return lines[0] === null ? lines.slice(1) : lines;
}

function commentLines(lines: readonly Line[], indent: number): string[] {
  return lines.flatMap((line, index) => (line === null ? (lines[index - 1] === null ? [] : [""]) : [blanks(indent) + line]));
}

function itemLines(item: FormatItem, indent: number): string[] {
  const head = blanks(indent) + (item.key ? `${keyText(item.key)}:` : "-");
  const trail = item.trail === null ? "" : ` ${item.trail}`;
  const { value } = item;
  if (value === null) return [head + trail];
  if (value.type === "scalar") return scalarLines(head, value, trail, indent);
  if (value.type === "verbatim") {
    const [first = "", ...rest] = value.text.split("\n");
    const shift = indent - value.column;
    return [
      `${head} ${first}`,
      ...rest.map((line) => (shift < 0 ? line.replace(new RegExp(`^ {0,${-shift}}`), "") : blanks(shift) + line)),
    ].map((line, index, all) => (index === all.length - 1 ? line + trail : line));
  }
  const line = value.flow || value.items.length === 0 ? flowText(value) : null;
  if (line !== null && (value.items.length === 0 || head.length + 1 + line.length <= widest)) return [`${head} ${line}${trail}`];
  const lines = collectionLines(value, indent + 2);
  // The first line of a map in a list stands behind the dash.
  const [first = ""] = lines;
  if (item.key === null && trail === "" && !first.trimStart().startsWith("#"))
    return [`${head} ${first.trimStart()}`, ...lines.slice(1)];
  return [head + trail, ...lines];
}

function keyText(key: Scalar): string {
  const plain = key.type === "PLAIN" && typeof key.value !== "string";
  if (plain) return key.source ?? String(key.value);
  return rendered(keyPair(String(key.value), new Scalar(0)), 0).replace(/: 0$/, "");
}

function rendered(pair: ReturnType<typeof keyPair>, lineWidth: number): string {
  const map = new RoomyMap();
  map.items.push(pair);
  const document = new Document();
  document.contents = map as never;
  return document.toString({ lineWidth, minContentWidth: 0 }).replace(/\n$/, "");
}

/** Text that YAML reads as something else stays as it is written; the rest is quoted as little as possible. */
function scalarLines(head: string, node: FormatNode & { readonly type: "scalar" }, trail: string, indent: number): string[] {
  const { scalar } = node;
  if (typeof scalar.value !== "string") return [`${head} ${scalar.source ?? "null"}${trail}`];
  const folded =
    scalar.type === "BLOCK_FOLDED" || (node.multiline && scalar.value.length > widest && !scalar.value.includes("\n"));
  const next = folded ? foldedNode(scalar.value) : stringNode(scalar.value);
  const [first = "", ...rest] = rendered(keyPair("k", next), folded ? Math.max(40, widest - indent) : 0).split("\n");
  const marked = /^k: [|>]/.test(first) ? `${first.slice(2)}${trail}` : `${first.slice(2)}${rest.length === 0 ? trail : ""}`;
  return [head + marked, ...rest.map((line) => (line === "" ? "" : blanks(indent) + line))];
}

function foldedNode(text: string): Scalar {
  const node = new Scalar(text);
  node.type = "BLOCK_FOLDED";
  return node;
}

/** A collection on one line; null when something in it takes several. */
function flowText(node: FormatNode): string | null {
  if (node.type === "verbatim") return null;
  if (node.type === "scalar") return flowScalar(node.scalar);
  if (node.end.length > 0 || node.items.some(({ lead, trail }) => lead.length > 0 || trail !== null)) return null;
  const parts = node.items.map((item) => {
    const value = item.value === null ? "null" : flowText(item.value);
    if (value === null) return null;
    if (item.key === null) return value;
    const key = keyText(item.key);
    return `${/^[^"'].*[[\]{},]/.test(key) ? JSON.stringify(String(item.key.value)) : key}: ${value}`;
  });
  if (parts.includes(null)) return null;
  const inner = parts.join(", ");
  if (node.type === "list") return `[${inner}]`;
  return inner === "" ? "{}" : `{ ${inner} }`;
}

/** In braces a comma separates: what has brackets or quotes of its own is quoted. */
function flowScalar(scalar: Scalar): string | null {
  if (typeof scalar.value !== "string") return scalar.source ?? "null";
  if (scalar.value.includes("\n")) return null;
  const text = rendered(keyPair("k", stringNode(scalar.value)), 0).slice(3);
  if (text.includes("\n")) return null;
  return /^["']/.test(text) || !/[[\]{},]|['"]/.test(text) ? text : quoted(scalar.value);
}

function quoted(text: string): string {
  const node = new Scalar(text);
  node.type = text.includes('"') && !text.includes("'") ? "QUOTE_SINGLE" : "QUOTE_DOUBLE";
  return rendered(keyPair("k", node), 0).slice(3);
}
