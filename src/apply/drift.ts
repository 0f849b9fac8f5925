import type { Snapshot } from "../catalog/state.ts";
import type { Fact } from "../model/database.ts";
import { canonicalJson } from "../model/fingerprint.ts";
import type { ObjectId } from "../model/object-id.ts";
import type { Spec } from "../model/spec.ts";

/** One object that is not as it was when it was last applied. `fields` are the parts of its definition that differ. */
export interface DriftItem {
  readonly id: ObjectId;
  readonly kind: string;
  readonly object: string;
  readonly what: "added" | "removed" | "changed";
  readonly fields: readonly string[];
}

export interface DriftOptions {
  /** Whether an object that the snapshot does not know counts: those of managed schemas, not ignored. */
  readonly isManaged: (fact: Fact) => boolean;
  /** Objects in flight: under construction by a run, no drift. */
  readonly inFlight?: ReadonlySet<ObjectId>;
}

/** Compares a live state with the snapshot that the last apply left. Sorted by id. Both sides are what a catalog printed, so text decides. */
export function compareSnapshot(
  snapshot: Pick<Snapshot, "facts">,
  live: ReadonlyMap<ObjectId, Fact>,
  options: DriftOptions,
): readonly DriftItem[] {
  const items: DriftItem[] = [];
  for (const [id, before] of Object.entries(snapshot.facts)) {
    const now = live.get(id);
    const named = { id, kind: before.kind, object: before.object };
    if (now === undefined) items.push({ ...named, what: "removed", fields: [] });
    else {
      const fields = differingFields(before.spec, now.spec);
      if (fields.length > 0) items.push({ ...named, what: "changed", fields });
    }
  }
  for (const [id, fact] of live) {
    const known = Object.hasOwn(snapshot.facts, id) || options.inFlight?.has(id) === true;
    if (known || fact.foreign !== undefined || !options.isManaged(fact)) continue;
    items.push({ id, kind: fact.kind, object: fact.object, what: "added", fields: [] });
  }
  return items.sort((a, b) => (a.id < b.id ? -1 : a.id > b.id ? 1 : 0));
}

function differingFields(before: Spec, now: Spec): readonly string[] {
  const keys = [...new Set([...Object.keys(before), ...Object.keys(now)])].sort();
  return keys.filter((key) => canonicalJson(before[key] ?? null) !== canonicalJson(now[key] ?? null));
}
