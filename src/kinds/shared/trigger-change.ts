import { qualifiedName, quoteIdentifier } from "../../base/identifier.ts";
import type { Fact } from "../../model/database.ts";
import type { PlanContext, Replace } from "../../model/kind.ts";
import { objectId, pathOf } from "../../model/object-id.ts";
import type { Lock, LockMode, StepDraft } from "../../model/step.ts";
import { parseStatements } from "../../sql/parser.ts";
import { references } from "../../sql/references.ts";
import { keptComment } from "./comment-sql.ts";
import { draft, noWork } from "./draft.ts";
import { lockOn, lockOnTree } from "./locks.ts";
import { declaredBy, familyOf, undeclared } from "./target.ts";
import type { TriggerSpec, TriggerState } from "./trigger-spec.ts";
import { namedTrigger } from "./trigger-text.ts";

/** How triggers come, change and go. */

/** What a trigger refers to: its function, and the tables it names. */
export function triggerReferences(fact: Fact<TriggerSpec>): readonly string[] {
  const other = otherTable(fact);
  return [...references(fact.spec.def.as, fact.spec.def.sql), ...(other === null ? [] : [`relation ${other}`])];
}

/** The table that a constraint trigger names after FROM. */
function otherTable(fact: Fact<TriggerSpec>): string | null {
  const from = parseStatements(fact.spec.def.sql)[0]?.node.CreateTrigStmt?.constrrel;
  return from?.schemaname ? qualifiedName(from.schemaname, from.relname) : null;
}

interface StepInput {
  readonly action: "create" | "alter" | "rename" | "drop";
  readonly sql: string;
  readonly undo: string;
  readonly why: string;
  readonly mode: LockMode;
  readonly removes?: readonly string[];
}

/** A trigger of a partitioned table is one on each partition: the whole tree is locked (measured). */
function step(fact: Fact<TriggerSpec>, context: PlanContext, input: StepInput): StepDraft {
  const relation = fact.parent ?? "";
  return draft(fact, {
    action: input.action,
    sql: input.sql,
    phase: "expand",
    why: input.why,
    locks: [...lockOnTree(context, relation, input.mode), ...otherLock(fact, input.sql, context)],
    work: noWork,
    dataLoss: "never",
    undo: { sql: input.undo },
    ...(input.removes ? { removes: input.removes } : {}),
    ...familyOf(context, relation),
  });
}

function otherLock(fact: Fact<TriggerSpec>, sql: string, context: PlanContext): readonly Lock[] {
  const other = sql.startsWith("CREATE ") ? otherTable(fact) : null;
  return other === null ? [] : lockOn(context, objectId("table", other), "AccessShareLock");
}

/** CREATE TRIGGER, with its state. */
export function createTrigger(fact: Fact<TriggerSpec>, context: PlanContext): readonly StepDraft[] {
  return [
    step(fact, context, {
      action: "create",
      sql: createSql(fact),
      undo: dropSql(fact),
      why: declaredBy(fact),
      mode: "ShareRowExclusiveLock",
    }),
  ];
}

/** DROP TRIGGER; undone by its whole definition and comment. */
export function dropTrigger(fact: Fact<TriggerSpec>, context: PlanContext): readonly StepDraft[] {
  const undo = [createSql(fact), ...keptComment(fact, { final: (id) => context.live.facts.get(id) })].join("\n");
  return [step(fact, context, { action: "drop", sql: dropSql(fact), undo, why: undeclared, mode: "AccessExclusiveLock" })];
}

const isConstraint = (fact: Fact<TriggerSpec>): boolean => fact.spec.def.sql.startsWith("CREATE CONSTRAINT ");

/** CREATE OR REPLACE TRIGGER, which blocks no reads; a constraint trigger has no such thing. */
export function alterTrigger(
  live: Fact<TriggerSpec>,
  desired: Fact<TriggerSpec>,
  fields: readonly string[],
  context: PlanContext,
): readonly StepDraft[] | Replace {
  const mode = "ShareRowExclusiveLock";
  // A copy on a partition is defined by the trigger above, whose change goes down to it.
  if (desired.spec.cloned === true && !fields.includes("enabled")) return [];
  if (desired.spec.cloned === true || !fields.includes("def")) {
    const why = `the trigger changes from ${live.spec.enabled} to ${desired.spec.enabled}`;
    const sql = [stateSql(desired), ...copies(desired, context)].join("\n");
    return [step(desired, context, { action: "alter", sql, undo: stateSql(live), why, mode })];
  }
  if (isConstraint(live) || isConstraint(desired)) return { replace: "PostgreSQL cannot replace a constraint trigger in place" };
  return [
    step(desired, context, {
      action: "alter",
      sql: [createSql(desired, true), ...copies(desired, context)].join("\n"),
      undo: createSql(live, true),
      why: "its definition changed",
      mode,
    }),
  ];
}

/** When the copies on partitions fire, where that is otherwise: a change above goes down to them and takes it away (measured). */
function copies(fact: Fact<TriggerSpec>, context: PlanContext): string[] {
  return context.partitions(fact.parent ?? "").flatMap((table) =>
    context
      .children("desired", table, "trigger")
      .filter((copy) => copy.spec["cloned"] === true && copy.spec["name"] === fact.spec.name)
      .map((copy) => stateSql(copy as Fact<TriggerSpec>)),
  );
}

/** ALTER TRIGGER … RENAME. */
export function renameTrigger(
  live: Fact<TriggerSpec>,
  desired: Fact<TriggerSpec>,
  context: PlanContext,
): readonly StepDraft[] | null {
  // Before 15 the copies on partitions keep the old name, and ENABLE TRIGGER then fails on them (measured).
  if (context.major < 15 && context.partitions(desired.parent ?? "").length > 0) return null;
  const sql = (from: Fact<TriggerSpec>, to: Fact<TriggerSpec>): string =>
    `ALTER TRIGGER ${quoteIdentifier(from.spec.name)} ON ${tableOf(desired)} RENAME TO ${quoteIdentifier(to.spec.name)};`;
  const why = `renamed from ${live.spec.name}`;
  return [
    step(desired, context, {
      action: "rename",
      sql: sql(live, desired),
      undo: sql(desired, live),
      why,
      mode: "AccessExclusiveLock",
      removes: [live.id],
    }),
  ];
}

const tableOf = (fact: Fact<TriggerSpec>): string => pathOf(fact.parent ?? "");

/** CREATE, and the state besides: one statement for both, since a disabled trigger must never fire. OR REPLACE enables it again. */
function createSql(fact: Fact<TriggerSpec>, orReplace = false): string {
  const sql = `${namedTrigger(fact.spec.def.sql, fact.spec.name, orReplace)}${fact.spec.def.sql.includes("--") ? "\n" : ""};`;
  return fact.spec.enabled === "origin" ? sql : `${sql}\n${stateSql(fact)}`;
}

const stateWords: Readonly<Record<TriggerState, string>> = {
  origin: "ENABLE",
  disabled: "DISABLE",
  replica: "ENABLE REPLICA",
  always: "ENABLE ALWAYS",
};

function stateSql(fact: Fact<TriggerSpec>): string {
  return `ALTER TABLE ${tableOf(fact)} ${stateWords[fact.spec.enabled]} TRIGGER ${quoteIdentifier(fact.spec.name)};`;
}

function dropSql(fact: Fact<TriggerSpec>): string {
  return `DROP TRIGGER ${quoteIdentifier(fact.spec.name)} ON ${tableOf(fact)};`;
}
