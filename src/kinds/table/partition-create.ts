import { generatedName, qualifiedName, quoteIdentifier } from "../../base/identifier.ts";
import type { Fact } from "../../model/database.ts";
import type { PlanContext } from "../../model/kind.ts";
import { type ObjectId, objectId } from "../../model/object-id.ts";
import type { Lock, StepDraft } from "../../model/step.ts";
import { draft, noWork } from "../shared/draft.ts";
import { isForeignTable } from "../shared/foreign-rows.ts";
import { lock, lockOn } from "../shared/locks.ts";
import { notNullOf } from "../shared/not-null-spec.ts";
import { columnList } from "../shared/render-constraint.ts";
import { storageClauses } from "../shared/storage-spec.ts";
import { partitionsInTheWay } from "./bound-overlap.ts";
import { checkDefaults, defaultsOf } from "./default-partition.ts";
import { foreignEnvironment, serverClause, tableNoun } from "./foreign-table.ts";
import { effectiveColumn, sides } from "./inherited-column.ts";
import { forValues, parentName } from "./partition.ts";
import { ownMethod, storageOf } from "./partition-storage.ts";
import { columnDefinition } from "./render-column.ts";
import type { Table } from "./table-spec.ts";

/**
 * How a new partition is made. PARTITION OF takes ACCESS EXCLUSIVE on the parent; a table like it that is attached takes SHARE UPDATE
 * EXCLUSIVE and comes out the same, names and all (measured on 14 to 18).
 */

/** Steps that make a partition: gently where its parent is in use. */
export function createPartition(fact: Table, context: PlanContext): StepDraft[] {
  const parent = fact.parent ?? "";
  // LIKE is not for foreign tables.
  const gentle =
    !isForeignTable(fact) && (fact.spec.columnOrder !== undefined || (isInUse(parent, context) && isPlain(fact, context)));
  const defaults = checkDefaults(fact, context);
  const inline = context.inline(fact.id);
  const made = gentle ? attachedSql(fact, context) : partitionOfSql(fact, context);
  return [
    ...defaults.before,
    draft(fact, {
      action: "create",
      sql: [...made, ...defaults.after].join("\n"),
      phase: "expand",
      why: "the files declare it",
      locks: [...attachLocks(fact, gentle ? "ShareUpdateExclusiveLock" : "AccessExclusiveLock", context)],
      work: noWork,
      dataLoss: "never",
      undo: { sql: `DROP ${tableNoun(fact)} ${fact.object};` },
      ...foreignEnvironment(fact.spec),
      provides: [fact.id, ...inline.map((part) => part.fact.id)],
      needs: neededOf(fact, context),
      after: partitionsInTheWay(fact, context),
      ...(!gentle && isInUse(parent, context)
        ? { safer: "make it like its parent by hand and attach it: PARTITION OF takes ACCESS EXCLUSIVE on the parent" }
        : {}),
    }),
    ...(gentle ? [] : ownMethod(fact, context)),
  ];
}

function isInUse(parent: ObjectId, context: PlanContext): boolean {
  return context.live.facts.has(parent) && !context.isNew(parent) && !context.isEmpty(parent);
}

/** LIKE gives the columns as the parent has them: what it has otherwise only PARTITION OF can say. */
function isPlain(fact: Table, context: PlanContext): boolean {
  return context.inline(fact.id).every((part) => part.fact.kind === "constraint");
}

/** New columns of the parents; all of them, and their checks, where the partition is made by itself. */
function neededOf(fact: Table, context: PlanContext): ObjectId[] {
  return above(fact, context).flatMap((table) => [
    ...context
      .children("desired", table.id, "column")
      .filter((column) => fact.spec.columnOrder !== undefined || context.isNew(column.id))
      .map((column) => column.id),
    ...context
      .children("desired", table.id, "constraint")
      .filter((constraint) => fact.spec.columnOrder !== undefined && constraint.spec["type"] === "check")
      .map((constraint) => constraint.id),
  ]);
}

const partitionClause = (fact: Table): string => (fact.spec.partitionBy ? ` PARTITION BY ${fact.spec.partitionBy.sql}` : "");
const kindOfTable = (fact: Table): string => `CREATE ${fact.spec.unlogged ? "UNLOGGED " : ""}${tableNoun(fact)} ${fact.object}`;

function partitionOfSql(fact: Table, context: PlanContext): string[] {
  const inline = context.inline(fact.id);
  const body = inline.length > 0 ? ` (\n${inline.map((part) => `  ${part.sql}`).join(",\n")}\n)` : "";
  return [
    `${kindOfTable(fact)} PARTITION OF ${parentName(fact)}${body} ${forValues(fact)}${partitionClause(fact)}${storageOf(fact, context)}${serverClause(fact.spec)};`,
  ];
}

const likeParts = "INCLUDING DEFAULTS INCLUDING CONSTRAINTS INCLUDING GENERATED INCLUDING STORAGE INCLUDING COMPRESSION";

function attachedSql(fact: Table, context: PlanContext): string[] {
  const columns = fact.spec.columnOrder ? ownColumns(fact, fact.spec.columnOrder, context) : null;
  const inline = context.inline(fact.id).filter((part) => part.fact.kind === "constraint");
  const parts = [...(columns?.elements ?? [`LIKE ${parentName(fact)} ${likeParts}`]), ...inline.map((part) => part.sql)];
  const body = parts.length > 1 ? `(\n${parts.map((part) => `  ${part}`).join(",\n")}\n)` : `(${parts.join("")})`;
  return [
    `${kindOfTable(fact)} ${body}${partitionClause(fact)}${storageClauses(fact.spec)};`,
    ...(columns?.after ?? []),
    `ALTER TABLE ${parentName(fact)} ATTACH PARTITION ${fact.object} ${forValues(fact)};`,
  ];
}

interface OwnColumns {
  readonly elements: readonly string[];
  readonly after: readonly string[];
}

/** The columns in an order of their own, as the parents and the partition's entry say them, with the checks that they must share. */
function ownColumns(fact: Table, order: readonly string[], context: PlanContext): OwnColumns {
  const { desired } = sides(context);
  const columns = order.flatMap((name) => effectiveColumn(desired, fact.id, name) ?? []);
  const checks = above(fact, context).flatMap((table) =>
    context
      .children("desired", table.id, "constraint")
      .filter((constraint) => constraint.spec["type"] === "check" && constraint.spec["noInherit"] !== true)
      .map(
        (constraint) =>
          `CONSTRAINT ${quoteIdentifier(String(constraint.spec["name"]))} CHECK (${(constraint.spec["definition"] as { sql: string } | null)?.sql})`,
      ),
  );
  return {
    elements: [
      ...columns.map(({ spec }) => {
        const named = spec.notNull && context.major >= 18;
        const name = named ? ` CONSTRAINT ${quoteIdentifier(notNullName(fact, spec.name, context))} NOT NULL` : "";
        return columnDefinition(spec, { notNullElsewhere: named, major: context.major }) + name;
      }),
      ...checks,
    ],
    after: columns.flatMap(({ spec }) =>
      spec.storage && context.major < 16
        ? [`ALTER TABLE ${fact.object} ALTER COLUMN ${columnList([spec.name])} SET STORAGE ${spec.storage.toUpperCase()};`]
        : [],
    ),
  };
}

function above(fact: Fact, context: PlanContext): Fact[] {
  const parent = fact.parent === null ? undefined : context.final(fact.parent);
  return parent ? [parent, ...above(parent, context)] : [];
}

/** What the NOT NULL of a partition's column is called when PARTITION OF makes it: as its parent's. */
function notNullName(table: Fact, column: string, context: PlanContext): string {
  const look = { children: (id: ObjectId, kind: string) => context.children("desired", id, kind) };
  const named = notNullOf(look, table.id, column);
  if (named) return named.spec.name;
  const parent = table.parent === null ? undefined : context.final(table.parent);
  return parent ? notNullName(parent, column, context) : generatedName(String(table.spec["name"]), column, "not_null");
}

/** Tables that foreign keys of the tables above a partition point at. */
export function foreignTargets(fact: Table, context: PlanContext): ObjectId[] {
  return above(fact, context)
    .flatMap((table) => context.children("live", table.id, "constraint"))
    .flatMap((constraint) => {
      const target = constraint.spec["references"] as { readonly schema: string; readonly table: string } | null;
      return target ? [objectId("table", qualifiedName(target.schema, target.table))] : [];
    });
}

/** What ATTACH and PARTITION OF lock besides the table itself: the default partition, indexes, targets of foreign keys (measured). */
export function attachLocks(fact: Table, onParent: Lock["mode"], context: PlanContext): Lock[] {
  const parent = fact.parent ?? "";
  return [
    ...lockOn(context, parent, onParent),
    ...defaultsOf(fact, context).flatMap((id) => lockOn(context, id, "AccessExclusiveLock")),
    ...(context.isNew(parent) ? [] : context.indexes(parent).map((name) => lock(name, "ShareUpdateExclusiveLock"))),
    ...foreignTargets(fact, context).flatMap((target) => lockOn(context, target, "ShareRowExclusiveLock")),
  ];
}
