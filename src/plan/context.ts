import { kindNamed, kinds } from "../kinds/registry.ts";
import type { Change } from "../model/change.ts";
import type { Fact, LiveDatabase, TableSize } from "../model/database.ts";
import type { Lookup, PlanContext } from "../model/kind.ts";
import { lookupOf } from "../model/lookup.ts";
import { type ObjectId, pathOf } from "../model/object-id.ts";

/** What a planning context is made from. */
export interface ContextInput {
  readonly live: LiveDatabase;
  /** Live facts after declared renames. */
  readonly liveFacts: ReadonlyMap<ObjectId, Fact>;
  readonly desired: ReadonlyMap<ObjectId, Fact>;
  readonly changes: readonly Change[];
  /** Ids that are dropped and made anew. */
  readonly replaced: ReadonlySet<ObjectId>;
  /** The same where `replaced` leaves out what is not gone yet. */
  readonly rebuilt?: ReadonlySet<ObjectId>;
  /** Tables known to hold no row. */
  readonly empty: ReadonlySet<ObjectId>;
  readonly later: ReadonlySet<ObjectId>;
  readonly canonical: ReadonlyMap<ObjectId, Fact>;
}

/** A context that also notes which tables a draft took to be empty: that is checked again when it runs. */
export interface RecordingContext extends PlanContext {
  takeAssumed(): ObjectId[];
}

/** Builds what the kinds may ask of the plan under construction. */
export function planContext(input: ContextInput): RecordingContext {
  const live = lookupOf(input.liveFacts);
  const desired = lookupOf(input.desired);
  const fresh = new Set([
    ...input.changes.flatMap((change) => (change.type === "create" ? [change.desired.id] : [])),
    ...input.replaced,
  ]);
  const dependents = groupEdges(input.live);
  const leaving = lazily(() => leavingIds(input.changes, desired));
  const assumed = new Set<ObjectId>();
  // What moves (a live table as a partition of another) is not made with what it comes into, nor dropped with what it leaves.
  const isMoved = (id: ObjectId): boolean => {
    const [before, after] = [live.fact(id), desired.fact(id)];
    return before !== undefined && after !== undefined && before.parent !== after.parent;
  };
  const isNew = (id: ObjectId): boolean => isInside(id, fresh, { fact: (at) => desired.fact(at) ?? live.fact(at) }, isMoved);
  const made = lazily(() => factsByName([...fresh].flatMap((id) => desired.fact(id) ?? [])));
  const heirs = { live: lazily(() => heirsByAncestor(input.liveFacts)), desired: lazily(() => heirsByAncestor(input.desired)) };
  const context: RecordingContext = {
    major: input.live.major,
    live: { ...input.live, facts: input.liveFacts },
    desired: (id) => desired.fact(id),
    final: (id) => desired.fact(id) ?? live.fact(id),
    isNew,
    isRebuilt: (id) => (input.rebuilt ?? input.replaced).has(id),
    isEmpty(table) {
      if (hasRowsElsewhere(live.fact(table) ?? desired.fact(table))) return true;
      const empty = input.empty.has(table) || isNew(table);
      if (empty && !isNew(table)) assumed.add(table);
      return empty;
    },
    size: (table): TableSize => input.live.sizes.get(pathOf(table)) ?? { rows: -1, bytes: 0 },
    children: (side, parent, kind) => (side === "live" ? live : desired).children(parent, kind),
    partitions: (table) => tree(table, live.children),
    heirs: (side, id) => heirsOf(id, heirs[side]()),
    indexes: (table) => indexesOf(table, live),
    dependents: (id) => dependents.get(id) ?? [],
    ...changeQuestions(input.changes),
    isDropped: (id) => isInside(id, leaving(), live, isMoved),
    madeHere: (reference) => made().get(reference) ?? [],
    comesLater: (id) => input.later.has(id),
    inline: (parent) => inlineParts(parent, context, desired.children),
    canonical: (id) => input.canonical.get(id),
    takeAssumed: () => drained(assumed),
  };
  return context;
}

/** True for a foreign table: what is done to it has no rows to reckon with. */
export function hasRowsElsewhere(fact: Fact | undefined): boolean {
  return fact !== undefined && kindNamed(fact.kind).rowsElsewhere?.(fact) === true;
}

function changeQuestions(changes: readonly Change[]): Pick<PlanContext, "alters" | "isRenamed"> {
  const altered = lazily(
    () => new Map(changes.flatMap((change) => (change.type === "alter" ? [[change.desired.id, change.fields] as const] : []))),
  );
  const renamed = lazily(() => new Set(changes.flatMap((change) => (change.type === "rename" ? [change.desired.id] : []))));
  return { alters: (id) => altered().get(id) ?? [], isRenamed: (id) => renamed().has(id) };
}

function isInside(
  id: ObjectId,
  set: ReadonlySet<ObjectId>,
  facts: Pick<Lookup, "fact">,
  isMoved: (id: ObjectId) => boolean,
): boolean {
  for (let at: ObjectId | null = id; at !== null; at = isMoved(at) ? null : (facts.fact(at)?.parent ?? null))
    if (set.has(at)) return true;
  return false;
}

function lazily<T>(make: () => T): () => T {
  let value: { readonly made: T } | null = null;
  return () => {
    value ??= { made: make() };
    return value.made;
  };
}

function drained<T>(set: Set<T>): T[] {
  const taken = [...set];
  set.clear();
  return taken;
}

/** What is dropped and does not outlive that. */
export function leavingIds(changes: readonly Change[], desired: Lookup): Set<ObjectId> {
  const goes = (fact: Fact): boolean => kindNamed(fact.kind).outlives?.(fact, desired) !== true;
  return new Set(changes.flatMap((change) => (change.type === "drop" && goes(change.live) ? [change.live.id] : [])));
}

/** By what they have their columns from, those that have them directly. */
function heirsByAncestor(facts: ReadonlyMap<ObjectId, Fact>): Map<ObjectId, ObjectId[]> {
  const heirs = new Map<ObjectId, ObjectId[]>();
  for (const fact of facts.values())
    for (const ancestor of kindNamed(fact.kind).heirOf?.(fact) ?? [])
      heirs.set(ancestor, [...(heirs.get(ancestor) ?? []), fact.id]);
  return heirs;
}

function heirsOf(id: ObjectId, heirs: ReadonlyMap<ObjectId, readonly ObjectId[]>): ObjectId[] {
  const found = new Set<ObjectId>(heirs.get(id) ?? []);
  // A set gives what is added to it while it is walked.
  for (const heir of found) for (const next of heirs.get(heir) ?? []) found.add(next);
  return [...found];
}

function factsByName(facts: readonly Fact[]): Map<string, Fact[]> {
  const byName = new Map<string, Fact[]>();
  for (const fact of facts)
    for (const name of kindNamed(fact.kind).answersTo(fact)) byName.set(name, [...(byName.get(name) ?? []), fact]);
  return byName;
}

function groupEdges(live: LiveDatabase): Map<ObjectId, ObjectId[]> {
  const grouped = new Map<ObjectId, ObjectId[]>();
  for (const edge of live.edges) {
    const list = grouped.get(edge.on);
    if (list) list.push(edge.dependent);
    else grouped.set(edge.on, [edge.dependent]);
  }
  for (const list of grouped.values()) list.sort();
  return grouped;
}

type Children = (parent: ObjectId, kind: string) => readonly Fact[];

/** A table's partitions and theirs: children of its own kind. */
function tree(table: ObjectId, children: Children): ObjectId[] {
  const kind = table.slice(0, table.indexOf(" "));
  return children(table, kind).flatMap((child) => [child.id, ...tree(child.id, children)]);
}

/** Names of a table's indexes: relations of their own that lie in it, the keys that have one, and what a partition has from its parents. */
function indexesOf(table: ObjectId, live: Lookup): string[] {
  const own = kinds.flatMap((kind) =>
    kind.indexName ? live.children(table, kind.kind).flatMap((fact) => kind.indexName?.(fact) ?? []) : [],
  );
  const inherited: string[] = [];
  for (let at = live.fact(table)?.parent ?? null; at !== null; at = live.fact(at)?.parent ?? null) {
    const above = at;
    const parts = kinds.flatMap((kind) =>
      kind.partIndexes ? live.children(above, kind.kind).flatMap((fact) => kind.partIndexes?.(fact) ?? []) : [],
    );
    inherited.push(...parts.flatMap((part) => (part.table === pathOf(table) ? [part.index] : [])));
  }
  return [...own, ...inherited].sort();
}

function inlineParts(parent: ObjectId, context: PlanContext, children: Children): { fact: Fact; sql: string }[] {
  return kinds.flatMap((kind) =>
    children(parent, kind.kind).flatMap((fact) => {
      const sql = kind.inline(fact, context);
      return sql === null ? [] : [{ fact, sql }];
    }),
  );
}
