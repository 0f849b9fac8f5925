import { kindNamed } from "../kinds/registry.ts";
import type { Fact } from "../model/database.ts";
import type { Phase } from "../model/step.ts";
import type { RecordingContext } from "./context.ts";
import type { PlannedDraft } from "./drafts.ts";
import type { Precedence } from "./graph.ts";

/** Drafts that run in one transaction (or one statement that has none), in order. */
export interface Unit {
  readonly drafts: readonly PlannedDraft[];
  readonly phase: Phase;
}

/** Drafts that wait for each other in a circle, so that no order exists. */
export class CycleError extends Error {
  /** All that could not be put in order; the message names the circle alone. */
  readonly drafts: readonly PlannedDraft[];
  readonly circle: readonly PlannedDraft[];
  constructor(drafts: readonly PlannedDraft[], circle: readonly PlannedDraft[]) {
    super(
      `these depend on each other in a circle: ${circle.map(({ draft }) => `${draft.action} ${draft.kind} ${draft.object}`).join(" → ")}`,
    );
    this.name = "CycleError";
    this.drafts = drafts;
    this.circle = circle;
  }
}

const phaseRank: Readonly<Record<Phase, number>> = { expand: 0, backfill: 1, contract: 2 };
const phases: readonly Phase[] = ["expand", "backfill", "contract"];

/** Puts drafts in an order that respects `before`, together what belongs together, the same for the same input. @throws CycleError */
export function orderDrafts(drafts: readonly PlannedDraft[], before: Precedence, context: RecordingContext): Unit[] {
  const cluster = mergeCycles(clusters(drafts, context), drafts.length, before);
  const members = groupMembers(cluster);
  const preceding = clusterPrecedence(cluster, before);
  const phase = spreadPhases(members, preceding, drafts);
  const key = (id: number): string => {
    const first = Math.min(...(members.get(id) ?? []).map((index) => index));
    return `${phaseRank[phases[phase.get(id) ?? 0] ?? "expand"]}${sortKey(members.get(id) ?? [], drafts)}${String(first).padStart(8, "0")}`;
  };
  const order = kahn([...members.keys()], preceding, key, drafts);
  return order.map((id) => ({
    phase: phases[phase.get(id) ?? 0] ?? "expand",
    drafts: inner(members.get(id) ?? [], before, drafts).map((index) => at(drafts, index)),
  }));
}

function at<T>(list: readonly T[], index: number): T {
  const item = list[index];
  if (item === undefined) throw new Error(`no item ${index}`);
  return item;
}

/** Union of drafts by shared keys, and of all that lies in one new object. Out: draft → representative. */
function clusters(drafts: readonly PlannedDraft[], context: RecordingContext): number[] {
  const parent = drafts.map((_, index) => index);
  const find = (index: number): number => {
    let root = index;
    while (at(parent, root) !== root) root = at(parent, root);
    parent[index] = root;
    return root;
  };
  const owners = new Map<string, number>();
  drafts.forEach((planned, index) => {
    if (!planned.draft.transactional) return;
    for (const key of [...planned.keys, ...familyOf(planned, context)]) {
      const owner = owners.get(key);
      if (owner === undefined) owners.set(key, index);
      else parent[find(index)] = find(owner);
    }
  });
  return drafts.map((_, index) => find(index));
}

/** The new relation that a draft's fact lies in: it is made with its policies and grants, never without them. */
function familyOf(planned: PlannedDraft, context: RecordingContext): string[] {
  if (planned.draft.alone || planned.draft.action === "drop" || planned.rebuild !== null) return [];
  let root: Fact | undefined;
  for (let fact: Fact | undefined = planned.fact; fact; fact = fact.parent === null ? undefined : context.final(fact.parent)) {
    if (context.isNew(fact.id)) root = fact;
    if (kindNamed(fact.kind).holdsRows && !context.isNew(fact.id)) break;
  }
  const lonely = kindNamed(planned.fact.kind).ownTransaction?.(planned.fact) ?? false;
  return root && !lonely ? [`family ${root.id}`] : [];
}

function groupMembers(cluster: readonly number[]): Map<number, number[]> {
  const members = new Map<number, number[]>();
  cluster.forEach((id, index) => {
    const list = members.get(id);
    if (list) list.push(index);
    else members.set(id, [index]);
  });
  return members;
}

function clusterPrecedence(cluster: readonly number[], before: Precedence): Map<number, Set<number>> {
  const out = new Map<number, Set<number>>();
  cluster.forEach((id, index) => {
    const set = out.get(id) ?? new Set<number>();
    for (const first of at(before, index)) {
      const other = at(cluster, first);
      if (other !== id) set.add(other);
    }
    out.set(id, set);
  });
  return out;
}

/** Clusters that wait for each other become one transaction: Tarjan's strongly connected components. */
function mergeCycles(cluster: readonly number[], count: number, before: Precedence): number[] {
  const graph = clusterPrecedence(cluster, before);
  const index = new Map<number, number>();
  const low = new Map<number, number>();
  const stack: number[] = [];
  const component = new Map<number, number>();
  let counter = 0;
  const visit = (node: number): void => {
    index.set(node, counter);
    low.set(node, counter++);
    stack.push(node);
    for (const next of graph.get(node) ?? []) {
      if (!index.has(next)) {
        visit(next);
        low.set(node, Math.min(low.get(node) ?? 0, low.get(next) ?? 0));
      } else if (!component.has(next)) low.set(node, Math.min(low.get(node) ?? 0, index.get(next) ?? 0));
    }
    if (low.get(node) !== index.get(node)) return;
    for (let member = stack.pop(); member !== undefined; member = stack.pop()) {
      component.set(member, node);
      if (member === node) break;
    }
  };
  for (const node of graph.keys()) if (!index.has(node)) visit(node);
  return Array.from({ length: count }, (_, draft) => component.get(at(cluster, draft)) ?? at(cluster, draft));
}

/** A unit runs in the latest phase of its drafts and of all it waits for. */
function spreadPhases(
  members: ReadonlyMap<number, readonly number[]>,
  preceding: ReadonlyMap<number, ReadonlySet<number>>,
  drafts: readonly PlannedDraft[],
): Map<number, number> {
  const phase = new Map<number, number>();
  for (const [id, list] of members) phase.set(id, Math.max(...list.map((index) => phaseRank[at(drafts, index).draft.phase])));
  for (let changed = true; changed; ) {
    changed = false;
    for (const [id, firsts] of preceding) {
      const latest = Math.max(phase.get(id) ?? 0, ...[...firsts].map((first) => phase.get(first) ?? 0));
      if (latest > (phase.get(id) ?? 0)) {
        phase.set(id, latest);
        changed = true;
      }
    }
  }
  return phase;
}

/** Creations by rank, drops last and the other way round, then by name. */
function sortKey(members: readonly number[], drafts: readonly PlannedDraft[]): string {
  const keys = members.map((index) => draftKey(at(drafts, index)));
  return keys.sort()[0] ?? "";
}

function draftKey(planned: PlannedDraft): string {
  const rank = kindNamed(planned.draft.kind).rank;
  const drops = planned.draft.action === "drop" && planned.rebuild === null;
  return `${drops ? 1 : 0}${String(drops ? 999 - rank : rank).padStart(3, "0")} ${placeOf(planned.fact)} `;
}

/** By name; what has a place of its own in its parent (a column) by that, so that new ones come in the order of the files. */
function placeOf(fact: Fact): string {
  const position = fact.spec["position"];
  return typeof position === "number" ? `${fact.parent ?? ""} ${String(position).padStart(5, "0")}` : fact.object;
}

function inner(members: readonly number[], before: Precedence, drafts: readonly PlannedDraft[]): number[] {
  const set = new Set(members);
  const preceding = new Map(members.map((index) => [index, new Set([...at(before, index)].filter((first) => set.has(first)))]));
  return kahn(members, preceding, (index) => `${draftKey(at(drafts, index))}${String(index).padStart(8, "0")}`, drafts);
}

/** Topological order; among what is free the smallest key first. */
function kahn(
  nodes: readonly number[],
  preceding: ReadonlyMap<number, ReadonlySet<number>>,
  key: (node: number) => string,
  drafts: readonly PlannedDraft[],
): number[] {
  const keys = new Map(nodes.map((node) => [node, key(node)]));
  const sorted = [...nodes].sort((a, b) => ((keys.get(a) ?? "") < (keys.get(b) ?? "") ? -1 : 1));
  const place = new Map(sorted.map((node, index) => [node, index]));
  const waitsFor = new Map(nodes.map((node) => [node, preceding.get(node)?.size ?? 0]));
  const following = new Map<number, number[]>();
  for (const node of nodes) {
    for (const first of preceding.get(node) ?? []) {
      const list = following.get(first);
      if (list) list.push(node);
      else following.set(first, [node]);
    }
  }
  const free = sorted.filter((node) => waitsFor.get(node) === 0);
  const order: number[] = [];
  for (let node = free.shift(); node !== undefined; node = free.shift()) {
    order.push(node);
    for (const next of following.get(node) ?? []) {
      const left = (waitsFor.get(next) ?? 0) - 1;
      waitsFor.set(next, left);
      if (left === 0) insertByPlace(free, next, place);
    }
  }
  if (order.length < nodes.length) {
    const done = new Set(order);
    const left = sorted.filter((node) => !done.has(node));
    throw new CycleError(
      left.map((node) => at(drafts, node)),
      circleIn(left, preceding).map((node) => at(drafts, node)),
    );
  }
  return order;
}

/** One circle among nodes each of which waits for another of them, in the order in which they would have to run. */
function circleIn(left: readonly number[], preceding: ReadonlyMap<number, ReadonlySet<number>>): number[] {
  const inside = new Set(left);
  const way: number[] = [];
  for (let node = left[0]; node !== undefined; node = [...(preceding.get(node) ?? [])].find((first) => inside.has(first))) {
    const start = way.indexOf(node);
    if (start >= 0) return [...way.slice(start), node].reverse();
    way.push(node);
  }
  return way;
}

/** Puts a node where its place says, by halves. */
function insertByPlace(list: number[], node: number, place: ReadonlyMap<number, number>): void {
  const own = place.get(node) ?? 0;
  let [low, high] = [0, list.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((place.get(at(list, middle)) ?? 0) < own) low = middle + 1;
    else high = middle;
  }
  list.splice(low, 0, node);
}
