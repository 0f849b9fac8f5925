import { qualifiedName } from "../../base/identifier.ts";
import type { Fact } from "../../model/database.ts";
import type { PlanContext } from "../../model/kind.ts";
import { type ObjectId, objectId, pathOf } from "../../model/object-id.ts";
import type { Lock, StepDraft } from "../../model/step.ts";
import { draft, noWork } from "../shared/draft.ts";
import { isForeignTable } from "../shared/foreign-rows.ts";
import { lock, lockOn, lockOnIndexes } from "../shared/locks.ts";
import { tablesAbove } from "../shared/partition-tree.ts";
import { isDefaultOf } from "./default-partition.ts";

/** DROP TABLE, with the locks that it takes on partitions beside it and on targets of its foreign keys. Destructive when it holds rows. */
export function dropTable(fact: Fact, context: PlanContext): StepDraft[] {
  if (isForeignTable(fact)) return dropForeign(fact, context);
  const empty = context.isEmpty(fact.id);
  const users = referencing(fact, context);
  return [
    draft(fact, {
      action: "drop",
      sql: [...(users.length > 0 && fact.parent ? [takenOff(fact)] : []), `DROP TABLE ${fact.object};`].join("\n"),
      phase: "contract",
      why: "no longer in the files",
      locks: [...locksOf(fact, context), ...users.flatMap((id) => lockOn(context, id, "AccessExclusiveLock"))],
      work: noWork,
      dataLoss: empty ? "never" : "probe",
      ...(empty
        ? {}
        : {
            probe: {
              asks: "lossy",
              relation: fact.object,
              means: "rows of the table",
              sql: `select count(*) from ${fact.object}`,
            } as const,
          }),
      undo: { none: "the rows are lost; pull the table's definition from the snapshot or the files' history" },
      breaks: "old",
    }),
  ];
}

/** Foreign keys on the table above hang on each partition: only what was taken off can be dropped (measured). */
function takenOff(fact: Fact): string {
  return `ALTER TABLE ${pathOf(fact.parent ?? "")} DETACH PARTITION ${fact.object};`;
}

/** Tables with foreign keys that point at a table above a partition. */
function referencing(fact: Fact, context: PlanContext): ObjectId[] {
  const tables = tablesAbove(fact.id, (id) => context.live.facts.get(id));
  if (tables.length === 0 || context.isDropped(fact.parent ?? "")) return [];
  return [...context.live.facts.values()].flatMap((other) => {
    const target = other.spec["references"] as { schema: string; table: string } | null | undefined;
    if (!target?.table || other.parent === null || context.isDropped(other.id)) return [];
    return tables.includes(objectId("table", qualifiedName(target.schema, target.table))) ? [other.parent] : [];
  });
}

/** The rows of a foreign table stay where they are: what goes is the way to them. */
function dropForeign(fact: Fact, context: PlanContext): StepDraft[] {
  const inline = context.children("live", fact.id, "column").length;
  return [
    draft(fact, {
      action: "drop",
      sql: `DROP FOREIGN TABLE ${fact.object};`,
      phase: "contract",
      why: "no longer in the files",
      locks: locksOf(fact, context),
      work: noWork,
      dataLoss: "never",
      undo: {
        none: `the definition of its ${inline} columns is in the snapshot and the files' history; the rows are where they were`,
      },
      breaks: "old",
    }),
  ];
}

function locksOf(fact: Fact, context: PlanContext): Lock[] {
  // Those that are in a circle go before, by themselves.
  const foreign = context
    .children("live", fact.id, "constraint")
    .filter((constraint) => constraint.spec["type"] === "foreign key" && !context.comesLater(constraint.id));
  const targets = foreign.map((constraint) => constraint.spec["references"] as { schema: string; table: string });
  return [
    // A partition that is kept has left before.
    ...[fact.id, ...context.partitions(fact.id).filter(context.isDropped)].flatMap((id) =>
      lockOn(context, id, "AccessExclusiveLock"),
    ),
    ...lockOnIndexes(context, fact.id, "AccessExclusiveLock"),
    ...context
      .children("live", fact.id, "column")
      .flatMap((column) =>
        typeof column.spec["sequence"] === "string" ? [lock(column.spec["sequence"], "AccessExclusiveLock")] : [],
      ),
    ...(fact.parent
      ? [
          ...lockOn(context, fact.parent, "AccessExclusiveLock"),
          ...context
            .partitions(fact.parent)
            .filter((id) => isDefaultOf(id, fact, context))
            .flatMap((id) => lockOn(context, id, "AccessExclusiveLock")),
        ]
      : []),
    ...targets.flatMap((target) =>
      lockOn(context, objectId("table", qualifiedName(target.schema, target.table)), "AccessExclusiveLock"),
    ),
  ];
}
