import { quoteIdentifier } from "../../base/identifier.ts";
import type { Fact } from "../../model/database.ts";
import type { Lookup, PlanContext } from "../../model/kind.ts";
import { objectId, pathOf } from "../../model/object-id.ts";
import type { StepDraft } from "../../model/step.ts";
import { draft, noWork } from "./draft.ts";
import { lockOnTree } from "./locks.ts";
import { changesParent, tablesAbove } from "./partition-tree.ts";
import type { TriggerSpec, TriggerState } from "./trigger-spec.ts";

/** The copies that a trigger of a partitioned table has on the partitions. Only when one fires may differ: then it is a fact. */

type Trigger = Fact<TriggerSpec>;

/** The trigger of a table above that one of a partition is the copy of; the next above. */
export function triggerAbove(fact: Trigger, look: Pick<Lookup, "fact">): Trigger | null {
  if (!fact.parent?.startsWith("table ")) return null;
  for (const table of tablesAbove(fact.parent, look.fact)) {
    const found = look.fact(objectId("trigger", `${pathOf(table)}.${quoteIdentifier(fact.spec.name)}`));
    if (found) return found as Trigger;
  }
  return null;
}

const words: Readonly<Record<TriggerState, string>> = {
  origin: "ENABLE TRIGGER",
  disabled: "DISABLE TRIGGER",
  replica: "ENABLE REPLICA TRIGGER",
  always: "ENABLE ALWAYS TRIGGER",
};

function stateStep(fact: Trigger, to: TriggerState, back: TriggerState, why: string, context: PlanContext): StepDraft {
  const sql = (state: TriggerState): string =>
    `ALTER TABLE ${pathOf(fact.parent ?? "")} ${words[state]} ${quoteIdentifier(fact.spec.name)};`;
  return draft(fact, {
    action: "alter",
    sql: sql(to),
    phase: "expand",
    why,
    locks: lockOnTree(context, fact.parent ?? "", "ShareRowExclusiveLock"),
    work: noWork,
    dataLoss: "never",
    undo: { sql: sql(back) },
  });
}

/** The steps of a declared copy: when it fires. Null for a trigger of its own. */
export function createClone(fact: Trigger, context: PlanContext): StepDraft[] | null {
  if (fact.spec.cloned !== true) return null;
  const above = triggerAbove(fact, { fact: (id) => context.final(id) });
  const why = `it fires otherwise than on ${above?.spec.table ?? "the table above"}`;
  const step = stateStep(fact, fact.spec.enabled, above?.spec.enabled ?? "origin", why, context);
  return [{ ...step, needs: above ? [above.id] : [] }];
}

/** The steps for a copy that the files say nothing of: it fires as the one above. Null for a trigger of its own. */
export function dropClone(fact: Trigger, context: PlanContext): StepDraft[] | null {
  if (fact.spec.cloned !== true) return null;
  const above = triggerAbove(fact, { fact: (id) => context.desired(id) });
  if (!above || changesParent(fact.parent ?? "", context)) return [];
  const step = stateStep(fact, above.spec.enabled, fact.spec.enabled, `it fires as on ${above.spec.table} again`, context);
  return [{ ...step, removes: [fact.id], provides: [] }];
}
