import { qualifiedName, quoteIdentifier, splitPath } from "../base/identifier.ts";
import { kindNamed, kinds } from "../kinds/registry.ts";
import type { Edge, Fact } from "../model/database.ts";
import { kindOf, type ObjectId, pathOf, roleId, schemaId } from "../model/object-id.ts";
import type { PlannedDraft } from "./drafts.ts";
import { type NameIndex, nameIndex } from "./names.ts";
import { dependentsOf, rebuiltBy } from "./rebuild.ts";
import { takenNames } from "./taken-names.ts";

/** Which draft must run before which: `before[b]` holds the indexes of what precedes draft b. */
export type Precedence = readonly ReadonlySet<number>[];

interface GraphInput {
  readonly drafts: readonly PlannedDraft[];
  readonly edges: readonly Edge[];
  readonly liveFacts: ReadonlyMap<ObjectId, Fact>;
  readonly finalFacts: ReadonlyMap<ObjectId, Fact>;
}

/** Derives the order that drafts need from what they provide, need and remove, and from what depends on what in the catalog. */
export function precedence(input: GraphInput): Precedence {
  const { drafts } = input;
  const before: Set<number>[] = drafts.map(() => new Set<number>());
  const add = (first: number, second: number): void => {
    if (first !== second) before[second]?.add(first);
  };
  const providers = indexBy(drafts, (planned) => planned.draft.provides);
  const inside = childIndex(input.liveFacts);
  const removers = indexBy(drafts, (planned) => removedWith(planned, inside));
  const names = nameIndex(input.finalFacts.values());
  const within = childIndex(input.finalFacts);
  chainEdges(drafts, add);
  const comesAfterReturn = afterReturn(drafts);
  drafts.forEach((planned, index) => {
    for (const id of neededIds(planned, names, within, input.finalFacts))
      for (const provider of providers.get(id) ?? [])
        if (!isSameChain(planned, drafts[provider]) && !comesAfterReturn(planned, provider)) add(provider, index);
    for (const id of planned.draft.after ?? [])
      for (const first of [...(providers.get(id) ?? []), ...(removers.get(id) ?? [])])
        if (!isSameChain(planned, drafts[first])) add(first, index);
    // What takes a name comes after what frees it.
    for (const id of planned.draft.provides) for (const remover of removers.get(id) ?? []) add(remover, index);
  });
  takenNames(drafts, { live: input.liveFacts, final: input.finalFacts }, removers, add);
  // A rename frees the old name, but what depends on the thing stays with it.
  const goers = indexBy(drafts, (planned) => (planned.draft.action === "rename" ? [] : removedWith(planned, inside)));
  const own = indexBy(drafts, (planned) => (planned.draft.action === "rename" ? [] : planned.draft.removes));
  // What has a step of its own goes with that, not with what it lies in.
  const going = new Map([...goers, ...own]);
  for (const edge of input.edges) removalEdges(edge, providers, going, drafts, add);
  for (const [id, firsts] of own)
    for (const first of firsts) for (const second of removers.get(id) ?? []) if (!firsts.includes(second)) add(first, second);
  renameEdges(input, add);
  clearingEdges(drafts, add);
  doorEdges(input, add);
  leavingEdges(input, goers, add);
  return before;
}

type Add = (first: number, second: number) => void;

function indexBy(drafts: readonly PlannedDraft[], ids: (planned: PlannedDraft) => readonly ObjectId[]): Map<ObjectId, number[]> {
  const map = new Map<ObjectId, number[]>();
  drafts.forEach((planned, index) => {
    for (const id of ids(planned)) {
      const list = map.get(id);
      if (list) list.push(index);
      else map.set(id, [index]);
    }
  });
  return map;
}

/** A dropped object takes what lies in it along. */
function removedWith(planned: PlannedDraft, inside: ReadonlyMap<ObjectId, readonly Fact[]>): ObjectId[] {
  const out = new Set<ObjectId>(planned.draft.removes);
  // A set gives what is added to it while it is walked.
  for (const id of out) for (const fact of inside.get(id) ?? []) out.add(fact.id);
  return [...out];
}

function childIndex(facts: ReadonlyMap<ObjectId, Fact>): Map<ObjectId, Fact[]> {
  const map = new Map<ObjectId, Fact[]>();
  for (const fact of facts.values()) {
    if (fact.parent === null) continue;
    const list = map.get(fact.parent);
    if (list) list.push(fact);
    else map.set(fact.parent, [fact]);
  }
  return map;
}

function chainEdges(drafts: readonly PlannedDraft[], add: Add): void {
  const last = new Map<string, number>();
  drafts.forEach((planned, index) => {
    const previous = last.get(planned.chain);
    if (previous !== undefined) add(previous, index);
    last.set(planned.chain, index);
  });
}

/**
 * What stood in the way of a statement comes back behind it, in its transaction: what else becomes of that object need not be done by
 * then (the type of a column has changed, its NOT NULL is still to be proved). Out: whether a draft put back has no need of a provider.
 */
function afterReturn(drafts: readonly PlannedDraft[]): (back: PlannedDraft, provider: number) => boolean {
  const cleared = new Map<string, { readonly id: ObjectId; readonly at: number }[]>();
  drafts.forEach(({ draft, chain }, at) => {
    for (const { id } of draft.clears)
      if (draft.provides.includes(id)) cleared.set(chain, [...(cleared.get(chain) ?? []), { id, at }]);
  });
  return (back, provider) => {
    if (back.rebuild !== "back") return false;
    const before = cleared.get(must(drafts[provider]).chain) ?? [];
    return before.some(({ id, at }) => at < provider && back.obstacles.includes(id));
  };
}

function isSameChain(a: PlannedDraft, b: PlannedDraft | undefined): boolean {
  return a.chain === b?.chain;
}

/** Kinds of parts, whose ids begin with the path of what they lie in. */
const parts = new Set(kinds.flatMap((kind) => (kind.partOfParent === true ? [kind.kind] : [])));

/** What a name stands for; a part that its table has from others (a column of a partition) is theirs. */
function resolveWithin(name: string, names: NameIndex, facts: ReadonlyMap<ObjectId, Fact>): readonly ObjectId[] {
  const found = names.resolve(name);
  if (found.length > 0 || !parts.has(kindOf(name))) return found;
  const path = splitPath(pathOf(name));
  const own = qualifiedName(...path.slice(0, -1));
  const above = names.resolve(`relation ${own}`).flatMap((id) => {
    const fact = facts.get(id);
    return fact ? (kindNamed(fact.kind).heirOf?.(fact) ?? []) : [];
  });
  const last = quoteIdentifier(path.at(-1) ?? "");
  return above.flatMap((id) => resolveWithin(`${kindOf(name)} ${pathOf(id)}.${last}`, names, facts));
}

/** Ids that must be there: what it says, its parent, and, for what makes a fact, the names in the fact's SQL. */
function neededIds(
  planned: PlannedDraft,
  names: NameIndex,
  within: ReadonlyMap<ObjectId, readonly Fact[]>,
  facts: ReadonlyMap<ObjectId, Fact>,
): Set<ObjectId> {
  const { draft, fact } = planned;
  const ids = new Set<ObjectId>();
  const reference = (name: string): void => {
    for (const id of resolveWithin(name, names, facts)) {
      ids.add(id);
      // Naming a relation means its columns as they will be.
      if (name.startsWith("relation ")) for (const child of within.get(id) ?? []) if (isReliedOn(child)) ids.add(child.id);
    }
  };
  for (const name of draft.needs) reference(name);
  if (draft.action === "drop" || draft.takesAway === true || planned.rebuild === "away" || isGone(planned)) return ids;
  if (fact.parent !== null && kindNamed(fact.kind).madeBeforeParent !== true) ids.add(fact.parent);
  if (fact.schema !== null) ids.add(schemaId(fact.schema));
  // A draft that makes several facts at once (a table with its columns) needs what each of them does.
  const made =
    draft.provides.length > 1 ? draft.provides.flatMap((id) => within.get(fact.id)?.find((child) => child.id === id) ?? []) : [];
  // What is only renamed has had what it needs all along, under whatever names.
  const makes = draft.action === "rename" ? [] : [fact, ...made];
  for (const one of makes) for (const name of kindNamed(one.kind).dependsOn(one)) reference(name);
  for (const one of makes) for (const role of kindNamed(one.kind).roles?.(one) ?? []) reference(roleId(role));
  for (const id of draft.provides) ids.delete(id);
  return ids;
}

/** True for a step after which its fact is no more, whatever its action is called. */
function isGone({ draft, fact }: PlannedDraft): boolean {
  return draft.removes.includes(fact.id) && !draft.provides.includes(fact.id);
}

/** What lies in a thing that is renamed is called by its new name, also where it goes. */
function renameEdges({ drafts, liveFacts, finalFacts }: GraphInput, add: Add): void {
  const renames = indexBy(drafts, (planned) => (planned.draft.action === "rename" ? planned.draft.provides : []));
  if (renames.size === 0) return;
  drafts.forEach(({ fact }, index) => {
    if (fact.schema !== null) for (const first of renames.get(schemaId(fact.schema)) ?? []) add(first, index);
    for (let at = fact.parent; at !== null; at = (finalFacts.get(at) ?? liveFacts.get(at))?.parent ?? null)
      for (const first of renames.get(at) ?? []) add(first, index);
  });
}

/** What is done inside an object while it changes what it is part of: after it is taken off, before it is put on. */
function doorEdges({ drafts, liveFacts, finalFacts }: GraphInput, add: Add): void {
  const doors = drafts.flatMap(({ draft, fact }, index) => (draft.opens || draft.closes ? [{ draft, id: fact.id, index }] : []));
  if (doors.length === 0) return;
  const parentOf = (id: ObjectId): ObjectId | null => (finalFacts.get(id) ?? liveFacts.get(id))?.parent ?? null;
  drafts.forEach((planned, index) => {
    for (const door of doors) {
      if (isSameChain(planned, drafts[door.index])) continue;
      if (door.draft.opens && reachesPart(planned.fact, door.id, liveFacts, finalFacts)) add(door.index, index);
      let at = planned.fact.parent;
      while (at !== null && at !== door.id) at = parentOf(at);
      if (at === null) continue;
      if (door.draft.opens) add(door.index, index);
      if (door.draft.closes) add(index, door.index);
    }
  });
}

/**
 * True for what has parts of its own in an object that leaves what they lie in: the index of a tree of partitions would take that of the
 * one which leaves along when it goes, and never be complete when it comes.
 */
function reachesPart(fact: Fact, id: ObjectId, live: GraphInput["liveFacts"], final: GraphInput["finalFacts"]): boolean {
  const leaves = live.get(id)?.parent ?? null;
  if (leaves === null || leaves === (final.get(id)?.parent ?? null) || kindNamed(fact.kind).partIndexes === undefined)
    return false;
  for (let at: ObjectId | null = leaves; at !== null; at = live.get(at)?.parent ?? null) if (at === fact.parent) return true;
  return false;
}

/** A part of a relation that whoever names the relation may mean: its columns and keys. */
function isReliedOn(part: Fact): boolean {
  const kind = kindNamed(part.kind);
  return kind.partOfParent === true && kind.forItselfAlone?.(part) !== true;
}

/** What depended on a thing that goes has to go or change before it. */
function removalEdges(
  edge: Edge,
  providers: ReadonlyMap<ObjectId, number[]>,
  removers: ReadonlyMap<ObjectId, number[]>,
  drafts: readonly PlannedDraft[],
  add: Add,
): void {
  const gone = removers.get(edge.on);
  if (!gone) return;
  const goesToo = removers.get(edge.dependent);
  for (const first of goesToo ?? [])
    for (const second of gone) if (!isSameChain(must(drafts[first]), drafts[second])) add(first, second);
  // What is made anew need not be there before the old thing is gone.
  if (providers.has(edge.on) || goesToo !== undefined) return;
  for (const first of providers.get(edge.dependent) ?? [])
    for (const second of gone) if (!isSameChain(must(drafts[first]), drafts[second])) add(first, second);
}

function must(planned: PlannedDraft | undefined): PlannedDraft {
  if (!planned) throw new Error("no such draft");
  return planned;
}

/** Between what is taken out of the way and what is put back stands the change that needed the room. */
function clearingEdges(drafts: readonly PlannedDraft[], add: Add): void {
  const rebuilt = indexBy(drafts, (planned) => (planned.rebuild === null ? [] : planned.obstacles));
  drafts.forEach((planned, index) => {
    for (const cleared of planned.draft.clears) {
      for (const at of rebuilt.get(cleared.id) ?? []) {
        if (must(drafts[at]).rebuild === "away") add(at, index);
        else add(index, at);
      }
    }
  });
}

/** What hangs on a thing that changes and goes for good, goes before it: always when it stands in the way, else when its phase is no later. */
function leavingEdges({ drafts, edges, liveFacts }: GraphInput, goers: ReadonlyMap<ObjectId, number[]>, add: Add): void {
  const dependents = dependentsOf({ edges, facts: liveFacts });
  drafts.forEach((planned, index) => {
    for (const { id, by } of planned.draft.clears) {
      const parts = by === "replace" ? (dependents.parts.get(id) ?? []) : [];
      for (const dependent of [...(dependents.direct.get(id) ?? []), ...parts]) {
        const fact = liveFacts.get(dependent);
        if (fact === undefined) continue;
        const isObstacle = rebuiltBy(fact).includes(by);
        for (const first of goers.get(dependent) ?? []) {
          const other = must(drafts[first]);
          if (other.rebuild !== null || isSameChain(planned, other)) continue;
          if (isObstacle || other.draft.phase === "expand") add(first, index);
        }
      }
    }
  });
}
