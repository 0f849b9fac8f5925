import { qualifiedName } from "../../base/identifier.ts";
import type { Fact } from "../../model/database.ts";
import type { PlanContext } from "../../model/kind.ts";
import { kindOf, objectId, pathOf } from "../../model/object-id.ts";
import type { Lock, LockMode } from "../../model/step.ts";
import type { Work } from "../shared/draft.ts";
import { lock, lockOn, lockOnIndexes, lockOnTree } from "../shared/locks.ts";
import type { PartIndex } from "../shared/part-index.ts";
import type { ColumnSpec } from "./column-spec.ts";

/**
 * What ALTER COLUMN TYPE locks (measured on 14 to 18): the table and its partitions; of the indexes all when rows are written anew, else
 * those that use the column, because PostgreSQL makes them anew over the old files; the other table of each foreign key on the column,
 * as the key is dropped and added; the sequence of an identity, whose type follows.
 */
export function typeChangeLocks(live: Fact<ColumnSpec>, desired: Fact<ColumnSpec>, work: Work, context: PlanContext): Lock[] {
  const table = objectId("table", qualifiedName(desired.spec.schema, desired.spec.table));
  const dependents = context
    .dependents(live.id)
    .filter((id) => !context.isDropped(id))
    .flatMap((id) => context.live.facts.get(id) ?? []);
  const constraints = dependents.filter(({ kind }) => kind === "constraint");
  const followsType = live.spec.identity !== null && live.spec.type !== desired.spec.type;
  return [
    ...lockOnTree(context, table, "AccessExclusiveLock"),
    ...(work.rewrite ? lockOnIndexes(context, table, "AccessExclusiveLock") : context.isNew(table) ? [] : ownIndexes(dependents)),
    ...constraints.flatMap((constraint) => otherTables(constraint, context)),
    ...(followsType ? lockOnSequence(live, "ShareRowExclusiveLock", context) : []),
  ];
}

/** The sequence behind an identity, which ALTER COLUMN takes along. */
export function lockOnSequence(live: Fact<ColumnSpec>, mode: LockMode, context: PlanContext): Lock[] {
  return live.spec.sequence === null || context.isNew(live.parent ?? "") ? [] : [lock(live.spec.sequence, mode)];
}

function ownIndexes(dependents: readonly Fact[]): Lock[] {
  return dependents.flatMap((fact) => {
    const isKey = fact.kind === "constraint" && ["primary key", "unique", "exclude"].includes(String(fact.spec["type"]));
    if (fact.kind !== "index" && !isKey) return [];
    const attached = (fact.spec["attached"] ?? []) as readonly PartIndex[];
    const own = isKey ? qualifiedName(String(fact.schema), String(fact.spec["name"])) : pathOf(fact.id);
    return [own, ...attached.map(({ index }) => index)].map((name) => lock(name, "AccessExclusiveLock"));
  });
}

/** Both sides of a foreign key: the column may be on either. */
function otherTables(constraint: Fact, context: PlanContext): Lock[] {
  const target = constraint.spec["references"] as { readonly schema: string; readonly table: string } | null;
  if (constraint.spec["type"] !== "foreign key" || target === null) return [];
  const sides = [constraint.parent ?? "", objectId("table", qualifiedName(target.schema, target.table))];
  return sides.filter((id) => kindOf(id) === "table").flatMap((id) => lockOn(context, id, "AccessExclusiveLock"));
}
