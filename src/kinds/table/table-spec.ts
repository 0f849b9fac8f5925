import { qualifiedName } from "../../base/identifier.ts";
import type { Fact } from "../../model/database.ts";
import { objectId } from "../../model/object-id.ts";
import type { SqlText } from "../../model/spec.ts";
import { makeFact } from "../shared/fact.ts";
import type { RelationStorage } from "../shared/storage-spec.ts";
import type { ForeignSpec } from "./foreign-table.ts";

/** Tables, partitioned tables and partitions (manual, CREATE TABLE, 5.12). What lies in them are kinds of their own. */
export type TableSpec = RelationStorage &
  ForeignSpec & {
    readonly schema: string;
    readonly name: string;
    /** What follows PARTITION BY. */
    readonly partitionBy: SqlText | null;
    readonly partitionOf: {
      readonly schema: string;
      readonly table: string;
      /** What follows FOR VALUES; null for the default partition. */
      readonly bound: SqlText | null;
    } | null;
    /** Partitions: all columns in order, where that is not the order of the parent's; only a new one follows it. */
    readonly columnOrder?: readonly string[];
    /** Live partitions of which an interrupted DETACH CONCURRENTLY left the half. */
    readonly detaching?: true;
    /** Paths of the tables that it inherits, in order; empty for a partition. */
    readonly inherits: readonly string[];
    /** Path of the composite type that it is of. */
    readonly of: string | null;
  };

export type Table = Fact<TableSpec>;

/** The fact of a table; a partition lies in its parent. */
export function tableFact(spec: TableSpec, rest: Pick<Fact, "at" | "renamedFrom" | "owner">): Table {
  const of = spec.partitionOf;
  return makeFact({
    kind: "table",
    names: [spec.schema, spec.name],
    schema: spec.schema,
    spec,
    parent: of ? objectId("table", qualifiedName(of.schema, of.table)) : null,
    ...rest,
  });
}
