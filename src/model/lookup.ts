import type { Fact } from "./database.ts";
import type { Lookup } from "./kind.ts";
import type { ObjectId } from "./object-id.ts";

/** An index over facts: by id, and children by parent and kind in the order of their place (columns) or name. */
export function lookupOf(facts: ReadonlyMap<ObjectId, Fact>): Lookup {
  const children = new Map<string, Fact[]>();
  for (const fact of facts.values()) {
    if (fact.parent === null) continue;
    const key = `${fact.kind} in ${fact.parent}`;
    const list = children.get(key);
    if (list) list.push(fact);
    else children.set(key, [fact]);
  }
  const place = (fact: Fact): number => (typeof fact.spec["position"] === "number" ? fact.spec["position"] : 0);
  for (const list of children.values()) list.sort((a, b) => place(a) - place(b) || (a.id < b.id ? -1 : 1));
  return { fact: (id) => facts.get(id), children: (parent, kind) => children.get(`${kind} in ${parent}`) ?? [] };
}
