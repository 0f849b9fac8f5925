import { splitPath } from "../base/identifier.ts";
import type { Fact, LiveDatabase } from "../model/database.ts";
import type { KindModule, WriteContext, WrittenEntry, WrittenValue, YamlSlot } from "../model/kind.ts";
import { kindOf } from "../model/object-id.ts";
import { liesIn, type SlotModule, sharing, slotsOf } from "./slots.ts";

/** An entry as it is written: the kind's own value, and what lies in it. */
export interface WrittenNode {
  readonly key: string;
  readonly value: WrittenValue;
  readonly fact: Fact;
  readonly slot: YamlSlot;
  readonly parts: readonly WrittenSlot[];
}

/** All entries of one slot of one parent. */
export interface WrittenSlot {
  readonly slot: YamlSlot;
  readonly entries: readonly WrittenNode[];
}

/** Builds the entries of a live database. */
export interface TreeWriter {
  /** The slots of a parent (null: the root) that the sort of file may say, the schema files first served. */
  slots(parent: Fact | null, files: "schema" | "policies"): readonly WrittenSlot[];
}

/** Facts to entries: each kind writes its own, what lies in them is put together here. Only facts for which `wanted` holds. */
export function createTreeWriter(
  kinds: readonly KindModule[],
  live: Pick<LiveDatabase, "facts">,
  schema: string,
  wanted: (fact: Fact, slot: YamlSlot) => boolean,
  /** Everything is said, also what goes without saying because most objects have it. */
  explicit = false,
): TreeWriter {
  const byParent = groupByParent(live.facts, kinds);
  const byKind = new Map<string, Fact[]>();
  for (const fact of live.facts.values()) {
    const list = byKind.get(fact.kind);
    if (list) list.push(fact);
    else byKind.set(fact.kind, [fact]);
  }
  const context: WriteContext = {
    schema,
    children: (parent, kind) => (byParent.get(parent) ?? []).filter((fact) => fact.kind === kind),
    fact: (id) => live.facts.get(id),
    ofKind: (kind) => (explicit ? [] : (byKind.get(kind) ?? [])),
  };
  const slots = (parent: Fact | null, files: "schema" | "policies"): WrittenSlot[] =>
    placesIn(parent, files, kinds).flatMap(({ slot }) => {
      const alike = sharing(kinds, slot);
      // Kinds that share a key share a map: the first of them writes it.
      if (alike[0]?.slot !== slot) return [];
      const owners = new Map(alike.map((place) => [place.module.kind, place.slot]));
      const entries = (byParent.get(parent?.id ?? "") ?? []).flatMap((fact) => {
        const own = owners.get(fact.kind);
        return own && wanted(fact, own) ? (entryOf(fact, own, context, slots(fact, "schema")) ?? []) : [];
      });
      return entries.length > 0 ? [{ slot, entries: alike.length > 1 ? byKey(entries) : entries }] : [];
    });
  return { slots };
}

function byKey(entries: readonly WrittenNode[]): readonly WrittenNode[] {
  return [...entries].sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0));
}

/** The slots in a parent, in the order of the kinds; what lies in one of its own kind (partitions) comes last. */
function placesIn(parent: Fact | null, files: "schema" | "policies", kinds: readonly KindModule[]): readonly SlotModule[] {
  const all = kinds.flatMap((module) => slotsOf(module).map((slot) => ({ module, slot })));
  const here = all.filter(({ slot }) => homeOf(slot) === files && liesIn(slot, [parent?.kind ?? "root"], kinds));
  const last = here.filter(({ module }) => module.kind === parent?.kind);
  return [...here.filter((place) => !last.includes(place)), ...last];
}

/** Where pull writes a slot that several sorts of file may say: in the schema file. */
function homeOf(slot: YamlSlot): "schema" | "policies" {
  return slot.files.includes("schema") ? "schema" : "policies";
}

function entryOf(fact: Fact, slot: YamlSlot, context: WriteContext, parts: readonly WrittenSlot[]): WrittenNode | null {
  const written =
    slot.write(fact, context) ?? (parts.length > 0 && slot.style === "map" ? bareEntry(fact, context.schema) : null);
  return written && { ...written, fact, slot, parts };
}

/** An object that another entry declares (the sequence of a serial column): only what is said about it. */
function bareEntry(fact: Fact, schema: string): WrittenEntry {
  const names = splitPath(fact.object);
  const plain = names.every((name) => !/[."]/.test(name));
  const inside = names[0] === schema ? names.slice(1) : names;
  return { key: inside.map((name) => (plain ? name : `"${name.replaceAll('"', '""')}"`)).join("."), value: {} };
}

/** Facts by the object whose entry theirs lies in; "" for those in the root maps, like sequences, which a column may own. */
function groupByParent(facts: LiveDatabase["facts"], kinds: readonly KindModule[]): Map<string, Fact[]> {
  const groups = new Map<string, Fact[]>();
  const modules = new Map(kinds.map((module) => [module.kind, module]));
  for (const fact of facts.values()) {
    const module = modules.get(fact.kind);
    const inside =
      fact.parent !== null && module && slotsOf(module).some((slot) => liesIn(slot, [kindOf(fact.parent ?? "")], kinds));
    const key = inside ? (fact.parent ?? "") : "";
    const group = groups.get(key);
    if (group) group.push(fact);
    else groups.set(key, [fact]);
  }
  for (const group of groups.values()) group.sort(byPosition);
  return groups;
}

/** Columns in their order, everything else by name. */
function byPosition(a: Fact, b: Fact): number {
  const [x, y] = [a.spec.position, b.spec.position];
  if (typeof x === "number" && typeof y === "number" && kindOf(a.id) === kindOf(b.id)) return x - y;
  return a.id < b.id ? -1 : a.id > b.id ? 1 : 0;
}
