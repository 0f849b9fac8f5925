import { quoteIdentifier } from "../../base/identifier.ts";
import type { Fact } from "../../model/database.ts";
import type { PlanContext } from "../../model/kind.ts";
import { objectId, pathOf } from "../../model/object-id.ts";
import type { StepDraft } from "../../model/step.ts";
import { draft, noWork } from "../shared/draft.ts";
import { lockOn, lockOnHeirs } from "../shared/locks.ts";
import type { ColumnSpec } from "./column-spec.ts";

/**
 * ALTER COLUMN TYPE takes storage and compression back to those of the new type, in all that have the column from there too, even when
 * the type stays as it is on disk (measured on 14 to 18). Statistics target and options stay.
 */
export function afterTypeChange(fact: Fact<ColumnSpec>, context: PlanContext): StepDraft[] {
  const table = fact.parent ?? "";
  const below = context.heirs("live", table).flatMap((heir) => {
    const column = context.final(objectId("column", `${pathOf(heir)}.${quoteIdentifier(fact.spec.name)}`));
    return column && !context.isDropped(column.id) ? [column as Fact<ColumnSpec>] : [];
  });
  return [...sayAgain(fact, false, context), ...below.flatMap((column) => sayAgain(column, true, context))];
}

function sayAgain(fact: Fact<ColumnSpec>, only: boolean, context: PlanContext): StepDraft[] {
  const table = fact.parent ?? "";
  const live = context.live.facts.get(fact.id)?.spec;
  const one = (what: string, alone: boolean): StepDraft =>
    draft(fact, {
      action: "alter",
      sql: `ALTER TABLE ${alone ? "ONLY " : ""}${pathOf(table)} ALTER COLUMN ${quoteIdentifier(fact.spec.name)} SET ${what};`,
      phase: "expand",
      why: "the change of type took it back",
      locks: alone ? lockOn(context, table, "AccessExclusiveLock") : lockOnHeirs(context, table, "AccessExclusiveLock"),
      work: noWork,
      dataLoss: "never",
      undo: { none: "it is as it was" },
      provides: [],
      needs: [fact.id],
    });
  // What changes itself is set by that step.
  const stays = (name: "storage" | "compression"): boolean => fact.spec[name] !== null && live?.[name] === fact.spec[name];
  return [
    ...(stays("storage") ? [one(`STORAGE ${String(fact.spec.storage).toUpperCase()}`, only)] : []),
    // It does not reach children by itself.
    ...(stays("compression") ? [one(`COMPRESSION ${fact.spec.compression}`, context.heirs("live", table).length > 0)] : []),
  ];
}
