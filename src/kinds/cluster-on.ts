import { qualifiedName, quoteIdentifier } from "../base/identifier.ts";
import type { Fact } from "../model/database.ts";
import type { KindModule, PlanContext, ReadContext, Row, YamlEntry } from "../model/kind.ts";
import { kindOf, pathOf } from "../model/object-id.ts";
import type { StepDraft } from "../model/step.ts";
import { notExtensionOwned, text, userSchema } from "./shared/catalog.ts";
import {
  asDeclared,
  type ChosenIndexSpec,
  chosenIndexFact,
  chosenIndexNeeds,
  isAnotherIndex,
  settleChosenIndex,
} from "./shared/chosen-index.ts";
import { draft, noWork } from "./shared/draft.ts";
import { lock, lockOn } from "./shared/locks.ts";
import { declaredBy, undeclared } from "./shared/target.ts";

/** The index by which CLUSTER puts a table's rows in order (manual, ALTER TABLE). Setting it moves no row. */

type ClusterOn = Fact<ChosenIndexSpec>;

function read(entry: YamlEntry, context: ReadContext): readonly Fact[] {
  const parent = context.parent;
  if (!parent || entry.value.type !== "scalar" || entry.value.text === "") return [];
  if (parent.spec["partitionBy"]) {
    context.problem(entry.at, "partitioned-cluster", "a partitioned table has no rows to cluster", "write it on its partitions");
    return [];
  }
  return [asDeclared(chosenIndexFact("cluster_on", parent.id, { index: entry.value.text }, entry.at), parent)];
}

/** The address is that of the index's row in pg_index: the relation's own is taken. */
function catalogSql(): string {
  return `select 'pg_index'::regclass::oid::int8::float8 as class_id, x.indexrelid::int8::float8 as object_id, 0 as sub_id, i.relname as index,
    'pg_class'::regclass::oid::int8::float8 as relation_class, x.indrelid::int8::float8 as relation, pg_get_userbyid(c.relowner) as owner
  from pg_index x join pg_class i on i.oid = x.indexrelid join pg_class c on c.oid = x.indrelid join pg_namespace n on n.oid = c.relnamespace
  where x.indisclustered and ${userSchema("n.nspname")} and ${notExtensionOwned("pg_class", "c.oid")}`;
}

function set(fact: ClusterOn, from: string | null, to: string | null, why: string, context: PlanContext): StepDraft {
  const parent = fact.parent ?? "";
  const noun = kindOf(parent) === "table" ? "TABLE" : "MATERIALIZED VIEW";
  const sql = (index: string | null): string =>
    `ALTER ${noun} ${pathOf(parent)} ${index === null ? "SET WITHOUT CLUSTER" : `CLUSTER ON ${quoteIdentifier(index)}`};`;
  const isOld = to !== null && !context.isNew(parent) && context.indexes(parent).includes(qualifiedName(fact.spec.schema, to));
  const stays = isOld && !(fact.spec.target !== null && isAnotherIndex(fact.spec.target, context));
  return draft(fact, {
    action: to === null ? "drop" : from === null ? "create" : "alter",
    sql: sql(to),
    phase: "expand",
    why,
    locks: [
      ...lockOn(context, parent, "ShareUpdateExclusiveLock"),
      ...(stays && to !== null ? [lock(qualifiedName(fact.spec.schema, to), "ShareUpdateExclusiveLock")] : []),
    ],
    work: noWork,
    dataLoss: "never",
    undo: { sql: sql(from) },
  });
}

export const clusterOn: KindModule<ChosenIndexSpec> = {
  kind: "cluster_on",
  rank: 145,
  scope: "exact",
  notCompared: ["schema", "table", "target"],
  rebuiltBy: ["replace"],
  renameByDefinition: false,
  catalog: {
    sql: catalogSql,
    fromRow(row: Row, context) {
      const parent = context.idOf(Number(row["relation_class"]), Number(row["relation"]), 0);
      if (parent === undefined) return null;
      return { ...chosenIndexFact("cluster_on", parent, { index: text(row, "index") }), owner: text(row, "owner") };
    },
  },
  yaml: {
    parents: ["table", "materialized_view"],
    key: "cluster_on",
    style: "value",
    files: ["schema"],
    shape: {
      description: "The index by which CLUSTER orders the rows; also that of a constraint.",
      scalar: true,
      properties: {},
    },
    read,
    write: (fact) => ({ key: "cluster_on", value: fact.spec.index }),
  },
  statements: {},
  settle: (fact, _major, look) => settleChosenIndex(fact, look),
  answersTo: () => [],
  dependsOn: chosenIndexNeeds,
  inline: () => null,
  create: (fact, context) => [set(fact, null, fact.spec.index, declaredBy(fact), context)],
  // It goes with its index by itself, and is said anew of the next one.
  stepAside: (_live, final, context) => ({
    before: [],
    after: [set(final, null, final.spec.index, "its index is made anew", context)],
  }),
  alter: (live, desired, _fields, context) => [
    set(desired, live.spec.index, desired.spec.index, `rows are clustered by ${desired.spec.index}`, context),
  ],
  rename: () => [],
  drop: (fact, context) => [set(fact, fact.spec.index, null, undeclared, context)],
};
