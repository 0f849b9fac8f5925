import { qualifiedName, quoteIdentifier } from "../../base/identifier.ts";
import type { Fact } from "../../model/database.ts";
import type { PlanContext } from "../../model/kind.ts";
import { type ObjectId, objectId, pathOf } from "../../model/object-id.ts";
import type { Phase, StepDraft } from "../../model/step.ts";
import { draft, indexWork, noWork } from "./draft.ts";
import { setTarget, wholeDefinition } from "./index-attributes.ts";
import { partitionIndexName, sameKeys } from "./index-names.ts";
import { type Index, textOf } from "./index-spec.ts";
import { lock, lockOn } from "./locks.ts";
import { isSwapped } from "./partition-index.ts";
import { partitionsToBe, type TreeNode } from "./partition-tree.ts";
import { temporaryName } from "./temporary-name.ts";

/**
 * The index of a partitioned table whose partitions hold rows: an invalid one on the table alone, one on each partition, built while
 * reads and writes go on, then one hung on the other; the last makes it valid (manual, 5.12.2.1). What an earlier run built is used.
 */

/** How the build is called and when it runs. `temporary`: the names are taken, it goes by others until it is complete. */
export interface TreeBuild {
  readonly phase: Phase;
  readonly why: string;
  readonly temporary: boolean;
}

/** What the files say of the index of a partition beneath an index; undefined where they leave it to PostgreSQL. */
function declaredIn(table: ObjectId, index: Index, context: PlanContext): Index | undefined {
  const found = context
    .children("desired", table, "index")
    .find((fact) => fact.spec["attachedTo"] === index.object && sameKeys(textOf(fact), textOf(index)));
  return found as Index | undefined;
}

/** The name that the index of a partition has, or gets, beneath an index: what the files say, or what PostgreSQL would call it. */
function nameInPartition(index: Index, node: Pick<TreeNode, "id" | "name">, context: PlanContext): string {
  const declared = declaredIn(node.id, index, context);
  return declared?.spec.name ?? partitionIndexName(node.name, index.spec.definition.sql, takenIn(index, node, context));
}

/** Names in a partition that others have, or get from indexes that are made before this one. */
function takenIn(index: Index, node: Pick<TreeNode, "id" | "name">, context: PlanContext): Set<string> {
  const nameOf = ({ spec }: Fact): string => String(spec["name"]);
  const there = [...context.children("live", node.id, "index"), ...(impliedIn(context).get(node.id) ?? [])];
  const taken = new Set([
    ...there.filter((fact) => staysBeside(fact, index, context)).map(nameOf),
    ...context.children("desired", node.id, "index").map(nameOf),
  ]);
  const beside = context.children("desired", index.parent ?? "", "index") as readonly Index[];
  const earlier = beside.slice(
    0,
    Math.max(
      0,
      beside.findIndex(({ id }) => id === index.id),
    ),
  );
  for (const other of earlier) {
    const hangs = there.some(({ spec }) => spec["attachedTo"] === other.object) && !isSwapped(other.id, context);
    if (!hangs && !declaredIn(node.id, other, context))
      taken.add(partitionIndexName(node.name, other.spec.definition.sql, new Set(taken)));
  }
  return taken;
}

/** True for a live index of a partition that keeps its name, and is not the one that hangs, or is to hang, on this index. */
function staysBeside(fact: Fact, index: Index, context: PlanContext): boolean {
  const on = fact.spec["attachedTo"];
  if (typeof on !== "string") return !sameKeys(textOf(fact), textOf(index)) && !context.isDropped(fact.id);
  const above = objectId("index", on);
  return on !== index.object && !context.isDropped(above) && !isSwapped(above, context);
}

const impliedIndexes = new WeakMap<object, Map<ObjectId, Fact[]>>();

/** Live indexes that are as PostgreSQL makes them for a partition, by its table. */
function impliedIn({ live }: PlanContext): Map<ObjectId, Fact[]> {
  const known = impliedIndexes.get(live.facts);
  if (known) return known;
  const map = new Map<ObjectId, Fact[]>();
  for (const fact of live.implied?.values() ?? [])
    if (fact.kind === "index" && fact.parent !== null) map.set(fact.parent, [...(map.get(fact.parent) ?? []), fact]);
  impliedIndexes.set(live.facts, map);
  return map;
}

/**
 * Statistics targets of what lies beneath an index, said after those of the index: ALTER INDEX of the one above reaches them all (measured),
 * and what the files say of each is not that. In: the columns whose target was set above; null for an index that was just made.
 */
export function targetsBelow(index: Index, changed: readonly string[] | null, context: PlanContext): StepDraft[] {
  const below = (table: ObjectId): StepDraft[] =>
    partitionsToBe(table, context).flatMap((node) => {
      const name = nameInPartition(index, node, context);
      const own = declaredIn(node.id, index, context)?.spec.statistics ?? {};
      const leaf = indexAt(index, node, name);
      const locks = changed === null || node.isNew ? [] : [lock(leaf.object, "ShareUpdateExclusiveLock")];
      const columns = changed ?? [...new Set([...Object.keys(index.spec.statistics), ...Object.keys(own)])].sort();
      const steps = columns.flatMap((column) => {
        const [above = null, target = null] = [index.spec.statistics[column], own[column]];
        return above === target ? [] : [{ ...setTarget(leaf, column, above, target, locks), provides: [] }];
      });
      return [...steps, ...below(node.id)];
    });
  return below(index.parent ?? "");
}

/** The index of a partition, as far as its name tells. */
function indexAt(index: Index, { id, schema }: TreeNode, name: string): Index {
  return {
    ...index,
    id: objectId("index", qualifiedName(schema, name)),
    object: qualifiedName(schema, name),
    schema,
    parent: id,
  };
}

/** Steps that build what is not there of an index and the indexes beneath it. The last one provides it. */
export function buildIndexTree(index: Index, context: PlanContext, build: TreeBuild): StepDraft[] {
  const name = build.temporary ? temporaryName("index", index.object) : index.spec.name;
  const root = qualifiedName(index.spec.schema, name);
  const tree: Tree = { index, context, build, root: liveIndex(root, context) };
  const here = {
    schema: index.spec.schema,
    name: index.spec.table,
    index: name,
    id: index.parent ?? "",
    isThere: tree.root !== undefined,
  };
  const made: Made = { alone: [], leaves: [], hangs: [] };
  if (!tree.root) made.alone.push(onlyStep(tree, here));
  beneath(tree, here, partitionsToBe(here.id, context), made);
  const steps = [...made.alone, ...made.leaves, ...made.hangs];
  const last = steps.at(-1);
  return last ? [...steps.slice(0, -1), { ...last, provides: [...last.provides, objectId("index", root)] }] : [];
}

interface Tree {
  readonly index: Index;
  readonly context: PlanContext;
  readonly build: TreeBuild;
  /** The live index on top, which an earlier run may have left. */
  readonly root: Fact | undefined;
}

interface Place {
  readonly id: ObjectId;
  readonly schema: string;
  readonly name: string;
  /** Bare name of the index on it. */
  readonly index: string;
  /** True for one that an earlier run made. */
  readonly isThere: boolean;
}

interface Made {
  readonly alone: StepDraft[];
  readonly leaves: StepDraft[];
  readonly hangs: StepDraft[];
}

function liveIndex(path: string, context: PlanContext): Fact | undefined {
  const id = objectId("index", path);
  return context.live.facts.get(id) ?? context.live.implied?.get(id);
}

function beneath(tree: Tree, above: Place, nodes: readonly TreeNode[], made: Made): void {
  for (const node of nodes) {
    const index = indexNameAt(tree, node);
    const live = liveIndex(qualifiedName(node.schema, index), tree.context);
    const usable = live !== undefined && live.parent === node.id && isFor(tree, live);
    const place = { ...node, index, isThere: usable };
    const hangs = usable && live.spec["attachedTo"] !== null;
    if (node.isNew && !node.isPartitioned) made.leaves.push(newStep(tree, node, place));
    else if (node.isPartitioned) {
      if (!usable) made.alone.push({ ...onlyStep(tree, place), ...(node.isNew ? { needs: node.tables } : {}) });
      beneath(tree, place, node.partitions, made);
    } else if (!usable || live.spec["valid"] !== true) made.leaves.push(leafStep(tree, place));
    if (!hangs) made.hangs.push(hangStep(tree, above, place));
  }
}

/** Of these keys, and on no other index. */
function isFor(tree: Tree, live: Fact): boolean {
  const on = live.spec["attachedTo"] ?? null;
  return sameKeys(textOf(live), textOf(tree.index)) && (on === null || on === tree.root?.object);
}

/** What hangs on the live index already keeps its name. */
function indexNameAt(tree: Tree, node: TreeNode): string {
  const attached = (tree.root?.spec["attached"] ?? []) as readonly { readonly table: string; readonly index: string }[];
  const there = attached.find(({ table }) => table === pathOf(node.id));
  const known = there ? liveIndex(there.index, tree.context) : undefined;
  if (known) return String(known.spec["name"]);
  const name = nameInPartition(tree.index, node, tree.context);
  return tree.build.temporary ? temporaryName("index", qualifiedName(node.schema, name)) : name;
}

const unique = (tree: Tree): string => (tree.index.spec.unique ? "UNIQUE " : "");

/** With the parameters and the tablespace that the files give that one. */
const definitionAt = ({ index, context }: Tree, { id }: Place): string =>
  wholeDefinition(declaredIn(id, index, context) ?? index);

function onlyStep(tree: Tree, place: Place): StepDraft {
  const path = qualifiedName(place.schema, place.index);
  return draft(tree.index, {
    action: "create",
    sql: `CREATE ${unique(tree)}INDEX ${quoteIdentifier(place.index)} ON ONLY ${qualifiedName(place.schema, place.name)} ${definitionAt(tree, place)};`,
    phase: tree.build.phase,
    why: `${tree.build.why}: it is valid when every partition has its own`,
    locks: lockOn(tree.context, place.id, "ShareLock"),
    work: noWork,
    dataLoss: "never",
    undo: { sql: `DROP INDEX ${path};` },
    provides: place.id === tree.index.parent ? [] : [objectId("index", path)],
  });
}

function leafStep(tree: Tree, place: Place): StepDraft {
  const table = qualifiedName(place.schema, place.name);
  const path = qualifiedName(place.schema, place.index);
  return draft(tree.index, {
    action: "create",
    sql: `CREATE ${unique(tree)}INDEX CONCURRENTLY ${quoteIdentifier(place.index)} ON ${table} ${definitionAt(tree, place)};`,
    phase: tree.build.phase,
    why: `${tree.build.why}: that of partition ${table}`,
    locks: lockOn(tree.context, place.id, "ShareUpdateExclusiveLock"),
    work: indexWork,
    dataLoss: "never",
    transactional: false,
    undo: { sql: `DROP INDEX CONCURRENTLY ${path};` },
    breaks: tree.index.spec.unique ? "old" : "none",
    relation: table,
    provides: [objectId("index", path)],
  });
}

/** A partition that holds no row. */
function newStep(tree: Tree, node: TreeNode, place: Place): StepDraft {
  return {
    ...onlyStep(tree, place),
    sql: `CREATE ${unique(tree)}INDEX ${quoteIdentifier(place.index)} ON ${qualifiedName(place.schema, place.name)} ${definitionAt(tree, place)};`,
    why: `${tree.build.why}: that of the new partition ${pathOf(place.id)}`,
    needs: node.tables,
  };
}

function hangStep(tree: Tree, above: Place, place: Place): StepDraft {
  const [on, path] = [qualifiedName(above.schema, above.index), qualifiedName(place.schema, place.index)];
  return draft(tree.index, {
    action: "alter",
    sql: `ALTER INDEX ${on} ATTACH PARTITION ${path};`,
    phase: tree.build.phase,
    why: `the index of ${qualifiedName(place.schema, place.name)} becomes part of ${on}`,
    locks: [
      ...(above.isThere ? [lock(on, "ShareUpdateExclusiveLock")] : []),
      ...(place.isThere ? [lock(path, "AccessExclusiveLock")] : []),
    ],
    work: noWork,
    dataLoss: "never",
    undo: { none: "an index of a partition cannot be taken off; dropping the index of the table takes all of them" },
    provides: [],
  });
}

/** Takes the names of an index and those beneath for what was built under others, when the old index is gone. */
export function renameTree(
  index: Index,
  context: PlanContext,
): { readonly sql: readonly string[]; readonly ids: readonly ObjectId[] } {
  const nodes = (list: readonly TreeNode[]): TreeNode[] => list.flatMap((node) => [node, ...nodes(node.partitions)]);
  const names = [
    { schema: index.spec.schema, name: index.spec.name },
    ...nodes(partitionsToBe(index.parent ?? "", context)).map((node) => ({
      schema: node.schema,
      name: nameInPartition(index, node, context),
    })),
  ];
  return {
    sql: names.map(({ schema, name }) => {
      const built = temporaryName("index", qualifiedName(schema, name));
      return `ALTER INDEX ${qualifiedName(schema, built)} RENAME TO ${quoteIdentifier(name)};`;
    }),
    ids: names.map(({ schema, name }) => objectId("index", qualifiedName(schema, name))),
  };
}
