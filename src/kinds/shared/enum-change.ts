import { quoteLiteral } from "../../base/literal.ts";
import type { Fact } from "../../model/database.ts";
import type { PlanContext } from "../../model/kind.ts";
import type { Probe, StepDraft } from "../../model/step.ts";
import { draft, noWork, rewriteWork } from "./draft.ts";
import { nameOf } from "./named-object.ts";
import { leavingUsers, movedColumns, swapLocks, swapSql, type TypedColumn } from "./swap-type.ts";

/** What changes of an enum: values are added and renamed in place, removed and reordered by a new type. */
type EnumFact = Fact<{
  readonly schema: string;
  readonly name: string;
  readonly values: readonly string[];
  readonly renames: { readonly [label: string]: string };
}>;

/** CREATE TYPE with these labels. */
export function createEnum(spec: { readonly schema: string; readonly name: string }, values: readonly string[]): string {
  return `CREATE TYPE ${nameOf(spec)} AS ENUM (${values.map(quoteLiteral).join(", ")});`;
}

/** The steps from the live labels to the desired ones: additions in expand, renames and removals in contract. */
export function alterEnum(live: EnumFact, desired: EnumFact, context: PlanContext): readonly StepDraft[] {
  const renames = Object.entries(desired.spec.renames).filter(
    ([to, from]) => live.spec.values.includes(from) && !live.spec.values.includes(to),
  );
  const current = new Map(renames.map(([to, from]) => [to, from]));
  // Additions run before the renames, so they stand beside the names of now.
  const wanted = desired.spec.values.map((label) => current.get(label) ?? label);
  const added = addValues(live, desired, wanted);
  const steps = [...added.steps, ...renames.map(([to, from]) => renameValue(desired, from, to))];
  const now = added.values;
  const inPlace = now.length === wanted.length && now.every((label, index) => label === wanted[index]);
  if (inPlace) return steps;
  const removed = now.filter((label) => !wanted.includes(label));
  const renamed = new Map(renames.map(([to, from]) => [from, to]));
  const before = now.map((label) => renamed.get(label) ?? label);
  return [...steps, swap(desired, before, removed, context)];
}

function addValues(live: EnumFact, desired: EnumFact, wanted: readonly string[]): { steps: StepDraft[]; values: string[] } {
  const values = [...live.spec.values];
  const steps: StepDraft[] = [];
  wanted.forEach((label, index) => {
    if (values.includes(label)) return;
    const previous = wanted[index - 1];
    const [first] = values;
    let place = "";
    if (previous === undefined) {
      if (first !== undefined) place = ` BEFORE ${quoteLiteral(first)}`;
      values.unshift(label);
    } else {
      const after = values.indexOf(previous);
      if (after < values.length - 1) place = ` AFTER ${quoteLiteral(previous)}`;
      values.splice(after + 1, 0, label);
    }
    steps.push(
      draft(desired, {
        action: "alter",
        sql: `ALTER TYPE ${nameOf(desired.spec)} ADD VALUE ${quoteLiteral(label)}${place};`,
        phase: "expand",
        why: `value ${label} is added`,
        locks: [],
        work: noWork,
        dataLoss: "never",
        undo: { none: "PostgreSQL cannot take a value out of an enum" },
        // It may not be used before it is committed (55P04).
        alone: true,
      }),
    );
  });
  return { steps, values };
}

function renameValue(desired: EnumFact, from: string, to: string): StepDraft {
  const sql = (old: string, label: string): string =>
    `ALTER TYPE ${nameOf(desired.spec)} RENAME VALUE ${quoteLiteral(old)} TO ${quoteLiteral(label)};`;
  return draft(desired, {
    action: "rename",
    sql: sql(from, to),
    phase: "contract",
    why: `value ${from} is renamed to ${to}`,
    locks: [],
    work: noWork,
    dataLoss: "never",
    undo: { sql: sql(to, from) },
    breaks: "old",
  });
}

/** In: the labels as they are when it runs, and which of them go. */
function swap(desired: EnumFact, before: readonly string[], removed: readonly string[], context: PlanContext): StepDraft {
  const columns = movedColumns(desired.id, context);
  const [first] = columns;
  const probe = removed.length > 0 ? removedProbe(columns, removed) : null;
  return draft(desired, {
    action: "replace",
    sql: swapSql(desired, "TYPE", createEnum(desired.spec, desired.spec.values), columns),
    phase: "contract",
    why: removed.length > 0 ? `no longer in the files: value ${removed.join(", ")}` : "the order of its values changes",
    locks: swapLocks(columns, context),
    work: columns.length > 0 ? rewriteWork : noWork,
    dataLoss: removed.length > 0 ? "always" : "never",
    undo: { sql: swapSql(desired, "TYPE", createEnum(desired.spec, before), columns) },
    breaks: removed.length > 0 ? "old" : "none",
    ...(probe ? { probe } : {}),
    ...(first ? { relation: first.relation } : {}),
    clears: [{ id: desired.id, by: "replace" }],
    after: leavingUsers(desired.id, context),
    together: `swap ${desired.id}`,
  });
}

/** Rows that hold a removed value have nowhere to go: the cast fails. */
function removedProbe(columns: readonly TypedColumn[], removed: readonly string[]): Probe | null {
  const [first] = columns;
  if (!first) return null;
  const labels = removed.map(quoteLiteral).join(", ");
  const counts = columns.map(({ relation, name, array }) => {
    const holds = array ? `${name}::text[] && ARRAY[${labels}]` : `${name}::text IN (${labels})`;
    return `(SELECT count(*) FROM ${relation} WHERE ${holds})`;
  });
  return {
    asks: "violations",
    sql: `SELECT ${counts.join(" + ")} AS count`,
    relation: first.relation,
    means: `rows hold a value that is removed: ${removed.join(", ")}`,
  };
}
