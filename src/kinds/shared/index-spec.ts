import { qualifiedName } from "../../base/identifier.ts";
import type { Fact } from "../../model/database.ts";
import { objectId } from "../../model/object-id.ts";
import type { SqlText } from "../../model/spec.ts";
import { makeFact } from "./fact.ts";
import type { IndexAttributes } from "./index-attributes.ts";
import type { IndexText } from "./index-names.ts";
import type { PartIndex } from "./part-index.ts";

/** Indexes that stand for themselves; those of constraints belong to them (manual, CREATE INDEX). */
export type IndexSpec = IndexAttributes & {
  readonly schema: string;
  readonly name: string;
  readonly table: string;
  /** What follows `ON table`, without WITH and TABLESPACE. */
  readonly definition: SqlText;
  readonly unique: boolean;
  /** False for what a failed concurrent build leaves behind, and for the index of a partitioned table that not all partitions have. */
  readonly valid: boolean;
  /**
   * Indexes of partitions: the index of a table above that it hangs on, `schema.name`, the highest of them; null for one of its own.
   * Undefined where the files leave it open: then it hangs on one of the same keys, if there is one.
   */
  readonly attachedTo: string | null | undefined;
  /** Live indexes of partitions that hang on one above: PostgreSQL may have named it, where another had the name already. */
  readonly numbered?: true;
  /** Live indexes of partitioned tables: those of the partitions beneath. */
  readonly attached: readonly PartIndex[];
};

export type Index = Fact<IndexSpec>;

/** The fact of an index. In: the id of its table or materialized view. */
export function indexFact(spec: IndexSpec, parent: string, rest: Pick<Fact, "at"> & { renamedFrom?: string }): Index {
  return makeFact({
    kind: "index",
    names: [spec.schema, spec.name],
    schema: spec.schema,
    parent,
    spec,
    at: rest.at,
    ...(rest.renamedFrom ? { renamedFrom: objectId("index", qualifiedName(spec.schema, rest.renamedFrom)) } : {}),
  });
}

/** What tells the keys of an index fact. */
export function textOf(fact: Pick<Fact, "spec">): IndexText {
  const definition = fact.spec["definition"] as SqlText | undefined;
  return { definition: definition?.sql ?? "", unique: fact.spec["unique"] === true };
}
