import { qualifiedName, quoteIdentifier } from "../../base/identifier.ts";
import type { Fact } from "../../model/database.ts";
import type { PlanContext } from "../../model/kind.ts";
import { objectId, pathOf } from "../../model/object-id.ts";
import type { Access, Lock, StepDraft } from "../../model/step.ts";
import { ownColumnNames, references } from "../../sql/references.ts";
import { inParentheses } from "./bare-expression.ts";
import { keptComment } from "./comment-sql.ts";
import { draft, noWork } from "./draft.ts";
import { lock, lockOn } from "./locks.ts";
import { accessOfAlter, accessOfCreate, accessOfDrop, accessSentence } from "./policy-access.ts";
import { policyGroup } from "./policy-group.ts";
import { type PolicySpec, policyTable } from "./policy-spec.ts";
import { declaredBy, undeclared } from "./target.ts";
import { roleName } from "./yaml-entry.ts";

/** How policies come, change and go: never a moment with neither the old nor the new one. */

/** What the expressions of a policy refer to. */
export function policyReferences(fact: Fact<PolicySpec>): readonly string[] {
  const clauses = [fact.spec.using, fact.spec.check];
  const columns = clauses.flatMap((clause) => (clause ? ownColumnNames(clause.sql, fact.spec.table) : []));
  return [
    ...new Set([
      ...clauses.flatMap((clause) => (clause ? references(clause.as, clause.sql) : [])),
      ...columns.map((column) => objectId("column", qualifiedName(fact.spec.schema, fact.spec.table, column))),
    ]),
  ].sort();
}

/** ACCESS EXCLUSIVE on the table; ACCESS SHARE on what the written expressions read (measured). */
function locksOf(fact: Fact<PolicySpec>, context: PlanContext, reads: boolean): readonly Lock[] {
  const table = fact.parent ?? "";
  const read = reads ? policyReferences(fact).filter((reference) => reference.startsWith("relation ")) : [];
  const isNew = (path: string): boolean =>
    ["table", "view", "materialized_view"].some((kind) => context.isNew(objectId(kind, path)));
  return [
    ...lockOn(context, table, "AccessExclusiveLock"),
    ...read.flatMap((reference) => (isNew(pathOf(reference)) ? [] : [lock(pathOf(reference), "AccessShareLock")])),
  ];
}

interface StepInput {
  readonly sql: string;
  readonly undo: string;
  readonly why: string;
  readonly access: Access;
  readonly reads: boolean;
  readonly provides: readonly string[];
  readonly removes: readonly string[];
}

function step(fact: Fact<PolicySpec>, context: PlanContext, input: StepInput): StepDraft {
  const table = fact.parent ?? "";
  const access = context.isNew(table) || isInert(fact, context) ? "none" : input.access;
  return draft(fact, {
    action: "policy",
    sql: input.sql,
    phase: "expand",
    why: input.why,
    locks: locksOf(fact, context, input.reads),
    work: noWork,
    dataLoss: "never",
    undo: { sql: input.undo },
    access,
    ...accessSentence(access, fact.spec, policyTable(fact)),
    provides: input.provides,
    removes: input.removes,
    ...policyGroup(context, table),
  });
}

/** While row-level security of the table is off, its policies decide nothing: what switches it on narrows, whatever they say. */
function isInert(fact: Fact<PolicySpec>, context: PlanContext): boolean {
  return context.live.facts.get(objectId("rls", policyTable(fact)))?.spec["state"] === "disabled";
}

/** CREATE POLICY. */
export function createPolicy(fact: Fact<PolicySpec>, context: PlanContext): readonly StepDraft[] {
  const access = accessOfCreate(fact.spec);
  return [
    step(fact, context, {
      sql: createSql(fact),
      undo: dropSql(fact),
      why: declaredBy(fact),
      access,
      reads: true,
      provides: [fact.id],
      removes: [],
    }),
  ];
}

/** DROP POLICY; undone by its whole definition and comment. */
export function dropPolicy(fact: Fact<PolicySpec>, context: PlanContext): readonly StepDraft[] {
  const access = accessOfDrop(fact.spec);
  const undo = [createSql(fact), ...keptLive(fact, context)].join("\n");
  return [
    step(fact, context, { sql: dropSql(fact), undo, why: undeclared, access, reads: false, provides: [], removes: [fact.id] }),
  ];
}

function keptLive(fact: Fact<PolicySpec>, context: PlanContext): readonly string[] {
  return keptComment(fact, { final: (id) => context.live.facts.get(id) });
}

/** ALTER POLICY where it can say the change, else the policy is made anew in the same transaction. */
export function alterPolicy(
  live: Fact<PolicySpec>,
  desired: Fact<PolicySpec>,
  fields: readonly string[],
  context: PlanContext,
): readonly StepDraft[] {
  const access = accessOfAlter(live.spec, desired.spec, fields);
  const why = `${fields.join(", ")} of the policy changed`;
  if (canAlter(live.spec, desired.spec, fields)) {
    const back = canAlter(desired.spec, live.spec, fields) ? alterSql(live, fields) : madeAnew(live, context);
    return [
      step(desired, context, {
        sql: alterSql(desired, fields),
        undo: back,
        why,
        access,
        reads: fields.includes("using") || fields.includes("check"),
        provides: [desired.id],
        removes: [],
      }),
    ];
  }
  // One transaction: what is dropped and made anew is never seen missing. The effect of both is said once, where it ends.
  const again = [createSql(desired), ...keptComment(desired, context)].join("\n");
  return [
    step(desired, context, {
      sql: dropSql(live),
      undo: [createSql(live), ...keptLive(live, context)].join("\n"),
      why: `${why}: made anew, ALTER POLICY cannot do it`,
      access: "none",
      reads: false,
      provides: [],
      removes: [live.id],
    }),
    step(desired, context, { sql: again, undo: dropSql(desired), why, access, reads: true, provides: [desired.id], removes: [] }),
  ];
}

function madeAnew(live: Fact<PolicySpec>, context: PlanContext): string {
  return [dropSql(live), createSql(live), ...keptLive(live, context)].join("\n");
}

/** ALTER POLICY changes neither command nor kind, and cannot take a clause away: WITH CHECK (NULL) denies everything. */
function canAlter(from: PolicySpec, to: PolicySpec, fields: readonly string[]): boolean {
  const kept = (clause: "using" | "check"): boolean => from[clause] === null || to[clause] !== null;
  return fields.every((name) => name === "roles" || name === "using" || name === "check") && kept("using") && kept("check");
}

/** ALTER POLICY … RENAME. */
export function renamePolicy(live: Fact<PolicySpec>, desired: Fact<PolicySpec>, context: PlanContext): readonly StepDraft[] {
  const sql = (from: Fact<PolicySpec>, to: Fact<PolicySpec>): string =>
    `ALTER POLICY ${quoteIdentifier(from.spec.name)} ON ${policyTable(desired)} RENAME TO ${quoteIdentifier(to.spec.name)};`;
  const why = `renamed from ${live.spec.name}`;
  return [
    step(desired, context, {
      sql: sql(live, desired),
      undo: sql(desired, live),
      why,
      access: "none",
      reads: false,
      provides: [desired.id],
      removes: [live.id],
    }),
  ];
}

// ---- render

function createSql(fact: Fact<PolicySpec>): string {
  const { permissive, command } = fact.spec;
  const kind = permissive ? "" : " AS RESTRICTIVE";
  const verb = command === "all" ? "" : ` FOR ${command.toUpperCase()}`;
  return `CREATE POLICY ${onTable(fact)}${kind}${verb}${clauses(fact.spec, ["roles", "using", "check"])};`;
}

function alterSql(fact: Fact<PolicySpec>, fields: readonly string[]): string {
  return `ALTER POLICY ${onTable(fact)}${clauses(fact.spec, fields)};`;
}

function dropSql(fact: Fact<PolicySpec>): string {
  return `DROP POLICY ${onTable(fact)};`;
}

function onTable(fact: Fact<PolicySpec>): string {
  return `${quoteIdentifier(fact.spec.name)} ON ${policyTable(fact)}`;
}

function clauses(spec: PolicySpec, fields: readonly string[]): string {
  const roles = fields.includes("roles") ? ` TO ${spec.roles.map(roleName).join(", ")}` : "";
  const using = fields.includes("using") && spec.using ? ` USING ${inParentheses(spec.using.sql)}` : "";
  const check = fields.includes("check") && spec.check ? ` WITH CHECK ${inParentheses(spec.check.sql)}` : "";
  return roles + using + check;
}
