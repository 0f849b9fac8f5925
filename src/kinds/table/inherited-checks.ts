import { quoteIdentifier } from "../../base/identifier.ts";
import type { Fact } from "../../model/database.ts";
import type { PlanContext } from "../../model/kind.ts";
import { type ObjectId, objectId } from "../../model/object-id.ts";
import type { StepDraft } from "../../model/step.ts";
import { normalForm } from "../../sql/normal-form.ts";
import { inParentheses } from "../shared/bare-expression.ts";
import { draft, noWork, scanWork } from "../shared/draft.ts";
import { lockOnHeirs } from "../shared/locks.ts";
import { ancestorIds } from "./inherited-column.ts";
import type { Table } from "./table-spec.ts";

/**
 * Checks of a table that leaves parents or joins some. NO INHERIT leaves those of the parent behind as the table's own; INHERIT wants
 * all of the new one there, under their names and with the same expression.
 */

type Checks = ReadonlyMap<string, Fact>;

/** Steps between leaving and joining. In: paths of the parents that it joins, and of those that it keeps all the while. */
export function fitChecks(
  desired: Table,
  parents: { readonly joins: readonly string[]; readonly keeps: readonly string[] },
  context: PlanContext,
): StepDraft[] {
  const above = (paths: readonly string[], side: "live" | "desired"): Checks =>
    byName(paths.flatMap((path) => checksFrom(objectId("table", path), side, context)));
  const [keptBefore, kept] = [above(parents.keeps, "live"), above(parents.keeps, "desired")];
  const declared = byName(context.children("desired", desired.id, "constraint"));
  // What a parent gives all along is that parent's, what the files say of the table has steps of its own.
  const isOurs = (name: string): boolean => !keptBefore.has(name) && !kept.has(name) && !declared.has(name);
  const wanted = above(parents.joins, "desired");
  const present = presentChecks(desired.id, context);
  const gone = [...present.values()].filter((check) => {
    const name = String(check.spec["name"]);
    const next = wanted.get(name);
    return isOurs(name) && (next ? !isSame(check, next, context) : check.implied === true);
  });
  const missing = [...wanted].filter(([name]) => {
    const before = present.get(name);
    return isOurs(name) && (before === undefined || gone.includes(before));
  });
  return [
    ...gone.map((check) => dropStep(desired, check, context)),
    ...missing.map(([, check]) => addStep(desired, check, context)),
  ];
}

function byName(checks: readonly Fact[]): Checks {
  return new Map(checks.map((check) => [String(check.spec["name"]), check]));
}

/** Checks that a table hands down, its own and those from above. */
function checksFrom(table: ObjectId, side: "live" | "desired", context: PlanContext): Fact[] {
  // What the files do not declare stays as it is.
  const known = side === "desired" && context.desired(table) ? "desired" : "live";
  const fact = known === "desired" ? context.desired(table) : context.live.facts.get(table);
  const own = context
    .children(known, table, "constraint")
    .filter(({ spec }) => spec["type"] === "check" && spec["noInherit"] !== true);
  return [...own, ...ancestorIds(fact).flatMap((id) => checksFrom(id, side, context))];
}

/** Checks that a live table has, whoever gave them. */
function presentChecks(table: ObjectId, context: PlanContext): Checks {
  const given = [...(context.live.implied?.values() ?? [])].filter(
    ({ kind, parent }) => kind === "constraint" && parent === table,
  );
  const checks = [...given, ...context.children("live", table, "constraint")];
  return byName(checks.filter(({ spec }) => spec["type"] === "check"));
}

function expressionOf(check: Fact): string {
  return (check.spec["definition"] as { readonly sql: string } | null)?.sql ?? "";
}

/** Equal as far as the texts tell: one that is only written in another way is made anew, which PostgreSQL takes in any case. */
function isSame(present: Fact, wanted: Fact, context: PlanContext): boolean {
  const enforced = (check: Fact): boolean => check.spec["enforced"] !== false;
  const printed = expressionOf(context.canonical(wanted.id) ?? wanted);
  return (
    enforced(present) === enforced(wanted) &&
    present.spec["validated"] === wanted.spec["validated"] &&
    normalForm("expression", expressionOf(present)) === normalForm("expression", printed)
  );
}

const addSql = (table: Table, check: Fact): string =>
  `ALTER TABLE ${table.object} ADD CONSTRAINT ${nameOf(check)} CHECK ${inParentheses(expressionOf(check))}${check.spec["enforced"] === false ? " NOT ENFORCED" : ""};`;
const dropSql = (table: Table, check: Fact): string => `ALTER TABLE ${table.object} DROP CONSTRAINT ${nameOf(check)};`;
const nameOf = (check: Fact): string => quoteIdentifier(String(check.spec["name"]));

function addStep(desired: Table, check: Fact, context: PlanContext): StepDraft {
  return draft(desired, {
    action: "alter",
    sql: addSql(desired, check),
    phase: "expand",
    why: "what it inherits has this check",
    locks: lockOnHeirs(context, desired.id, "AccessExclusiveLock"),
    work: context.isEmpty(desired.id) || check.spec["enforced"] === false ? noWork : scanWork,
    dataLoss: "never",
    undo: { sql: dropSql(desired, check) },
    relation: desired.object,
    provides: [],
    needs: check.id === desired.id ? [] : [check.id],
  });
}

function dropStep(desired: Table, check: Fact, context: PlanContext): StepDraft {
  return draft(desired, {
    action: "alter",
    sql: dropSql(desired, check),
    phase: "contract",
    why: "it was that of a parent which the table has left",
    locks: lockOnHeirs(context, desired.id, "AccessExclusiveLock"),
    work: noWork,
    dataLoss: "never",
    undo: { sql: addSql(desired, check) },
    provides: [],
  });
}
