import type { PlanContext } from "../../model/kind.ts";
import { objectId } from "../../model/object-id.ts";
import type { Lock } from "../../model/step.ts";
import { lockOn } from "./locks.ts";

/** ACCESS SHARE on the live relations that SQL names: a view or an SQL body is analysed when it is made. In: references. */
export function readLocks(references: readonly string[], context: PlanContext): Lock[] {
  const paths = references
    .filter((reference) => reference.startsWith("relation "))
    .map((reference) => reference.slice("relation ".length));
  return paths.flatMap((path) =>
    ["table", "view", "materialized_view"]
      .map((kind) => objectId(kind, path))
      .filter((id) => context.live.facts.has(id))
      .flatMap((id) => lockOn(context, id, "AccessShareLock")),
  );
}
