import { kindNamed } from "../kinds/registry.ts";
import type { Fact, LiveDatabase } from "../model/database.ts";
import { lookupOf } from "../model/lookup.ts";
import type { ObjectId } from "../model/object-id.ts";

type Facts = ReadonlyMap<ObjectId, Fact>;

/**
 * What is compared besides what the files and the catalog say by themselves: live facts that are there through what they are part of,
 * where the files name them; and what an object has or needs when it changes what it is part of.
 * In: the desired facts, the live state after declared renames. Out: both with what was added; `moved`: live facts by which those of
 * the catalog are to be replaced where they are built elsewhere.
 */
export function withFollowers(
  desired: Facts,
  live: LiveDatabase,
): { readonly desired: Facts; readonly live: LiveDatabase; readonly moved: Facts } {
  const implied = new Map(live.implied ?? []);
  const present = new Map(live.facts);
  const wanted = new Map(desired);
  const moved = new Map<ObjectId, Fact>();
  const named = new Set(
    [...desired.values()].flatMap((fact) => (present.has(fact.id) ? [] : [`${fact.kind} in ${fact.parent}`])),
  );
  for (const [id, fact] of implied) {
    const isNamed = named.has(`${fact.kind} in ${fact.parent}`) && kindNamed(fact.kind).mayBeNamed?.(fact) === true;
    if (desired.has(id) || isNamed) present.set(id, fact);
  }
  const sides = { live: lookupOf(live.facts), desired: lookupOf(desired), implied: lookupOf(implied) };
  for (const fact of desired.values()) {
    const before = live.facts.get(fact.id);
    const more = before ? kindNamed(fact.kind).follow?.(before, fact, sides) : undefined;
    for (const one of more?.live ?? []) present.set(one.id, one);
    if (more?.as) moved.set(fact.id, more.as);
    for (const one of more?.desired ?? []) if (!wanted.has(one.id)) wanted.set(one.id, one);
    for (const one of more?.settled ?? []) {
      implied.set(one.id, one);
      if (!more?.live.some(({ id }) => id === one.id)) present.delete(one.id);
    }
  }
  for (const [id, fact] of present) if (live.facts.get(id) !== fact) moved.set(id, fact);
  return { desired: wanted, live: { ...live, facts: present, implied }, moved };
}
