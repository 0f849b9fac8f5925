import { kinds } from "../kinds/registry.ts";
import type { YamlSlot } from "../model/kind.ts";
import { slotsIn } from "./slots.ts";
import { useKey } from "./templates.ts";

/** The keys of an entry of a slot, of one of some kinds, in the order in which they are written. */
export function keyOrder(slot: YamlSlot, owners: readonly string[]): readonly string[] {
  const question = owners.join(" ");
  const known = answers.get(slot) ?? new Map<string, readonly string[]>();
  answers.set(slot, known);
  const before = known.get(question);
  if (before) return before;
  const order = ordered(slot, owners);
  known.set(question, order);
  return order;
}

/** Asked for every entry that is written, with few different questions. */
const answers = new WeakMap<YamlSlot, Map<string, readonly string[]>>();

function ordered(slot: YamlSlot, owners: readonly string[]): readonly string[] {
  const found = slotsIn(kinds, owners, "schema");
  // What lies in one of its own kind (partitions) comes last.
  const parts = [
    ...found.filter(({ module }) => !owners.includes(module.kind)),
    ...found.filter(({ module }) => owners.includes(module.kind)),
  ].map((part) => part.slot);
  const own = ["def", ...Object.keys(slot.shape.properties)];
  const said = parts.filter(({ style }) => style === "value").map(({ key }) => key);
  const held = parts.filter(({ style }) => style !== "value");
  const keys = held.map(({ key }) => key);
  // What is made of parts starts with what is said of it; the rest with what it is.
  const isMadeOfParts = !slot.shape.scalar && held.some(({ parents }) => owners.some((owner) => parents.includes(owner)));
  return isMadeOfParts ? [...said, ...own, useKey, ...keys] : [...own, ...said, useKey, ...keys];
}
