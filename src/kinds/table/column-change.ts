import { generatedName, qualifiedName, quoteIdentifier } from "../../base/identifier.ts";
import type { Fact } from "../../model/database.ts";
import type { PlanContext } from "../../model/kind.ts";
import { LockstepError } from "../../model/lockstep-error.ts";
import { objectId } from "../../model/object-id.ts";
import type { Lock, StepDraft } from "../../model/step.ts";
import { draft, noWork, rewriteWork, scanWork, type Work } from "../shared/draft.ts";
import { lockOnIndexes, lockOnTree, strongest } from "../shared/locks.ts";
import { temporaryName } from "../shared/temporary-name.ts";
import type { ColumnSpec } from "./column-spec.ts";
import { continueValues } from "./identity-values.ts";
import { columnDefinition, identityClause, identityDifference } from "./render-column.ts";
import { lossyRows, needsUsing, typeChangeWork, usingExpression } from "./type-change.ts";
import { lockOnSequence, typeChangeLocks } from "./type-locks.ts";

/** Steps that bring a column of an existing table from one state to another, one facet at a time. */

export type Column = Fact<ColumnSpec>;

export const tableIdOf = (column: Column): string => objectId("table", qualifiedName(column.spec.schema, column.spec.table));
export const tableNameOf = (column: Column): string => qualifiedName(column.spec.schema, column.spec.table);
const nameOf = (column: Column): string => quoteIdentifier(column.spec.name);
const alterSql = (column: Column, what: string): string =>
  `ALTER TABLE ${tableNameOf(column)} ALTER COLUMN ${nameOf(column)} ${what};`;

interface Facet {
  readonly what: string;
  readonly back: string;
  readonly why: string;
  readonly phase?: "expand" | "contract";
  readonly breaks?: "old";
  readonly online?: boolean;
}

/** A catalog-only ALTER COLUMN under ACCESS EXCLUSIVE (SHARE UPDATE EXCLUSIVE when `online`). */
function facet(desired: Column, context: PlanContext, input: Facet): StepDraft {
  return draft(desired, {
    action: "alter",
    sql: alterSql(desired, input.what),
    phase: input.phase ?? "expand",
    why: input.why,
    locks: lockOnTree(context, tableIdOf(desired), input.online ? "ShareUpdateExclusiveLock" : "AccessExclusiveLock"),
    work: noWork,
    dataLoss: "never",
    undo: { sql: alterSql(desired, input.back) },
    breaks: input.breaks ?? "none",
  });
}

/** Every ALTER COLUMN TYPE throws the planner's statistics of the column away, a no-op too (measured): they are gathered anew. */
export function gatherStatistics(desired: Column, context: PlanContext, phase: StepDraft["phase"]): StepDraft[] {
  if (context.isEmpty(tableIdOf(desired))) return [];
  return [
    draft(desired, {
      action: "alter",
      sql: `ANALYZE ${tableNameOf(desired)} (${nameOf(desired)});`,
      phase,
      why: "the change of type threw the planner's statistics of the column away",
      locks: lockOnTree(context, tableIdOf(desired), "ShareUpdateExclusiveLock"),
      work: noWork,
      dataLoss: "never",
      undo: { none: "statistics describe what is there" },
      provides: [],
      alone: true,
    }),
  ];
}

/** Type and collation, with the default set anew when the old one cannot follow. */
export function changeType(live: Column, desired: Column, context: PlanContext): StepDraft {
  refuseZone(live, desired, context);
  const work = typeChangeWork(live, desired, context);
  const probe = context.isEmpty(tableIdOf(desired)) ? null : lossyRows(live, desired, context);
  const table = tableIdOf(desired);
  const narrower = probe !== null || work.rewrite;
  return draft(desired, {
    action: "alter",
    sql: typeSql(live, desired, context),
    phase: narrower ? "contract" : "expand",
    why: typeReason(live, desired),
    locks: typeChangeLocks(live, desired, work, context),
    work,
    dataLoss: probe ? "probe" : "never",
    ...(probe ? { probe } : {}),
    undo: { sql: typeSql(desired, live, context) },
    breaks: narrower ? "old" : "none",
    relation: tableNameOf(desired),
    ...(work.rewrite && !context.isEmpty(table) ? { safer: "add a column of the new type, fill it in batches, then swap" } : {}),
    needs: [`type ${desired.spec.type.replace(/\[\]$/, "")}`],
    clears: [{ id: live.id, by: "column" }],
    alone: work.rewrite || work.scan,
  });
}

/** Which zone a timestamp without one was meant in, only its writers know: UTC would be a guess that changes what rows mean. */
function refuseZone(live: Column, desired: Column, context: PlanContext): void {
  const zoned = (type: string): boolean | null =>
    /^timestamp(\(\d\))? with /.test(type) ? true : /^timestamp(\(\d\))? without /.test(type) ? false : null;
  const from = zoned(live.spec.type);
  const to = zoned(desired.spec.type);
  if (from === null || to === null || from === to || context.isEmpty(tableIdOf(desired))) return;
  const place = desired.at ? { file: desired.at.file, line: desired.at.line, column: desired.at.column } : {};
  throw new LockstepError({
    code: "time-zone-unknown",
    exitCode: 3,
    message: `column ${desired.object} changes from ${live.spec.type} to ${desired.spec.type}, and nothing says in which time zone its values are`,
    diagnostics: [
      {
        code: "time-zone-unknown",
        severity: "error",
        object: desired.object,
        message: `${live.spec.type} to ${desired.spec.type} needs a time zone to read the ${from ? "new" : "old"} values in`,
        hint: `add a new column, fill it with ${quoteIdentifier(live.spec.name)} AT TIME ZONE 'the zone', then drop the old one; or change the type by hand with USING`,
        ...place,
      },
    ],
  });
}

function typeReason(live: Column, desired: Column): string {
  if (live.spec.type !== desired.spec.type) return `type changes from ${live.spec.type} to ${desired.spec.type}`;
  return `collation changes to ${desired.spec.collation ?? "the default"}`;
}

function typeSql(from: Column, to: Column, context: PlanContext): string {
  const using = needsUsing(from.spec.type, to.spec.type, context)
    ? ` USING ${usingExpression(to.spec.name, from.spec.type, to.spec.type, context)}`
    : "";
  const collate = to.spec.collation ? ` COLLATE ${to.spec.collation}` : "";
  const type = `ALTER COLUMN ${nameOf(to)} TYPE ${to.spec.type}${collate}${using}`;
  // A default is cast along where a cast exists; behind USING it has to go first and come back (manual, ALTER TABLE).
  const away = using !== "" && from.spec.default !== null ? [`ALTER COLUMN ${nameOf(to)} DROP DEFAULT`] : [];
  // What is cast along keeps the cast ('x'::character varying on a text): set anew, it is what a new column would have.
  const back = to.spec.default ? [`ALTER COLUMN ${nameOf(to)} SET DEFAULT ${to.spec.default.sql}`] : [];
  const parts = [...away, type, ...back];
  return `ALTER TABLE ${tableNameOf(to)} ${parts.join(", ")};`;
}

/** SET or DROP DEFAULT. Dropping the default of a column that must have a value breaks inserts of the old application. */
export function changeDefault(live: Column, desired: Column, context: PlanContext): StepDraft {
  const clause = (column: Column): string => (column.spec.default ? `SET DEFAULT ${column.spec.default.sql}` : "DROP DEFAULT");
  const breaks = desired.spec.default === null && desired.spec.notNull && desired.spec.identity === null;
  return facet(desired, context, {
    what: clause(desired),
    back: clause(live),
    why: desired.spec.default ? (live.spec.default ? "the default changes" : "it gets a default") : "it has no default any more",
    ...(breaks ? { phase: "contract", breaks: "old" } : {}),
  });
}

export function changeStorage(live: Column, desired: Column, context: PlanContext): StepDraft {
  // SET STORAGE DEFAULT is there from 16 on.
  const own = context.major >= 16 ? "default" : (live.spec.typeStorage ?? "extended");
  const clause = (column: Column): string => `SET STORAGE ${(column.spec.storage ?? own).toUpperCase()}`;
  return facet(desired, context, { what: clause(desired), back: clause(live), why: "the storage changes" });
}

export function changeStatistics(live: Column, desired: Column, context: PlanContext): StepDraft {
  const clause = (column: Column): string => `SET STATISTICS ${column.spec.statistics ?? -1}`;
  return facet(desired, context, {
    what: clause(desired),
    back: clause(live),
    why: "the statistics target changes",
    online: true,
  });
}

/** Becoming, ceasing to be and changing an identity. */
export function changeIdentity(live: Column, desired: Column, context: PlanContext): StepDraft {
  const from = live.spec.identity;
  const to = desired.spec.identity;
  const add = (column: Column): string => `ADD ${identityClause(column.spec)}`;
  if (from === null) {
    const step = facet(desired, context, { what: add(desired), back: "DROP IDENTITY", why: "it becomes an identity" });
    const values = continueValues(live, desired, context);
    if (values === null) return step;
    return {
      ...step,
      ...(values.reads ? { ...scanWork, relation: tableNameOf(desired), alone: true } : {}),
      sql: `${step.sql}\n${values.sql}`,
    };
  }
  if (to === null) {
    const step = facet(desired, context, {
      what: "DROP IDENTITY",
      back: add(live),
      why: "it is no identity any more",
      phase: "contract",
      breaks: "old",
    });
    return {
      ...step,
      dataLoss: "always",
      locks: strongest([...step.locks, ...lockOnSequence(live, "AccessExclusiveLock", context)]),
    };
  }
  const step = facet(desired, context, {
    what: identityDifference(from, to),
    back: identityDifference(to, from),
    why: "the identity changes",
  });
  return { ...step, locks: strongest([...step.locks, ...lockOnSequence(live, "ShareRowExclusiveLock", context)]) };
}

/**
 * A generated column: its expression in place where PostgreSQL can (17), else dropped and added; ceasing to be one keeps the values, if it
 * has any: those of a virtual one are nowhere (manual, ALTER TABLE, DROP EXPRESSION).
 */
export function changeGenerated(live: Column, desired: Column, context: PlanContext): StepDraft[] {
  const table = tableIdOf(desired);
  if (desired.spec.generated === null && !live.spec.virtual) {
    return [
      {
        ...facet(desired, context, { what: "DROP EXPRESSION", back: "", why: "it is not generated any more; its values stay" }),
        undo: { none: "the expression can only come back with the column made anew" },
      },
    ];
  }
  const stays = live.spec.generated !== null && desired.spec.generated !== null && live.spec.virtual === desired.spec.virtual;
  const work = desired.spec.generated === null || desired.spec.virtual ? noWork : rewriteWork;
  const locks = [
    ...lockOnTree(context, table, "AccessExclusiveLock"),
    ...(work.rewrite ? lockOnIndexes(context, table, "AccessExclusiveLock") : []),
  ];
  if (stays && context.major >= 17) {
    const clause = (column: Column): string => `SET EXPRESSION AS (${column.spec.generated?.sql})`;
    return [
      {
        ...facet(desired, context, {
          what: clause(desired),
          back: clause(live),
          why: "the expression changes",
          phase: "contract",
        }),
        ...work,
        locks,
        relation: tableNameOf(desired),
        alone: true,
      },
    ];
  }
  return [remadeColumn(live, desired, work, locks)];
}

/** Dropped and added in one statement: what it holds is computed anew, or lost. */
function remadeColumn(live: Column, desired: Column, work: Work, locks: readonly Lock[]): StepDraft {
  const isPlain = live.spec.generated === null;
  const loses = isPlain || desired.spec.generated === null;
  const why = isPlain
    ? "it becomes generated: what it holds is replaced"
    : loses
      ? "it is not generated any more, and was never stored"
      : "the way it is generated changes";
  return draft(desired, {
    action: "replace",
    sql: `ALTER TABLE ${tableNameOf(desired)} DROP COLUMN ${nameOf(desired)}, ADD COLUMN ${columnDefinition(desired.spec)};`,
    phase: "contract",
    why,
    locks,
    work,
    dataLoss: loses ? "always" : "never",
    undo: loses
      ? { none: "the values that it held are lost" }
      : {
          sql: `ALTER TABLE ${tableNameOf(desired)} DROP COLUMN ${nameOf(desired)}, ADD COLUMN ${columnDefinition(live.spec)};`,
        },
    breaks: loses ? "old" : "none",
    relation: tableNameOf(desired),
    clears: [{ id: live.id, by: "replace" }],
    alone: true,
  });
}

/** DROP NOT NULL loosens; SET NOT NULL is proved by a check (or NOT VALID on 18) first where the table holds rows. */
export function changeNotNull(desired: Column, context: PlanContext): StepDraft[] {
  if (!desired.spec.notNull)
    return [facet(desired, context, { what: "DROP NOT NULL", back: "SET NOT NULL", why: "it may be null" })];
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
    locks: lockOnTree(context, tableIdOf(desired), "AccessExclusiveLock"),
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
    locks: lockOnTree(context, tableIdOf(desired), "ShareUpdateExclusiveLock"),
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
