import { generatedName, quoteIdentifier } from "../../base/identifier.ts";
import type { Fact } from "../../model/database.ts";
import type { PlanContext, Replace } from "../../model/kind.ts";
import type { Probe, StepDraft } from "../../model/step.ts";
import { normalForm } from "../../sql/normal-form.ts";
import { checkSql, type DomainCheck, type DomainDefinition, domainSql } from "./domain-definition.ts";
import { draft, noWork, rewriteWork, scanWork } from "./draft.ts";
import { lockOnTree } from "./locks.ts";
import { nameOf } from "./named-object.ts";
import { carriedComment } from "./named-part.ts";
import { columnsOfType, leavingUsers, movedColumns, swapLocks, swapSql, type TypedColumn } from "./swap-type.ts";

type DomainFact = Fact<{ readonly schema: string; readonly name: string } & DomainDefinition>;

/** CREATE DOMAIN of a definition. Only ALTER can leave a check not valid. */
export function createDomain(spec: DomainFact["spec"]): string {
  const now = { ...spec, checks: spec.checks.filter((check) => check.valid) };
  const later = spec.checks.filter((check) => !check.valid).map((check) => `\nALTER DOMAIN ${nameOf(spec)} ${notValid(check)};`);
  return `CREATE DOMAIN ${nameOf(spec)} AS ${domainSql(now, (word) => word)};${later.join("")}`;
}

const notValid = (check: DomainCheck): string =>
  `ADD CONSTRAINT ${quoteIdentifier(check.name)} ${checkSql(check.expression)} NOT VALID`;

/** The same while the old one of the name stands beside it, whose NOT NULL has the name that PostgreSQL would give. */
function createBeside(spec: DomainFact["spec"]): string {
  return createDomain({ ...spec, notNullName: spec.notNullName ?? generatedName(spec.name, "", "not_null") });
}

/** The steps from the live domain to the desired one. */
export function alterDomain(
  live: DomainFact,
  desired: DomainFact,
  fields: readonly string[],
  context: PlanContext,
): readonly StepDraft[] | Replace {
  if (fields.includes("type") || fields.includes("collation")) return changeType(live, desired, fields, context);
  const steps: StepDraft[] = [];
  if (fields.includes("default")) steps.push(alterDefault(live, desired));
  if (fields.includes("notNull")) steps.push(alterNotNull(live, desired, context));
  else if (fields.includes("notNullName") && desired.spec.notNull) {
    const usual = generatedName(desired.spec.name, "", "not_null");
    steps.push(renameConstraint(desired, live.spec.notNullName ?? usual, desired.spec.notNullName ?? usual, context));
  }
  if (fields.includes("checks")) steps.push(...alterChecks(live, desired, context));
  return steps;
}

/** Columns of the domain move to a new one; when there are none, the planner drops and creates. */
function changeType(
  live: DomainFact,
  desired: DomainFact,
  fields: readonly string[],
  context: PlanContext,
): StepDraft[] | Replace {
  const why = fields.includes("type")
    ? `type changes from ${live.spec.type} to ${desired.spec.type}`
    : `collation changes to ${desired.spec.collation ?? "the default of its type"}`;
  const columns = movedColumns(live.id, context);
  const [first] = columns;
  if (!first) return { replace: why };
  return [
    draft(desired, {
      action: "replace",
      sql: swapSql(desired, "DOMAIN", createBeside(desired.spec), columns),
      phase: "contract",
      why,
      locks: swapLocks(columns, context),
      work: rewriteWork,
      // An explicit cast cuts a text that is too long and rounds a number that is too fine.
      dataLoss: "probe",
      probe: changedValues(desired, columns, first),
      undo: { sql: swapSql(desired, "DOMAIN", createBeside(live.spec), columns) },
      breaks: "old",
      relation: first.relation,
      clears: [{ id: desired.id, by: "replace" }],
      after: leavingUsers(desired.id, context),
      together: `swap ${desired.id}`,
    }),
  ];
}

function changedValues(desired: DomainFact, columns: readonly TypedColumn[], first: TypedColumn): Probe {
  const counts = columns.map(({ relation, name, array }) => {
    const bounds = array ? "[]" : "";
    const text = `${name}::text${bounds}`;
    return `(SELECT count(*) FROM ${relation} WHERE ${text} IS DISTINCT FROM ${text}::${desired.spec.type}${bounds}::text${bounds})`;
  });
  return {
    asks: "lossy",
    sql: `SELECT ${counts.join(" + ")} AS count`,
    relation: first.relation,
    means: "values that another type changes",
  };
}

const alterText = (fact: DomainFact, action: string): string => `ALTER DOMAIN ${nameOf(fact.spec)} ${action};`;

function alterDefault(live: DomainFact, desired: DomainFact): StepDraft {
  const sql = (value: DomainDefinition["default"]): string =>
    alterText(desired, value === null ? "DROP DEFAULT" : `SET DEFAULT ${value.sql}`);
  return draft(desired, {
    action: "alter",
    sql: sql(desired.spec.default),
    phase: "expand",
    why: desired.spec.default === null ? "the default is no longer in the files" : `default becomes ${desired.spec.default.sql}`,
    locks: [],
    work: noWork,
    dataLoss: "never",
    undo: { sql: sql(live.spec.default) },
  });
}

/** SHARE on every table that uses it, while its rows are read (measured: there is no online path). */
function scanned(desired: DomainFact, context: PlanContext): Pick<Parameters<typeof draft>[1], "locks" | "work" | "relation"> {
  const columns = columnsOfType(desired.id, context);
  const [first] = columns;
  return {
    locks: columns.flatMap(({ table }) => lockOnTree(context, table, "ShareLock")),
    work: first ? scanWork : noWork,
    ...(first ? { relation: first.relation } : {}),
  };
}

/** A constraint under another name: nothing is looked at again. */
function renameConstraint(desired: DomainFact, from: string, to: string, context: PlanContext): StepDraft {
  const sql = (old: string, name: string): string =>
    alterText(desired, `RENAME CONSTRAINT ${quoteIdentifier(old)} TO ${quoteIdentifier(name)}`);
  return draft(desired, {
    action: "alter",
    sql: [sql(from, to), carriedComment("domain_constraint", desired, from, to, context) ?? ""].join("\n").trim(),
    phase: "expand",
    why: `constraint ${from} becomes ${to}`,
    locks: [],
    work: noWork,
    dataLoss: "never",
    undo: { sql: sql(to, from) },
  });
}

function alterNotNull(live: DomainFact, desired: DomainFact, context: PlanContext): StepDraft {
  const set = desired.spec.notNull;
  const setText = (name: string | null): string =>
    name === null ? "SET NOT NULL" : `ADD CONSTRAINT ${quoteIdentifier(name)} NOT NULL`;
  return draft(desired, {
    action: "alter",
    sql: alterText(desired, set ? setText(desired.spec.notNullName) : "DROP NOT NULL"),
    phase: set ? "contract" : "expand",
    why: set ? "the files declare it not null" : "not null is no longer in the files",
    ...(set ? scanned(desired, context) : { locks: [], work: noWork }),
    dataLoss: "never",
    undo: { sql: alterText(desired, set ? "DROP NOT NULL" : setText(live.spec.notNullName)) },
    breaks: set ? "old" : "none",
    alone: set,
  });
}

function alterChecks(live: DomainFact, desired: DomainFact, context: PlanContext): StepDraft[] {
  const steps: StepDraft[] = [];
  const renamed = renamedChecks(live, desired, context);
  for (const [from, to] of renamed) steps.push(renameConstraint(desired, from, to, context));
  for (const check of live.spec.checks) {
    if (!renamed.has(check.name) && !desired.spec.checks.some((other) => other.name === check.name))
      steps.push(dropCheck(desired, check, "expand"));
  }
  for (const check of desired.spec.checks) {
    const before = [...renamed].find(([, to]) => to === check.name)?.[0] ?? check.name;
    const known = live.spec.checks.find((other) => other.name === before);
    const old = known && { ...known, name: check.name };
    const same = old !== undefined && sameCheck(old, check, context.canonical(desired.id));
    if (same && old.valid === check.valid) continue;
    if (!same || !check.valid) {
      if (old) steps.push(dropCheck(desired, old, "contract"));
      steps.push(addCheck(desired, check, old !== undefined));
    }
    if (check.valid) steps.push(validateCheck(desired, check, context));
  }
  return steps;
}

/** Checks that go and come with the same expression: old and new names. */
function renamedChecks(live: DomainFact, desired: DomainFact, context: PlanContext): ReadonlyMap<string, string> {
  const has = (fact: DomainFact, name: string): boolean => fact.spec.checks.some((check) => check.name === name);
  const gone = live.spec.checks.filter((check) => !has(desired, check.name));
  const found = new Map<string, string>();
  for (const check of desired.spec.checks.filter((item) => !has(live, item.name))) {
    const old = gone.find((item) => !found.has(item.name) && sameCheck(item, check, context.canonical(desired.id)));
    if (old) found.set(old.name, check.name);
  }
  return found;
}

/** Equal by parse tree, or as a scratch server gave the desired one back. */
function sameCheck(live: DomainCheck, desired: DomainCheck, canonical: Fact | undefined): boolean {
  const checks = (canonical?.spec.checks ?? []) as readonly DomainCheck[];
  const texts = [desired, ...checks.filter((check) => check.name === desired.name)];
  const form = normalForm("expression", live.expression.sql);
  return texts.some((check) => normalForm("expression", check.expression.sql) === form);
}

const addText = (fact: DomainFact, check: DomainCheck): string => alterText(fact, notValid(check));
const dropText = (fact: DomainFact, check: DomainCheck): string =>
  alterText(fact, `DROP CONSTRAINT ${quoteIdentifier(check.name)}`);
const changed = (fact: DomainFact, check: DomainCheck): string => `check ${check.name} of ${fact.id}`;

function dropCheck(desired: DomainFact, check: DomainCheck, phase: "expand" | "contract"): StepDraft {
  return draft(desired, {
    action: "alter",
    sql: dropText(desired, check),
    phase,
    why: phase === "expand" ? `check ${check.name} is no longer in the files` : `check ${check.name} changes`,
    locks: [],
    work: noWork,
    dataLoss: "never",
    undo: { sql: check.valid ? addText(desired, check).replace(/ NOT VALID;$/, ";") : addText(desired, check) },
    ...(phase === "contract" ? { together: changed(desired, check) } : {}),
  });
}

function addCheck(desired: DomainFact, check: DomainCheck, replaces: boolean): StepDraft {
  return draft(desired, {
    action: "alter",
    sql: addText(desired, check),
    phase: "contract",
    why: replaces ? `check ${check.name} changes` : `the files declare check ${check.name}`,
    locks: [],
    work: noWork,
    dataLoss: "never",
    undo: { sql: dropText(desired, check) },
    breaks: "old",
    ...(replaces ? { together: changed(desired, check) } : {}),
  });
}

function validateCheck(desired: DomainFact, check: DomainCheck, context: PlanContext): StepDraft {
  return draft(desired, {
    action: "validate",
    sql: alterText(desired, `VALIDATE CONSTRAINT ${quoteIdentifier(check.name)}`),
    phase: "contract",
    why: `check ${check.name} is held against the values that are there`,
    ...scanned(desired, context),
    dataLoss: "never",
    undo: { none: "nothing to undo: the check stays as it was" },
    alone: true,
  });
}
