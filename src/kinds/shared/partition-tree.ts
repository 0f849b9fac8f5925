import { qualifiedName } from "../../base/identifier.ts";
import type { Fact } from "../../model/database.ts";
import type { PlanContext } from "../../model/kind.ts";
import { type ObjectId, objectId } from "../../model/object-id.ts";

/** Partitions seen from what lies in them: kinds of parts of a table know no more of tables than this. */

interface PartitionOf {
  readonly schema: string;
  readonly table: string;
}

/** What a table is a partition of; null for one that is none, and for what is no table. */
export function partitionOf(table: Pick<Fact, "spec"> | undefined): PartitionOf | null {
  return (table?.spec["partitionOf"] as PartitionOf | null | undefined) ?? null;
}

/** Whether a table has a partition key. */
export function isPartitioned(table: Pick<Fact, "spec"> | undefined): boolean {
  return (table?.spec["partitionBy"] ?? null) !== null;
}

/** The tables above a partition, the next first. In: looks a table up by id. */
export function tablesAbove(table: ObjectId, fact: (id: ObjectId) => Fact | undefined): ObjectId[] {
  const out: ObjectId[] = [];
  for (let of = partitionOf(fact(table)); of !== null; of = partitionOf(fact(out.at(-1) ?? ""))) {
    const id = objectId("table", qualifiedName(of.schema, of.table));
    if (out.includes(id)) break;
    out.push(id);
  }
  return out;
}

/** A partition of a tree as it stands and stays. */
export interface TreeNode {
  readonly id: ObjectId;
  readonly schema: string;
  readonly name: string;
  readonly partitions: readonly TreeNode[];
  readonly isPartitioned: boolean;
  /** Made in this plan, with all that is beneath it: holds no row. */
  readonly isNew: boolean;
  /** It and the tables beneath it. */
  readonly tables: readonly ObjectId[];
}

/** The partitions that a table will have: the live ones that this plan does not drop or take off, then those it makes. */
export function partitionsToBe(table: ObjectId, context: PlanContext): TreeNode[] {
  const stay = context.children("live", table, "table").filter((fact) => {
    const final = context.desired(fact.id);
    return !context.isDropped(fact.id) && (!final || final.parent === fact.parent);
  });
  const come = context.children("desired", table, "table").filter((fact) => context.isNew(fact.id));
  return [...stay, ...come.filter((fact) => !stay.some(({ id }) => id === fact.id))].map((fact) => nodeOf(fact, context));
}

function nodeOf(fact: Fact, context: PlanContext): TreeNode {
  const partitions = partitionsToBe(fact.id, context);
  return {
    id: fact.id,
    schema: String(fact.spec["schema"]),
    name: String(fact.spec["name"]),
    partitions,
    isPartitioned: isPartitioned(fact),
    isNew: context.isNew(fact.id),
    tables: [fact.id, ...partitions.flatMap((node) => node.tables)],
  };
}

/** True when a table becomes a partition of another table, or of none, in this plan. */
export function changesParent(table: ObjectId, context: PlanContext): boolean {
  const live = context.live.facts.get(table);
  const desired = context.desired(table);
  return live !== undefined && desired !== undefined && live.parent !== desired.parent;
}
