import { qualifiedName, quoteIdentifier } from "../../base/identifier.ts";
import type { ConstraintSpec } from "./constraint-spec.ts";

/** `a, "B"`. */
export function columnList(columns: readonly string[]): string {
  return columns.map(quoteIdentifier).join(", ");
}

/** What follows `CONSTRAINT name`: `CHECK (…)`, `FOREIGN KEY (…) REFERENCES …`. NOT VALID is left to the statement. */
export function constraintDefinition(spec: ConstraintSpec): string {
  return constraintBody(spec) + attributes(spec);
}

function constraintBody(spec: ConstraintSpec): string {
  switch (spec.type) {
    case "check":
      return `CHECK (${spec.definition?.sql ?? ""})${spec.noInherit ? " NO INHERIT" : ""}`;
    case "exclude":
      return spec.definition?.sql ?? "";
    case "primary key":
    case "unique":
      return `${spec.type.toUpperCase()}${spec.nullsNotDistinct ? " NULLS NOT DISTINCT" : ""} (${columnList(spec.columns)})${include(spec)}`;
    case "foreign key":
      return foreignKey(spec);
  }
}

/** `INCLUDE (…)` of a key or its index, with a space before; empty when there is none. */
export function include(spec: ConstraintSpec): string {
  return spec.include.length > 0 ? ` INCLUDE (${columnList(spec.include)})` : "";
}

/** `DEFERRABLE INITIALLY DEFERRED`, with a space before; empty for the default. */
export function attributes(spec: ConstraintSpec): string {
  return `${spec.deferrable ? " DEFERRABLE" : ""}${spec.deferred ? " INITIALLY DEFERRED" : ""}`;
}

function foreignKey(spec: ConstraintSpec): string {
  const target = spec.references;
  if (!target) throw new Error(`foreign key ${spec.name} without a target`);
  const columns = target.columns.length > 0 ? ` (${columnList(target.columns)})` : "";
  const set = target.setColumns.length > 0 ? ` (${columnList(target.setColumns)})` : "";
  return [
    `FOREIGN KEY (${columnList(spec.columns)}) REFERENCES ${qualifiedName(target.schema, target.table)}${columns}`,
    target.match === "full" ? " MATCH FULL" : "",
    target.onUpdate === "no action" ? "" : ` ON UPDATE ${target.onUpdate.toUpperCase()}`,
    target.onDelete === "no action" ? "" : ` ON DELETE ${target.onDelete.toUpperCase()}${set}`,
  ].join("");
}
