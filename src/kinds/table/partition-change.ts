import { generatedName, quoteIdentifier } from "../../base/identifier.ts";
import type { PlanContext } from "../../model/kind.ts";
import { type ObjectId, objectId, pathOf } from "../../model/object-id.ts";
import type { Lock, StepDraft } from "../../model/step.ts";
import { draft, noWork, scanWork } from "../shared/draft.ts";
import { isForeignTable } from "../shared/foreign-rows.ts";
import { lock, lockOn, lockOnTree } from "../shared/locks.ts";
import { isSwapped } from "../shared/partition-index.ts";
import { tablesAbove } from "../shared/partition-tree.ts";
import { temporaryName } from "../shared/temporary-name.ts";
import { partitionColumns } from "./bound-condition.ts";
import { partitionsInTheWay } from "./bound-overlap.ts";
import { checkDefaults, conditionOf, defaultsOf } from "./default-partition.ts";
import { forValues, parentName } from "./partition.ts";
import { fitColumns } from "./partition-columns.ts";
import { attachLocks, foreignTargets } from "./partition-create.ts";
import type { Table } from "./table-spec.ts";

/** How a table becomes a partition, gets another bound or parent, and becomes a table of its own again: its rows stay where they are. */

const attach = (to: Table): string => `ALTER TABLE ${parentName(to)} ATTACH PARTITION ${to.object} ${forValues(to)};`;
const detach = (from: Table): string => `ALTER TABLE ${parentName(from)} DETACH PARTITION ${from.object};`;

/** Steps for a change of what a table is a partition of. */
export function changePartition(live: Table, desired: Table, context: PlanContext): StepDraft[] {
  if (live.spec.detaching) return finalize(live, desired, context);
  if (desired.spec.partitionOf === null) return detachPartition(live, desired, context);
  if (live.spec.partitionOf === null) return attachTable(live, desired, context);
  return live.parent === desired.parent ? [...rebound(live, desired, context)] : movePartition(live, desired, context);
}

/** What every attaching says of itself. */
function attachDraft(desired: Table, proofs: readonly Proof[], context: PlanContext): Parameters<typeof draft>[1] {
  return {
    action: "alter",
    sql: [attach(desired), ...proofs.flatMap((proof) => proof.after)].join("\n"),
    phase: "contract",
    why: `it becomes a partition of ${parentName(desired)}`,
    locks: [
      // An index that another takes the place of is gone by then.
      ...attachLocks(desired, "ShareUpdateExclusiveLock", context).filter(
        ({ relation }) => !isSwapped(objectId("index", relation), context),
      ),
      ...lockOnTree(context, desired.id, "AccessExclusiveLock"),
      ...foreignTargets(desired, context).flatMap((id) => lockOn(context, id, "AccessExclusiveLock")),
    ],
    work: proofs.some((proof) => proof.scans) ? scanWork : noWork,
    dataLoss: "never",
    undo: { sql: detach(desired) },
    breaks: "old",
    relation: desired.object,
    needs: [desired.parent ?? ""],
    after: [...partsAbove(desired, context), ...partitionsInTheWay(desired, context)],
    provides: [],
    closes: true,
    alone: true,
  };
}

/**
 * The columns, indexes and constraints of the tables above: the table was made to fit them as they will be, and what is built above it
 * partition by partition does not know of it yet. One that was beneath them all along follows them.
 */
function partsAbove(desired: Table, context: PlanContext): ObjectId[] {
  if (context.live.facts.get(desired.id)?.parent === desired.parent) return [];
  const above = tablesAbove(desired.id, (id) => context.desired(id));
  return above.flatMap((table) =>
    (["live", "desired"] as const).flatMap((side) =>
      ["column", "index", "constraint"].flatMap((kind) => context.children(side, table, kind).map((part) => part.id)),
    ),
  );
}

function proofsFor(desired: Table, context: PlanContext): Proof[] {
  return [proveBound(desired, context), { ...checkDefaults(desired, context, "contract"), scans: false }];
}

function attachTable(live: Table, desired: Table, context: PlanContext): StepDraft[] {
  const proofs = proofsFor(desired, context);
  return [
    ...fitColumns(live, desired, context),
    ...proofs.flatMap((proof) => proof.before),
    draft(desired, attachDraft(desired, proofs, context)),
  ];
}

/** Another bound under the same table: off and on again in one transaction. */
function rebound(live: Table, desired: Table, context: PlanContext): StepDraft[] {
  const proofs = proofsFor(desired, context);
  const put = attachDraft(desired, proofs, context);
  return [
    ...proofs.flatMap((proof) => proof.before),
    draft(desired, {
      ...put,
      sql: `${detach(live)}\n${put.sql}`,
      why: "the bound of the partition changes",
      locks: [...detachLocks(live, context), ...put.locks],
      undo: { sql: `${detach(desired)}\n${attach(live)}` },
      provides: [desired.id],
      closes: false,
    }),
  ];
}

/** To another table: in one transaction, unless something must be built in between. */
function movePartition(live: Table, desired: Table, context: PlanContext): StepDraft[] {
  const proofs = proofsFor(desired, context);
  const why = `it moves from ${parentName(live)} to ${parentName(desired)}`;
  const together = `move ${desired.object}`;
  const off = draft(desired, {
    action: "alter",
    sql: detach(live),
    phase: "contract",
    why,
    locks: detachLocks(live, context),
    work: noWork,
    dataLoss: "never",
    undo: { sql: attach(live) },
    breaks: "old",
    provides: [],
    takesAway: true,
    opens: true,
    together,
  });
  const on = draft(desired, { ...attachDraft(desired, proofs, context), why, together, alone: false });
  return [...proofs.flatMap((proof) => proof.before), off, ...fitColumns(live, desired, context), on];
}

interface Proof {
  readonly before: readonly StepDraft[];
  readonly after: readonly string[];
  readonly scans: boolean;
}

/** A check that says what the bound will: read and validated before, so that ATTACH need not read the table under its lock. */
function proveBound(desired: Table, context: PlanContext): Proof {
  // Nobody holds the rows of a foreign table against the bound.
  if (context.isEmpty(desired.id)) return { before: [], after: [], scans: !isForeignTable(desired) };
  const condition = conditionOf(desired, context);
  if (condition === null) return { before: [], after: [], scans: true };
  const name = temporaryName("bound", desired.object);
  const constraint = quoteIdentifier(name);
  const gone = `ALTER TABLE ${desired.object} DROP CONSTRAINT ${constraint};`;
  const common = { phase: "contract", dataLoss: "never", relation: desired.object, provides: [], alone: true } as const;
  const add = draft(desired, {
    ...common,
    action: "alter",
    sql: `ALTER TABLE ${desired.object} ADD CONSTRAINT ${constraint} CHECK (${condition}) NOT VALID;`,
    why: "new rows are held against the bound from here on",
    locks: lockOnTree(context, desired.id, "AccessExclusiveLock"),
    work: noWork,
    undo: { sql: gone },
    breaks: "old",
    takesAway: true,
  });
  const validate = draft(desired, {
    ...common,
    action: "validate",
    sql: `ALTER TABLE ${desired.object} VALIDATE CONSTRAINT ${constraint};`,
    why: "existing rows are checked while reads and writes go on: attaching need not read them",
    locks: lockOnTree(context, desired.id, "ShareUpdateExclusiveLock"),
    work: scanWork,
    undo: { none: "a validated constraint only says what is so; drop it to go back" },
    takesAway: true,
    probe: {
      asks: "violations",
      relation: desired.object,
      means: `rows of ${desired.object} lie outside of the bound`,
      sql: `select count(*) from ${desired.object} where (${condition}) is not true`,
    },
  });
  const known = context.live.facts.get(objectId("constraint", `${desired.object}.${constraint}`));
  const before = known ? (known.spec["validated"] === true ? [] : [validate]) : [add, validate];
  return { before, after: [gone], scans: false };
}

function detachLocks(from: Table, context: PlanContext): Lock[] {
  return [
    ...lockOn(context, from.parent ?? "", "AccessExclusiveLock"),
    ...lockOnTree(context, from.id, "AccessExclusiveLock"),
    ...defaultsOf(from, context).map((id) => lock(pathOf(id), "AccessExclusiveLock")),
    ...attachedIndexes(from, context).map((name) => lock(name, "AccessExclusiveLock")),
    ...foreignTargets(from, context).flatMap((id) => lockOn(context, id, "ShareRowExclusiveLock")),
  ];
}

/** Indexes of a partition that hang on those of its parent: they are taken off. */
function attachedIndexes(from: Table, context: PlanContext): string[] {
  return ["index", "constraint"].flatMap((kind) =>
    context
      .children("live", from.parent ?? "", kind)
      .flatMap((fact) => (fact.spec["attached"] ?? []) as readonly { readonly table: string; readonly index: string }[])
      .filter((part) => part.table === from.object)
      .map((part) => part.index),
  );
}

/** CONCURRENTLY where PostgreSQL has it: not beside a default partition; and where somebody may be waiting. */
function detachPartition(live: Table, desired: Table, context: PlanContext): StepDraft[] {
  const parent = live.parent ?? "";
  const plain =
    defaultsOf(live, context).length > 0 || context.isNew(parent) || context.isEmpty(parent) || context.isDropped(parent);
  const common = {
    action: "alter",
    phase: "contract",
    why: `it is a table of its own, no partition of ${parentName(live)} any more; it keeps its rows`,
    work: noWork,
    dataLoss: "never",
    undo: { sql: attach(live) },
    breaks: "old",
    takesAway: true,
    opens: true,
  } as const;
  if (plain) return [draft(desired, { ...common, sql: detach(live), locks: detachLocks(live, context) })];
  const concurrently = draft(desired, {
    ...common,
    sql: `ALTER TABLE ${parentName(live)} DETACH PARTITION ${live.object} CONCURRENTLY;`,
    locks: concurrentLocks(live, context),
    transactional: false,
  });
  return [concurrently, dropLeftCheck(live, desired, context)];
}

/** Locks of the second half are taken only when nobody uses the partition through its parent any more (measured). */
function concurrentLocks(live: Table, context: PlanContext): Lock[] {
  return [
    ...lockOn(context, live.parent ?? "", "ShareUpdateExclusiveLock"),
    ...lockOnTree(context, live.id, "AccessExclusiveLock"),
  ];
}

/** DETACH CONCURRENTLY leaves a check of the old bound, unless one says the same already. */
function dropLeftCheck(live: Table, desired: Table, context: PlanContext): StepDraft {
  const key = context.live.facts.get(live.parent ?? "")?.spec["partitionBy"] as { readonly sql: string } | null | undefined;
  const keyColumns = key ? partitionColumns(key.sql) : [];
  const taken = new Set(
    [...context.children("live", live.id, "constraint")].map((constraint) => String(constraint.spec["name"])),
  );
  const middle = keyColumns.length === 1 ? (keyColumns[0] ?? "") : "";
  let name = generatedName(live.spec.name, middle, "check");
  for (let pass = 1; taken.has(name); pass++) name = generatedName(live.spec.name, middle, `check${pass}`);
  return draft(desired, {
    action: "alter",
    sql: `ALTER TABLE ${live.object} DROP CONSTRAINT IF EXISTS ${quoteIdentifier(name)};`,
    phase: "contract",
    why: "DETACH PARTITION CONCURRENTLY leaves its bound behind as a check",
    locks: lockOnTree(context, live.id, "AccessExclusiveLock"),
    work: noWork,
    dataLoss: "never",
    undo: { none: "part of detaching" },
    takesAway: true,
    opens: true,
  });
}

/** A DETACH CONCURRENTLY that was interrupted can only be brought to its end; then it is attached again, if that is wanted. */
function finalize(live: Table, desired: Table, context: PlanContext): StepDraft[] {
  const end = draft(desired, {
    action: "alter",
    sql: `ALTER TABLE ${parentName(live)} DETACH PARTITION ${live.object} FINALIZE;`,
    phase: "contract",
    why: "a DETACH PARTITION CONCURRENTLY was interrupted: it is brought to its end",
    locks: concurrentLocks(live, context),
    work: noWork,
    dataLoss: "never",
    undo: { none: "an interrupted detach can only be ended" },
    takesAway: true,
    alone: true,
    opens: true,
  });
  if (desired.spec.partitionOf === null) return [end];
  // The check that it left is a fact, and goes like any that the files do not declare.
  const proofs = proofsFor(desired, context);
  const same = live.parent === desired.parent;
  const put = { ...attachDraft(desired, proofs, context), ...(same ? { closes: false, provides: [desired.id] } : {}) };
  return [
    { ...end, provides: [] },
    ...(same ? [] : fitColumns(live, desired, context)),
    ...proofs.flatMap((proof) => proof.before),
    draft(desired, put),
  ];
}
