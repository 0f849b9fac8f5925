import { qualifiedName } from "../../base/identifier.ts";
import type { Fact, SourceRef } from "../../model/database.ts";
import { objectId } from "../../model/object-id.ts";

export type RlsState = "disabled" | "enabled" | "forced";

/** Row-level security of a table. `force`: FORCE is set, which means nothing while the state is disabled but stays set. */
export type RlsSpec = {
  readonly schema: string;
  readonly table: string;
  readonly state: RlsState;
  readonly force: boolean;
};

/** The state of a table's row-level security: there is one for each ordinary and partitioned table. */
export function rlsFact(
  schema: string,
  table: string,
  state: RlsState,
  at?: SourceRef,
  force = state === "forced",
): Fact<RlsSpec> {
  const object = qualifiedName(schema, table);
  return {
    kind: "rls",
    id: objectId("rls", object),
    object,
    schema,
    parent: objectId("table", object),
    spec: { schema, table, state, force },
    ...(at ? { at } : {}),
  };
}
