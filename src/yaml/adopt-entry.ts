import { isMap, Scalar, YAMLMap } from "yaml";
import { pairsOf } from "./adopt-places.ts";
import { type Pairing, sameValue } from "./adopt-trees.ts";
import { keyOrder } from "./key-order.ts";
import { useKey } from "./templates.ts";
import type { WrittenNode } from "./written-tree.ts";
import type { YamlEdits } from "./yaml-edits.ts";
import type { PairPlace } from "./yaml-places.ts";
import { entryNode, longForm, slotPair, valueNode } from "./yaml-text.ts";

/** What is to be done to an entry that stays. */
export interface EntryChange {
  /** Parts that come new, each written out. */
  readonly additions: readonly WrittenNode[];
  /** Its own value is written anew though it says the same: its fragment said more, which is written out now. */
  readonly anew: boolean;
  /** It no longer uses templates. */
  readonly alone: boolean;
}

/** Changes one entry to what it shall say of itself, and puts new parts into it. Text that says the same stays. */
export function changeEntry(pairing: Pairing, place: PairPlace, change: EntryChange, edits: YamlEdits): void {
  const { before, after } = pairing;
  if (before === null || after === null) return;
  const own = change.anew || !sameValue(before.value, after.value);
  if (!own && change.additions.length === 0 && !change.alone) return;
  const there = isMap(place.pair.value) ? pairsOf(place, edits) : [];
  if (there.length > 0) {
    changeKeys(before, after, { ...change, anew: change.anew }, place, edits);
    for (const [slot, nodes] of bySlot(change.additions)) addParts(place, slot, nodes, after, edits);
  } else edits.replace(place, wholeValue(before, after, own, change.additions, place));
}

/** An entry in short form, or an empty one: replaced whole, with its own definition as it was written where that stays. */
function wholeValue(
  before: WrittenNode,
  after: WrittenNode,
  own: boolean,
  additions: readonly WrittenNode[],
  place: PairPlace,
): unknown {
  const parts = [...bySlot(additions)].map(([, entries]) => ({ slot: entries[0]?.slot ?? after.slot, entries }));
  if (parts.length === 0) return valueNode(after.value, true);
  const node = entryNode({ ...after, parts });
  const written = place.pair.value;
  const [definition] = longForm(before)[0] ?? [];
  if (!own && written !== null && !isMap(written) && node instanceof YAMLMap && definition !== undefined) {
    const kept = written.clone();
    if (kept instanceof Scalar) {
      kept.comment = null;
      kept.commentBefore = null;
    }
    node.set(definition, kept);
  }
  return node;
}

function changeKeys(before: WrittenNode, after: WrittenNode, change: EntryChange, place: PairPlace, edits: YamlEdits): void {
  const there = new Map(pairsOf(place, edits).map((pair) => [pair.key, pair]));
  const [old, next] = [new Map(longForm(before)), new Map(longForm(after))];
  const [first] = next.keys();
  for (const key of new Set([...old.keys(), ...next.keys()])) {
    const found = there.get(key);
    const value = next.get(key);
    const same = sameValue(old.get(key), value);
    if (value === undefined) {
      if (found) edits.remove(found);
    } else if (found) {
      if (!same || (change.anew && key === first)) edits.replace(found, valueNode(value, false));
    } else if (!same || change.alone) insertKey(place, key, valueNode(value, false), after, edits);
  }
  const use = there.get(useKey);
  if (change.alone && use) edits.remove(use);
}

function insertKey(place: PairPlace, key: string, value: unknown, node: WrittenNode, edits: YamlEdits): void {
  const order = keyOrder(node.slot, [node.fact.kind]);
  const rank = (name: string): number => (order.includes(name) ? order.indexOf(name) : order.length);
  const before = pairsOf(place, edits).filter((pair) => !edits.isRemoved(pair) && rank(pair.key) <= rank(key));
  edits.insert(place.pair.value as never, key, value, before.at(-1) ?? null);
}

function addParts(place: PairPlace, key: string, nodes: readonly WrittenNode[], owner: WrittenNode, edits: YamlEdits): void {
  const [first] = nodes;
  if (!first) return;
  const found = pairsOf(place, edits).find((pair) => pair.key === key && !edits.isRemoved(pair));
  const pair = slotPair({ slot: first.slot, entries: nodes });
  if (!found) insertKey(place, key, pair.value, owner, edits);
  else if (first.slot.style === "map" && pairsOf(found, edits).length > 0) addEntries(found, nodes, edits);
  else edits.replace(found, pair.value);
}

/** Puts entries into the map of a slot: columns behind the others, the rest by name where the names are in order. */
export function addEntries(slot: PairPlace, nodes: readonly WrittenNode[], edits: YamlEdits): void {
  const there = pairsOf(slot, edits).filter((pair) => !edits.isRemoved(pair));
  const keys = there.map(({ key }) => key);
  const ordered = keys.length > 1 && keys.every((key, index) => index === 0 || (keys[index - 1] ?? "") <= key);
  const last = there.at(-1) ?? pairsOf(slot, edits).at(-1) ?? null;
  for (const node of nodes) {
    const placed = typeof node.fact.spec.position === "number" || !ordered;
    const before = placed ? last : (there.filter(({ key }) => key <= node.key).at(-1) ?? null);
    edits.insert(slot.pair.value as never, node.key, entryNode(node), before);
  }
}

/** Entries by the key of their slot, in their order. */
export function bySlot(nodes: readonly WrittenNode[]): ReadonlyMap<string, readonly WrittenNode[]> {
  const found = new Map<string, WrittenNode[]>();
  for (const node of nodes) found.set(node.slot.key, [...(found.get(node.slot.key) ?? []), node]);
  return found;
}
