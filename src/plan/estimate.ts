import type { TableSize } from "../model/database.ts";
import type { StepDraft } from "../model/step.ts";

/** Rows per millisecond on a small machine, measured on tables of a few columns: a rough order of magnitude, no promise. */
const rates = { scan: 2000, index: 600, rewrite: 400 } as const;

/**
 * How long the part of a statement that grows with the table takes, in milliseconds; null when it is not known
 * (no statistics). Catalog-only statements take none.
 */
export function estimateMs(draft: StepDraft, size: TableSize | null, isEmpty: boolean): number | null {
  const grows = draft.rewrite || draft.scan || draft.indexRebuild;
  if (!grows || isEmpty) return 0;
  if (size === null || size.rows < 0) return null;
  const rate = draft.rewrite ? rates.rewrite : draft.indexRebuild ? rates.index : rates.scan;
  return Math.ceil(size.rows / rate);
}
