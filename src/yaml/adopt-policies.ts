import { posix } from "node:path";
import type { DesiredDatabase, Fact } from "../model/database.ts";
import { type ObjectId, pathOf } from "../model/object-id.ts";
import { addEntries, bySlot } from "./adopt-entry.ts";
import { fileName, toRoot } from "./adopt-home.ts";
import type { Workspace } from "./adopt-places.ts";
import type { Pairing } from "./adopt-trees.ts";
import { policyTableKey } from "./json-schema.ts";
import { keyPath } from "./read-facts.ts";
import type { WrittenNode } from "./written-tree.ts";
import type { YamlEdits } from "./yaml-edits.ts";
import { slotPair, yamlText } from "./yaml-text.ts";

interface Settings {
  readonly desired: Pick<DesiredDatabase, "config" | "policyFiles">;
  readonly workspace: Workspace;
  /** Files made new; one more may come. */
  readonly created: Map<string, string>;
  readonly statementOf: (fact: Fact) => string | null;
}

/** Puts new policies into the file of their table, which is made when there is none. Returns the file. */
export function addPolicies(
  table: ObjectId,
  nodes: readonly WrittenNode[],
  siblings: readonly Pairing[],
  settings: Settings,
): string {
  const { desired, workspace, created } = settings;
  const file = [...desired.policyFiles].sort().find((candidate) => tableOf(candidate, settings) === pathOf(table));
  const edits = file === undefined ? null : workspace.yaml(file);
  if (file !== undefined && edits) {
    for (const [key, entries] of bySlot(nodes)) addToDocument(edits, key, entries);
    return file;
  }
  const statements = siblings.map((pairing) => workspace.locate(pairing)).find(({ type }) => type === "statement");
  if (statements?.type === "statement") {
    for (const node of nodes) workspace.sql(statements.file).append(settings.statementOf(node.fact) ?? "");
    return statements.file;
  }
  const others = [...desired.policyFiles].filter((candidate) => candidate.endsWith(".yaml")).sort();
  const folder = others[0] === undefined ? posix.join(posix.dirname(desired.config.file), "policies") : posix.dirname(others[0]);
  const path = freeFile(posix.join(folder, fileName(pathOf(table))), settings);
  const slots = [...bySlot(nodes).values()].map((entries) => ({ slot: entries[0]?.slot, entries }));
  const written = slots.flatMap(({ slot, entries }) => (slot ? [{ slot, entries }] : []));
  created.set(path, yamlText([[policyTableKey, pathOf(table)]], written, toRoot(path, desired.config.file)));
  return path;
}

function tableOf(file: string, { workspace, desired }: Settings): string | null {
  if (file.endsWith(".sql")) return null;
  const places = workspace.yaml(file)?.places;
  const pair = places?.inMap(places.root).find(({ key }) => key === policyTableKey);
  const value = (pair?.pair.value as { readonly source?: string } | null | undefined)?.source;
  return value === undefined ? null : keyPath(value, desired.config.schema);
}

function addToDocument(edits: YamlEdits, key: string, entries: readonly WrittenNode[]): void {
  const [first] = entries;
  if (!first) return;
  const pairs = edits.places.inMap(edits.places.root);
  const found = pairs.find((pair) => pair.key === key && !edits.isRemoved(pair));
  const pair = slotPair({ slot: first.slot, entries });
  const map = found?.pair.value;
  if (found && map && edits.places.inMap(map as never).length > 0) addEntries(found, entries, edits);
  else if (found) edits.replace(found, pair.value);
  else edits.insert(edits.places.root, key, pair.value, pairs.filter((candidate) => !edits.isRemoved(candidate)).at(-1) ?? null);
}

function freeFile(base: string, { workspace, created }: Settings): string {
  const name = base.replace(/\.test$/, ".test_");
  let path = `${name}.yaml`;
  for (let n = 2; workspace.files.has(path) || created.has(path); n++) path = `${name}-${n}.yaml`;
  return path;
}
