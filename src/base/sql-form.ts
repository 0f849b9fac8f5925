/** How a piece of SQL is to be parsed: which rule of the grammar it fills. */
export type SqlForm =
  | "expression"
  | "type"
  | "query"
  | "statement"
  | "constraint"
  | "index"
  | "trigger"
  | "bound"
  | "partition_key";
