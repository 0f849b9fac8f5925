import { qualifiedName, quoteIdentifier } from "../../base/identifier.ts";
import type { PlanContext, Replace } from "../../model/kind.ts";
import { objectId, pathOf } from "../../model/object-id.ts";
import type { StepDraft } from "../../model/step.ts";
import { columnNames } from "../../sql/references.ts";
import { draft, indexWork, noWork } from "./draft.ts";
import { alterAttributes, commentAgain, movedChoices, saidAgain, targetsOf, wholeDefinition } from "./index-attributes.ts";
import { sameKeys } from "./index-names.ts";
import { type Index, textOf } from "./index-spec.ts";
import { buildIndexTree, renameTree, targetsBelow } from "./index-tree.ts";
import { reachedHeirs } from "./leaving-heirs.ts";
import { lock, lockOn, lockOnTree } from "./locks.ts";
import {
  alterPartitionIndex,
  asMade,
  createPartitionIndex,
  dropPartitionIndex,
  hangOnPartial,
  isSwapped,
  namedBeneath,
} from "./partition-index.ts";
import { changesParent, isPartitioned } from "./partition-tree.ts";
import { isBuiltFor, sameIndex } from "./ready-index.ts";
import { temporaryName } from "./temporary-name.ts";

/** How indexes come, change and go: built while reads and writes go on, the new one before the old one goes (manual, CREATE INDEX). */

const relation = (fact: Index): string => qualifiedName(fact.spec.schema, fact.spec.table);
const onPartitioned = (fact: Index, context: PlanContext): boolean => isPartitioned(context.final(fact.parent ?? ""));

function createSql(fact: Index, concurrently: boolean, name = fact.spec.name, only = false): string {
  const unique = fact.spec.unique ? "UNIQUE " : "";
  return `CREATE ${unique}INDEX ${concurrently ? "CONCURRENTLY " : ""}${quoteIdentifier(name)} ON ${only ? "ONLY " : ""}${relation(fact)} ${wholeDefinition(fact)};`;
}

/** A unique index is a promise about rows that the old application may break: contract, as UNIQUE. */
function phaseOf(fact: Index, context: PlanContext): "expand" | "contract" {
  if (!fact.spec.unique || context.isNew(fact.parent ?? "")) return "expand";
  const columns = columnNames("index", fact.spec.definition.sql).map((name) =>
    objectId("column", qualifiedName(fact.spec.schema, fact.spec.table, name)),
  );
  return columns.length > 0 && columns.every((id) => context.isNew(id)) ? "expand" : "contract";
}

/** Steps that make an index: plain on new and empty tables, online on others; then what CREATE cannot say. */
export function createIndex(fact: Index, context: PlanContext): StepDraft[] {
  const asPart = createPartitionIndex(fact, context);
  if (asPart) return asPart;
  return [...createOwn(fact, context), ...hangOnPartial(fact, context), ...allTargets(fact, context)];
}

function createOwn(fact: Index, context: PlanContext): StepDraft[] {
  const table = fact.parent ?? "";
  const why = `the files declare index ${fact.spec.name}`;
  // Rebuilt in the transaction of a change: no moment without it, and no phase between.
  if (context.isNew(table) || context.isRebuilt(fact.id) || context.isEmpty(table)) return [createPlain(fact, context)];
  if (!onPartitioned(fact, context)) return [createConcurrently(fact, context, fact.spec.name, why)];
  if (!fact.spec.valid) return [createPlain(fact, context)];
  const steps = buildIndexTree(fact, context, { phase: phaseOf(fact, context), why, temporary: false });
  return steps.length > 0 ? steps : [createPlain(fact, context)];
}

/** Statistics targets of an index that is made, and of those that are made beneath it. */
function allTargets(fact: Index, context: PlanContext): StepDraft[] {
  return [...targetsOf(fact), ...(onPartitioned(fact, context) && fact.spec.valid ? targetsBelow(fact, null, context) : [])];
}

/** What the files declare beneath an index, as far as it is a partition's already. */
function leavesOf(fact: Index, context: PlanContext): Index[] {
  return namedBeneath(fact, context).flatMap((id) => {
    const leaf = context.desired(id) as Index | undefined;
    return leaf === undefined || changesParent(leaf.parent ?? "", context) ? [] : [leaf];
  });
}

function createPlain(fact: Index, context: PlanContext): StepDraft {
  const table = fact.parent ?? "";
  const isNew = context.isNew(table);
  const only = !fact.spec.valid;
  return draft(fact, {
    action: "create",
    sql: createSql(fact, false, fact.spec.name, only),
    phase: phaseOf(fact, context),
    why: `the files declare index ${fact.spec.name}`,
    locks: only ? lockOn(context, table, "ShareLock") : lockOnTree(context, table, "ShareLock"),
    work: isNew || only ? noWork : indexWork,
    dataLoss: "never",
    undo: { sql: `DROP INDEX ${fact.object};` },
    relation: relation(fact),
    // Indexes that partitions have under names of their own are taken for its parts when they are there first.
    needs: only ? [] : namedBeneath(fact, context),
    alone: !isNew,
  });
}

function createConcurrently(fact: Index, context: PlanContext, name: string, why: string): StepDraft {
  return draft(fact, {
    action: "create",
    sql: createSql(fact, true, name),
    phase: phaseOf(fact, context),
    why,
    locks: lockOn(context, fact.parent ?? "", "ShareUpdateExclusiveLock"),
    work: indexWork,
    dataLoss: "never",
    transactional: false,
    undo: { sql: `DROP INDEX CONCURRENTLY ${qualifiedName(fact.spec.schema, name)};` },
    breaks: fact.spec.unique ? "old" : "none",
    relation: relation(fact),
    provides: [objectId("index", qualifiedName(fact.spec.schema, name))],
  });
}

/** Steps that take an index away; none for what is used by another step, or goes with what it hangs on. */
export function dropIndex(fact: Index, context: PlanContext): StepDraft[] {
  if (takenUp(fact, context)) return [];
  const asPart = dropPartitionIndex(fact, context);
  if (asPart) return asPart;
  return [
    onPartitioned(fact, context) || context.isNew(fact.parent ?? "") || context.isRebuilt(fact.id)
      ? dropPlain(fact, context)
      : dropConcurrently(fact, context, `index ${fact.spec.name} is no longer in the files`),
  ];
}

/** What a run that was killed left ready for the next step is used, not dropped. */
function takenUp(fact: Index, context: PlanContext): boolean {
  if (fact.parent === null || (!fact.spec.valid && !onPartitioned(fact, context))) return false;
  const key = context.desired(objectId("constraint", qualifiedName(fact.spec.schema, fact.spec.table, fact.spec.name)));
  if (key && isBuiltFor(key.spec, fact)) return true;
  const kinds = ["index", "constraint"];
  return kinds.some((kind) =>
    context.children("desired", fact.parent ?? "", kind).some((other) => {
      const path = qualifiedName(fact.spec.schema, String(other.spec["name"]));
      if (temporaryName("index", path) !== fact.spec.name) return false;
      return kind === "constraint" ? isBuiltFor(other.spec, fact) : sameIndex(other.spec, fact.spec);
    }),
  );
}

function dropPlain(fact: Index, context: PlanContext): StepDraft {
  const table = fact.parent ?? "";
  const tables = [table, ...reachedHeirs(context, table).filter((id) => context.partitions(table).includes(id))];
  const below = fact.spec.attached.filter((part) => tables.some((id) => pathOf(id) === part.table));
  return draft(fact, {
    action: "drop",
    sql: `DROP INDEX ${fact.object};`,
    phase: "expand",
    why: `index ${fact.spec.name} is no longer in the files`,
    locks: [
      ...tables.flatMap((id) => lockOn(context, id, "AccessExclusiveLock")),
      ...[fact.object, ...below.map(({ index }) => index)].map((name) => lock(name, "AccessExclusiveLock")),
    ],
    work: noWork,
    dataLoss: "never",
    undo: { sql: createSql(fact, false) },
    removes: [fact.id, ...beneath(fact)],
  });
}

/** The ids of the indexes of partitions that go with one. */
const beneath = (fact: Index): string[] => fact.spec.attached.map(({ index }) => objectId("index", index));

function dropConcurrently(fact: Index, context: PlanContext, why: string, removes: readonly string[] = [fact.id]): StepDraft {
  return draft(fact, {
    action: "drop",
    sql: `DROP INDEX CONCURRENTLY ${fact.object};`,
    phase: "expand",
    why,
    // The index itself is locked only once nobody uses it any more: nobody waits (measured).
    locks: [
      ...lockOn(context, fact.parent ?? "", "ShareUpdateExclusiveLock"),
      { relation: fact.object, mode: "AccessExclusiveLock", blocks: "none" },
    ],
    work: noWork,
    dataLoss: "never",
    transactional: false,
    undo: { sql: createSql(fact, true) },
    removes,
  });
}

/** In place where PostgreSQL can; else the new index is there before the old one goes. */
export function alterIndex(live: Index, desired: Index, fields: readonly string[], context: PlanContext): StepDraft[] | Replace {
  const inPlace = alterAttributes(live, desired, fields, onPartitioned(desired, context), context);
  if (inPlace) return fields.includes("statistics") ? [...inPlace, ...targetsUnder(live, desired, context)] : inPlace;
  const only = fields.length === 1 ? fields[0] : null;
  const asPart = alterPartitionIndex(live, desired, fields, context);
  if (asPart) return asPart;
  if (only === "valid" && onPartitioned(desired, context)) {
    if (!desired.spec.valid) return onlySome(live, desired, context);
    const why = "not all partitions have their own yet";
    return buildIndexTree(desired, context, { phase: phaseOf(desired, context), why, temporary: false });
  }
  const phase = phaseOf(desired, context);
  if (only === "valid") {
    return [
      dropConcurrently(live, context, "a build that failed left it invalid", []),
      { ...createConcurrently(desired, context, desired.spec.name, "built anew"), phase },
      ...saidAgain(desired, context),
    ].map((step) => ({ ...step, phase }));
  }
  if (context.isEmpty(desired.parent ?? "") || !desired.spec.valid) return swapPlain(live, desired, context);
  if (onPartitioned(desired, context)) return swapTree(live, desired, context);
  return swapConcurrently(live, desired, context);
}

/** What an index of a partitioned table does to the targets beneath it, set right again. */
function targetsUnder(live: Index, desired: Index, context: PlanContext): StepDraft[] {
  if (!onPartitioned(desired, context)) return [];
  const columns = new Set([...Object.keys(live.spec.statistics), ...Object.keys(desired.spec.statistics)]);
  const changed = [...columns].filter((column) => live.spec.statistics[column] !== desired.spec.statistics[column]);
  return targetsBelow(desired, changed.sort(), context);
}

/** An index cannot be taken off partitions: it goes and comes back on those that the files name. */
function onlySome(live: Index, desired: Index, context: PlanContext): StepDraft[] {
  const leaves = leavesOf(desired, context);
  return [
    ...swapPlain(live, desired, context),
    ...leaves.flatMap((leaf) => {
      const why = "it went with the index of the table above";
      const make = context.isEmpty(leaf.parent ?? "") || onPartitioned(leaf, context);
      return [
        make ? createPlain(leaf, context) : createConcurrently(leaf, context, leaf.spec.name, why),
        ...hangOnPartial(leaf, context),
        ...saidAgain(leaf, context),
      ];
    }),
  ];
}

function swapPlain(live: Index, desired: Index, context: PlanContext): StepDraft[] {
  const phase = phaseOf(desired, context);
  // What the table says of the index (CLUSTER ON, REPLICA IDENTITY) goes with it and comes back.
  const clears = [{ id: live.id, by: "replace" as const }];
  const together = `index ${desired.object}`;
  const gone = { ...dropPlain(live, context), removes: beneath(live), provides: [], phase, together };
  const made = { ...createPlain(desired, context), needs: [], together, clears };
  // Beneath a new one of a partitioned table, all are made by themselves.
  const leaves = desired.spec.valid ? leavesOf(desired, context).filter(({ id }) => context.live.facts.has(id)) : [];
  const again = leaves.flatMap((leaf) => [...asMade(leaf, desired, context), ...commentAgain(leaf, context)]);
  return [gone, made, ...again.map((step) => ({ ...step, phase, together })), ...allTargets(desired, context)];
}

function swapConcurrently(live: Index, desired: Index, context: PlanContext): StepDraft[] {
  const phase = phaseOf(desired, context);
  const name = temporaryName("index", desired.object);
  const ready = context.live.facts.get(objectId("index", qualifiedName(desired.spec.schema, name)));
  const built = ready !== undefined && ready.spec["valid"] === true && sameIndex(ready.spec, desired.spec);
  const why = `the definition of ${desired.spec.name} changes; the new one is built first`;
  return [
    ...(built ? [] : [createConcurrently(desired, context, name, why)]),
    ...movedChoices(desired, name, context).map((step) => ({ ...step, phase })),
    { ...dropConcurrently(live, context, "the new one is ready", []), phase },
    { ...renameStep(desired, name, desired.spec.name), phase, ...(built ? {} : { locks: [] }) },
    ...saidAgain(desired, context).map((step) => ({ ...step, phase })),
  ];
}

/** The index of a partitioned table: its successor is built partition by partition, then takes its place and names in one moment. */
function swapTree(live: Index, desired: Index, context: PlanContext): StepDraft[] {
  const phase = phaseOf(desired, context);
  const why = `the definition of ${desired.spec.name} changes; the new one is built first`;
  const gone = dropPlain(live, context);
  const renamed = renameTree(desired, context);
  return [
    ...buildIndexTree(desired, context, { phase, why, temporary: true }),
    {
      ...gone,
      action: "replace",
      sql: [gone.sql, ...renamed.sql].join("\n"),
      why: "the new one is ready and takes its place",
      phase,
      removes: beneath(live),
      provides: renamed.ids,
      clears: [{ id: live.id, by: "replace" }],
      undo: { none: "plan with the old definition in the files to go back" },
    },
    ...allTargets(desired, context).map((step) => ({ ...step, phase })),
    ...leavesOf(desired, context).flatMap((leaf) => commentAgain(leaf, context).map((step) => ({ ...step, phase }))),
  ];
}

function renameStep(fact: Index, from: string, to: string): StepDraft {
  const sql = (old: string, next: string): string =>
    `ALTER INDEX ${qualifiedName(fact.spec.schema, old)} RENAME TO ${quoteIdentifier(next)};`;
  return draft(fact, {
    action: "rename",
    sql: sql(from, to),
    phase: "expand",
    why: "same definition under another name",
    locks: [lock(qualifiedName(fact.spec.schema, from), "ShareUpdateExclusiveLock")],
    work: noWork,
    dataLoss: "never",
    undo: { sql: sql(to, from) },
  });
}

/** Renaming is catalog only. What hangs on another index of the same keys stays there. */
export function renameIndex(live: Index, desired: Index, context: PlanContext): StepDraft[] {
  const on = desired.spec.attachedTo;
  // It takes the name when it is made anew with the one above.
  if (typeof on === "string" && isSwapped(objectId("index", on), context)) return [];
  const step = { ...renameStep(desired, live.spec.name, desired.spec.name), removes: [live.id] };
  const waits = changesParent(desired.parent ?? "", context) && sameKeys(textOf(live), textOf(desired));
  return [waits ? { ...step, phase: "contract" } : step];
}
