import { kindNamed, kinds } from "../kinds/registry.ts";
import type { Fact, LiveDatabase } from "../model/database.ts";
import type { ObjectId } from "../model/object-id.ts";
import type { RecordingContext } from "./context.ts";

/**
 * What stands in the way of a change goes first and comes back after, in the same transaction: views, policies, triggers,
 * rules, generated columns, with all that hangs on them. Nothing is ever dropped by CASCADE.
 */

/** Ids to clear away, with how thoroughly. */
export interface Obstacle {
  readonly id: ObjectId;
  readonly by: "column" | "replace";
}

/** Live dependents of what is cleared, and theirs, that must step aside; the order is that of discovery. */
export function inTheWay(obstacles: readonly Obstacle[], live: LiveDatabase, dropped: ReadonlySet<ObjectId>): ObjectId[] {
  const found: ObjectId[] = [];
  const seen = new Set<ObjectId>(obstacles.map((obstacle) => obstacle.id));
  const queue: Obstacle[] = [...obstacles];
  for (let next = queue.shift(); next; next = queue.shift()) {
    for (const edge of live.edges) {
      if (edge.on !== next.id && !isPartOf(edge.on, next, live)) continue;
      const fact = live.facts.get(edge.dependent);
      if (!fact || seen.has(fact.id) || dropped.has(fact.id) || isInside(fact, next.id, live)) continue;
      if (!kindNamed(fact.kind).rebuiltBy.includes(next.by)) continue;
      seen.add(fact.id);
      found.push(fact.id);
      queue.push({ id: fact.id, by: "replace" });
    }
  }
  return found;
}

/** A thing that is replaced takes its columns and the like with it: what depends on those depends on it. */
function isPartOf(id: ObjectId, obstacle: Obstacle, live: LiveDatabase): boolean {
  return obstacle.by === "replace" && live.facts.get(id)?.parent === obstacle.id;
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
    const keepsLive = kind.scope !== "exact";
    const ids = new Set([...desired.map((fact) => fact.id), ...(keepsLive ? live.map((fact) => fact.id) : [])]);
    for (const child of [...ids].sort()) {
      const fact = context.final(child);
      if (fact) out.push(fact, ...satellitesOf(child, context));
    }
  }
  return out;
}
