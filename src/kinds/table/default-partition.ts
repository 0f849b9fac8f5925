import { quoteIdentifier } from "../../base/identifier.ts";
import type { Fact } from "../../model/database.ts";
import type { PlanContext } from "../../model/kind.ts";
import { type ObjectId, pathOf } from "../../model/object-id.ts";
import type { SqlText } from "../../model/spec.ts";
import type { Phase, StepDraft } from "../../model/step.ts";
import { draft, noWork, scanWork } from "../shared/draft.ts";
import { lockOnTree } from "../shared/locks.ts";
import { temporaryName } from "../shared/temporary-name.ts";
import { boundCondition } from "./bound-condition.ts";

/** Whether a live partition, given by its id, is the default one beside another partition of the same table. */
export function isDefaultOf(id: string, fact: Fact, context: PlanContext): boolean {
  const other = context.live.facts.get(id);
  const of = other?.spec["partitionOf"] as { readonly bound: unknown } | null | undefined;
  return other?.id !== fact.id && other?.parent === fact.parent && of !== null && of?.bound === null;
}

/** Default partitions that stand beside a partition (there is one at most). */
export function defaultsOf(fact: Fact, context: PlanContext): readonly ObjectId[] {
  return context.partitions(fact.parent ?? "").filter((id) => isDefaultOf(id, fact, context));
}

/** The condition of a partition's bound under the key of its parent; null where a CHECK cannot say it. */
export function conditionOf(fact: Fact, context: PlanContext): string | null {
  const of = fact.spec["partitionOf"] as { readonly bound: SqlText | null } | null;
  const key = context.final(fact.parent ?? "")?.spec["partitionBy"] as SqlText | null | undefined;
  return of && key ? boundCondition(key.sql, of.bound?.sql ?? null) : null;
}

/** What is said of the default partition around a step that makes the range of a new one its own. */
export interface DefaultChecks {
  /** A check that it holds no row of the range, and its validation. */
  readonly before: readonly StepDraft[];
  /** Statements after the step, in its transaction: the check goes, the bounds say the same. */
  readonly after: readonly string[];
}

/**
 * A new bound makes PostgreSQL read the whole default partition under ACCESS EXCLUSIVE, unless a valid check says that nothing of it lies
 * there (manual, 5.12.2.2): it is read before, while reads and writes go on.
 */
export function checkDefaults(fact: Fact, context: PlanContext, phase: Phase = "expand"): DefaultChecks {
  const full = defaultsOf(fact, context).filter((id) => !context.isEmpty(id));
  const condition = conditionOf(fact, context);
  const [beside] = full;
  if (beside === undefined || condition === null) return { before: [], after: [] };
  const table = pathOf(beside);
  const name = quoteIdentifier(temporaryName("default partition", fact.object));
  const gone = `ALTER TABLE ${table} DROP CONSTRAINT ${name};`;
  const common = { phase, dataLoss: "never", relation: table, provides: [], alone: true } as const;
  const add = draft(fact, {
    ...common,
    action: "alter",
    sql: `ALTER TABLE ${table} ADD CONSTRAINT ${name} CHECK (NOT (${condition})) NOT VALID;`,
    why: `the default partition ${table} takes no rows of ${fact.object} from here on`,
    locks: lockOnTree(context, beside, "AccessExclusiveLock"),
    work: noWork,
    undo: { sql: gone },
    breaks: "old",
    takesAway: true,
  });
  const validate = draft(fact, {
    ...common,
    action: "validate",
    sql: `ALTER TABLE ${table} VALIDATE CONSTRAINT ${name};`,
    why: `the rows of ${table} are read while reads and writes go on`,
    locks: lockOnTree(context, beside, "ShareUpdateExclusiveLock"),
    work: scanWork,
    undo: { none: "a validated constraint only says what is so; drop it to go back" },
    takesAway: true,
    probe: {
      asks: "violations",
      relation: table,
      means: `rows of the default partition ${table} belong to ${fact.object}: move them first`,
      sql: `select count(*) from ${table} where ${condition}`,
    },
  });
  const live = context.live.facts.get(`constraint ${table}.${name}`);
  const before = live ? (live.spec["validated"] === true ? [] : [validate]) : [add, validate];
  return { before, after: [gone] };
}
