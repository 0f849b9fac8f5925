import type { Fact } from "../../model/database.ts";
import type { Spec, SqlText } from "../../model/spec.ts";
import { normalForm } from "../../sql/normal-form.ts";
import type { ConstraintSpec } from "./constraint-spec.ts";
import { columnList, include } from "./render-constraint.ts";

/** Indexes that a run built before it was killed: found again by name, used when they are what was meant. */

/** Whether two indexes are the same but for their names. */
export function sameIndex(a: Spec, b: Spec): boolean {
  const same = (name: string): boolean => JSON.stringify(a[name]) === JSON.stringify(b[name]);
  return same("unique") && same("tablespace") && same("with") && sameDefinition(definitionOf(a), definitionOf(b));
}

/** Whether an index is the one that a key constraint would be built on. */
export function isBuiltFor(constraint: Spec, index: Fact): boolean {
  const spec = constraint as unknown as ConstraintSpec;
  if (spec.type !== "primary key" && spec.type !== "unique") return false;
  if (spec.tablespace !== null || Object.keys(spec.options).length > 0) return false;
  if (index.spec["tablespace"] !== null || Object.keys(index.spec["with"] ?? {}).length > 0) return false;
  return (
    index.spec["valid"] === true && index.spec["unique"] === true && sameDefinition(definitionOf(index.spec), keyDefinition(spec))
  );
}

/** What follows `ON table` in the index of a key. */
export function keyDefinition(spec: ConstraintSpec): string {
  return `(${columnList(spec.columns)})${include(spec)}${spec.nullsNotDistinct ? " NULLS NOT DISTINCT" : ""}`;
}

function definitionOf(spec: Spec): string {
  return (spec["definition"] as SqlText | undefined)?.sql ?? "";
}

function sameDefinition(a: string, b: string): boolean {
  return normalForm("index", a) === normalForm("index", b);
}
