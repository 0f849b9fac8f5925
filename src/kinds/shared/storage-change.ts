import { quoteIdentifier } from "../../base/identifier.ts";
import type { Fact } from "../../model/database.ts";
import type { PlanContext, Replace } from "../../model/kind.ts";
import type { Lock, StepDraft } from "../../model/step.ts";
import { draft, noWork, rewriteWork, type Work } from "./draft.ts";
import { lock, lockOn, lockOnIndexes } from "./locks.ts";
import { parameterList, parameterName, type RelationStorage, type StorageParameters } from "./storage-spec.ts";

/** How the storage of a table or materialized view changes in place (manual, ALTER TABLE; measured). */

/** Takes ACCESS EXCLUSIVE; all other parameters SHARE UPDATE EXCLUSIVE. */
const strong = (name: string): boolean => name === "user_catalog_table";

interface Relation {
  readonly live: Fact;
  readonly desired: Fact;
  /** `TABLE`, `MATERIALIZED VIEW`. */
  readonly noun: string;
  /** Holds no rows itself: a partitioned table. */
  readonly partitioned: boolean;
}

/**
 * Steps that bring storage from one state to another. In: the names of the fields that differ.
 * Out: also why it has to be made anew, which is so of the access method before PostgreSQL 15.
 */
export function alterStorage(
  relation: Relation,
  fields: readonly string[],
  context: PlanContext,
): readonly StepDraft[] | Replace {
  const from = relation.live.spec as unknown as RelationStorage;
  const to = relation.desired.spec as unknown as RelationStorage;
  if (fields.includes("using") && context.major < 15)
    return { replace: "PostgreSQL 14 cannot change the access method of what is there" };
  const moves = fields.filter((name) => name !== "with");
  return [
    ...(moves.length > 0 ? [move(relation, from, to, moves, context)] : []),
    ...(fields.includes("with") ? setParameters(relation, from.with, to.with, context) : []),
  ];
}

/** Persistence, access method and tablespace in one statement: the rows are written once. */
function move(
  { live, desired, noun, partitioned }: Relation,
  from: RelationStorage,
  to: RelationStorage,
  fields: readonly string[],
  context: PlanContext,
): StepDraft {
  const sql = (storage: RelationStorage): string =>
    `ALTER ${noun} ${desired.object} ${moveClauses(storage, fields, partitioned)};`;
  const rewrites = !partitioned && fields.some((name) => name !== "tablespace");
  const copy: Work = { rewrite: true, scan: false, indexRebuild: false };
  return draft(desired, {
    action: "alter",
    sql: sql(to),
    phase: "expand",
    why: moveReason(from, to, fields),
    locks: [
      ...lockOn(context, live.id, "AccessExclusiveLock"),
      ...(rewrites
        ? lockOnIndexes(context, live.id, "AccessExclusiveLock").filter((item) => !isPartOf(item, live, context))
        : []),
      ...(fields.includes("unlogged") && context.major >= 15 ? ownedSequences(live, context) : []),
    ],
    work: partitioned ? noWork : rewrites ? rewriteWork : copy,
    dataLoss: "never",
    undo: { sql: sql(from) },
    relation: desired.object,
    alone: !partitioned,
  });
}

/** Only the relation itself is rewritten, never its partitions. */
function isPartOf({ relation }: Lock, live: Fact, context: PlanContext): boolean {
  return !context.indexes(live.id).includes(relation);
}

/** Sequences of columns follow the table's persistence, and are locked with it, from 15 on (measured). */
function ownedSequences(live: Fact, context: PlanContext): Lock[] {
  const owned = context
    .children("live", live.id, "column")
    .flatMap((column) => [
      ...(typeof column.spec["sequence"] === "string" ? [column.spec["sequence"]] : []),
      ...context.children("live", column.id, "sequence").map((sequence) => sequence.object),
    ]);
  return [...new Set(owned)].map((name) => lock(name, "AccessExclusiveLock"));
}

function moveClauses(storage: RelationStorage, fields: readonly string[], partitioned: boolean): string {
  const method = storage.using ?? (partitioned ? null : "heap");
  return [
    ...(fields.includes("unlogged") ? [storage.unlogged ? "SET UNLOGGED" : "SET LOGGED"] : []),
    ...(fields.includes("using") ? [`SET ACCESS METHOD ${method === null ? "DEFAULT" : quoteIdentifier(method)}`] : []),
    ...(fields.includes("tablespace") ? [`SET TABLESPACE ${quoteIdentifier(storage.tablespace ?? "pg_default")}`] : []),
  ].join(", ");
}

function moveReason(from: RelationStorage, to: RelationStorage, fields: readonly string[]): string {
  return [
    ...(fields.includes("unlogged") ? [to.unlogged ? "it is not logged any more" : "it becomes logged"] : []),
    ...(fields.includes("using") ? [`the access method changes from ${from.using ?? "heap"} to ${to.using ?? "heap"}`] : []),
    ...(fields.includes("tablespace") ? [`it moves to tablespace ${to.tablespace ?? "pg_default"}`] : []),
  ].join("; ");
}

/** SET and RESET of storage parameters, those with a stronger lock by themselves. */
function setParameters(
  { live, desired, noun }: Relation,
  from: StorageParameters,
  to: StorageParameters,
  context: PlanContext,
): StepDraft[] {
  return [true, false].flatMap((isStrong) => {
    const sql = parameterSql(`ALTER ${noun} ${desired.object}`, only(from, isStrong), only(to, isStrong));
    const back = parameterSql(`ALTER ${noun} ${desired.object}`, only(to, isStrong), only(from, isStrong));
    if (sql === null || back === null) return [];
    return [
      draft(desired, {
        action: "alter",
        sql,
        phase: "expand",
        why: "the storage parameters change",
        locks: lockOn(context, live.id, isStrong ? "AccessExclusiveLock" : "ShareUpdateExclusiveLock"),
        work: noWork,
        dataLoss: "never",
        undo: { sql: back },
      }),
    ];
  });
}

function only(parameters: StorageParameters, isStrong: boolean): StorageParameters {
  return Object.fromEntries(Object.entries(parameters).filter(([name]) => strong(name) === isStrong));
}

/** `ALTER … SET (…), RESET (…);`, null when nothing differs. In: what stands before. */
function parameterSql(before: string, from: StorageParameters, to: StorageParameters): string | null {
  const set = Object.fromEntries(Object.entries(to).filter(([name, value]) => from[name] !== value));
  const reset = Object.keys(from).filter((name) => !(name in to));
  const parts = [
    ...(Object.keys(set).length > 0 ? [`SET (${parameterList(set)})`] : []),
    ...(reset.length > 0 ? [`RESET (${reset.map(parameterName).join(", ")})`] : []),
  ];
  return parts.length === 0 ? null : `${before} ${parts.join(", ")};`;
}
