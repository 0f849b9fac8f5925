import { qualifiedName } from "../../base/identifier.ts";
import type { Fact } from "../../model/database.ts";
import type { PlanContext } from "../../model/kind.ts";
import { kindOf, objectId, pathOf } from "../../model/object-id.ts";
import type { Lock, LockMode } from "../../model/step.ts";
import type { Work } from "../shared/draft.ts";
import { lock, lockOn, lockOnHeirs, lockOnIndexes } from "../shared/locks.ts";
import type { PartIndex } from "../shared/part-index.ts";
import type { ColumnSpec } from "./column-spec.ts";

/**
 * What ALTER COLUMN TYPE locks (measured on 14 to 18): the table and its partitions; of the indexes all when rows are written anew, else
 * those that use the column, because PostgreSQL makes them anew over the old files; the other table of each foreign key on the column,
 * as the key is dropped and added; the sequence of an identity, whose type follows.
 */
export function typeChangeLocks(live: Fact<ColumnSpec>, desired: Fact<ColumnSpec>, work: Work, context: PlanContext): Lock[] {
  const table = objectId("table", qualifiedName(desired.spec.schema, desired.spec.table));
  const dependents = context
    .dependents(live.id)
    .filter((id) => !context.isDropped(id))
    .flatMap((id) => context.live.facts.get(id) ?? []);
  const aside = foreignKeysApart(live, context);
  const constraints = dependents.filter(({ kind, id }) => kind === "constraint" && !aside.includes(id));
  const followsType = live.spec.identity !== null && live.spec.type !== desired.spec.type;
  return [
    ...lockOnHeirs(context, table, "AccessExclusiveLock"),
    ...(work.rewrite ? lockOnIndexes(context, table, "AccessExclusiveLock") : context.isNew(table) ? [] : ownIndexes(dependents)),
    ...constraints.flatMap((constraint) => otherTables(constraint, context)),
    ...(followsType ? lockOnSequence(live, "ShareRowExclusiveLock", context) : []),
  ];
}

/** The sequence behind an identity, which ALTER COLUMN takes along. */
export function lockOnSequence(live: Fact<ColumnSpec>, mode: LockMode, context: PlanContext): Lock[] {
  return live.spec.sequence === null || context.isNew(live.parent ?? "") ? [] : [lock(live.spec.sequence, mode)];
}

function ownIndexes(dependents: readonly Fact[]): Lock[] {
  return dependents.flatMap((fact) => {
    const isKey = fact.kind === "constraint" && ["primary key", "unique", "exclude"].includes(String(fact.spec["type"]));
    if (fact.kind !== "index" && !isKey) return [];
    const attached = (fact.spec["attached"] ?? []) as readonly PartIndex[];
    const own = isKey ? qualifiedName(String(fact.schema), String(fact.spec["name"])) : pathOf(fact.id);
    return [own, ...attached.map(({ index }) => index)].map((name) => lock(name, "AccessExclusiveLock"));
  });
}

/** Both sides of a foreign key: the column may be on either. */
function otherTables(constraint: Fact, context: PlanContext): Lock[] {
  const target = constraint.spec["references"] as { readonly schema: string; readonly table: string } | null;
  if (constraint.spec["type"] !== "foreign key" || target === null) return [];
  const sides = [constraint.parent ?? "", objectId("table", qualifiedName(target.schema, target.table))];
  return sides.filter((id) => kindOf(id) === "table").flatMap((id) => lockOn(context, id, "AccessExclusiveLock"));
}

const families: readonly (readonly string[])[] = [
  ["smallint", "integer", "bigint"],
  ["text", "character varying"],
];

/** Whether PostgreSQL takes a foreign key of one type to a key of another: by the key's own operators, or an implicit cast. */
function comparable(from: string, to: string, context: PlanContext): boolean {
  const [a, b] = [from, to].map((type) => type.replace(/\([^)]*\)/, ""));
  if (a === b || families.some((family) => family.includes(a ?? "") && family.includes(b ?? ""))) return true;
  return context.live.casts.get(`${a}>${b}`)?.context === "implicit";
}

/**
 * Foreign keys both of whose sides change their types, so that there is a moment in which they do not go together: they have to be
 * out of the way of both changes. All others PostgreSQL takes along.
 */
export function foreignKeysApart(live: Fact<ColumnSpec>, context: PlanContext): string[] {
  const foreign = context.dependents(live.id).flatMap((id) => context.live.facts.get(id) ?? []);
  return foreign.flatMap((fact) => {
    const target = fact.spec["references"] as {
      readonly schema: string;
      readonly table: string;
      columns: readonly string[];
    } | null;
    if (fact.kind !== "constraint" || fact.spec["type"] !== "foreign key" || target === null || context.isDropped(fact.id))
      return [];
    const own = fact.spec["columns"] as readonly string[];
    const apart = own.some((column, n) => {
      const from = typesOf(String(fact.schema), String(fact.spec["table"]), column, context);
      const to = typesOf(target.schema, target.table, target.columns[n] ?? "", context);
      if (!from || !to || from.before === from.after || to.before === to.after) return false;
      return !(comparable(from.after, to.before, context) && comparable(from.before, to.after, context));
    });
    return apart ? [fact.id] : [];
  });
}

function typesOf(
  schema: string,
  table: string,
  column: string,
  context: PlanContext,
): { readonly before: string; readonly after: string } | null {
  const id = objectId("column", qualifiedName(schema, table, column));
  const [before, after] = [context.live.facts.get(id), context.final(id)];
  return before && after ? { before: String(before.spec["type"]), after: String(after.spec["type"]) } : null;
}

/**
 * Keys that include a column beside their own: PostgreSQL builds their index anew with its type, and refuses to while a foreign key (which
 * hangs on the index, not on the column) points at it.
 */
export function keysThatInclude(live: Fact<ColumnSpec>, context: PlanContext): string[] {
  return context.children("live", live.parent ?? "", "constraint").flatMap((fact) => {
    const included = (fact.spec["include"] ?? []) as readonly string[];
    return included.includes(live.spec.name) && !context.isDropped(fact.id) ? [fact.id] : [];
  });
}
