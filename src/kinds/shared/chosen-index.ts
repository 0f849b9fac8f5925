import { qualifiedName } from "../../base/identifier.ts";
import type { Fact, SourceRef } from "../../model/database.ts";
import type { Lookup, PlanContext } from "../../model/kind.ts";
import { kindOf, type ObjectId, objectId, pathOf } from "../../model/object-id.ts";
import { makeFact } from "./fact.ts";
import { isMadeOtherwise } from "./index-attributes.ts";
import { relationNames } from "./target.ts";

/** What a table says about one of its indexes: CLUSTER ON and REPLICA IDENTITY. PostgreSQL tracks no dependency for either. */
export type ChosenIndexSpec = {
  readonly schema: string;
  readonly table: string;
  /** Name of the index, also that of a constraint; null when none is meant (replica identity full). */
  readonly index: string | null;
  /** The index or constraint by its id, as far as it is one of ours: those of partitions may belong to their parent's. */
  readonly target: ObjectId | null;
};

/** Such a fact about a relation, given by its id. */
export function chosenIndexFact<S extends ChosenIndexSpec>(
  kind: string,
  parent: ObjectId,
  more: Omit<S, "schema" | "table" | "target">,
  at?: SourceRef,
): Fact<S> {
  const { schema, name } = relationNames(pathOf(parent));
  const spec = { schema, table: name, target: null, ...more } as unknown as S;
  return makeFact<S>({ kind, names: [schema, name], schema, parent, spec, at });
}

/**
 * Such a fact as the files say it of a table: its index is one of theirs, so that a name that is none is found out. Those of partitions
 * may come from their parent's.
 */
export function asDeclared<S extends ChosenIndexSpec>(fact: Fact<S>, parent: Fact): Fact<S> {
  const { schema, index } = fact.spec;
  if (index === null || parent.parent !== null) return fact;
  return { ...fact, spec: { ...fact.spec, target: objectId("index", qualifiedName(schema, index)) } };
}

/** Finds the index in a database: the constraint of that name, or the index. */
export function settleChosenIndex<S extends ChosenIndexSpec>(fact: Fact<S>, look: Lookup): Fact<S> {
  const { schema, table, index } = fact.spec;
  if (index === null) return fact;
  const ids = [objectId("constraint", qualifiedName(schema, table, index)), objectId("index", qualifiedName(schema, index))];
  const target = ids.find((id) => look.fact(id)?.parent === fact.parent) ?? null;
  return { ...fact, spec: { ...fact.spec, target } };
}

/** What it needs: the index, once it is found. */
export function chosenIndexNeeds({ spec }: Fact<ChosenIndexSpec>): ObjectId[] {
  return spec.target === null ? [] : [spec.target];
}

/** Fields of a key that its index has to be built anew for. */
const builtOf: readonly string[] = ["type", "columns", "include", "nullsNotDistinct", "temporal", "definition"];

/** True for an index that is another one when the table is told of it: made anew, or built beside the old one, whose place it takes. */
export function isAnotherIndex(target: ObjectId, context: PlanContext): boolean {
  const fields = context.alters(target);
  const isKey = kindOf(target) === "constraint";
  return context.isNew(target) || (isKey ? fields.some((name) => builtOf.includes(name)) : isMadeOtherwise(fields));
}
