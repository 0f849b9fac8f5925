import type { SqlForm } from "../base/sql-form.ts";

export type { SqlForm };

/** SQL whose meaning counts, not its letters: compared by parse tree, remembered pair or a real server. */
export interface SqlText {
  readonly as: SqlForm;
  readonly sql: string;
}

export type SpecValue =
  | null
  | undefined
  | boolean
  | number
  | string
  | SqlText
  | readonly SpecValue[]
  | { readonly [key: string]: SpecValue };

/** What is compared of an object: plain data, with SQL marked as such. Kinds declare theirs as a `type` (not `interface`). */
export type Spec = { readonly [key: string]: SpecValue };

/** Wraps SQL for a spec, every byte of it: what a checkout made of line ends is put right where files are read. */
export function sqlText(as: SqlForm, sql: string): SqlText {
  return { as, sql: sql.trim() };
}

/** Whether a value of a spec is SQL. */
export function isSqlText(value: SpecValue): value is SqlText {
  return (
    typeof value === "object" &&
    value !== null &&
    !Array.isArray(value) &&
    "as" in value &&
    typeof (value as SqlText).sql === "string"
  );
}
