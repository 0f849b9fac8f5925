import { generatedName, qualifiedName, quoteIdentifier } from "../../base/identifier.ts";
import type { PlanContext, Replace } from "../../model/kind.ts";
import { objectId } from "../../model/object-id.ts";
import type { LockMode, StepDraft } from "../../model/step.ts";
import { references } from "../../sql/references.ts";
import { draft, noWork } from "../shared/draft.ts";
import { reachedHeirs } from "../shared/leaving-heirs.ts";
import { lockOn, lockOnHeirs, lockOnIndexes } from "../shared/locks.ts";
import { notNullOf } from "../shared/not-null-spec.ts";
import { addColumnWork } from "./add-column-work.ts";
import {
  type Column,
  changeCompression,
  changeDefault,
  changeOptions,
  changeStatistics,
  changeStorage,
  changeType,
  gatherStatistics,
  plannerOptions,
  tableIdOf,
  tableNameOf,
} from "./column-change.ts";
import { changeColumnOptions } from "./foreign-table.ts";
import { changeGenerated, namesChangedColumn } from "./generated-change.ts";
import { changeIdentity, continueDefault } from "./identity-change.ts";
import { changeNotNull } from "./not-null-change.ts";
import { columnDefinition } from "./render-column.ts";
import { lockOnSequence } from "./type-locks.ts";

/** Statements of columns that a table defines itself. */

/** ADD COLUMN, then what it cannot say. In a new table the column is made with that. */
export function createOwn(fact: Column, context: PlanContext): StepDraft[] {
  const table = tableIdOf(fact);
  if (context.isNew(table))
    return context.comesLater(fact.id) ? [...afterTable(fact), ...attributes(fact, context)] : attributes(fact, context);
  return [addColumn(fact, context), ...attributes(fact, context)];
}

/** ADD COLUMN with all that it can say. */
export function addColumn(fact: Column, context: PlanContext): StepDraft {
  const table = tableIdOf(fact);
  const empty = context.isEmpty(table);
  const work = addColumnWork(fact, context);
  const { spec } = fact;
  const impossible = spec.notNull && spec.default === null && spec.generated === null && spec.identity === null && !empty;
  const constraint = notNullOf({ children: (id, kind) => context.children("desired", id, kind) }, table, spec.name);
  const named = constraint?.spec.validated ? { notNullAs: constraint.spec } : {};
  return draft(fact, {
    action: "create",
    sql: `ALTER TABLE ${tableNameOf(fact)} ADD COLUMN ${columnDefinition(spec, { major: context.major, ...named })};`,
    phase: "expand",
    why: "the files declare it",
    locks: [
      ...lockOnHeirs(context, table, "AccessExclusiveLock"),
      ...(work.rewrite ? lockOnIndexes(context, table, "AccessExclusiveLock") : []),
    ],
    work,
    dataLoss: "never",
    undo: { sql: `ALTER TABLE ${tableNameOf(fact)} DROP COLUMN ${quoteIdentifier(spec.name)};` },
    breaks: impossible ? "old" : "none",
    relation: tableNameOf(fact),
    // A child that has it as its own gets it first, and the parent's is merged with it.
    needs: context.heirs("desired", table).flatMap((heir) => {
      const own = context.desired(objectId("column", `${heir.slice(heir.indexOf(" ") + 1)}.${quoteIdentifier(spec.name)}`));
      return own?.spec["local"] === true ? [own.id] : [];
    }),
    provides: [fact.id, ...(constraint?.spec.validated ? [constraint.id] : [])],
    ...(work.rewrite && !empty ? { safer: "add it without the default, set the default, fill in batches" } : {}),
    ...(impossible
      ? {
          probe: {
            asks: "violations",
            relation: tableNameOf(fact),
            means: `rows that would have no ${spec.name}: it is NOT NULL and has no default`,
            sql: `select count(*) from ${tableNameOf(fact)}`,
          },
        }
      : {}),
    alone: work.rewrite || work.scan,
  });
}

/** What CREATE TABLE and ADD COLUMN cannot say: storage before 16 and of a column that is inherited, statistics and options never. */
export function attributes(fact: Column, context: PlanContext): StepDraft[] {
  const { spec } = fact;
  const isOwn = spec.local || !spec.inherited;
  const one = (what: string, mode: LockMode, only = false): StepDraft => {
    const alone = only && context.heirs("live", tableIdOf(fact)).length + context.heirs("desired", tableIdOf(fact)).length > 0;
    return draft(fact, {
      action: "alter",
      sql: `ALTER TABLE ${alone ? "ONLY " : ""}${tableNameOf(fact)} ALTER COLUMN ${quoteIdentifier(spec.name)} ${what};`,
      phase: "expand",
      why: "the files declare it",
      locks: alone ? lockOn(context, tableIdOf(fact), mode) : lockOnHeirs(context, tableIdOf(fact), mode),
      work: noWork,
      dataLoss: "never",
      undo: { none: "it goes with the column" },
      provides: [],
      needs: [fact.id],
    });
  };
  const options = Object.entries(plannerOptions(spec)).map(([name, value]) => `${name} = ${value}`);
  const steps: StepDraft[] = [];
  if (spec.storage && !(isOwn && context.major >= 16))
    steps.push(one(`SET STORAGE ${spec.storage.toUpperCase()}`, "AccessExclusiveLock"));
  if (spec.compression && !isOwn) steps.push(one(`SET COMPRESSION ${spec.compression}`, "AccessExclusiveLock", true));
  if (spec.statistics !== null) steps.push(one(`SET STATISTICS ${spec.statistics}`, "ShareUpdateExclusiveLock", true));
  if (options.length > 0) steps.push(one(`SET (${options.join(", ")})`, "ShareUpdateExclusiveLock", true));
  if (spec.options && !isOwn)
    steps.push({ ...changeColumnOptions(fact, {}, spec.options, context), provides: [], needs: [fact.id] });
  return steps;
}

/** The default of a column whose table could not name it yet: a function that takes the table's rows. */
export function afterTable(fact: Column): StepDraft[] {
  if (!fact.spec.default) return [];
  return [
    draft(fact, {
      action: "alter",
      sql: `ALTER TABLE ${tableNameOf(fact)} ALTER COLUMN ${quoteIdentifier(fact.spec.name)} SET DEFAULT ${fact.spec.default.sql};`,
      phase: "expand",
      why: "the default needs what needs the table",
      locks: [],
      work: noWork,
      dataLoss: "never",
      undo: { none: "part of making the table" },
      provides: [],
      needs: [...references("expression", fact.spec.default.sql), tableIdOf(fact)],
    }),
  ];
}

/** Facets in the order in which PostgreSQL accepts them. */
export function alterOwn(
  live: Column,
  desired: Column,
  fields: readonly string[],
  context: PlanContext,
): readonly StepDraft[] | Replace {
  const has = (name: string): boolean => fields.includes(name);
  const generatedChanges = has("generated") || (has("virtual") && desired.spec.generated !== null);
  if (generatedChanges && namesChangedColumn(live, context))
    return { replace: "the way it is generated changes, and so does the type of a column that it is made of" };
  if (generatedChanges) {
    const steps = changeGenerated(live, desired, fields, context);
    const [first] = steps;
    if (first?.action === "replace") return [...steps, ...attributes(desired, context)];
    // It stays where it is: what else changes is changed besides.
    const { generated, virtual } = desired.spec;
    return [...steps, ...facets({ ...live, spec: { ...live.spec, generated, virtual } }, desired, fields, context)];
  }
  return facets(live, desired, fields, context);
}

function facets(live: Column, desired: Column, fields: readonly string[], context: PlanContext): StepDraft[] {
  const has = (name: string): boolean => fields.includes(name);
  const steps: StepDraft[] = [];
  const typeChanges = has("type") || has("collation");
  const defaultFollows = typeChanges && has("default") && live.spec.default !== null;
  if (has("identity") && desired.spec.identity === null) steps.push(...changeIdentity(live, desired, context));
  const changed = typeChanges ? changeType(live, desired, context) : null;
  if (changed) steps.push(changed);
  if (has("default") && !(defaultFollows && usesNewDefault(steps, desired)))
    steps.push(changeDefault(live, desired, context), ...continueDefault(live, desired, context));
  if (changed) steps.push(...gatherStatistics(desired, context, changed.phase));
  if (has("notNull")) steps.push(...changeNotNull(desired, context));
  if (has("identity") && desired.spec.identity !== null) steps.push(...changeIdentity(live, desired, context));
  if (has("storage")) steps.push(changeStorage(live, desired, context));
  if (has("compression")) steps.push(changeCompression(live, desired, context));
  if (has("statistics")) steps.push(changeStatistics(live, desired, context));
  if (has("nDistinct") || has("nDistinctInherited")) steps.push(...changeOptions(live, desired, context));
  if (has("options")) steps.push(changeColumnOptions(desired, live.spec.options ?? {}, desired.spec.options ?? {}, context));
  return steps;
}

/** The type step has set the default already when it had to drop it. */
function usesNewDefault(steps: readonly StepDraft[], desired: Column): boolean {
  const type = steps.at(-1)?.sql ?? "";
  return desired.spec.default === null ? type.includes("DROP DEFAULT") : type.includes(`SET DEFAULT ${desired.spec.default.sql}`);
}

/** DROP COLUMN, which children that have it from here follow. */
export function dropOwn(fact: Column, context: PlanContext): StepDraft[] {
  const empty = context.isEmpty(tableIdOf(fact));
  const spared = empty || fact.spec.generated !== null;
  const sql = (column: Column): string => `ALTER TABLE ${tableNameOf(column)} DROP COLUMN ${quoteIdentifier(column.spec.name)};`;
  const one = (column: Column): StepDraft =>
    draft(column, {
      action: "drop",
      sql: sql(column),
      phase: "contract",
      why: "no longer in the files",
      locks: [
        ...lockOnHeirs(context, tableIdOf(column), "AccessExclusiveLock"),
        ...lockOnSequence(column, "AccessExclusiveLock", context),
      ],
      work: noWork,
      dataLoss: spared ? "never" : "probe",
      ...(spared
        ? {}
        : {
            probe: {
              asks: "lossy",
              relation: tableNameOf(column),
              means: `rows that hold a ${column.spec.name}`,
              sql: `select count(${quoteIdentifier(column.spec.name)}) from ${tableNameOf(column)}`,
            } as const,
          }),
      undo: spared
        ? { sql: `ALTER TABLE ${tableNameOf(column)} ADD COLUMN ${columnDefinition(column.spec)};` }
        : { none: "the values it held are lost" },
      breaks: "old",
    });
  // A child that has it as its own keeps it when the parent's goes: it goes after. One that leaves the parent drops it by itself.
  const left = reachedHeirs(context, tableIdOf(fact)).flatMap((heir) => {
    const own = context.live.facts.get(
      objectId("column", `${heir.slice(heir.indexOf(" ") + 1)}.${quoteIdentifier(fact.spec.name)}`),
    );
    const goes = own !== undefined && own.spec["local"] === true && context.isDropped(own.id) && !context.isDropped(heir);
    return goes ? [own as Column] : [];
  });
  return [one(fact), ...left.map(one)];
}

/** RENAME COLUMN, with the generated names of its NOT NULL and its identity's sequence. */
export function renameOwn(live: Column, desired: Column, context: PlanContext): StepDraft[] {
  const sql = (from: string, to: string): string =>
    `ALTER TABLE ${tableNameOf(desired)} RENAME COLUMN ${quoteIdentifier(from)} TO ${quoteIdentifier(to)};`;
  return [
    draft(desired, {
      action: "rename",
      sql: sql(live.spec.name, desired.spec.name),
      phase: "contract",
      why: `renamed from ${live.spec.name}`,
      locks: lockOnHeirs(context, tableIdOf(desired), "AccessExclusiveLock"),
      work: noWork,
      dataLoss: "never",
      undo: { sql: sql(desired.spec.name, live.spec.name) },
      breaks: "old",
      removes: [live.id],
    }),
    ...renameNotNull(live, desired, context),
  ];
}

/** PostgreSQL 18 keeps the generated name of a NOT NULL over a rename: it follows, as that of a key does. */
function renameNotNull(live: Column, desired: Column, context: PlanContext): StepDraft[] {
  const old = live.spec.notNullName;
  const next = generatedName(desired.spec.table, desired.spec.name, "not_null");
  if (old === null || old === next || old !== generatedName(live.spec.table, live.spec.name, "not_null")) return [];
  const sql = (from: string, to: string): string =>
    `ALTER TABLE ${qualifiedName(desired.spec.schema, desired.spec.table)} RENAME CONSTRAINT ${quoteIdentifier(from)} TO ${quoteIdentifier(to)};`;
  return [
    draft(desired, {
      action: "rename",
      sql: sql(old, next),
      phase: "contract",
      why: "its generated name follows the rename",
      locks: lockOnHeirs(context, tableIdOf(desired), "AccessExclusiveLock"),
      work: noWork,
      dataLoss: "never",
      undo: { sql: sql(next, old) },
      provides: [],
    }),
  ];
}
