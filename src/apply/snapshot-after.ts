import type { Snapshot, SnapshotFact } from "../catalog/state.ts";
import type { Fact } from "../model/database.ts";
import type { ObjectId } from "../model/object-id.ts";

/**
 * The snapshot to record after a run: for what the files declare and what the previous snapshot held, the live object; but what still has
 * a change pending keeps its previous form (none if it had none), so that work of a later phase is no drift. Without a previous snapshot
 * the live form is all that is known.
 * @param pendingIds objects that a step of the plan which has not run would change
 */
export function snapshotAfter(
  previous: Snapshot | null,
  live: ReadonlyMap<ObjectId, Fact>,
  declared: readonly ObjectId[],
  pendingIds: ReadonlySet<ObjectId>,
): Omit<Snapshot, "appliedAt"> {
  const facts: Record<ObjectId, SnapshotFact> = {};
  const ids = new Set([...declared, ...Object.keys(previous?.facts ?? {})]);
  for (const id of [...ids].sort()) {
    const kept = pendingIds.has(id) && previous !== null ? previous.facts[id] : liveFact(live.get(id));
    if (kept !== undefined) facts[id] = kept;
  }
  return { declared: [...new Set(declared)].sort(), facts };
}

function liveFact(fact: Fact | undefined): SnapshotFact | undefined {
  if (fact === undefined) return undefined;
  return { kind: fact.kind, object: fact.object, schema: fact.schema, parent: fact.parent, spec: fact.spec };
}
