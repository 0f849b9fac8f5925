import type { Fact } from "../../model/database.ts";
import type { PlanContext } from "../../model/kind.ts";
import type { ConstraintSpec } from "./constraint-spec.ts";

/**
 * True for a key that CREATE TABLE would leave out without a word: of keys with the same index it makes one, the primary key or the first
 * (transformIndexConstraints of src/backend/parser/parse_utilcmd.c; measured on 14 and 18). The others are added after it.
 */
export function isMergedAway(fact: Fact<ConstraintSpec>, context: PlanContext): boolean {
  if (!isKey(fact.spec)) return false;
  const beside = context.children("desired", fact.parent ?? "", "constraint") as readonly Fact<ConstraintSpec>[];
  const same = beside.filter(({ spec }) => isKey(spec) && indexOf(spec) === indexOf(fact.spec));
  const stays = same.find(({ spec }) => spec.type === "primary key") ?? same[0];
  return stays !== undefined && stays.id !== fact.id;
}

const isKey = ({ type }: ConstraintSpec): boolean => ["primary key", "unique", "exclude"].includes(type);

/** What PostgreSQL compares of their indexes; a text that is only written in another way is taken for the same, which does no harm. */
function indexOf({ columns, include, nullsNotDistinct, temporal, deferrable, deferred, definition }: ConstraintSpec): string {
  const text = definition?.sql.toLowerCase().replace(/\s+/g, "") ?? null;
  return JSON.stringify([columns, include, nullsNotDistinct, temporal, deferrable, deferred, text]);
}
