import { kindNamed, kinds } from "../kinds/registry.ts";
import type { Fact, LiveDatabase } from "../model/database.ts";
import { type ObjectId, objectId, pathOf } from "../model/object-id.ts";
import type { RecordingContext } from "./context.ts";

/**
 * What stands in the way of a change goes first and comes back after, in the same transaction: views, policies, triggers,
 * rules, generated columns, with all that hangs on them. Nothing is ever dropped by CASCADE.
 */

/** Ids to clear away, with how thoroughly. */
export interface Obstacle {
  readonly id: ObjectId;
  readonly by: "column" | "replace" | "itself";
}

/** Live dependents by what they depend on (`direct`), and by what that lies in (`parts`). */
export interface Dependents {
  readonly direct: ReadonlyMap<ObjectId, readonly ObjectId[]>;
  readonly parts: ReadonlyMap<ObjectId, readonly ObjectId[]>;
}

/** Indexes the edges of a live database. */
export function dependentsOf(live: Pick<LiveDatabase, "edges" | "facts">): Dependents {
  const direct = new Map<ObjectId, ObjectId[]>();
  const parts = new Map<ObjectId, ObjectId[]>();
  const note = (map: Map<ObjectId, ObjectId[]>, id: ObjectId, dependent: ObjectId): void => {
    const list = map.get(id);
    if (list) list.push(dependent);
    else map.set(id, [dependent]);
  };
  for (const { on, dependent } of live.edges) {
    note(direct, on, dependent);
    const parent = live.facts.get(on)?.parent ?? null;
    if (parent !== null) note(parts, parent, dependent);
  }
  return { direct, parts };
}

/** Live dependents of what is cleared, and theirs, that must step aside; the order is that of discovery. */
export function inTheWay(
  obstacles: readonly Obstacle[],
  live: LiveDatabase,
  dependents: Dependents,
  dropped: ReadonlySet<ObjectId>,
  heirs: Heirs,
): ObjectId[] {
  const found: ObjectId[] = obstacles.flatMap(({ id, by }) => (by === "itself" && !dropped.has(id) ? [id] : []));
  const seen = new Set<ObjectId>(obstacles.map((obstacle) => obstacle.id));
  const queue: Obstacle[] = obstacles.map((obstacle) => (obstacle.by === "itself" ? { ...obstacle, by: "replace" } : obstacle));
  for (let next = queue.shift(); next; next = queue.shift()) {
    // A thing that is replaced takes its columns and the like with it: what depends on those depends on it.
    const parts = next.by === "replace" ? (dependents.parts.get(next.id) ?? []) : [];
    const below = next.by === "column" ? belowColumn(next.id, live, heirs) : [];
    for (const id of [...[next.id, ...below].flatMap((on) => dependents.direct.get(on) ?? []), ...parts]) {
      const fact = live.facts.get(id);
      if (!fact || seen.has(fact.id) || dropped.has(fact.id) || isInside(fact, next.id, live)) continue;
      if (!rebuiltBy(fact).includes(next.by)) continue;
      seen.add(fact.id);
      found.push(fact.id);
      // A column whose type is made anew stays where it is: only what PostgreSQL does not carry along goes out of its way.
      queue.push({ id: fact.id, by: stays(fact) ? "column" : "replace" });
    }
  }
  return found;
}

/** Live tables that have their columns from this one. */
export type Heirs = (table: ObjectId) => readonly ObjectId[];

/**
 * The same column in the tables that have it from this one, which change with it: its fact there, else the table, as which the catalog's
 * edges count a column that is none.
 */
function belowColumn(column: ObjectId, live: LiveDatabase, heirs: Heirs): ObjectId[] {
  const fact = live.facts.get(column);
  if (!fact || fact.parent === null || kindNamed(fact.kind).partOfParent !== true) return [];
  const name = pathOf(column).slice(pathOf(fact.parent).length);
  return heirs(fact.parent).flatMap((heir) => {
    const own = objectId(fact.kind, `${pathOf(heir)}${name}`);
    return live.facts.has(own) ? [own] : [heir];
  });
}

/**
 * What keeps its place while the type of a column changes, and loses something: the column, and what PostgreSQL makes anew over it by
 * itself. In: what was found in the way of the obstacle.
 */
export function carriedAlong(
  obstacle: Obstacle,
  found: readonly ObjectId[],
  live: LiveDatabase,
  dependents: Dependents,
): ObjectId[] {
  const isColumn = (id: ObjectId): boolean => {
    const fact = live.facts.get(id);
    return fact !== undefined && stays(fact);
  };
  const columns = [...(obstacle.by === "column" ? [obstacle.id] : []), ...found].filter(isColumn);
  const all = new Set(columns.flatMap((id) => [id, ...(dependents.direct.get(id) ?? [])]));
  return [...all].filter((id) => {
    const fact = live.facts.get(id);
    return fact !== undefined && kindNamed(fact.kind).afterTypeChange !== undefined;
  });
}

/** Which changes of what it depends on a fact must step aside for. */
export function rebuiltBy(fact: Fact): readonly Obstacle["by"][] {
  const kind = kindNamed(fact.kind);
  return kind.rebuiltIf?.(fact) ?? kind.rebuiltBy;
}

/** True for what steps aside without being dropped: a column that is not generated. */
export function stays(fact: Fact): boolean {
  return kindNamed(fact.kind).stepAside !== undefined && fact.spec["generated"] === null;
}

/** What lies inside the thing goes and comes with it. */
function isInside(fact: Fact, id: ObjectId, live: LiveDatabase): boolean {
  for (let at: ObjectId | null = fact.parent; at !== null; at = live.facts.get(at)?.parent ?? null) if (at === id) return true;
  return false;
}

/** Everything that hangs on an object and is lost with it: comment, grants of all roles, owner, triggers, indexes of a view. */
export function satellitesOf(id: ObjectId, context: RecordingContext): Fact[] {
  const out: Fact[] = [];
  for (const kind of kinds) {
    const live = context.children("live", id, kind.kind);
    const desired = context.children("desired", id, kind.kind);
    // What the files do not declare comes back as it stands, with all that is on it.
    const keepsLive = kind.scope !== "exact" || context.desired(id) === undefined;
    // So does what belongs to something that the files do not speak of.
    const isOthers = (fact: Fact): boolean => {
      const holder = kind.belongsTo?.(fact);
      return holder !== undefined && context.desired(holder) === undefined;
    };
    const kept = live.filter((fact) => keepsLive || isOthers(fact));
    const ids = new Set([...desired, ...kept].map((fact) => fact.id));
    for (const child of [...ids].sort()) {
      const fact = context.final(child);
      if (fact) out.push(fact, ...satellitesOf(child, context));
    }
  }
  return out;
}

/** What lies beside a part and names it loses that much when the part goes: grants on a column. */
export function lostInPart(id: ObjectId, context: RecordingContext): Fact[] {
  const parent = context.final(id)?.parent ?? null;
  if (parent === null) return [];
  return kinds
    .filter((kind) => kind.lostWithPart === true)
    .flatMap((kind) => {
      const beside = [...context.children("desired", parent, kind.kind), ...context.children("live", parent, kind.kind)];
      const ids = new Set(beside.map((fact) => fact.id));
      return [...ids].sort().flatMap((other) => {
        const fact = context.final(other);
        return fact && kind.dependsOn(fact).includes(id) ? [fact] : [];
      });
    });
}
