import { kindNamed } from "../kinds/registry.ts";
import type { Fact } from "../model/database.ts";
import type { ObjectId } from "../model/object-id.ts";
import type { PlannedDraft } from "./drafts.ts";

/**
 * What PostgreSQL keeps in one space of names though it is of several kinds (pg_class: tables, views, sequences, indexes and the
 * constraints that have one; pg_type: types and the rows of tables): what takes a name comes after what frees it.
 * In: `removers`: by id, the drafts that remove it, with what it lies in too. `add(first, second)` notes an order.
 */
export function takenNames(
  drafts: readonly PlannedDraft[],
  facts: { readonly live: ReadonlyMap<ObjectId, Fact>; readonly final: ReadonlyMap<ObjectId, Fact> },
  removers: ReadonlyMap<ObjectId, readonly number[]>,
  add: (first: number, second: number) => void,
): void {
  const freed = new Map<string, ObjectId[]>();
  for (const id of removers.keys()) {
    const fact = facts.live.get(id);
    for (const name of fact ? namesOf(fact) : []) freed.set(name, [...(freed.get(name) ?? []), id]);
  }
  if (freed.size === 0) return;
  drafts.forEach((planned, index) => {
    for (const id of planned.draft.provides) {
      const fact = facts.final.get(id);
      // What is there and stays has its name already.
      if (!fact || (facts.live.has(id) && !removers.has(id))) continue;
      for (const other of namesOf(fact).flatMap((name) => freed.get(name) ?? []))
        if (other !== id)
          for (const remover of removers.get(other) ?? []) if (drafts[remover]?.chain !== planned.chain) add(remover, index);
    }
  });
}

function namesOf(fact: Fact): string[] {
  const kind = kindNamed(fact.kind);
  return [
    ...kind.answersTo(fact).filter((name) => /^(?:relation|type) /.test(name)),
    ...(kind.indexName?.(fact) ?? []).map((path) => `relation ${path}`),
  ];
}
