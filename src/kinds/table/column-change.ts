import { qualifiedName, quoteIdentifier } from "../../base/identifier.ts";
import type { Fact } from "../../model/database.ts";
import type { PlanContext } from "../../model/kind.ts";
import { LockstepError } from "../../model/lockstep-error.ts";
import { type ObjectId, objectId, pathOf } from "../../model/object-id.ts";
import type { StepDraft } from "../../model/step.ts";
import { draft, noWork } from "../shared/draft.ts";
import { isForeignTable } from "../shared/foreign-rows.ts";
import { reachedHeirs } from "../shared/leaving-heirs.ts";
import { lockOn, lockOnHeirs } from "../shared/locks.ts";
import type { ColumnSpec } from "./column-spec.ts";
import { statisticsAbout } from "./statistics-about.ts";
import { lossyRows, needsUsing, refusePartitionKey, typeChangeWork, usingExpression } from "./type-change.ts";
import { foreignKeysApart, keysThatInclude, typeChangeLocks } from "./type-locks.ts";

/** Steps that bring a column of an existing table from one state to another, one facet at a time. */

export type Column = Fact<ColumnSpec>;

export const tableIdOf = (column: Column): string => objectId("table", qualifiedName(column.spec.schema, column.spec.table));
export const tableNameOf = (column: Column): string => qualifiedName(column.spec.schema, column.spec.table);
export const nameOf = (column: Column): string => quoteIdentifier(column.spec.name);
const alterSql = (column: Column, what: string): string =>
  `ALTER TABLE ${tableNameOf(column)} ALTER COLUMN ${nameOf(column)} ${what};`;

export interface Facet {
  readonly what: string;
  readonly back: string;
  readonly why: string;
  readonly phase?: "expand" | "contract";
  readonly breaks?: "old";
  readonly online?: boolean;
  /** What PostgreSQL hands down to children is meant for this table alone. */
  readonly only?: boolean;
}

/** A catalog-only ALTER COLUMN under ACCESS EXCLUSIVE (SHARE UPDATE EXCLUSIVE when `online`). */
export function facet(desired: Column, context: PlanContext, input: Facet): StepDraft {
  const mode = input.online ? "ShareUpdateExclusiveLock" : "AccessExclusiveLock";
  const only = input.only === true && context.heirs("live", tableIdOf(desired)).length > 0;
  const sql = (what: string): string =>
    only ? alterSql(desired, what).replace("ALTER TABLE", "ALTER TABLE ONLY") : alterSql(desired, what);
  return draft(desired, {
    action: "alter",
    sql: sql(input.what),
    phase: input.phase ?? "expand",
    why: input.why,
    locks: only ? lockOn(context, tableIdOf(desired), mode) : lockOnHeirs(context, tableIdOf(desired), mode),
    work: noWork,
    dataLoss: "never",
    undo: { sql: sql(input.back) },
    breaks: input.breaks ?? "none",
  });
}

/** Every ALTER COLUMN TYPE throws the planner's statistics of the column away, a no-op too (measured): they are gathered anew. */
export function gatherStatistics(desired: Column, context: PlanContext, phase: StepDraft["phase"]): StepDraft[] {
  if (context.isEmpty(tableIdOf(desired))) return [];
  const extended = statisticsAbout(desired, context);
  const what = extended.length > 0 ? "" : ` (${nameOf(desired)})`;
  const tables = analysed(tableIdOf(desired), context);
  if (tables.length === 0) return [];
  return [
    draft(desired, {
      action: "alter",
      sql: `ANALYZE ${tables.map((table) => `${pathOf(table)}${what}`).join(", ")};`,
      phase,
      why: "the change of type threw the planner's statistics of the column away",
      locks: tables.flatMap((table) => lockOnHeirs(context, table, "ShareUpdateExclusiveLock")),
      work: noWork,
      dataLoss: "never",
      undo: { none: "statistics describe what is there" },
      provides: [],
      needs: extended,
      alone: true,
    }),
  ];
}

/** ANALYZE asks the other server for the rows of a foreign child: then each child here is named by itself. */
function analysed(table: ObjectId, context: PlanContext): readonly ObjectId[] {
  const heirs = context.heirs("live", table);
  const isElsewhere = (id: ObjectId): boolean => isForeignTable(context.live.facts.get(id));
  if (!heirs.some(isElsewhere)) {
    // Before 18 ANALYZE reaches partitions, but reads children of INHERITS for their parent alone (measured).
    const parts = context.partitions(table);
    return [table, ...(context.major >= 18 ? [] : reachedHeirs(context, table).filter((id) => !parts.includes(id)))];
  }
  return heirs.filter((id) => !isElsewhere(id) && context.heirs("live", id).length === 0);
}

/** Type and collation, with the default set anew when the old one cannot follow. */
export function changeType(live: Column, desired: Column, context: PlanContext): StepDraft {
  refuseZone(live, desired, context);
  refusePartitionKey(live, desired, context);
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
    clears: [
      { id: live.id, by: "column" },
      ...keysThatInclude(live, context).map((id) => ({ id, by: "replace" as const })),
      ...foreignKeysApart(live, context).map((id) => ({ id, by: "itself" as const })),
    ],
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
    only: true,
  });
}

/** How values are compressed from here on; what is there stays as it is. */
export function changeCompression(live: Column, desired: Column, context: PlanContext): StepDraft {
  const clause = (column: Column): string => `SET COMPRESSION ${column.spec.compression ?? "default"}`;
  return facet(desired, context, { what: clause(desired), back: clause(live), why: "the compression changes", only: true });
}

/** n_distinct and n_distinct_inherited. */
export function changeOptions(live: Column, desired: Column, context: PlanContext): StepDraft[] {
  const [from, to] = [plannerOptions(live.spec), plannerOptions(desired.spec)];
  const gone = Object.keys(from).filter((name) => !(name in to));
  // All of them, so that they are stored in one order.
  const set = Object.entries(to).some(([name, value]) => from[name] !== value) ? Object.entries(to) : [];
  const back = plannerOptions(live.spec);
  const one = (what: string, undo: string): StepDraft =>
    facet(desired, context, {
      what,
      back: undo,
      why: "what the planner is told of its values changes",
      online: true,
      only: true,
    });
  const list = (pairs: readonly (readonly [string, string])[]): string =>
    pairs.map(([name, value]) => `${name} = ${value}`).join(", ");
  const undoOf = (names: readonly string[]): string => {
    const before = names.flatMap((name) => (back[name] === undefined ? [] : [[name, back[name] ?? ""] as const]));
    return before.length > 0 ? `SET (${list(before)})` : `RESET (${names.join(", ")})`;
  };
  return [
    ...(gone.length > 0 ? [one(`RESET (${gone.join(", ")})`, undoOf(gone))] : []),
    ...(set.length > 0 ? [one(`SET (${list(set)})`, undoOf(set.map(([name]) => name)))] : []),
  ];
}

/** Settings of ALTER COLUMN … SET (…) by name. */
export function plannerOptions(spec: ColumnSpec): Record<string, string> {
  return {
    ...(spec.nDistinct === null ? {} : { n_distinct: spec.nDistinct }),
    ...(spec.nDistinctInherited === null ? {} : { n_distinct_inherited: spec.nDistinctInherited }),
  };
}
