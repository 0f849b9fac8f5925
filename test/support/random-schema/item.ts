import type { Form, Item } from "./schema.ts";

interface ItemInput {
  readonly kind: string;
  readonly name: string;
  readonly key: string;
  readonly forms: readonly (string | Form)[];
  /** Needed by every form. */
  readonly needs?: readonly string[];
  readonly inside?: string;
  readonly value?: string;
  readonly form?: number;
  readonly fixed?: boolean;
}

/** An item; a form may be SQL alone. */
export function item(input: ItemInput): Item {
  const needs = input.needs ?? [];
  return {
    key: input.key,
    kind: input.kind,
    name: input.name,
    forms: input.forms.map((form) =>
      typeof form === "string" ? { sql: form, needs } : { sql: form.sql, needs: [...needs, ...form.needs] },
    ),
    form: input.form ?? 0,
    inside: input.inside ?? null,
    value: input.value ?? null,
    fixed: input.fixed ?? false,
  };
}

/** Whether a table has partitions, or could: without one it is partitioned all the same. */
export const isPartitioned = (table: Item): boolean => table.forms.some(({ sql }) => sql.includes(" partition by "));
