import { kinds } from "../kinds/registry.ts";
import type { Fact } from "../model/database.ts";
import type { YamlSlot } from "../model/kind.ts";
import { kindOf, type ObjectId, pathOf } from "../model/object-id.ts";
import { policyTableKey } from "./json-schema.ts";
import { createTreeWriter, type WrittenNode, type WrittenSlot } from "./written-tree.ts";

/** One entry as it is and as it shall be: null where it is not there. */
export interface Pairing {
  readonly slot: YamlSlot;
  readonly before: WrittenNode | null;
  readonly after: WrittenNode | null;
  readonly parts: readonly Pairing[];
  readonly owner: Pairing | null;
}

/** All entries of two states, side by side. */
export interface PairedTrees {
  readonly root: readonly Pairing[];
  /** What stands in policy files, by the id of the table. */
  readonly policies: ReadonlyMap<ObjectId, readonly Pairing[]>;
}

/** Pairs the entries of what the files declare with those of what they shall declare, by the ids of their facts. */
export function pairTrees(before: ReadonlyMap<ObjectId, Fact>, after: ReadonlyMap<ObjectId, Fact>, schema: string): PairedTrees {
  const [old, next] = [before, after].map((facts) =>
    createTreeWriter(kinds, { facts }, schema, ({ foreign }) => foreign === undefined, true),
  );
  if (!old || !next) throw new Error("two writers");
  const tables = new Set<ObjectId>();
  for (const facts of [before, after])
    for (const { parent } of facts.values()) if (parent !== null && kindOf(parent) === policyTableKey) tables.add(parent);
  const policies = [...tables].map((id) => {
    const table = before.get(id) ?? after.get(id) ?? bareTable(id);
    return [id, pairSlots(old.slots(table, "policies"), next.slots(table, "policies"), null)] as const;
  });
  return {
    root: pairSlots(old.slots(null, "schema"), next.slots(null, "schema"), null),
    policies: new Map(policies.filter(([, pairings]) => pairings.length > 0)),
  };
}

function bareTable(id: ObjectId): Fact {
  return { kind: policyTableKey, id, object: pathOf(id), schema: null, parent: null, spec: {} };
}

function pairSlots(before: readonly WrittenSlot[], after: readonly WrittenSlot[], owner: Pairing | null): Pairing[] {
  const old = new Map(before.flatMap(({ entries }) => entries).map((node) => [node.fact.id, node]));
  const next = new Map(after.flatMap(({ entries }) => entries).map((node) => [node.fact.id, node]));
  const ids = [...old.keys(), ...[...next.keys()].filter((id) => !old.has(id))];
  return ids.flatMap((id) => pairNodes(old.get(id) ?? null, next.get(id) ?? null, owner) ?? []);
}

function pairNodes(before: WrittenNode | null, after: WrittenNode | null, owner: Pairing | null): Pairing | null {
  const some = after ?? before;
  if (some === null) return null;
  const parts: Pairing[] = [];
  const pairing: Pairing = { slot: some.slot, before, after, parts, owner };
  parts.push(...pairSlots(before?.parts ?? [], after?.parts ?? [], pairing));
  return pairing;
}

/** Whether an entry comes, goes or says something else of itself; its parts aside. */
export function changesItself({ before, after }: Pairing): boolean {
  return before === null || after === null || !sameValue(before.value, after.value);
}

/** Whether two written values say the same. */
export function sameValue(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

/** An entry and all that lies in it. */
export function everyPairing(pairings: readonly Pairing[]): readonly Pairing[] {
  return pairings.flatMap((pairing) => [pairing, ...everyPairing(pairing.parts)]);
}
