import { generatedName, qualifiedName, quoteIdentifier } from "../../base/identifier.ts";
import type { Fact } from "../../model/database.ts";
import type { Lookup, PlanContext } from "../../model/kind.ts";
import { type ObjectId, objectId, pathOf } from "../../model/object-id.ts";
import type { StepDraft } from "../../model/step.ts";
import { normalForm } from "../../sql/normal-form.ts";
import { commentSql } from "./comment-sql.ts";
import { type ConstraintSpec, constraintFact } from "./constraint-spec.ts";
import { draft, noWork } from "./draft.ts";
import { lockOnTree } from "./locks.ts";
import { changesParent, partitionOf, partitionsToBe, type TreeNode, tablesAbove } from "./partition-tree.ts";
import { temporaryName, temporaryPrefix } from "./temporary-name.ts";

/**
 * Keys of partitions that hang on the key of a table above, as their indexes do. They come and go with that; the files may say a name.
 * Where they say none, it is the one that PostgreSQL gives.
 */

type Constraint = Fact<ConstraintSpec>;

const labels: Readonly<Record<string, string>> = { "primary key": "pkey", unique: "key", exclude: "excl" };

/** The name of the key that a partition gets for one of its parent's; null for what has no index. */
export function partitionKeyName(table: string, spec: Pick<ConstraintSpec, "type" | "columns">): string | null {
  const label = labels[spec.type];
  if (label === undefined) return null;
  return generatedName(table, spec.type === "primary key" ? "" : spec.columns.join("_"), label);
}

/** Whether two keys could hang on each other. */
function sameKey(a: ConstraintSpec, b: ConstraintSpec): boolean {
  const tell = (spec: ConstraintSpec): string =>
    JSON.stringify([spec.type, spec.columns, spec.include, spec.nullsNotDistinct, spec.deferrable, spec.deferred, textOf(spec)]);
  return tell(a) === tell(b);
}

function textOf(spec: ConstraintSpec): string | null {
  return spec.type === "exclude" && spec.definition ? normalForm("constraint", spec.definition.sql) : null;
}

/** The key of a table above a partition that one like this hangs on: that of the highest table. Path of the constraint. */
export function keyAbove(fact: Constraint, look: Lookup): string | null {
  if (partitionKeyName("", fact.spec) === null) return null;
  const found = tablesAbove(fact.parent ?? "", look.fact).flatMap(
    (table) => look.children(table, "constraint").find((other) => sameKey(other.spec as ConstraintSpec, fact.spec)) ?? [],
  );
  return found.at(-1)?.object ?? null;
}

/** The ids of keys that the files name beneath one: taken for its parts when they are there first. */
export function keysNamedBeneath(fact: Constraint, context: PlanContext): ObjectId[] {
  const tables = (id: ObjectId): ObjectId[] =>
    context.children("desired", id, "table").flatMap((table) => [table.id, ...tables(table.id)]);
  return tables(fact.parent ?? "").flatMap((table) =>
    context
      .children("desired", table, "constraint")
      .filter((other) => other.spec["attachedTo"] === fact.object)
      .map((other) => other.id),
  );
}

/** The partitions without partitions beneath a table, as they will be, with the key that each is to have. */
export function keysOfLeaves(fact: Constraint, context: PlanContext): Constraint[] {
  const leaves = (nodes: readonly TreeNode[]): TreeNode[] =>
    nodes.flatMap((node) => (node.isNew ? [] : node.isPartitioned ? leaves(node.partitions) : [node]));
  return leaves(partitionsToBe(fact.parent ?? "", context)).map((node) => {
    const named = context.children("desired", node.id, "constraint").find((other) => other.spec["attachedTo"] === fact.object);
    if (named) return named as Constraint;
    const name = partitionKeyName(node.name, fact.spec) ?? fact.spec.name;
    const leaf = constraintFact({ ...fact.spec, schema: node.schema, table: node.name, name, attached: [] }, fact.at);
    return leaf as Constraint;
  });
}

/** Whether a partition has a key already that one above can take for its part. */
export function isThere(fact: Constraint, context: PlanContext): boolean {
  return liveKeys(fact, context).length > 0;
}

function liveKeys(fact: Constraint, context: PlanContext): Fact[] {
  return context
    .children("live", fact.parent ?? "", "constraint")
    .filter((other) => sameKey(other.spec as ConstraintSpec, fact.spec));
}

/** The live indexes, `schema.name`, of what a key above takes for its parts. */
export function readyIndexes(leaves: readonly Constraint[], context: PlanContext): string[] {
  return leaves.flatMap((leaf) => {
    const own = qualifiedName(leaf.spec.schema, leaf.spec.name);
    const keys = liveKeys(leaf, context).map((key) => qualifiedName(leaf.spec.schema, String(key.spec["name"])));
    return keys.length === 0 && context.live.facts.has(objectId("index", own)) ? [own] : keys;
  });
}

/** The steps of a declared key that hangs on another; null when it is to be made like one of its own. */
export function createPartitionKey(fact: Constraint, context: PlanContext): StepDraft[] | null {
  const on = fact.spec.attachedTo;
  if (typeof on !== "string" || context.isRebuilt(fact.id)) return null;
  const above = objectId("constraint", on);
  const live = context.live.facts.get(above);
  const table = fact.parent ?? "";
  const generated = partitionKeyName(fact.spec.table, fact.spec) ?? "";
  if (context.isNew(table)) {
    if (!live || context.isNew(above)) return null;
    return generated === fact.spec.name ? [] : [renameStep(fact, generated, fact.spec.name, context)];
  }
  if (changesParent(table, context)) return null;
  // The steps of the one above make it.
  if (!live || context.isNew(above)) return context.isEmpty(context.final(above)?.parent ?? "") ? null : [];
  const attached = (live.spec["attached"] ?? []) as readonly { readonly table: string; readonly index: string }[];
  const there = attached.find((part) => part.table === pathOf(table));
  if (!there) return null;
  const name = bareName(there.index);
  return name === fact.spec.name ? [] : [renameStep(fact, name, fact.spec.name, context)];
}

/** The steps for a key that the files do not name any more; null for one that goes by itself. */
export function dropPartitionKey(fact: Constraint, context: PlanContext): StepDraft[] | null {
  if (fact.spec.name.startsWith(temporaryPrefix) && isProof(fact, context)) return [];
  const on = fact.spec.attachedTo;
  if (typeof on !== "string") return isReady(fact, context) ? [] : null;
  const above = objectId("constraint", on);
  const table = fact.parent ?? "";
  if (context.isDropped(above) || context.isNew(above) || !context.desired(above)) return [];
  if (context.isNew(table) || changesParent(table, context)) return [];
  const name = partitionKeyName(fact.spec.table, fact.spec) ?? fact.spec.name;
  const comment = context.children("live", fact.id, "comment").length > 0;
  const target = `CONSTRAINT ${quoteIdentifier(name)} ON ${qualifiedName(fact.spec.schema, fact.spec.table)}`;
  const silent = comment ? [commentSql(target, null)] : [];
  const step = { ...renameStep(fact, fact.spec.name, name, context), removes: [fact.id], provides: [] };
  if (name !== fact.spec.name) return [{ ...step, sql: [step.sql, ...silent].join("\n") }];
  return comment ? [{ ...step, action: "alter", sql: silent.join("\n") }] : [];
}

/**
 * The columns of a primary key stay NOT NULL when it goes. Where a table has them from a parent or a type and says nothing of them, and
 * neither that nor the files want it, the step is the key's; a column that is a fact says it by itself.
 */
export function loosenColumns(fact: Constraint, context: PlanContext): StepDraft[] {
  const own = fact.parent ?? "";
  if (fact.spec.type !== "primary key" || !hasGivers(context.desired(own)) || changesParent(own, context)) return [];
  const tables = [own, ...givers(own, context)];
  const isKey = (name: string): boolean =>
    tables.some((id) =>
      context
        .children("desired", id, "constraint")
        .some((other) => other.spec["type"] === "primary key" && (other.spec["columns"] as readonly string[]).includes(name)),
    );
  const stays = (name: string): boolean => isKey(name) || isSaidNotNull(fact, name, context);
  const saysItself = (name: string): boolean =>
    context.live.facts.get(objectId("column", qualifiedName(fact.spec.schema, fact.spec.table, name)))?.spec["notNull"] === true;
  return fact.spec.columns.filter((name) => !stays(name) && !saysItself(name)).map((name) => loosen(fact, name, context));
}

/** Whether the files say NOT NULL of a column of a key, of the table or of what it has the column from. */
export function isSaidNotNull({ parent }: Constraint, name: string, context: PlanContext): boolean {
  return [parent ?? "", ...givers(parent ?? "", context)].some((id) =>
    context.children("desired", id, "column").some(({ spec }) => spec["name"] === name && spec["notNull"] === true),
  );
}

const inheritsOf = (table: Fact | undefined): readonly string[] => (table?.spec["inherits"] ?? []) as readonly string[];

/** True for a table that has columns from another table or a type. */
function hasGivers(table: Fact | undefined): boolean {
  return partitionOf(table) !== null || inheritsOf(table).length > 0 || typeof table?.spec["of"] === "string";
}

/** The tables that a table is to have columns from, at all heights. */
function givers(table: ObjectId, context: PlanContext): ObjectId[] {
  const partitioned = tablesAbove(table, (id) => context.desired(id));
  const parents = inheritsOf(context.desired(table)).map((path) => objectId("table", path));
  return [...partitioned, ...parents.flatMap((id) => [id, ...givers(id, context)])];
}

function loosen(fact: Constraint, name: string, context: PlanContext): StepDraft {
  const sql = (what: string): string =>
    `ALTER TABLE ${pathOf(fact.parent ?? "")} ALTER COLUMN ${quoteIdentifier(name)} ${what} NOT NULL;`;
  return draft(fact, {
    action: "alter",
    sql: sql("DROP"),
    phase: "expand",
    why: `nothing says that ${name} must not be null but the key that goes`,
    locks: lockOnTree(context, fact.parent ?? "", "AccessExclusiveLock"),
    work: noWork,
    dataLoss: "never",
    undo: { sql: sql("SET") },
    provides: [],
    takesAway: true,
  });
}

/** A check that proves a bound which is about to come: its step takes it away itself. */
function isProof(fact: Constraint, context: PlanContext): boolean {
  const { name } = fact.spec;
  const table = context.desired(fact.parent ?? "");
  if (table && name === temporaryName("bound", table.object)) return true;
  const parent = partitionOf(table);
  if (parent === null) return false;
  return context
    .children("desired", objectId("table", qualifiedName(parent.schema, parent.table)), "table")
    .some((partition) => name === temporaryName("default partition", partition.object));
}

/** Made on a partition for a key above that is still to come: what a run which ended early left. */
function isReady(fact: Constraint, context: PlanContext): boolean {
  if (!["primary key", "unique", "exclude"].includes(fact.spec.type)) return false;
  return tablesAbove(fact.parent ?? "", (id) => context.final(id)).some((table) =>
    context
      .children("desired", table, "constraint")
      .some((other) => sameKey(other.spec as ConstraintSpec, fact.spec) && !context.live.facts.has(other.id)),
  );
}

function bareName(path: string): string {
  const last = /(?:"((?:[^"]|"")*)"|([^."]+))$/.exec(path);
  return last?.[1]?.replaceAll('""', '"') ?? last?.[2] ?? path;
}

function renameStep(fact: Constraint, from: string, to: string, context: PlanContext): StepDraft {
  const sql = (old: string, name: string): string =>
    `ALTER TABLE ${qualifiedName(fact.spec.schema, fact.spec.table)} RENAME CONSTRAINT ${quoteIdentifier(old)} TO ${quoteIdentifier(name)};`;
  const index = { relation: qualifiedName(fact.spec.schema, from), mode: "ShareUpdateExclusiveLock", blocks: "none" } as const;
  return draft(fact, {
    action: "rename",
    sql: sql(from, to),
    phase: "expand",
    why: "the name of the partition's own key changes",
    locks: context.isNew(fact.parent ?? "") ? [] : [...lockOnTree(context, fact.parent ?? "", "AccessExclusiveLock"), index],
    work: noWork,
    dataLoss: "never",
    undo: { sql: sql(to, from) },
    provides: [fact.id],
  });
}
