import { kindNamed, kinds } from "../kinds/registry.ts";
import type { Fact } from "../model/database.ts";
import { lookupOf } from "../model/lookup.ts";
import type { ObjectId } from "../model/object-id.ts";
import { nameIndex } from "./names.ts";

/**
 * The facts that are needed to build some of them elsewhere: what they lie in, what their SQL names, and of each relation
 * the parts that are written inside its CREATE. `beyond` answers what the first set does not know (objects that are not managed).
 */
export function closureOf(
  ids: Iterable<ObjectId>,
  facts: ReadonlyMap<ObjectId, Fact>,
  beyond: ReadonlyMap<ObjectId, Fact>,
): Map<ObjectId, Fact> {
  const own = nameIndex(facts.values());
  const others = nameIndex(beyond.values());
  const ownParts = lookupOf(facts);
  const otherParts = lookupOf(beyond);
  const resolve = (reference: string): readonly ObjectId[] => {
    const found = own.resolve(reference);
    return found.length > 0 ? found : others.resolve(reference);
  };
  const inlined = kinds.filter((kind) => kind.partOfParent === true).map((kind) => kind.kind);
  const out = new Map<ObjectId, Fact>();
  const queue = [...ids];
  for (let id = queue.pop(); id !== undefined; id = queue.pop()) {
    const fact = facts.get(id) ?? beyond.get(id);
    if (!fact || out.has(id)) continue;
    out.set(id, fact);
    if (fact.parent !== null) queue.push(fact.parent);
    for (const reference of kindNamed(fact.kind).dependsOn(fact)) queue.push(...resolve(reference));
    const parts = facts.has(id) ? ownParts : otherParts;
    for (const kind of inlined) for (const child of parts.children(id, kind)) if (!isForeign(child)) queue.push(child.id);
  }
  return out;
}

/** What points at other relations is not part of the shape of its own. */
function isForeign(fact: Fact): boolean {
  return kindNamed(fact.kind).ownTransaction?.(fact) ?? false;
}
