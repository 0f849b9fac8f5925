import { generatedName, qualifiedName, quoteIdentifier } from "../../base/identifier.ts";
import type { Fact } from "../../model/database.ts";
import type { StepDraft } from "../../model/step.ts";
import { draft, noWork } from "../shared/draft.ts";
import { lock } from "../shared/locks.ts";

/** A column by the name of its table. */
export interface ColumnPlace {
  readonly schema: string;
  readonly table: string;
  readonly column: string;
}

/**
 * The sequence behind an identity has a name that was made of those of table and column: where it still carries that, it follows a
 * declared rename. In: the fact that is renamed, the sequence (qualified; null for none), the column before and after.
 */
export function renameIdentitySequence(
  fact: Fact,
  sequence: string | null,
  before: ColumnPlace,
  after: ColumnPlace,
): StepDraft[] {
  const name = (place: ColumnPlace): string => generatedName(place.table, place.column, "seq");
  if (sequence === null || sequence !== qualifiedName(before.schema, name(before)) || name(before) === name(after)) return [];
  const sql = (from: string, to: string): string =>
    `ALTER SEQUENCE ${qualifiedName(after.schema, from)} RENAME TO ${quoteIdentifier(to)};`;
  return [
    draft(fact, {
      action: "rename",
      sql: sql(name(before), name(after)),
      phase: "contract",
      why: "the generated name of its sequence follows the rename",
      locks: [lock(qualifiedName(after.schema, name(before)), "AccessExclusiveLock")],
      work: noWork,
      dataLoss: "never",
      undo: { sql: sql(name(after), name(before)) },
      provides: [],
    }),
  ];
}
