import type { PlanContext } from "../../model/kind.ts";
import { type ObjectId, pathOf } from "../../model/object-id.ts";
import { type Lock, type LockMode, lockModes } from "../../model/step.ts";
import { reachedHeirs } from "./leaving-heirs.ts";

/** What an application's SELECT and INSERT wait for, per mode (manual, table 13.2; measured). */
const blocks: Readonly<Record<LockMode, Lock["blocks"]>> = {
  AccessShareLock: "none",
  RowShareLock: "none",
  RowExclusiveLock: "none",
  ShareUpdateExclusiveLock: "none",
  ShareLock: "writes",
  ShareRowExclusiveLock: "writes",
  ExclusiveLock: "writes",
  AccessExclusiveLock: "reads_and_writes",
};

/** A lock on one relation, `schema.name`. */
export function lock(relation: string, mode: LockMode): Lock {
  return { relation, mode, blocks: blocks[mode] };
}

/** A lock on a table unless this plan makes it: nobody waits for what nobody else can see. */
export function lockOn(context: PlanContext, relation: ObjectId, mode: LockMode): Lock[] {
  return context.isNew(relation) ? [] : [lock(pathOf(relation), mode)];
}

/** The same on a table and all its live partitions and sub-partitions. */
export function lockOnTree(context: PlanContext, table: ObjectId, mode: LockMode): Lock[] {
  const children = context.partitions(table);
  return [table, ...children].flatMap((id) => lockOn(context, id, mode));
}

/** The same on a table and all that have their columns from it: what ALTER TABLE does to a column reaches children of INHERITS too. */
export function lockOnHeirs(context: PlanContext, table: ObjectId, mode: LockMode): Lock[] {
  return [table, ...reachedHeirs(context, table)].flatMap((id) => lockOn(context, id, mode));
}

/** Locks on the live indexes of a table (and its partitions): a rewrite takes ACCESS EXCLUSIVE on each. */
export function lockOnIndexes(context: PlanContext, table: ObjectId, mode: LockMode): Lock[] {
  if (context.isNew(table)) return [];
  return [table, ...reachedHeirs(context, table)].flatMap((id) => context.indexes(id).map((index) => lock(index, mode)));
}

/** Keeps the strongest lock of each relation, in a stable order. */
export function strongest(locks: readonly Lock[]): Lock[] {
  const best = new Map<string, Lock>();
  for (const candidate of locks) {
    const known = best.get(candidate.relation);
    if (!known || lockModes.indexOf(candidate.mode) > lockModes.indexOf(known.mode)) best.set(candidate.relation, candidate);
  }
  return [...best.values()].sort((a, b) => (a.relation < b.relation ? -1 : a.relation > b.relation ? 1 : 0));
}
