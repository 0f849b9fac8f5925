import { quoteIdentifier } from "../base/identifier.ts";
import { kindNamed } from "../kinds/registry.ts";
import type { Fact } from "../model/database.ts";
import { type ObjectId, objectId, pathOf } from "../model/object-id.ts";

/**
 * Parts that a relation may have beside one of the same name from above only while it changes what it is part of (a check of a table
 * that becomes a partition): where both are built, the own one needs a name of its own, which says nothing of what it means.
 * In: the facts to build, the ids of those to be read back. Out: the facts, and by the new ids the ones they stand for.
 */
export function apartFromAbove(
  facts: ReadonlyMap<ObjectId, Fact>,
  asked: ReadonlySet<ObjectId>,
): { readonly facts: ReadonlyMap<ObjectId, Fact>; readonly standIns: ReadonlyMap<ObjectId, ObjectId> } {
  const out = new Map<ObjectId, Fact>();
  const standIns = new Map<ObjectId, ObjectId>();
  for (const fact of facts.values()) {
    const apart = asked.has(fact.id) && isGivenToo(fact, facts) ? renamed(fact, `in doubt ${standIns.size + 1}`) : fact;
    out.set(apart.id, apart);
    if (apart !== fact) standIns.set(apart.id, fact.id);
  }
  return { facts: out, standIns };
}

/** Whether a part of the same kind and name lies in what its parent has its parts from. Columns of one name are one column. */
function isGivenToo(fact: Fact, facts: ReadonlyMap<ObjectId, Fact>): boolean {
  const kind = kindNamed(fact.kind);
  if (fact.parent === null || kind.partOfParent !== true || !kind.renameByDefinition) return false;
  const name = pathOf(fact.id).slice(pathOf(fact.parent).length);
  const above = (id: ObjectId): boolean => {
    const holder = facts.get(id);
    const givers = holder ? (kindNamed(holder.kind).heirOf?.(holder) ?? []) : [];
    return givers.some((giver) => facts.has(objectId(fact.kind, `${pathOf(giver)}${name}`)) || above(giver));
  };
  return above(fact.parent);
}

function renamed(fact: Fact, name: string): Fact {
  const object = `${pathOf(fact.parent ?? "")}.${quoteIdentifier(name)}`;
  return { ...fact, id: objectId(fact.kind, object), object, spec: { ...fact.spec, name } };
}
