import { quoteIdentifier } from "../../base/identifier.ts";
import type { Fact } from "../../model/database.ts";
import type { Lookup, PlanContext, Replace } from "../../model/kind.ts";
import { type ObjectId, objectId, pathOf } from "../../model/object-id.ts";
import type { StepDraft } from "../../model/step.ts";
import { afterLeaving } from "../shared/leaving-heirs.ts";
import { type Column, changeCompression, changeDefault, changeStorage, tableIdOf } from "./column-change.ts";
import type { ColumnSpec } from "./column-spec.ts";
import { addColumn, alterOwn, attributes, createOwn, dropOwn } from "./column-steps.ts";
import {
  ancestorIds,
  columnId,
  effectiveColumn,
  givenNames,
  givingAncestor,
  givingColumn,
  inheritedColumn,
  sides,
} from "./inherited-column.ts";

/** Statements of columns that a table has from a parent or a type, and what a change of the parent's means for theirs. */

/** What ALTER TABLE on a parent does to its children too, whatever they had of their own. */
const handedDown = ["type", "collation", "default", "generated", "virtual", "storage"] as const;

const json = (value: unknown): string => JSON.stringify(value ?? null);

/**
 * A column that a parent gives before and after the plan: from how it stands once the parent's statements have run to how it is to be.
 * In: what the files and the catalog say of it beside the parent; null for nothing.
 */
function overSteps(column: Column, context: PlanContext): readonly StepDraft[] | Replace {
  const { live, desired } = sides(context);
  const [table, name] = [tableIdOf(column), column.spec.name];
  // Only a parent that it keeps hands its changes down to it.
  const parents = keptParents(table, context);
  const from = (parents.length === 0 ? standsAlone(column, context) : null) ?? effectiveColumn(live, table, name);
  const to = effectiveColumn(desired, table, name);
  if (!from || !to) return [];
  const [before, after] = [inheritedColumn(live, table, name, parents), inheritedColumn(desired, table, name, parents)];
  const start = before && after ? { ...from, spec: handed(from, to, before, after, context) } : from;
  const fields = Object.keys(to.spec).filter((key) => compared.includes(key) && json(field(start, key)) !== json(field(to, key)));
  if (fields.length === 0) return [];
  const needs = [givingColumn(desired, table, name)].filter((id) => id !== null);
  const steps = alterOwn(start, { ...to, ...(column.at ? { at: column.at } : {}) }, fields, context);
  if ("replace" in steps) return steps;
  return [...steps, ...forHeirs(to, fields, context)].map((step) => ({ ...step, needs: [...step.needs, ...needs] }));
}

/** The column of a partition as it is once that is taken off (see partition-follow.ts). */
function standsAlone({ id }: Column, context: PlanContext): Column | null {
  return (context.live.implied?.get(id) as Column | undefined) ?? null;
}

const compared: readonly string[] = [
  ...handedDown,
  ...["notNull", "identity", "compression", "statistics", "nDistinct", "nDistinctInherited", "options"],
];

const field = (column: Column, key: string): unknown => column.spec[key as keyof ColumnSpec];

/** The column as the parent's statements leave it. */
function handed(from: Column, to: Column, before: Column, after: Column, context: PlanContext): ColumnSpec {
  const changed = (key: keyof ColumnSpec): boolean => json(before.spec[key]) !== json(after.spec[key]);
  const out: Record<string, unknown> = { ...from.spec };
  for (const key of handedDown) if (changed(key)) out[key] = after.spec[key];
  if (changed("compression") && to.spec.compression === after.spec.compression) out["compression"] = after.spec.compression;
  if (!before.spec.notNull && after.spec.notNull) out["notNull"] = true;
  const own = context.live.facts.get(from.id)?.spec["notNull"] === true;
  if (before.spec.notNull && !after.spec.notNull) out["notNull"] = context.major >= 18 && own;
  return out as unknown as ColumnSpec;
}

/** A column of its own, or what an inherited one has of its own. */
export function create(fact: Column, context: PlanContext): readonly StepDraft[] {
  return afterLeaving(createAny(fact, context), tableIdOf(fact), context);
}

function createAny(fact: Column, context: PlanContext): readonly StepDraft[] {
  const table = tableIdOf(fact);
  if (context.isNew(table)) return createInNew(fact, context);
  const { live, desired } = sides(context);
  // It is there already: from a parent that it leaves, or that it keeps. One that was dropped out of the way is not.
  const isGone = context.isRebuilt(fact.id) && (fact.spec.local || !fact.spec.inherited);
  if (!isGone && effectiveColumn(live, table, fact.spec.name)) return listed(overSteps(fact, context));
  const given = inheritedColumn(desired, table, fact.spec.name);
  // INHERIT brings nothing along: the column is made as the parent's is.
  const whole = given
    ? { ...(effectiveColumn(desired, table, fact.spec.name) ?? fact), ...(fact.at ? { at: fact.at } : {}) }
    : fact;
  if (!given || fact.spec.local) return createOwn(whole, context);
  if (comesWithParent(table, fact.spec.name, context)) return overrides(given, fact, context);
  // A table that begins to inherit gets it with the step that says so.
  return context.desired(table)?.parent == null ? attributes(whole, context) : createOwn(whole, context);
}

/** Parents of a table before the plan and after it: what is done to them reaches it. */
function keptParents(table: ObjectId, context: PlanContext): ObjectId[] {
  const { live, desired } = sides(context);
  const before = ancestorIds(live.fact(table));
  return ancestorIds(desired.fact(table)).filter((id) => before.includes(id));
}

/** The parent's ADD COLUMN brings it: the table had that parent before. */
function comesWithParent(table: ObjectId, name: string, context: PlanContext): boolean {
  return inheritedColumn(sides(context).desired, table, name, keptParents(table, context)) !== null;
}

/** Columns that a live table lacks and its new parents have, in their order: PostgreSQL wants them there before. */
export function addMissing(table: Fact, context: PlanContext): readonly StepDraft[] {
  const { live, desired } = sides(context);
  return givenNames(desired, table.id).flatMap((name) => {
    const wanted = effectiveColumn(desired, table.id, name);
    const declared = context.desired(columnId(table.id, name));
    // A column that the files say in full has a step of its own.
    if (!wanted || declared?.spec["local"] === true || effectiveColumn(live, table.id, name)) return [];
    if (comesWithParent(table.id, name, context)) return [];
    const at = declared?.at ?? table.at;
    return [{ ...addColumn({ ...wanted, ...(at ? { at } : {}) }, context), why: "what it inherits has this column" }];
  });
}

function overrides(given: Column, fact: Column, context: PlanContext): readonly StepDraft[] {
  const to = effectiveColumn(sides(context).desired, tableIdOf(fact), fact.spec.name);
  if (!to) return [];
  const fields = compared.filter((key) => json(field(given, key)) !== json(field(to, key)));
  const giving = givingColumn(sides(context).desired, tableIdOf(fact), fact.spec.name);
  return listed(alterOwn({ ...given, id: fact.id }, to, fields, context)).map((step) => ({
    ...step,
    needs: [...step.needs, ...(giving ? [giving] : [])],
  }));
}

function listed(steps: readonly StepDraft[] | Replace): readonly StepDraft[] {
  return "replace" in steps ? [] : steps;
}

/** INHERITS has no WITH OPTIONS: what a column has of its own is said after. */
function createInNew(fact: Column, context: PlanContext): readonly StepDraft[] {
  if (!fact.spec.inherited || fact.spec.local || !inheritsOnly(fact, context)) return createOwn(fact, context);
  const given = inheritedColumn(sides(context).desired, tableIdOf(fact), fact.spec.name);
  if (!given) return attributes(fact, context);
  return overrides(given, fact, context).map((step) => ({
    ...step,
    phase: "expand",
    breaks: "none",
    locks: [],
    probe: null,
    alone: false,
    needs: [...step.needs, tableIdOf(fact)],
  }));
}

/** True for a child of INHERITS, in whose CREATE an inherited column has no place. */
export function inheritsOnly(fact: Column, context: PlanContext): boolean {
  const table = context.final(tableIdOf(fact));
  return table?.parent == null && typeof table?.spec["of"] !== "string";
}

/** A column of a parent is changed with all that children have of their own in mind. */
export function alter(
  live: Column,
  desired: Column,
  fields: readonly string[],
  context: PlanContext,
): readonly StepDraft[] | Replace {
  if (live.spec.inherited || desired.spec.inherited) {
    const { live: before, desired: after } = sides(context);
    const stays =
      inheritedColumn(before, tableIdOf(live), live.spec.name) ?? inheritedColumn(after, tableIdOf(live), live.spec.name);
    if (stays) return overSteps(desired, context);
  }
  const steps = alterOwn(live, desired, fields, context);
  if ("replace" in steps) return steps;
  return afterLeaving([...steps, ...forHeirs(desired, fields, context)], tableIdOf(desired), context);
}

/** Children whose own default or storage the parent's statement would take away get it back; those without one follow. */
function forHeirs(desired: Column, fields: readonly string[], context: PlanContext): StepDraft[] {
  const touched = fields.filter((name) => ["default", "type", "storage", "compression"].includes(name));
  if (touched.length === 0) return [];
  return context.heirs("desired", tableIdOf(desired)).flatMap((heir) => {
    if (context.isNew(heir) || !context.heirs("live", tableIdOf(desired)).includes(heir)) return [];
    const id = objectId("column", `${pathOf(heir)}.${quoteIdentifier(desired.spec.name)}`);
    const [before, after] = [context.live.facts.get(id), context.desired(id)] as [Column | undefined, Column | undefined];
    const to = effectiveColumn(sides(context).desired, heir, desired.spec.name);
    const from = effectiveColumn(sides(context).live, heir, desired.spec.name);
    if (!to || !from) return [];
    const keeps = (key: keyof ColumnSpec): boolean =>
      after !== undefined && after.spec[key] !== null && json(before?.spec[key]) === json(after.spec[key]);
    const again: StepDraft[] = [];
    if ((touched.includes("default") || touched.includes("type")) && keeps("default"))
      again.push(changeDefault(from, to, context));
    if (touched.includes("storage") && keeps("storage")) again.push(changeStorage(from, to, context));
    if (
      touched.includes("compression") &&
      (after?.spec.compression ?? null) === null &&
      (before?.spec.compression ?? null) === null
    )
      again.push(changeCompression(from, to, context));
    return again.map((step) => ({ ...step, provides: [] }));
  });
}

/**
 * Columns of a table that leaves a parent or joins one, and of which the files say what the catalog says: the same words mean something
 * else beside another parent. What a parent that is left gave and the files do not say goes.
 */
export function fitColumns(table: ObjectId, context: PlanContext): readonly StepDraft[] {
  const { live, desired } = sides(context);
  const same = context.children("desired", table, "column").filter((column) => {
    const before = context.live.facts.get(column.id);
    return before !== undefined && compared.every((key) => json(before.spec[key]) === json(column.spec[key]));
  });
  // Those that only parents know of, before and after, are as the new ones give them; or they go.
  const given = givenNames(live, table).flatMap((name) => {
    const column = effectiveColumn(live, table, name);
    return column && !context.live.facts.has(column.id) && !context.desired(column.id) ? [column] : [];
  });
  const steps = [...same, ...given].flatMap((column) => {
    const stays = effectiveColumn(desired, table, String(column.spec["name"])) !== null;
    return stays ? listed(overSteps(column as Column, context)) : dropOwn(column as Column, context);
  });
  return steps.map((step) => ({ ...step, provides: [] }));
}

/** True for a column that stays as a parent gives it when the files say nothing of it any more. */
export function outlives(live: Column, desired: Lookup): boolean {
  return inheritedColumn(desired, tableIdOf(live), live.spec.name) !== null;
}

/** A column goes; one that a parent gives becomes as it is there. */
export function drop(fact: Column, context: PlanContext): readonly StepDraft[] {
  const table = tableIdOf(fact);
  const { desired } = sides(context);
  if (context.desired(table) && inheritedColumn(desired, table, fact.spec.name))
    return listed(overSteps(fact, context)).map((step) => ({ ...step, provides: [], removes: [fact.id] }));
  // The parent's DROP COLUMN (or the type's) takes it along, or is followed by this one's.
  const giving = fact.spec.inherited ? givingAncestor(sides(context).live, table, fact.spec.name) : null;
  if (giving !== null && ancestorIds(context.desired(table)).includes(giving)) return [];
  // What came from a parent that is left is the table's own after that.
  const steps = afterLeaving(dropOwn(fact, context), table, context);
  return fact.spec.inherited ? steps.map((step) => ({ ...step, needs: [...step.needs, table] })) : steps;
}
