import { kindNamed } from "../kinds/registry.ts";
import type { Change } from "../model/change.ts";
import type { DesiredDatabase, Fact, LiveDatabase } from "../model/database.ts";
import { canonicalJson } from "../model/fingerprint.ts";
import type { WriteContext } from "../model/kind.ts";
import type { ObjectId } from "../model/object-id.ts";
import type { Spec } from "../model/spec.ts";
import { tidyFact } from "../yaml/tidy-facts.ts";

/** What the files should say so that changes are no more: facts as the live side has them, where the change is selected. */
export interface NextInput {
  readonly desired: Pick<DesiredDatabase, "facts" | "config">;
  readonly live: LiveDatabase;
  /** Live facts that the files speak of. */
  readonly inScope: ReadonlyMap<ObjectId, Fact>;
  readonly changes: readonly Change[];
  readonly selected: (fact: Fact) => boolean;
}

/**
 * The facts that the files shall declare: theirs, with what differs taken from the live side, field by field, so that what is equal
 * keeps the spelling of the files. What is compared only where the files say it (owners, grants) comes with objects that come,
 * and for roles that the files speak of.
 */
export function nextFacts(input: NextInput): ReadonlyMap<ObjectId, Fact> {
  const next = new Map(input.desired.facts);
  for (const change of input.changes) {
    const fact = change.type === "drop" ? change.live : change.desired;
    if (!input.selected(fact)) continue;
    if (change.type === "create") removeWithParts(change.desired.id, next);
    else if (change.type === "drop") add(change.live, input, next);
    else if (change.type === "rename") {
      removeWithParts(change.desired.id, next);
      add(change.live, input, next);
    } else next.set(fact.id, withFields(change, input));
  }
  addSatellites(input, next);
  nameMembers(input, next);
  return next;
}

/** Lists of members (the tables of a publication) are no difference of their own: they follow the members that come and go. */
function nameMembers({ desired, live }: NextInput, next: Map<ObjectId, Fact>): void {
  for (const fact of [...next.values()]) {
    const there = live.facts.get(fact.id);
    const own = desired.facts.get(fact.id);
    if (!there || !own) continue;
    for (const name of kindNamed(fact.kind).notCompared) {
      const [before, after] = [own.spec[name], there.spec[name]];
      if (!Array.isArray(before) || !Array.isArray(after)) continue;
      const comes = after.some((id) => next.has(String(id)) && !desired.facts.has(String(id)));
      if (comes) next.set(fact.id, { ...fact, spec: { ...fact.spec, [name]: after } });
    }
  }
}

function removeWithParts(id: ObjectId, facts: Map<ObjectId, Fact>): void {
  facts.delete(id);
  for (const fact of [...facts.values()]) if (fact.parent === id) removeWithParts(fact.id, facts);
}

function add(fact: Fact, { live }: NextInput, next: Map<ObjectId, Fact>): void {
  next.set(fact.id, tidyFact(live.facts.get(fact.id) ?? fact));
}

function withFields(change: Change & { readonly type: "alter" }, { desired, live }: NextInput): Fact {
  const before = desired.facts.get(change.desired.id) ?? change.desired;
  const there = tidyFact(live.facts.get(change.live.id) ?? change.live);
  // What no catalog knows (old names of labels) stays as the files say it.
  const beside = kindNamed(before.kind).notCompared.filter((name) => canonicalJson(there.spec[name] ?? null) !== "{}");
  const taken = new Set([...change.fields, ...beside]);
  const names = new Set([...Object.keys(before.spec), ...Object.keys(there.spec)]);
  const spec = Object.fromEntries([...names].map((name) => [name, (taken.has(name) ? there : before).spec[name]])) as Spec;
  return { ...before, spec };
}

/** Owners, grants and the like of live objects that the files do not say. */
function addSatellites({ desired, live, inScope, selected }: NextInput, next: Map<ObjectId, Fact>): void {
  const declared = (fact: Fact): boolean => kindNamed(fact.kind).scope === "declared" && fact.parent !== null;
  const roles = new Set([...desired.facts.values()].filter(declared).flatMap((fact) => rolesOf(fact)));
  const context = contextOf(live, desired.config.schema);
  for (const fact of inScope.values()) {
    if (!declared(fact) || next.has(fact.id) || fact.parent === null || !next.has(fact.parent) || !selected(fact)) continue;
    const comes = !desired.facts.has(fact.parent);
    const slot = kindNamed(fact.kind).yaml;
    const spoken = slot?.style !== "value" && rolesOf(fact).some((role) => roles.has(role));
    const own = live.facts.get(fact.id) ?? fact;
    if ((comes || spoken) && slot && slot.write(own, context) !== null) next.set(fact.id, own);
  }
}

const rolesOf = (fact: Fact): readonly string[] => kindNamed(fact.kind).roles?.(fact) ?? [];

function contextOf(live: LiveDatabase, schema: string): WriteContext {
  const facts = [...live.facts.values()];
  const kinds = new Map<string, readonly Fact[]>();
  return {
    schema,
    fact: (id) => live.facts.get(id),
    children: (parent, kind) => facts.filter((fact) => fact.parent === parent && fact.kind === kind),
    ofKind: (kind) => {
      const found = kinds.get(kind) ?? facts.filter((fact) => fact.kind === kind);
      kinds.set(kind, found);
      return found;
    },
  };
}
