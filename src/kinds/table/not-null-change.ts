import { generatedName, qualifiedName, quoteIdentifier } from "../../base/identifier.ts";
import type { PlanContext } from "../../model/kind.ts";
import { objectId } from "../../model/object-id.ts";
import type { StepDraft } from "../../model/step.ts";
import { draft, noWork, scanWork } from "../shared/draft.ts";
import { lockOnHeirs } from "../shared/locks.ts";
import { notNullOf, primaryKeysOver } from "../shared/not-null-spec.ts";
import { temporaryName } from "../shared/temporary-name.ts";
import { type Column, facet, nameOf, tableIdOf, tableNameOf } from "./column-change.ts";

/** NOT NULL of a column of an existing table, with as little waiting as the major allows. */

/** True where a constraint with a name of its own says it: that has steps of its own. */
function saidByName(desired: Column, context: PlanContext): boolean {
  return (["live", "desired"] as const).some(
    (side) =>
      notNullOf({ children: (id, kind) => context.children(side, id, kind) }, tableIdOf(desired), desired.spec.name) !==
        undefined &&
      (side === "live" || desired.spec.notNull),
  );
}

/** DROP NOT NULL loosens; SET NOT NULL is proved by a check (or NOT VALID on 18) first where the table holds rows. */
export function changeNotNull(desired: Column, context: PlanContext): StepDraft[] {
  if (context.major >= 18 && saidByName(desired, context)) return [];
  if (!desired.spec.notNull) {
    const step = facet(desired, context, { what: "DROP NOT NULL", back: "SET NOT NULL", why: "it may be null" });
    // Nothing waits for a column to be nullable: a key that takes the place of the primary one is there before.
    return [{ ...step, after: primaryKeysOver(tableIdOf(desired), desired.spec.name, context), provides: [] }];
  }
  const table = tableIdOf(desired);
  if (context.isEmpty(table)) return [setNotNull(desired, context, true)];
  if (context.major >= 18) return notNullConstraint(desired, context);
  return notNullByCheck(desired, context);
}

function setNotNull(desired: Column, context: PlanContext, scans: boolean): StepDraft {
  return {
    ...facet(desired, context, {
      what: "SET NOT NULL",
      back: "DROP NOT NULL",
      why: "it must not be null",
      phase: "contract",
      breaks: "old",
    }),
    ...(scans ? scanWork : noWork),
    relation: tableNameOf(desired),
    alone: true,
  };
}

function nullRows(desired: Column): NonNullable<StepDraft["probe"]> {
  return {
    asks: "violations",
    relation: tableNameOf(desired),
    means: `rows whose ${desired.spec.name} is null`,
    sql: `select count(*) from ${tableNameOf(desired)} where ${nameOf(desired)} is null`,
  };
}

function constraintStep(desired: Column, context: PlanContext, what: string, back: string, why: string): StepDraft {
  return draft(desired, {
    action: "alter",
    sql: `ALTER TABLE ${tableNameOf(desired)} ${what};`,
    phase: "contract",
    why,
    locks: lockOnHeirs(context, tableIdOf(desired), "AccessExclusiveLock"),
    work: noWork,
    dataLoss: "never",
    undo: { sql: `ALTER TABLE ${tableNameOf(desired)} ${back};` },
    breaks: "old",
    provides: [],
    alone: true,
  });
}

function validateStep(desired: Column, context: PlanContext, name: string, provides: readonly string[]): StepDraft {
  return draft(desired, {
    action: "validate",
    sql: `ALTER TABLE ${tableNameOf(desired)} VALIDATE CONSTRAINT ${quoteIdentifier(name)};`,
    phase: "contract",
    why: "existing rows are checked while reads and writes go on",
    locks: lockOnHeirs(context, tableIdOf(desired), "ShareUpdateExclusiveLock"),
    work: scanWork,
    dataLoss: "never",
    undo: { none: "a validated constraint only says what is so; drop it to go back" },
    relation: tableNameOf(desired),
    provides,
    probe: nullRows(desired),
    alone: true,
  });
}

/** PostgreSQL 18: NOT NULL is a constraint that can be NOT VALID first; the name is the one PostgreSQL would give. */
function notNullConstraint(desired: Column, context: PlanContext): StepDraft[] {
  const left = context.live.facts.get(desired.id)?.spec["notNullName"];
  if (typeof left === "string") return [validateStep(desired, context, left, [desired.id])];
  const name = generatedName(desired.spec.table, desired.spec.name, "not_null");
  const add = `ADD CONSTRAINT ${quoteIdentifier(name)} NOT NULL ${nameOf(desired)} NOT VALID`;
  return [
    constraintStep(
      desired,
      context,
      add,
      `DROP CONSTRAINT ${quoteIdentifier(name)}`,
      "it must not be null; new rows are checked from here on",
    ),
    validateStep(desired, context, name, [desired.id]),
  ];
}

/** Before 18: a validated CHECK proves it, then SET NOT NULL does not scan; the proof goes in a statement of its own. */
function notNullByCheck(desired: Column, context: PlanContext): StepDraft[] {
  const name = temporaryName("not null", desired.object);
  const quoted = quoteIdentifier(name);
  const drop = `DROP CONSTRAINT ${quoted}`;
  const add = `ADD CONSTRAINT ${quoted} CHECK (${nameOf(desired)} IS NOT NULL)`;
  const set = setNotNull(desired, context, false);
  const left = context.live.facts.get(objectId("constraint", qualifiedName(desired.spec.schema, desired.spec.table, name)));
  return [
    ...(left
      ? []
      : [constraintStep(desired, context, `${add} NOT VALID`, drop, "it must not be null; new rows are checked from here on")]),
    ...(left?.spec["validated"] === true ? [] : [validateStep(desired, context, name, [])]),
    { ...set, why: "the check proves it, no row is read", alone: false, together: `not null ${desired.object}` },
    {
      ...constraintStep(desired, context, drop, `${add} NOT VALID`, "the proof is not needed any more"),
      alone: false,
      together: `not null ${desired.object}`,
    },
  ];
}
