import { posix } from "node:path";
import { isMap, isSeq, YAMLSeq } from "yaml";
import { splitPath, withoutArguments } from "../base/identifier.ts";
import { kinds } from "../kinds/registry.ts";
import { addEntries, bySlot } from "./adopt-entry.ts";
import type { Location, Workspace } from "./adopt-places.ts";
import type { Pairing } from "./adopt-trees.ts";
import { configSchema } from "./config-schema.ts";
import { patternTakes } from "./file-patterns.ts";
import { slotsIn } from "./slots.ts";
import { templatesKey } from "./templates.ts";
import type { WrittenNode } from "./written-tree.ts";
import type { PairPlace } from "./yaml-places.ts";
import { slotPair, valueNode, yamlText } from "./yaml-text.ts";

/** Where new root entries go. */
export interface Homes {
  /** Puts entries where their siblings live. Returns the file. */
  place(node: WrittenNode): string;
  /** Files made new. */
  created(): ReadonlyMap<string, string>;
}

interface Settings {
  readonly workspace: Workspace;
  readonly main: string;
  readonly siblings: readonly Pairing[];
  readonly statementOf: (node: WrittenNode) => string | null;
}

/** Keys of the root of schema.yaml in the order in which they are written. */
export function rootOrder(): readonly string[] {
  return [...Object.keys(configSchema), templatesKey, ...slotsIn(kinds, ["root"], "schema").map(({ slot }) => slot.key)];
}

/** Finds homes for new entries: the file of most siblings of their schema, a file of their own where each sibling has one. */
export function openHomes(settings: Settings): Homes {
  const created = new Map<string, string>();
  const waiting = new Map<string, WrittenNode[]>();
  const { workspace, main } = settings;
  const place = (node: WrittenNode): string => {
    const siblings = siblingsOf(node, settings);
    const files = countBy(siblings.map(({ file }) => file));
    const [most] = [...files].sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1));
    const sql = siblings.filter(({ type }) => type === "statement").length * 2 > siblings.length;
    const statement = sql && node.parts.length === 0 ? settings.statementOf(node) : null;
    const alone = siblings.length > 1 && [...files.values()].every((count) => count === 1);
    const own = most && alone ? ownFile(node, most[0], settings) : null;
    if (statement !== null && most) {
      if (own === null) workspace.sql(most[0]).append(statement);
      else created.set(own, `${statement}\n`);
      return own ?? most[0];
    }
    if (own?.endsWith(".yaml")) {
      created.set(own, yamlText([], [{ slot: node.slot, entries: [node] }], toRoot(own, main)));
      return own;
    }
    const home = most && !most[0].endsWith(".sql") ? most[0] : main;
    waiting.set(home, [...(waiting.get(home) ?? []), node]);
    return home;
  };
  return {
    place,
    created: () => {
      for (const [file, nodes] of waiting) for (const [key, entries] of bySlot(nodes)) addToRoot(file, key, entries, workspace);
      waiting.clear();
      return created;
    },
  };
}

type Sibling = Extract<Location, { readonly file: string }>;

function siblingsOf(node: WrittenNode, { siblings, workspace }: Settings): readonly Sibling[] {
  const alike = siblings.filter(({ before, slot }) => before !== null && slot.key === node.slot.key);
  const near = alike.filter(({ before }) => before?.fact.schema === node.fact.schema);
  return (near.length > 0 ? near : alike).flatMap((pairing) => {
    const location = workspace.locate(pairing);
    return location.type === "pair" || location.type === "statement" ? [location] : [];
  });
}

function countBy(items: readonly string[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const item of items) counts.set(item, (counts.get(item) ?? 0) + 1);
  return counts;
}

/** A file beside a sibling's, named like it, when the patterns of schema.yaml take it in; else null. */
function ownFile(node: WrittenNode, sibling: string, { workspace, main }: Settings): string | null {
  const extension = posix.extname(sibling);
  const file = posix.join(posix.dirname(sibling), `${fileName(node.fact.object)}${extension}`);
  const key = extension === ".sql" ? "sql" : "include";
  const taken =
    workspace.files.has(file) || !patternsOf(workspace, main, key).some((pattern) => patternTakes(pattern, fromRoot(file, main)));
  return taken ? null : file;
}

/** A name that every file system takes: `app.orders`. */
export function fileName(object: string): string {
  const base = splitPath(withoutArguments(object))
    .join(".")
    .replaceAll(/[^\p{L}\p{N}_.-]/gu, "_");
  return base.replace(/^\.+/, "_").slice(0, 80) || "_";
}

const fromRoot = (file: string, main: string): string => posix.relative(posix.dirname(main), file);

/** Path from a file to the folder of schema.yaml: "./" or "../". */
export function toRoot(file: string, main: string): string {
  const path = posix.relative(posix.dirname(file), posix.dirname(main));
  return path === "" ? "./" : `${path}/`;
}

/** The patterns under a key of schema.yaml. */
export function patternsOf(workspace: Workspace, main: string, key: string): readonly string[] {
  const found = rootPair(main, key, workspace)?.pair.value;
  return isSeq(found) ? found.items.map((item) => String((item as { value?: unknown }).value ?? "")) : [];
}

function rootPair(file: string, key: string, workspace: Workspace): PairPlace | undefined {
  const edits = workspace.yaml(file);
  return edits?.places.inMap(edits.places.root).find((pair) => pair.key === key);
}

/** Puts entries into a root map of a file. */
function addToRoot(file: string, key: string, entries: readonly WrittenNode[], workspace: Workspace): void {
  const edits = workspace.yaml(file);
  const [first] = entries;
  if (!edits || !first) return;
  const found = rootPair(file, key, workspace);
  const pair = slotPair({ slot: first.slot, entries });
  if (!found || edits.isRemoved(found)) insertRoot(file, key, pair.value, workspace);
  else if (isMap(found.pair.value) && found.pair.value.items.length + edits.places.inMap(found.pair.value as never).length > 0)
    addEntries(found, entries, edits);
  else edits.replace(found, pair.value);
}

/** Puts a key into the root of a file, at its place in the order of the keys. */
export function insertRoot(file: string, key: string, value: unknown, workspace: Workspace): void {
  const edits = workspace.yaml(file);
  if (!edits) return;
  const order = rootOrder();
  const rank = (name: string): number => (order.includes(name) ? order.indexOf(name) : -1);
  const before = edits.places.inMap(edits.places.root).filter((pair) => !edits.isRemoved(pair) && rank(pair.key) <= rank(key));
  edits.insert(edits.places.root, key, value, before.at(-1) ?? null);
}

/** Makes the patterns under a key of schema.yaml take in what is new, and leave out what no file matches any more. */
export function settlePatterns(
  key: string,
  files: {
    readonly before: readonly string[];
    readonly after: readonly string[];
    readonly wanted: readonly (readonly [file: string, pattern: string])[];
  },
  main: string,
  workspace: Workspace,
): void {
  const patterns = patternsOf(workspace, main, key);
  const takes = (pattern: string, paths: Iterable<string>): boolean =>
    [...paths].some((path) => patternTakes(pattern, fromRoot(path, main)));
  const kept = patterns.filter((pattern) => takes(pattern, files.after) || !takes(pattern, files.before));
  const missing = [...files.wanted]
    .filter(([file]) => !kept.some((pattern) => takes(pattern, [file])))
    .map(([, pattern]) => pattern);
  const next = [...new Set([...kept, ...missing])];
  if (next.length === patterns.length && missing.length === 0) return;
  const list = valueNode(next, false);
  if (list instanceof YAMLSeq) list.flow = true;
  const found = rootPair(main, key, workspace);
  if (found && next.length === 0) workspace.yaml(main)?.remove(found);
  else if (found) workspace.yaml(main)?.replace(found, list);
  else insertRoot(main, key, list, workspace);
}
