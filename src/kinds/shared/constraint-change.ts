import { qualifiedName, quoteIdentifier } from "../../base/identifier.ts";
import type { Fact } from "../../model/database.ts";
import type { PlanContext } from "../../model/kind.ts";
import { objectId } from "../../model/object-id.ts";
import type { Lock, LockMode, StepDraft } from "../../model/step.ts";
import { columnNames } from "../../sql/references.ts";
import { keptComment } from "./comment-sql.ts";
import type { ConstraintSpec } from "./constraint-spec.ts";
import { draft, indexWork, noWork, scanWork, type Work } from "./draft.ts";
import { lock, lockOn, lockOnHeirs, lockOnTree } from "./locks.ts";
import { createPartitionKey, isSaidNotNull, isThere, keysNamedBeneath, keysOfLeaves, readyIndexes } from "./partition-key.ts";
import { isBuiltFor, keyDefinition } from "./ready-index.ts";
import { attributes, columnList, constraintDefinition, withClause } from "./render-constraint.ts";
import { forcedTables, withoutForce } from "./unforced.ts";

/**
 * How constraints come, change and go. On a table that holds rows a check or foreign key is added NOT VALID and validated
 * in another transaction, a key by an index that is built concurrently (manual, ALTER TABLE, notes; measured).
 */

type Constraint = Fact<ConstraintSpec>;

export const tableOf = (fact: Constraint): string => objectId("table", qualifiedName(fact.spec.schema, fact.spec.table));
export const tableName = (fact: Constraint): string => qualifiedName(fact.spec.schema, fact.spec.table);
/** A key, whose index can be built concurrently and taken over: not one WITHOUT OVERLAPS. */
export const isKey = (spec: ConstraintSpec): boolean => (spec.type === "primary key" || spec.type === "unique") && !spec.temporal;
/** A constraint that has an index. */
export const hasIndex = (spec: ConstraintSpec): boolean =>
  spec.type === "primary key" || spec.type === "unique" || spec.type === "exclude";

export function referencedTable(spec: ConstraintSpec): string | null {
  return spec.references ? objectId("table", qualifiedName(spec.references.schema, spec.references.table)) : null;
}

/** The live indexes of a constraint, those of partitions too, `schema.name`. */
function indexNames(fact: Constraint): string[] {
  if (!hasIndex(fact.spec)) return [];
  return [qualifiedName(fact.spec.schema, fact.spec.name), ...fact.spec.attached.map(({ index }) => index)];
}

/** The comment that the files declare for a constraint which takes the place of another, and is lost with that. */
export function commentAgain(fact: Constraint, context: PlanContext): readonly string[] {
  return context.desired(objectId("comment", fact.id)) ? keptComment(fact, context) : [];
}

/** Locks of adding: SHARE ROW EXCLUSIVE on both sides of a foreign key, ACCESS EXCLUSIVE for all others. */
export function addLocks(fact: Constraint, context: PlanContext): Lock[] {
  const target = referencedTable(fact.spec);
  if (fact.spec.type !== "check" && target === null) {
    const onPartitions = reachesPartitions(fact, context) ? "AccessExclusiveLock" : "ShareLock";
    return [
      ...lockOn(context, tableOf(fact), "AccessExclusiveLock"),
      ...context.partitions(tableOf(fact)).flatMap((id) => lockOn(context, id, onPartitions)),
    ];
  }
  if (target === null) return lockOnAll(fact, context, "AccessExclusiveLock");
  return [
    ...lockOnTree(context, tableOf(fact), "ShareRowExclusiveLock"),
    ...lockOnTree(context, target, "ShareRowExclusiveLock"),
  ];
}

/** A check reaches children of INHERITS too, any other constraint partitions alone (measured). */
function lockOnAll(fact: Constraint, context: PlanContext, mode: LockMode): Lock[] {
  const handedDown = fact.spec.type === "check" && !fact.spec.noInherit;
  return handedDown ? lockOnHeirs(context, tableOf(fact), mode) : lockOnTree(context, tableOf(fact), mode);
}

/** A primary key makes its columns NOT NULL, in the partitions too; from 18 on every key takes them as strongly (measured). */
function reachesPartitions({ spec }: Constraint, context: PlanContext): boolean {
  if (context.major >= 18) return true;
  const notNull = (name: string): boolean =>
    context.live.facts.get(objectId("column", qualifiedName(spec.schema, spec.table, name)))?.spec["notNull"] === true;
  return spec.type === "primary key" && !spec.columns.every(notNull);
}

/** Dropping a foreign key takes ACCESS EXCLUSIVE on both tables (measured). */
export function dropLocks(fact: Constraint, context: PlanContext): Lock[] {
  const target = referencedTable(fact.spec);
  return [
    ...lockOnAll(fact, context, "AccessExclusiveLock"),
    ...(target === null ? [] : lockOnTree(context, target, "AccessExclusiveLock")),
    ...(context.isNew(tableOf(fact)) ? [] : indexNames(fact).map((name) => lock(name, "AccessExclusiveLock"))),
  ];
}

/** What an enforced constraint says that existing rows were not held against. */
export const notValid = ({ spec }: Constraint): string => (spec.enforced && !spec.validated ? " NOT VALID" : "");

const addSql = (fact: Constraint, suffix = ""): string =>
  `ALTER TABLE ${tableName(fact)} ADD CONSTRAINT ${quoteIdentifier(fact.spec.name)} ${constraintDefinition(fact.spec)}${suffix};`;

const dropSql = (fact: Constraint): string =>
  `ALTER TABLE ${tableName(fact)} DROP CONSTRAINT ${quoteIdentifier(fact.spec.name)};`;

/** Steps that add a constraint: plain on new and empty tables, online on others. */
export function createConstraint(fact: Constraint, context: PlanContext): readonly StepDraft[] {
  const table = tableOf(fact);
  const asPart = createPartitionKey(fact, context);
  if (asPart) return asPart;
  if (context.isNew(table) || !fact.spec.enforced) return [addPlain(fact, context, noWork)];
  if (!fact.spec.validated) return [addNotValid(fact, context)];
  // A key that goes and comes back in the transaction of a change is built there: no phase lies between.
  const inPlace = hasIndex(fact.spec) && context.isRebuilt(fact.id);
  if (inPlace || context.isEmpty(table)) return [addPlain(fact, context, workOf(fact.spec))];
  const isPartitioned = isPartitionedTable(fact, context);
  switch (fact.spec.type) {
    case "check":
      return [addNotValid(fact, context), validate(fact, context)];
    case "foreign key":
      // Before 18 a partitioned table takes no NOT VALID foreign key (42809, measured).
      return isPartitioned && context.major < 18
        ? [addPlain(fact, context, scanWork)]
        : [addNotValid(fact, context), validate(fact, context)];
    case "primary key":
    case "unique":
      if (isPartitioned && !fact.spec.temporal) return createKeyTree(fact, context);
      return fact.spec.temporal
        ? [addPlain(fact, context, indexWork)]
        : [...buildIndex(fact, context, fact.spec.name), attachIndex(fact, context, fact.spec.name, null)];
    case "exclude":
      return [addPlain(fact, context, indexWork)];
  }
}

/** The key of a partitioned table: that of each partition by an index built concurrently, then its own, which takes theirs for its parts. */
function createKeyTree(fact: Constraint, context: PlanContext): StepDraft[] {
  const keys = keysOfLeaves(fact, context);
  const leaves = keys.flatMap((leaf) =>
    isThere(leaf, context)
      ? []
      : [...buildIndex(leaf, context, leaf.spec.name), attachIndex(leaf, context, leaf.spec.name, null)],
  );
  const whole = addPlain(fact, context, noWork);
  const taken = readyIndexes(keys, context).map((name) => lock(name, "ShareLock"));
  return [...leaves, { ...whole, safer: null, locks: [...whole.locks, ...taken] }];
}

/** Columns that a constraint speaks of. */
function namedColumns(fact: Constraint): string[] {
  const { spec } = fact;
  const named = [...spec.columns, ...(spec.definition ? columnNames(spec.definition.as, spec.definition.sql) : [])];
  return named.map((column) => objectId("column", qualifiedName(spec.schema, spec.table, column)));
}

/** A constraint over columns that this plan adds asks nothing new of the old application: it does not write them. */
function onNewColumns(fact: Constraint, context: PlanContext): boolean {
  const named = namedColumns(fact);
  return named.length > 0 && named.every((column) => context.isNew(column));
}

/** Phase and effect of adding a constraint: it tightens what exists, unless all it speaks of is new. */
function tightening(fact: Constraint, context: PlanContext): Pick<StepDraft, "phase" | "breaks"> {
  const harmless = context.isNew(tableOf(fact)) || onNewColumns(fact, context) || !fact.spec.enforced;
  return harmless ? { phase: "expand", breaks: "none" } : { phase: "contract", breaks: "old" };
}

export function workOf(spec: ConstraintSpec): Work {
  if (!spec.enforced) return noWork;
  return hasIndex(spec) ? indexWork : scanWork;
}

export function isPartitionedTable(fact: Constraint, context: PlanContext): boolean {
  return (context.live.facts.get(tableOf(fact))?.spec["partitionBy"] ?? null) !== null;
}

function safer(fact: Constraint, context: PlanContext): string | undefined {
  if (fact.spec.type === "exclude" || fact.spec.temporal)
    return "none: PostgreSQL builds the index of an exclusion constraint under its lock";
  if (isPartitionedTable(fact, context)) return "add it to each partition online first, then to the partitioned table";
  return undefined;
}

function addPlain(fact: Constraint, context: PlanContext, work: Work): StepDraft {
  const isNew = context.isNew(tableOf(fact));
  const target = referencedTable(fact.spec);
  const better = isNew || context.isEmpty(tableOf(fact)) ? undefined : safer(fact, context);
  const forced = target === null ? [] : forcedTables([tableOf(fact), target], context);
  return draft(fact, {
    action: "create",
    sql: withoutForce(addSql(fact, notValid(fact)), forced),
    ...tightening(fact, context),
    why: `the files declare ${fact.spec.type} ${fact.spec.name}`,
    locks: [...addLocks(fact, context), ...forced.flatMap((table) => lockOn(context, table, "AccessExclusiveLock"))],
    work,
    dataLoss: "never",
    undo: { sql: dropSql(fact) },
    relation: tableName(fact),
    ...(better ? { safer: better } : {}),
    needs: keysNamedBeneath(fact, context),
    alone: !isNew || (target !== null && !context.isNew(target)),
  });
}

function addNotValid(fact: Constraint, context: PlanContext): StepDraft {
  return draft(fact, {
    action: "create",
    sql: addSql(fact, " NOT VALID"),
    ...tightening(fact, context),
    why: `the files declare ${fact.spec.type} ${fact.spec.name}; new rows are checked from here on`,
    locks: addLocks(fact, context),
    work: noWork,
    dataLoss: "never",
    undo: { sql: dropSql(fact) },
    provides: fact.spec.validated ? [] : [fact.id],
    alone: true,
  });
}

export function validate(fact: Constraint, context: PlanContext): StepDraft {
  const target = referencedTable(fact.spec);
  const forced = target === null ? [] : forcedTables([tableOf(fact), target], context);
  return draft(fact, {
    action: "validate",
    sql: withoutForce(`ALTER TABLE ${tableName(fact)} VALIDATE CONSTRAINT ${quoteIdentifier(fact.spec.name)};`, forced),
    phase: tightening(fact, context).phase,
    why: "existing rows are checked while reads and writes go on",
    locks: [
      ...lockOnAll(fact, context, "ShareUpdateExclusiveLock"),
      ...(target === null ? [] : lockOnTree(context, target, "RowShareLock")),
      ...forced.flatMap((table) => lockOnTree(context, table, "AccessExclusiveLock")),
    ],
    work: scanWork,
    dataLoss: "never",
    undo: { none: "a validated constraint only says what is so; drop it to go back" },
    relation: tableName(fact),
    alone: true,
    ...(namedColumns(fact).some((column) => context.isNew(column)) ? {} : violations(fact)),
  });
}

/** Rows that VALIDATE would refuse, counted at plan time. */
function violations(fact: Constraint): Pick<Parameters<typeof draft>[1], "probe"> {
  const spec = fact.spec;
  if (spec.type === "check" && spec.definition) {
    return {
      probe: {
        asks: "violations",
        relation: tableName(fact),
        means: `rows that violate ${spec.name}`,
        sql: `select count(*) from ${tableName(fact)} where not (${spec.definition.sql}\n)`,
      },
    };
  }
  const target = spec.references;
  if (!target || spec.temporal || target.columns.length !== spec.columns.length) return {};
  const join = spec.columns
    .map((column, n) => `r.${quoteIdentifier(target.columns[n] ?? "")} = t.${quoteIdentifier(column)}`)
    .join(" and ");
  const set = spec.columns.map((column) => `t.${quoteIdentifier(column)} is not null`).join(" and ");
  return {
    probe: {
      asks: "violations",
      relation: tableName(fact),
      means: `rows that ${spec.name} finds nothing for in ${qualifiedName(target.schema, target.table)}`,
      sql: `select count(*) from ${tableName(fact)} t where ${set} and not exists (select from ${qualifiedName(target.schema, target.table)} r where ${join})`,
    },
  };
}

/** A unique index for a key, built while reads and writes go on. `indexName` is its own until the constraint takes it over. */
export function buildIndex(fact: Constraint, context: PlanContext, indexName: string): StepDraft[] {
  const spec = fact.spec;
  const id = objectId("index", qualifiedName(spec.schema, indexName));
  const ready = context.live.facts.get(id);
  if (ready && isBuiltFor(spec, ready)) return [];
  const columns = columnList(spec.columns);
  const keys = spec.columns.map((column) => quoteIdentifier(column)).join(", ");
  const notNull = spec.columns.map((column) => `${quoteIdentifier(column)} is not null`).join(" and ");
  const step = draft(fact, {
    action: "create",
    sql: `CREATE UNIQUE INDEX CONCURRENTLY ${quoteIdentifier(indexName)} ON ${tableName(fact)} ${keyDefinition(spec)}${withClause(spec)}${spec.tablespace === null ? "" : ` TABLESPACE ${quoteIdentifier(spec.tablespace)}`};`,
    ...tightening(fact, context),
    why: `index for ${spec.type} ${spec.name}`,
    locks: lockOn(context, tableOf(fact), "ShareUpdateExclusiveLock"),
    work: indexWork,
    dataLoss: "never",
    transactional: false,
    undo: { sql: `DROP INDEX CONCURRENTLY ${qualifiedName(spec.schema, indexName)};` },
    relation: tableName(fact),
    provides: [id],
    ...(namedColumns(fact).some((column) => context.isNew(column))
      ? {}
      : {
          probe: {
            asks: "violations" as const,
            relation: tableName(fact),
            means: `keys that occur more than once in (${columns})`,
            sql: `select count(*) from (select 1 from ${tableName(fact)}${spec.nullsNotDistinct ? "" : ` where ${notNull}`} group by ${keys} having count(*) > 1) d`,
          },
        }),
  });
  return [step];
}

export function attachIndex(fact: Constraint, context: PlanContext, indexName: string, replaces: Constraint | null): StepDraft {
  const spec = fact.spec;
  const drop = replaces ? `DROP CONSTRAINT ${quoteIdentifier(replaces.spec.name)}, ` : "";
  // A column that the table has from another and that nothing else proves is held against the rows here (measured).
  const scans = spec.type === "primary key" && !spec.columns.every((name) => isSaidNotNull(fact, name, context));
  return draft(fact, {
    action: replaces ? "replace" : "create",
    sql: `ALTER TABLE ${tableName(fact)} ${drop}ADD CONSTRAINT ${quoteIdentifier(spec.name)} ${spec.type.toUpperCase()} USING INDEX ${quoteIdentifier(indexName)}${attributes(spec)};`,
    ...(replaces ? { phase: "contract" as const, breaks: "old" as const } : tightening(fact, context)),
    why: replaces ? `${spec.name} takes its new definition in one moment` : `the files declare ${spec.type} ${spec.name}`,
    locks: replaces ? dropLocks(replaces, context) : lockOn(context, tableOf(fact), "AccessExclusiveLock"),
    work: scans ? scanWork : noWork,
    ...(scans
      ? { relation: tableName(fact), safer: "declare its columns NOT NULL beside it: that is proved without waiting" }
      : {}),
    dataLoss: "never",
    undo: replaces ? { none: "plan with the old definition in the files to go back" } : { sql: dropSql(fact) },
    needs: spec.columns.map((column) => objectId("column", qualifiedName(spec.schema, spec.table, column))),
    ...(replaces ? { clears: [{ id: replaces.id, by: "replace" as const }] } : {}),
    alone: true,
  });
}

/** Renaming is catalog only. */
export function renameConstraint(live: Constraint, desired: Constraint, context: PlanContext): readonly StepDraft[] {
  const sql = (from: string, to: string): string =>
    `ALTER TABLE ${tableName(desired)} RENAME CONSTRAINT ${quoteIdentifier(from)} TO ${quoteIdentifier(to)};`;
  return [
    draft(desired, {
      action: "rename",
      sql: sql(live.spec.name, desired.spec.name),
      phase: "expand",
      why: "same definition under another name",
      locks: [
        ...lockOnAll(desired, context, "AccessExclusiveLock"),
        ...(hasIndex(live.spec) ? [lock(qualifiedName(live.spec.schema, live.spec.name), "ShareUpdateExclusiveLock")] : []),
      ],
      work: noWork,
      dataLoss: "never",
      undo: { sql: sql(desired.spec.name, live.spec.name) },
      removes: [live.id],
    }),
  ];
}

/** Dropping loosens: any phase may do it, so the first one does. */
export function dropConstraint(fact: Constraint, context: PlanContext): readonly StepDraft[] {
  const inherits = context.live.facts.get(tableOf(fact))?.spec["inherits"];
  return [
    draft(fact, {
      action: "drop",
      sql: dropSql(fact),
      phase: "expand",
      why: `${fact.spec.type} ${fact.spec.name} is no longer in the files`,
      locks: dropLocks(fact, context),
      work: noWork,
      dataLoss: "never",
      // What was inherited too is the table's own alone once it has left that parent.
      ...(Array.isArray(inherits) && inherits.length > 0 ? { needs: [tableOf(fact)] } : {}),
      // A foreign key hangs on the very index: it is put back over another key.
      clears: hasIndex(fact.spec) ? [{ id: fact.id, by: "replace" }] : [],
      undo: { sql: addSql(fact, notValid(fact)) },
    }),
  ];
}
