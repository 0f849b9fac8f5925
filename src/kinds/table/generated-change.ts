import type { PlanContext } from "../../model/kind.ts";
import type { Lock, StepDraft } from "../../model/step.ts";
import { columnNames } from "../../sql/references.ts";
import { inParentheses } from "../shared/bare-expression.ts";
import { draft, noWork, rewriteWork, type Work } from "../shared/draft.ts";
import { lockOnHeirs, lockOnIndexes } from "../shared/locks.ts";
import { type Column, facet, nameOf, tableIdOf, tableNameOf } from "./column-change.ts";
import { effectiveColumn, sides } from "./inherited-column.ts";
import { columnDefinition } from "./render-column.ts";

/** Stored, virtual and plain: how the values of a generated column come to be, and how that changes. */

/** True when a column that its expression names changes its type: it has to be out of the way meanwhile. */
export function namesChangedColumn(live: Column, context: PlanContext): boolean {
  const { live: before, desired: after } = sides(context);
  if (!live.spec.generated) return false;
  return columnNames(live.spec.generated.as, live.spec.generated.sql).some((name) => {
    const [from, to] = [effectiveColumn(before, tableIdOf(live), name), effectiveColumn(after, tableIdOf(live), name)];
    return from !== null && to !== null && (from.spec.type !== to.spec.type || from.spec.collation !== to.spec.collation);
  });
}

/**
 * A generated column: its expression in place where PostgreSQL can (17), else dropped and added; ceasing to be one keeps the values, if it
 * has any: those of a virtual one are nowhere (manual, ALTER TABLE, DROP EXPRESSION).
 */
export function changeGenerated(live: Column, desired: Column, fields: readonly string[], context: PlanContext): StepDraft[] {
  const table = tableIdOf(desired);
  if (desired.spec.generated === null && !live.spec.virtual) {
    return [
      {
        ...facet(desired, context, { what: "DROP EXPRESSION", back: "", why: "it is not generated any more; its values stay" }),
        undo: { none: "the expression can only come back with the column made anew" },
      },
    ];
  }
  const stays = live.spec.generated !== null && desired.spec.generated !== null && live.spec.virtual === desired.spec.virtual;
  const work = desired.spec.generated === null || desired.spec.virtual ? noWork : rewriteWork;
  const locks = [
    ...lockOnHeirs(context, table, "AccessExclusiveLock"),
    ...(work.rewrite ? lockOnIndexes(context, table, "AccessExclusiveLock") : []),
  ];
  if (stays && context.major >= 17 && !fields.includes("type") && !fields.includes("collation")) {
    const clause = (column: Column): string => `SET EXPRESSION AS ${inParentheses(column.spec.generated?.sql ?? "")}`;
    return [
      {
        ...facet(desired, context, {
          what: clause(desired),
          back: clause(live),
          why: "the expression changes",
          phase: "contract",
        }),
        ...work,
        locks,
        relation: tableNameOf(desired),
        alone: true,
      },
    ];
  }
  return [remadeColumn(live, desired, work, locks, context)];
}

/** Dropped and added in one statement: what it holds is computed anew, or lost. */
function remadeColumn(live: Column, desired: Column, work: Work, locks: readonly Lock[], context: PlanContext): StepDraft {
  const isPlain = live.spec.generated === null;
  const loses = isPlain || desired.spec.generated === null;
  const why = isPlain
    ? "it becomes generated: what it holds is replaced"
    : loses
      ? "it is not generated any more, and was never stored"
      : "the way it is generated changes";
  return draft(desired, {
    action: "replace",
    sql: `ALTER TABLE ${tableNameOf(desired)} DROP COLUMN ${nameOf(desired)}, ADD COLUMN ${columnDefinition(desired.spec, context)};`,
    phase: "contract",
    why,
    locks,
    work,
    dataLoss: loses ? "always" : "never",
    undo: loses
      ? { none: "the values that it held are lost" }
      : {
          sql: `ALTER TABLE ${tableNameOf(desired)} DROP COLUMN ${nameOf(desired)}, ADD COLUMN ${columnDefinition(live.spec, context)};`,
        },
    breaks: loses ? "old" : "none",
    relation: tableNameOf(desired),
    clears: [{ id: live.id, by: "replace" }],
    alone: true,
  });
}
