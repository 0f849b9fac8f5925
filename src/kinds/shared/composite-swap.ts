import { quoteIdentifier } from "../../base/identifier.ts";
import type { Fact } from "../../model/database.ts";
import type { PlanContext } from "../../model/kind.ts";
import type { Probe, StepDraft } from "../../model/step.ts";
import { draft, rewriteWork } from "./draft.ts";
import type { Named } from "./named-object.ts";
import { type Conversion, leavingUsers, movedColumns, swapLocks, swapSql, type TypedColumn } from "./swap-type.ts";

/** A composite type as far as a swap looks at it. */
type Composite = Fact<
  Named & { readonly attributes: readonly { readonly name: string; readonly type: string; readonly collation: string | null }[] }
>;

/**
 * PostgreSQL changes no attribute of a type that columns use, and moves none: a new type takes the place of the old one, and the columns
 * move over. In: CREATE TYPE of both; the live one under the names that its attributes will have. Null when no column uses it, one of
 * arrays whose elements text cannot carry over, or a table is of it: its columns have their places.
 */
export function swapComposite(
  live: Composite,
  desired: Composite,
  create: { readonly live: string; readonly desired: string },
  why: string,
  context: PlanContext,
): StepDraft | null {
  const columns = movedColumns(desired.id, context);
  const [first] = columns;
  const staying = context.heirs("desired", desired.id);
  if (context.heirs("live", desired.id).some((table) => staying.includes(table))) return null;
  const convert = conversion(live, desired, columns);
  const back = conversion(desired, live, columns);
  if (!first || convert === null) return null;
  const gone = live.spec.attributes.filter((attribute) => !desired.spec.attributes.some(({ name }) => name === attribute.name));
  return draft(desired, {
    action: "replace",
    sql: swapSql(desired, "TYPE", create.desired, columns, convert),
    phase: "contract",
    why,
    // The type's own relation, which no application reads.
    locks: [...swapLocks(columns, context), { relation: desired.object, mode: "AccessExclusiveLock", blocks: "none" }],
    work: rewriteWork,
    ...(gone.length > 0 ? { dataLoss: "always" } : { dataLoss: "probe", probe: changedValues(live, desired, columns, first) }),
    undo:
      gone.length > 0 || back === null
        ? { none: `the values of ${gone.map(({ name }) => name).join(", ")} are gone` }
        : { sql: swapSql(desired, "TYPE", create.live, columns, back) },
    breaks: "old",
    relation: first.relation,
    clears: [{ id: desired.id, by: "replace" }],
    after: leavingUsers(desired.id, context),
    together: `swap ${desired.id}`,
  });
}

/** How a value gets over: through text where all attributes keep their places, else attribute by attribute. Null: there is no way. */
function conversion(from: Composite, to: Composite, columns: readonly TypedColumn[]): Conversion | null {
  const names = (type: Composite): string => type.spec.attributes.map(({ name }) => name).join("\n");
  if (names(from) === names(to)) {
    return ({ name, array }, type) => `${name}::text${array ? "[]" : ""}::${type}${array ? "[]" : ""}`;
  }
  if (columns.some(({ array }) => array)) return null;
  return ({ name }, type) => {
    const values = to.spec.attributes.map((attribute) => {
      const known = from.spec.attributes.some((other) => other.name === attribute.name);
      return known ? `(${name}).${quoteIdentifier(attribute.name)}::${attribute.type}` : "NULL";
    });
    // `is null` is true of a row of nulls too, which stays one.
    return `CASE WHEN ${name} IS DISTINCT FROM NULL THEN ROW(${values.join(", ")})::${type} END`;
  };
}

/** Values that are others in the new type; a cast that fails leaves the question open. */
function changedValues(live: Composite, desired: Composite, columns: readonly TypedColumn[], first: TypedColumn): Probe {
  const changed = desired.spec.attributes.flatMap((to) => {
    const from = live.spec.attributes.find(({ name }) => name === to.name);
    return from && from.type !== to.type ? [{ name: quoteIdentifier(to.name), type: to.type }] : [];
  });
  const counts = columns.map(({ relation, name, array }) => {
    const value = array ? "element" : name;
    const differs = changed.map((to) => `(${value}).${to.name}::text IS DISTINCT FROM (${value}).${to.name}::${to.type}::text`);
    const from = array ? `${relation}, unnest(${name}) element` : relation;
    return `(SELECT count(*) FROM ${from} WHERE ${differs.length > 0 ? differs.join(" OR ") : "false"})`;
  });
  return {
    asks: "lossy",
    sql: `SELECT ${counts.join(" + ")} AS count`,
    relation: first.relation,
    means: "values that another type of an attribute changes",
  };
}
