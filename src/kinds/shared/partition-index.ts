import { qualifiedName, quoteIdentifier } from "../../base/identifier.ts";
import type { PlanContext } from "../../model/kind.ts";
import { LockstepError } from "../../model/lockstep-error.ts";
import { type ObjectId, objectId, pathOf } from "../../model/object-id.ts";
import type { StepDraft } from "../../model/step.ts";
import { commentSql } from "./comment-sql.ts";
import { draft, noWork } from "./draft.ts";
import { adjusted, alterAttributes, isMadeOtherwise } from "./index-attributes.ts";
import { partitionIndexName, sameKeys } from "./index-names.ts";
import { type Index, textOf } from "./index-spec.ts";
import { lock } from "./locks.ts";
import { changesParent, partitionOf } from "./partition-tree.ts";
import { isBuiltFor } from "./ready-index.ts";

/**
 * Indexes of partitions that hang on an index of a table above. They come and go with that; what the files may say of them is a name
 * and what an index has besides its keys. Where they say nothing, it has the name that PostgreSQL gives it.
 */

/** The ids of what the files declare beneath an index by name: taken for its parts when it is there first. */
export function namedBeneath(fact: Index, context: PlanContext): ObjectId[] {
  const tables = (id: ObjectId): ObjectId[] =>
    context.children("desired", id, "table").flatMap((table) => [table.id, ...tables(table.id)]);
  return tables(fact.parent ?? "").flatMap((table) =>
    context
      .children("desired", table, "index")
      .filter((index) => index.spec["attachedTo"] === fact.object)
      .map((index) => index.id),
  );
}

/** The steps of a declared index that hangs on another; null when it is to be made like one of its own. */
export function createPartitionIndex(fact: Index, context: PlanContext): StepDraft[] | null {
  const on = fact.spec.attachedTo;
  if (typeof on !== "string" || context.isRebuilt(fact.id)) return null;
  const above = objectId("index", on);
  const live = context.live.facts.get(above);
  const table = fact.parent ?? "";
  if (isSwapped(above, context))
    return context.isEmpty(pathsTable(above, context)) ? asMade(fact, context.desired(above) as Index, context) : [];
  if (context.isNew(table)) return live && !context.isNew(above) ? asMade(fact, live as Index, context) : null;
  if (changesParent(table, context)) return null;
  if (!live || context.isNew(above)) return context.isEmpty(pathsTable(above, context)) ? null : [];
  const attached = (live.spec["attached"] ?? []) as readonly { readonly table: string; readonly index: string }[];
  const there = attached.find((part) => part.table === pathOf(table));
  if (there) return taken(fact, there.index, context);
  // The build of the index above makes and hangs it.
  if (context.desired(above)?.spec["valid"] === true) return [];
  return null;
}

function pathsTable(index: ObjectId, context: PlanContext): ObjectId {
  return context.final(index)?.parent ?? "";
}

/** What the files say of one that is there already, without a word of them. */
function taken(fact: Index, name: string, context: PlanContext): StepDraft[] {
  const id = objectId("index", name);
  const found = (context.live.implied?.get(id) ?? context.live.facts.get(id)) as Index | undefined;
  const locks = [lock(name, "ShareUpdateExclusiveLock")];
  return [
    ...(name === fact.object ? [] : [renameStep(fact, name, fact.spec.name, [])]),
    ...(found ? adjusted(found, fact, locks, context) : []),
  ];
}

/** One that is made with the index above gets a generated name, and the parameters of that. */
export function asMade(fact: Index, above: Index, context: PlanContext): StepDraft[] {
  const generated = qualifiedName(fact.spec.schema, partitionIndexName(fact.spec.table, fact.spec.definition.sql));
  const made = { ...fact, spec: { ...fact.spec, with: above.spec.with, tablespace: above.spec.tablespace, statistics: {} } };
  const rename = { ...renameStep(fact, generated, fact.spec.name, []), locks: [] };
  return [...(generated === fact.object ? [] : [rename]), ...adjusted(made, fact, [], context)];
}

/** True for an index of a partitioned table in whose place the plan puts another, with all beneath it. */
export function isSwapped(index: ObjectId, context: PlanContext): boolean {
  if (context.isRebuilt(index)) return false;
  return isMadeOtherwise(context.alters(index), true) && context.live.facts.get(index)?.spec["valid"] === true;
}

/** The steps for one that hangs on another and is no longer named in the files; null for one of its own. */
export function dropPartitionIndex(fact: Index, context: PlanContext): StepDraft[] | null {
  const on = fact.spec.attachedTo;
  if (typeof on !== "string") return isRemnant(fact, context) ? [] : null;
  const above = objectId("index", on);
  // It goes with the one above, or that is about to be complete and uses it.
  if (context.isDropped(above) || context.isNew(above) || !context.desired(above)) return [];
  if (context.isNew(fact.parent ?? "") || changesParent(fact.parent ?? "", context)) return [];
  // Another index takes the place of the one above, and brings its own parts.
  if (isSwapped(above, context)) return [];
  return asGenerated(fact, context.desired(above) as Index, context);
}

/** Back to what PostgreSQL makes of it by itself: its name, no comment, storage like that of the index above. */
function asGenerated(fact: Index, above: Index, context: PlanContext): StepDraft[] {
  const name = partitionIndexName(fact.spec.table, fact.spec.definition.sql);
  const { tablespace, with: parameters } = above.spec;
  const plain = { ...fact, spec: { ...fact.spec, with: parameters, tablespace, statistics: {} } };
  const fields = ["with", "tablespace", "statistics"].filter(
    (field) => JSON.stringify(plain.spec[field as "with"]) !== JSON.stringify(fact.spec[field as "with"]),
  );
  const attributes = alterAttributes(fact, plain, fields, false, context) ?? [];
  const comment = context.children("live", fact.id, "comment").length > 0;
  const silent = comment ? [commentSql(`INDEX ${qualifiedName(fact.spec.schema, name)}`, null)] : [];
  const last = { ...renameStep(fact, fact.object, name, silent), removes: [fact.id], provides: [] };
  const before = attributes.map((step) => ({ ...step, provides: [], takesAway: true }));
  if (name !== fact.spec.name) return [...before, last];
  return comment ? [...before, { ...last, action: "alter", sql: silent.join("\n") }] : before;
}

/** Built for an index above that is still to come: what a run which ended early left. */
function isRemnant(fact: Index, context: PlanContext): boolean {
  if (!fact.spec.valid || partitionOf(context.final(fact.parent ?? "")) === null) return false;
  for (let at = context.final(fact.parent ?? "")?.parent ?? null; at !== null; at = context.final(at)?.parent ?? null) {
    const waits = context
      .children("desired", at, "index")
      .some((index) => sameKeys(textOf(index), textOf(fact)) && context.live.facts.get(index.id)?.spec["valid"] !== true);
    const key = context
      .children("desired", at, "constraint")
      .some((other) => isBuiltFor(other.spec, fact) && !context.live.facts.has(other.id));
    if (waits || key) return true;
  }
  return false;
}

/** The steps that change one which hangs on another, or is to; null for one of its own. */
export function alterPartitionIndex(
  live: Index,
  desired: Index,
  fields: readonly string[],
  context: PlanContext,
): StepDraft[] | null {
  const [before, after] = [live.spec.attachedTo ?? null, desired.spec.attachedTo ?? null];
  if (before === null && after === null) return null;
  if (changesParent(desired.parent ?? "", context)) return fields.every((name) => name === "attachedTo") ? [] : null;
  const above = objectId("index", after ?? "");
  if (before !== null && after === null) throw cannotTakeOff(desired);
  // It is made anew, or hung on, with the one above.
  if (!context.live.facts.has(above) || context.live.facts.get(above)?.spec["valid"] !== true) {
    if (context.desired(above)?.spec["valid"] === true) return [];
    return before === null ? [attachStep(desired, after ?? "", context)] : [];
  }
  return [];
}

function directlyAbove(fact: Index, root: string, context: PlanContext): string {
  const parent = context.final(fact.parent ?? "")?.parent ?? "";
  const found = (["desired", "live"] as const)
    .flatMap((side) => context.children(side, parent, "index"))
    .find((index) => (index.object === root || index.spec["attachedTo"] === root) && sameKeys(textOf(index), textOf(fact)));
  return found?.object ?? root;
}

/** One made for an index that not all partitions have: nothing else hangs it there. */
export function hangOnPartial(fact: Index, context: PlanContext): StepDraft[] {
  const on = fact.spec.attachedTo;
  if (typeof on !== "string" || context.desired(objectId("index", on))?.spec["valid"] !== false) return [];
  return [attachStep(fact, on, context)];
}

/** Under its direct parent's index, which may be one of a partition itself. */
function attachStep(fact: Index, root: string, context: PlanContext): StepDraft {
  const on = directlyAbove(fact, root, context);
  return draft(fact, {
    action: "alter",
    sql: `ALTER INDEX ${on} ATTACH PARTITION ${fact.object};`,
    phase: "expand",
    why: `it becomes part of ${on}`,
    locks: [
      ...(context.isNew(objectId("index", on)) ? [] : [lock(on, "ShareUpdateExclusiveLock")]),
      ...(context.isNew(fact.id) ? [] : [lock(fact.object, "AccessExclusiveLock")]),
    ],
    needs: [objectId("index", on), fact.id],
    provides: [],
    work: noWork,
    dataLoss: "never",
    undo: { none: "an index of a partition cannot be taken off" },
  });
}

function renameStep(fact: Index, from: string, to: string, more: readonly string[]): StepDraft {
  return draft(fact, {
    action: "rename",
    sql: [`ALTER INDEX ${from} RENAME TO ${quoteIdentifier(to)};`, ...more].join("\n"),
    phase: "expand",
    why: "the name of the partition's own index changes",
    locks: [lock(from, "ShareUpdateExclusiveLock")],
    work: noWork,
    dataLoss: "never",
    undo: {
      sql: `ALTER INDEX ${qualifiedName(fact.spec.schema, to)} RENAME TO ${quoteIdentifier(from.slice(from.lastIndexOf(".") + 1).replaceAll('"', ""))};`,
    },
  });
}

function cannotTakeOff(fact: Index): LockstepError {
  const message = `index ${fact.object} hangs on that of the table above, and PostgreSQL cannot take it off`;
  return new LockstepError({
    code: "attached-index",
    exitCode: 3,
    message,
    diagnostics: [
      {
        code: "attached-index",
        severity: "error",
        object: fact.object,
        message,
        hint: "leave out attached: false, or drop the index of the table above first",
        ...(fact.at ? { file: fact.at.file, line: fact.at.line, column: fact.at.column } : {}),
      },
    ],
  });
}
