import { qualifiedName, quoteIdentifier } from "../../base/identifier.ts";
import type { Fact, SourceRef } from "../../model/database.ts";
import { objectId } from "../../model/object-id.ts";
import type { SqlText } from "../../model/spec.ts";

export type TriggerState = "origin" | "disabled" | "replica" | "always";

/** `def` is the whole CREATE TRIGGER under the name `x`; `enabled` is when it fires (ALTER TABLE … ENABLE TRIGGER). */
export type TriggerSpec = {
  readonly schema: string;
  readonly table: string;
  readonly name: string;
  readonly def: SqlText;
  readonly enabled: TriggerState;
  /** True for the copy on a partition of a trigger of the table above. */
  readonly cloned?: boolean;
};

/** All states, the usual one first. */
export const triggerStates: readonly TriggerState[] = ["origin", "disabled", "replica", "always"];

/** A trigger of the table or view with the id `parent`. */
export function triggerFact(
  parent: string,
  spec: TriggerSpec,
  rest: { readonly at?: SourceRef | undefined; readonly renamedFrom?: string | undefined },
): Fact<TriggerSpec> {
  const path = qualifiedName(spec.schema, spec.table);
  const object = `${path}.${quoteIdentifier(spec.name)}`;
  return {
    kind: "trigger",
    id: objectId("trigger", object),
    object,
    schema: spec.schema,
    parent,
    spec,
    ...(rest.at ? { at: rest.at } : {}),
    ...(rest.renamedFrom === undefined
      ? {}
      : { renamedFrom: objectId("trigger", `${path}.${quoteIdentifier(rest.renamedFrom)}`) }),
  };
}
