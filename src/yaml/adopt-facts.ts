import { posix } from "node:path";
import { isMap } from "yaml";
import type { DesiredDatabase, Fact } from "../model/database.ts";
import type { ObjectId } from "../model/object-id.ts";
import { bySlot, changeEntry } from "./adopt-entry.ts";
import { type Homes, insertRoot, openHomes, settlePatterns } from "./adopt-home.ts";
import { byFragment, openWorkspace, pairsOf, usesTemplates, type Workspace } from "./adopt-places.ts";
import { addPolicies } from "./adopt-policies.ts";
import { changesItself, everyPairing, type Pairing, pairTrees, sameValue } from "./adopt-trees.ts";
import type { WrittenNode } from "./written-tree.ts";
import type { PairPlace } from "./yaml-places.ts";
import { longForm, slotPair, valueNode } from "./yaml-text.ts";

/** Files, and what they shall declare. */
export interface AdoptInput {
  /** Texts of all files of the project, by their names as places carry them. */
  readonly files: ReadonlyMap<string, string>;
  /** What they declare, with places. */
  readonly desired: Pick<DesiredDatabase, "facts" | "config" | "policyFiles">;
  /** What they shall declare. Facts that stay the same are the same objects or say the same. */
  readonly next: ReadonlyMap<ObjectId, Fact>;
  /** The CREATE statement of a fact, for what `.sql` files declare; null when it has none. */
  readonly statementOf: (fact: Fact) => string | null;
}

/** One line for a person: what changed in which file. */
export interface AdoptedChange {
  readonly file: string;
  readonly mark: "+" | "-" | "~";
  /** `table app.orders: column status`. */
  readonly what: string;
}

export interface Adopted {
  /** Files that change, come (new names) or go (null). */
  readonly files: ReadonlyMap<string, string | null>;
  readonly changes: readonly AdoptedChange[];
}

interface Adoption extends AdoptInput {
  readonly workspace: Workspace;
  readonly homes: Homes;
  readonly changes: AdoptedChange[];
  /** Entries whose fragment cannot stay as it is: all that it said is written out. */
  readonly dirty: Set<PairPlace>;
  /** Entries that go on without templates, as these say something else now. */
  readonly alone: Set<Pairing>;
}

/**
 * Makes the files declare something else by the smallest change of their texts: only entries that differ are touched, and of
 * them only the keys that do. Comments, order, quoting and layout stay; what goes takes its comments with it; what comes goes
 * where its siblings are. Pure: nothing is read or written.
 */
export function adoptFacts(input: AdoptInput): Adopted {
  const { config, facts } = input.desired;
  const trees = pairTrees(facts, input.next, config.schema);
  const workspace = openWorkspace(input.files);
  const siblings = trees.root;
  const statementOf = (node: WrittenNode): string | null => input.statementOf(node.fact);
  const homes = openHomes({ workspace, main: config.file, siblings, statementOf });
  const adoption: Adoption = { ...input, workspace, homes, changes: [], dirty: new Set(), alone: new Set() };
  const all = [...trees.root, ...[...trees.policies.values()].flat()];
  markOutdated(all, adoption);
  for (const node of visitAll(trees.root, adoption, null)) tell(adoption, homes.place(node), "+", node);
  const madePolicies = addAllPolicies(trees.policies, adoption);
  clearEmpty(all, workspace);
  const created = new Map([...homes.created(), ...madePolicies]);
  return { files: changedFiles(created, [...madePolicies.keys()], adoption), changes: merged(adoption.changes) };
}

/** What has to be written out because a fragment or a template that says it with other things no longer holds. */
function markOutdated(pairings: readonly Pairing[], adoption: Adoption): void {
  const { workspace, dirty, alone } = adoption;
  for (const pairing of everyPairing(pairings)) {
    if (!changesItself(pairing)) continue;
    for (let at: Pairing | null = pairing; at; at = at.owner) {
      const location = workspace.locate(at);
      if (location.type === "fragment") dirty.add(location.place);
      if (location.type === "template") leaveTemplate(at, adoption);
    }
    const own = workspace.locate(pairing);
    if (own.type !== "pair") continue;
    dirty.add(own.place);
    if (saidByTemplate(pairing, own.place, own.file, workspace)) alone.add(pairing);
  }
  const held = byFragment(pairings, workspace);
  for (const place of [...dirty]) if (!held.has(place)) dirty.delete(place);
}

function leaveTemplate(from: Pairing, { workspace, alone }: Adoption): void {
  for (let at = from.owner; at; at = at.owner) {
    if (workspace.locate(at).type !== "pair") continue;
    alone.add(at);
    return;
  }
}

/** Whether a key that changes does not stand in the entry, which uses templates. */
function saidByTemplate({ before, after }: Pairing, place: PairPlace, file: string, workspace: Workspace): boolean {
  const edits = workspace.yaml(file);
  if (!edits || !before || !after || !isMap(place.pair.value) || !usesTemplates(place, edits)) return false;
  const there = new Set(pairsOf(place, edits).map(({ key }) => key));
  const next = new Map(longForm(after));
  return longForm(before).some(([key, value]) => !there.has(key) && !sameValue(value, next.get(key)));
}

/** Changes entries and what lies in them. Returns the entries that are to be put into their owner. */
function visitAll(pairings: readonly Pairing[], adoption: Adoption, owner: PairPlace | null): readonly WrittenNode[] {
  const lists = pairings.filter(({ slot }) => slot.style === "list");
  const others = pairings.filter(({ slot }) => slot.style !== "list");
  return [...others.flatMap((pairing) => visit(pairing, adoption)), ...visitLists(lists, adoption, owner)];
}

function visit(pairing: Pairing, adoption: Adoption): readonly WrittenNode[] {
  const { workspace, dirty, alone } = adoption;
  const { before, after } = pairing;
  if (before === null) return after ? [after] : [];
  const location = workspace.locate(pairing);
  if (after === null) {
    removeEntry(pairing, adoption);
    return [];
  }
  switch (location.type) {
    case "pair": {
      const edits = workspace.yaml(location.file);
      const additions = visitAll(pairing.parts, adoption, location.place);
      const change = { additions, anew: dirty.has(location.place), alone: alone.has(pairing) };
      if (edits) changeEntry(pairing, location.place, change, edits);
      if (changesItself(pairing) || change.alone) tell(adoption, location.file, "~", after);
      for (const node of additions) tell(adoption, location.file, "+", node, after);
      return [];
    }
    case "fragment":
      return dirty.has(location.place) ? [after] : [];
    case "template":
      return isAlone(pairing, alone) ? [after] : [];
    case "statement":
      return visitStatement(pairing, after, adoption);
    case "none": {
      const additions = visitAll(pairing.parts, adoption, null);
      if (changesItself(pairing)) return [after];
      const parts = [...bySlot(additions).values()].map((entries) => ({ slot: entries[0]?.slot ?? after.slot, entries }));
      return parts.length > 0 ? [{ ...after, parts }] : [];
    }
  }
}

function isAlone(pairing: Pairing, alone: ReadonlySet<Pairing>): boolean {
  for (let at = pairing.owner; at; at = at.owner) if (alone.has(at)) return true;
  return false;
}

function removeEntry(pairing: Pairing, adoption: Adoption): void {
  const { workspace } = adoption;
  const location = workspace.locate(pairing);
  if (location.type === "pair") workspace.yaml(location.file)?.remove(location.place);
  if (location.type === "statement") workspace.sql(location.file).remove(location.at);
  // What is said of a statement's object may stand in other files.
  if (location.type !== "pair")
    for (const part of pairing.parts) if (part.before) removeEntry({ ...part, after: null }, adoption);
  const { before } = pairing;
  if (before && (location.type === "pair" || location.type === "statement"))
    tell(adoption, location.file, "-", before, pairing.owner?.before ?? undefined);
}

/** An object of a `.sql` file: another statement, and an entry for what comes new that CREATE cannot say. */
function visitStatement(pairing: Pairing, after: WrittenNode, adoption: Adoption): readonly WrittenNode[] {
  const { workspace } = adoption;
  const location = workspace.locate(pairing);
  if (location.type !== "statement") return [];
  const additions = visitAll(pairing.parts, adoption, null);
  if (changesItself(pairing)) {
    const statement = adoption.statementOf(after.fact);
    if (statement !== null) workspace.sql(location.file).replace(location.at, statement);
    tell(adoption, location.file, "~", after);
  }
  if (additions.length === 0) return [];
  const entry = entryOfParts(pairing, workspace);
  const edits = entry && workspace.yaml(entry.file);
  const parts = [...bySlot(additions).values()].map((entries) => ({ slot: entries[0]?.slot ?? after.slot, entries }));
  if (!entry || !edits) return [{ ...after, value: {}, parts }];
  changeEntry({ ...pairing, before: after, after }, entry.place, { additions, anew: false, alone: false }, edits);
  for (const node of additions) tell(adoption, entry.file, "+", node, after);
  return [];
}

/** The entry without a definition that carries what is said of a statement's object. */
function entryOfParts(pairing: Pairing, workspace: Workspace): { readonly file: string; readonly place: PairPlace } | null {
  for (const part of pairing.parts) {
    const location = workspace.locate(part);
    if (location.type !== "pair") continue;
    const place = part.slot.style === "value" ? location.place.parent : location.place.parent?.parent;
    if (place) return { file: location.file, place };
  }
  return null;
}

/** Lists have no names: one that differs is written anew. */
function visitLists(pairings: readonly Pairing[], adoption: Adoption, owner: PairPlace | null): readonly WrittenNode[] {
  const out: WrittenNode[] = [];
  for (const key of new Set(pairings.map(({ slot }) => slot.key))) {
    const own = pairings.filter(({ slot }) => slot.key === key);
    if (!everyPairing(own).some(changesItself)) continue;
    const nodes = own.flatMap(({ after }) => after ?? []);
    const file = own.flatMap(({ before }) => before?.fact.at?.file ?? [])[0] ?? adoption.desired.config.file;
    const edits = adoption.workspace.yaml(file);
    const pairs = edits ? edits.places.inMap((owner?.pair.value as never) ?? edits.places.root) : [];
    const found = pairs.find((pair) => pair.key === key);
    const [first] = nodes;
    const told = first ?? own[0]?.before;
    if (told) tell(adoption, file, "~", told);
    if (found && !first) edits?.remove(found);
    else if (found && first) edits?.replace(found, slotPair({ slot: first.slot, entries: nodes }).value);
    else if (first && owner === null)
      insertRoot(file, key, slotPair({ slot: first.slot, entries: nodes }).value, adoption.workspace);
    else out.push(...nodes);
  }
  return out;
}

/** New policies: into the file of their table. Returns files made new. */
function addAllPolicies(policies: ReadonlyMap<ObjectId, readonly Pairing[]>, adoption: Adoption): ReadonlyMap<string, string> {
  const created = new Map<string, string>();
  for (const [table, pairings] of policies) {
    const nodes = visitAll(pairings, adoption, null);
    if (nodes.length === 0) continue;
    const { desired, workspace, statementOf } = adoption;
    const file = addPolicies(table, nodes, pairings, { desired, workspace, created, statementOf });
    for (const node of nodes) tell(adoption, file, "+", node);
  }
  return created;
}

/** Maps that lost all entries go: a slot with its key, an entry that carried only parts; an object's own entry becomes `{}`. */
function clearEmpty(pairings: readonly Pairing[], workspace: Workspace): void {
  const own = new Map<PairPlace, string>();
  for (const pairing of everyPairing(pairings)) {
    const location = workspace.locate(pairing);
    if (location.type === "pair") own.set(location.place, location.file);
  }
  for (const file of workspace.opened()) {
    const edits = workspace.yaml(file);
    if (!edits) continue;
    const places = [...edits.places.pairs.values()].sort((a, b) => b.start - a.start);
    for (const place of places) {
      const { value } = place.pair;
      if (!isMap(value) || edits.isRemoved(place) || edits.isFilled(value as never)) continue;
      const inner = pairsOf(place, edits);
      if (inner.length === 0 || !inner.every((pair) => edits.isRemoved(pair))) continue;
      if (own.has(place)) edits.replace(place, valueNode({}, true));
      else edits.remove(place);
    }
  }
}

function changedFiles(
  created: ReadonlyMap<string, string>,
  policies: readonly string[],
  { workspace, desired, files }: Adoption,
): Map<string, string | null> {
  const main = desired.config.file;
  const gone = new Set([...workspace.texts()].filter(([, text]) => text === null).map(([file]) => file));
  const after = [...files.keys(), ...created.keys()].filter((file) => !gone.has(file));
  const before = [...files.keys()];
  const wanted = policies.map(
    (file) => [file, posix.join(posix.relative(posix.dirname(main), posix.dirname(file)), "*.yaml")] as const,
  );
  settlePatterns("policies", { before, after, wanted }, main, workspace);
  for (const key of ["include", "sql"]) settlePatterns(key, { before, after, wanted: [] }, main, workspace);
  const changed = [...workspace.texts()].filter(([file, text]) => text !== (files.get(file) ?? "").replace(/^\ufeff/, ""));
  return new Map([...changed, ...created]);
}

function tell(adoption: Adoption, file: string, mark: AdoptedChange["mark"], node: WrittenNode, owner?: WrittenNode): void {
  const root = rootOf(owner?.fact ?? node.fact, adoption);
  const name = ({ kind, object }: Fact): string => `${kind.replaceAll("_", " ")} ${object}`;
  const own = typeof node.fact.spec.name === "string" ? node.fact.spec.name : node.key;
  const inner = node.slot.style === "value" ? node.slot.key : `${node.fact.kind.replaceAll("_", " ")} ${own}`;
  const what = root.id === node.fact.id ? name(root) : `${name(root)}: ${inner}`;
  adoption.changes.push({ file, mark, what });
}

function rootOf(fact: Fact, { next, desired }: Adoption): Fact {
  let at = fact;
  for (;;) {
    const parent = at.parent === null ? undefined : (next.get(at.parent) ?? desired.facts.get(at.parent));
    if (!parent) return at;
    at = parent;
  }
}

/** A thing that changes in several ways is told once. */
function merged(changes: readonly AdoptedChange[]): readonly AdoptedChange[] {
  const found = new Map<string, AdoptedChange>();
  for (const change of changes) {
    const key = `${change.file} ${change.what}`;
    const known = found.get(key);
    found.set(key, known && known.mark !== change.mark ? { ...change, mark: "~" } : change);
  }
  return [...found.values()].sort((a, b) => (a.file < b.file ? -1 : a.file > b.file ? 1 : 0));
}
