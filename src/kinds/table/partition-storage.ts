import type { PlanContext } from "../../model/kind.ts";
import type { StepDraft } from "../../model/step.ts";
import { draft, noWork } from "../shared/draft.ts";
import { plainStorage, type RelationStorage, storageClauses } from "../shared/storage-spec.ts";
import type { Table } from "./table-spec.ts";

/** What a partition takes from its parent when it is made: tablespace and access method (measured). */

function inherited(fact: Table, context: PlanContext): RelationStorage {
  const parent = fact.parent === null ? undefined : context.final(fact.parent);
  return (parent?.spec as RelationStorage | undefined) ?? plainStorage;
}

/** USING, WITH and TABLESPACE of a new table, with a space before. */
export function storageOf(fact: Table, context: PlanContext): string {
  const from = inherited(fact, context);
  return storageClauses(fact.spec, fact.spec.partitionBy === null ? from : { ...from, using: null });
}

/** A partition that is partitioned itself and leaves the access method open: CREATE gives it that of its parent. */
export function ownMethod(fact: Table, context: PlanContext): StepDraft[] {
  if (fact.spec.partitionBy === null || fact.spec.using !== null || inherited(fact, context).using === null) return [];
  return [
    draft(fact, {
      action: "alter",
      sql: `ALTER TABLE ${fact.object} SET ACCESS METHOD DEFAULT;`,
      phase: "expand",
      why: "it leaves the access method of its partitions open",
      locks: [],
      work: noWork,
      dataLoss: "never",
      undo: { none: "part of making the table" },
      provides: [],
    }),
  ];
}
