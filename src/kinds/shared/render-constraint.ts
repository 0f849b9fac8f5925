import { qualifiedName, quoteIdentifier } from "../../base/identifier.ts";
import { inParentheses } from "./bare-expression.ts";
import type { ConstraintSpec } from "./constraint-spec.ts";
import { tablespaceClause, tidyExclude, withIndexClauses } from "./exclude-text.ts";
import { optionList } from "./index-options.ts";

/** How keywords are spelled: as statements have them, or in small letters for the files. */
type Words = (keywords: string) => string;
const statement: Words = (keywords) => keywords;
const file: Words = (keywords) => keywords.toLowerCase();

/** `a, "B"`. */
export function columnList(columns: readonly string[]): string {
  return columns.map(quoteIdentifier).join(", ");
}

/** What follows `CONSTRAINT name`: `CHECK (…)`, `FOREIGN KEY (…) REFERENCES …`. NOT VALID is left to the statement. */
export function constraintDefinition(spec: ConstraintSpec): string {
  return constraintBody(spec, statement, tablespaceClause(spec.tablespace, statement)) + attributes(spec);
}

/** The same as a person writes it in the files, NOT VALID included; the tablespace has a key of its own. `near`: schema that needs no name. */
export function writtenConstraint(spec: ConstraintSpec, near: string): string {
  const notValid = !spec.validated && spec.enforced ? " not valid" : "";
  return constraintBody(spec, file, "", near) + attributes(spec, file) + notValid;
}

function constraintBody(spec: ConstraintSpec, word: Words, tablespace: string, near?: string): string {
  switch (spec.type) {
    case "check":
      return `${word("CHECK")} ${inParentheses(spec.definition?.sql ?? "")}${spec.noInherit ? ` ${word("NO INHERIT")}` : ""}`;
    case "exclude": {
      const sql = spec.definition?.sql ?? "";
      return withIndexClauses(word === file ? tidyExclude(sql) : sql, withClause(spec, word) + tablespace);
    }
    case "primary key":
    case "unique": {
      const distinct = spec.nullsNotDistinct ? ` ${word("NULLS NOT DISTINCT")}` : "";
      const columns = columnList(spec.columns) + (spec.temporal ? ` ${word("WITHOUT OVERLAPS")}` : "");
      return `${word(spec.type.toUpperCase())}${distinct} (${columns})${include(spec, word)}${withClause(spec, word)}${tablespace}`;
    }
    case "foreign key":
      return foreignKey(spec, word, near);
  }
}

/** `INCLUDE (…)` of a key or its index, with a space before; empty when there is none. */
export function include(spec: ConstraintSpec, word: Words = statement): string {
  return spec.include.length > 0 ? ` ${word("INCLUDE")} (${columnList(spec.include)})` : "";
}

/** `WITH (…)` of the index of a constraint, with a space before; empty when there is none. */
export function withClause(spec: ConstraintSpec, word: Words = statement): string {
  return Object.keys(spec.options).length > 0 ? ` ${word("WITH")} (${optionList(spec.options)})` : "";
}

/** `DEFERRABLE INITIALLY DEFERRED NOT ENFORCED`, with a space before; empty for the default. */
export function attributes(spec: ConstraintSpec, word: Words = statement): string {
  return [
    spec.deferrable ? ` ${word("DEFERRABLE")}` : "",
    spec.deferred ? ` ${word("INITIALLY DEFERRED")}` : "",
    spec.enforced ? "" : ` ${word("NOT ENFORCED")}`,
  ].join("");
}

function foreignKey(spec: ConstraintSpec, word: Words, near?: string): string {
  const target = spec.references;
  if (!target) throw new Error(`foreign key ${spec.name} without a target`);
  const set = target.setColumns.length > 0 ? ` (${columnList(target.setColumns)})` : "";
  const list = (columns: readonly string[]): string => {
    const last = columns.length - 1;
    return columns.map((name, n) => (spec.temporal && n === last ? `${word("PERIOD")} ` : "") + quoteIdentifier(name)).join(", ");
  };
  const table = target.schema === near ? quoteIdentifier(target.table) : qualifiedName(target.schema, target.table);
  const columns = target.columns.length > 0 ? ` (${list(target.columns)})` : "";
  return [
    `${word("FOREIGN KEY")} (${list(spec.columns)}) ${word("REFERENCES")} ${table}${columns}`,
    target.match === "full" ? ` ${word("MATCH FULL")}` : "",
    target.onUpdate === "no action" ? "" : ` ${word(`ON UPDATE ${target.onUpdate.toUpperCase()}`)}`,
    target.onDelete === "no action" ? "" : ` ${word(`ON DELETE ${target.onDelete.toUpperCase()}`)}${set}`,
  ].join("");
}
