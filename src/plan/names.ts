import { kindNamed } from "../kinds/registry.ts";
import type { Fact } from "../model/database.ts";
import type { Reference } from "../model/kind.ts";
import type { ObjectId } from "../model/object-id.ts";

/** Finds the facts that a name in SQL may stand for. */
export interface NameIndex {
  /** Ids behind a reference: several for overloaded functions; empty for what is none of ours. */
  resolve(reference: Reference): readonly ObjectId[];
}

/** Indexes facts by the names they answer to. */
export function nameIndex(facts: Iterable<Fact>): NameIndex {
  const index = new Map<Reference, ObjectId[]>();
  const ids = new Set<ObjectId>();
  for (const fact of facts) {
    ids.add(fact.id);
    for (const name of kindNamed(fact.kind).answersTo(fact)) {
      const list = index.get(name);
      if (list) list.push(fact.id);
      else index.set(name, [fact.id]);
    }
  }
  return { resolve: (reference) => index.get(reference) ?? (ids.has(reference) ? [reference] : []) };
}
