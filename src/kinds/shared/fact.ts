import { qualifiedName } from "../../base/identifier.ts";
import type { Fact, SourceRef } from "../../model/database.ts";
import { type ObjectId, objectId } from "../../model/object-id.ts";
import type { Spec } from "../../model/spec.ts";

interface FactInput<S extends Spec> {
  readonly kind: string;
  /** Names from the schema inward: `["app", "orders", "status"]`. */
  readonly names: readonly string[];
  /** Schema it lies in; null for objects of the database. */
  readonly schema: string | null;
  readonly parent?: ObjectId | null;
  readonly spec: S;
  readonly at?: SourceRef | undefined;
  readonly renamedFrom?: ObjectId | undefined;
  readonly owner?: string | undefined;
}

/** Builds a fact whose path is its names, quoted and joined by dots. */
export function makeFact<S extends Spec>(input: FactInput<S>): Fact<S> {
  const object = qualifiedName(...input.names);
  return {
    kind: input.kind,
    id: objectId(input.kind, object),
    object,
    schema: input.schema,
    parent: input.parent ?? null,
    spec: input.spec,
    ...(input.at ? { at: input.at } : {}),
    ...(input.renamedFrom ? { renamedFrom: input.renamedFrom } : {}),
    ...(input.owner !== undefined ? { owner: input.owner } : {}),
  };
}
