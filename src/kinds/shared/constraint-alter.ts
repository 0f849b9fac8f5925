import { qualifiedName, quoteIdentifier } from "../../base/identifier.ts";
import type { Fact } from "../../model/database.ts";
import type { PlanContext, Replace } from "../../model/kind.ts";
import type { Lock, StepDraft } from "../../model/step.ts";
import {
  addLocks,
  attachIndex,
  buildIndex,
  commentAgain,
  dropLocks,
  hasIndex,
  isKey,
  isPartitionedTable,
  notValid,
  referencedTable,
  tableName,
  tableOf,
  validate,
  workOf,
} from "./constraint-change.ts";
import type { ConstraintSpec } from "./constraint-spec.ts";
import { draft, noWork, scanWork } from "./draft.ts";
import { optionChanges } from "./index-options.ts";
import { lock, lockOn, lockOnTree } from "./locks.ts";
import { constraintDefinition } from "./render-constraint.ts";
import { temporaryName } from "./temporary-name.ts";
import { forcedTables, withoutForce } from "./unforced.ts";

/**
 * How constraints change: in place what ALTER CONSTRAINT (foreign keys), VALIDATE and ALTER INDEX can; anything else by a new one that
 * takes the old one's place in one statement, so that there is no moment without either.
 */

type Constraint = Fact<ConstraintSpec>;

/** Steps that bring a constraint to another definition. */
export function alterConstraint(
  live: Constraint,
  desired: Constraint,
  fields: readonly string[],
  context: PlanContext,
): readonly StepDraft[] | Replace {
  const only = (...names: string[]): boolean => fields.every((name) => names.includes(name));
  // What hangs on a key above, or is about to, comes and changes with that.
  if (only("attachedTo") || (typeof live.spec.attachedTo === "string" && typeof desired.spec.attachedTo === "string")) return [];
  if (only("validated") && desired.spec.validated) return [validate(desired, context)];
  if (live.spec.type === "foreign key" && only("deferrable", "deferred", "enforced", "validated")) {
    const steps = alterForeignKey(live, desired, context);
    if (steps !== null) return steps;
  }
  if (hasIndex(live.spec) && only("options", "tablespace") && !isPartitionedTable(desired, context))
    return alterIndex(live, desired, context);
  const samePlace =
    isKey(desired.spec) && isKey(live.spec) && !isPartitionedTable(desired, context) && !context.isEmpty(tableOf(desired));
  if (samePlace) {
    const name = temporaryName("index", qualifiedName(desired.spec.schema, desired.spec.name));
    return [...buildIndex(desired, context, name), attachIndex(desired, context, name, live)];
  }
  return swap(live, desired, context);
}

/** ALTER CONSTRAINT: deferrability on all majors, enforcement from 18 on. Null when the new state is out of its reach. */
function alterForeignKey(live: Constraint, desired: Constraint, context: PlanContext): StepDraft[] | null {
  const same = live.spec.deferrable === desired.spec.deferrable && live.spec.deferred === desired.spec.deferred;
  if (live.spec.enforced && desired.spec.enforced) {
    if (live.spec.validated && !desired.spec.validated) return null;
    const later = live.spec.validated === desired.spec.validated ? [] : [validate(desired, context)];
    return [...(same ? [] : [alterState(live, desired, context)]), ...later];
  }
  // Enforced by ALTER CONSTRAINT, it is held against all rows.
  if (desired.spec.enforced && !desired.spec.validated) return null;
  return [alterState(live, desired, context)];
}

function stateOf(spec: ConstraintSpec, other: ConstraintSpec): string {
  const deferral = spec.deferrable ? `DEFERRABLE INITIALLY ${spec.deferred ? "DEFERRED" : "IMMEDIATE"}` : "NOT DEFERRABLE";
  const words = [
    ...(spec.deferrable === other.deferrable && spec.deferred === other.deferred ? [] : [deferral]),
    ...(spec.enforced === other.enforced ? [] : [spec.enforced ? "ENFORCED" : "NOT ENFORCED"]),
  ];
  return words.join(" ");
}

function alterState(live: Constraint, desired: Constraint, context: PlanContext): StepDraft {
  const sql = (from: ConstraintSpec, to: ConstraintSpec): string =>
    `ALTER TABLE ${tableName(desired)} ALTER CONSTRAINT ${quoteIdentifier(to.name)} ${stateOf(to, from)};`;
  const checks = desired.spec.enforced && !live.spec.enforced;
  const target = referencedTable(desired.spec);
  const forced = checks && target !== null ? forcedTables([tableOf(desired), target], context) : [];
  const held = checks && !context.isEmpty(tableOf(desired));
  return draft(desired, {
    action: "alter",
    sql: withoutForce(sql(live.spec, desired.spec), forced),
    phase: checks ? "contract" : "expand",
    why: `${desired.spec.name} becomes ${stateOf(desired.spec, live.spec).toLowerCase()}`,
    locks: [...stateLocks(live, desired, context), ...forced.flatMap((table) => lockOn(context, table, "AccessExclusiveLock"))],
    work: checks ? scanWork : noWork,
    dataLoss: "never",
    undo: { sql: sql(desired.spec, live.spec) },
    breaks: checks ? "old" : "none",
    relation: tableName(desired),
    alone: checks,
    ...(held
      ? { safer: "drop it and add it NOT VALID in one ALTER TABLE, then VALIDATE it: rows are read while writes go on" }
      : {}),
  });
}

/** ACCESS EXCLUSIVE on its own table; enforcing reaches the other one too, whose triggers come or go (measured). */
function stateLocks(live: Constraint, desired: Constraint, context: PlanContext): Lock[] {
  const target = referencedTable(desired.spec);
  const mode = desired.spec.enforced ? "ShareRowExclusiveLock" : "AccessExclusiveLock";
  const changes = live.spec.enforced !== desired.spec.enforced && target !== null;
  return [...lockOnTree(context, tableOf(desired), "AccessExclusiveLock"), ...(changes ? lockOnTree(context, target, mode) : [])];
}

/** Storage parameters and tablespace of the index behind a constraint. */
function alterIndex(live: Constraint, desired: Constraint, context: PlanContext): StepDraft[] {
  const index = qualifiedName(desired.spec.schema, desired.spec.name);
  const one = (what: string, back: string, moves: boolean): StepDraft =>
    draft(desired, {
      action: "alter",
      sql: `ALTER INDEX ${index} ${what};`,
      phase: "expand",
      why: moves ? "its index moves to another tablespace" : "the storage parameters of its index change",
      locks: context.isNew(tableOf(desired)) ? [] : [lock(index, moves ? "AccessExclusiveLock" : "ShareUpdateExclusiveLock")],
      work: moves ? { ...noWork, indexRebuild: true } : noWork,
      dataLoss: "never",
      undo: { sql: `ALTER INDEX ${index} ${back};` },
      ...(moves
        ? { relation: tableName(desired), alone: true, safer: `REINDEX (CONCURRENTLY, TABLESPACE …) INDEX ${index}` }
        : {}),
    });
  const there = optionChanges(live.spec.options, desired.spec.options);
  const back = optionChanges(desired.spec.options, live.spec.options).join(`;\nALTER INDEX ${index} `);
  const space = (spec: ConstraintSpec): string => `SET TABLESPACE ${quoteIdentifier(spec.tablespace ?? "pg_default")}`;
  return [
    ...there.map((what) => one(what, back, false)),
    ...(live.spec.tablespace === desired.spec.tablespace ? [] : [one(space(desired.spec), space(live.spec), true)]),
  ];
}

/** Old and new in one ALTER TABLE: there is no moment without either; rows are checked after, in another transaction. */
function swap(live: Constraint, desired: Constraint, context: PlanContext): StepDraft[] {
  const online =
    (desired.spec.type === "check" || desired.spec.type === "foreign key") &&
    desired.spec.enforced &&
    !context.isEmpty(tableOf(desired)) &&
    !(isPartitionedTable(desired, context) && desired.spec.type === "foreign key" && context.major < 18);
  const later = online && desired.spec.validated;
  const sql = (from: Constraint, to: Constraint, suffix: string): string =>
    `ALTER TABLE ${tableName(desired)} DROP CONSTRAINT ${quoteIdentifier(from.spec.name)}, ADD CONSTRAINT ${quoteIdentifier(to.spec.name)} ${constraintDefinition(to.spec)}${suffix};`;
  const loosens = !desired.spec.enforced;
  const step = draft(desired, {
    action: "replace",
    sql: [
      sql(live, desired, online ? " NOT VALID" : notValid(desired)),
      ...(hasIndex(live.spec) ? [] : commentAgain(desired, context)),
    ].join("\n"),
    phase: loosens ? "expand" : "contract",
    why: `the definition of ${desired.spec.name} changes`,
    locks: [...dropLocks(live, context), ...addLocks(desired, context)],
    work: online ? noWork : workOf(desired.spec),
    dataLoss: "never",
    undo: { sql: sql(desired, live, online && live.spec.enforced ? " NOT VALID" : notValid(live)) },
    breaks: loosens ? "none" : "old",
    relation: tableName(desired),
    provides: later ? [] : [desired.id],
    clears: hasIndex(live.spec) ? [{ id: live.id, by: "replace" }] : [],
    alone: true,
  });
  return later ? [step, validate(desired, context)] : [step];
}
