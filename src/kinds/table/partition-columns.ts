import { qualifiedName, quoteIdentifier } from "../../base/identifier.ts";
import type { Fact } from "../../model/database.ts";
import type { PlanContext } from "../../model/kind.ts";
import { LockstepError } from "../../model/lockstep-error.ts";
import { type ObjectId, objectId } from "../../model/object-id.ts";
import type { StepDraft } from "../../model/step.ts";
import { draft, noWork } from "../shared/draft.ts";
import { lockOnTree } from "../shared/locks.ts";
import { notNullOf } from "../shared/not-null-spec.ts";
import { type Column, changeType, gatherStatistics } from "./column-change.ts";
import type { ColumnSpec } from "./column-spec.ts";
import { effectiveColumn, sides } from "./inherited-column.ts";
import { changeNotNull } from "./not-null-change.ts";
import { parentName } from "./partition.ts";
import { columnDefinition } from "./render-column.ts";
import type { Table } from "./table-spec.ts";

/** What the columns of a table lack to be those of a partition: ATTACH PARTITION refuses every difference of name, type and NOT NULL. */

/** Names of all columns of a table, its parents' included, in order. */
export function columnsOf(
  table: Fact,
  look: { fact(id: ObjectId): Fact | undefined; children(id: ObjectId, kind: string): readonly Fact[] },
): string[] {
  const parent = table.parent === null ? undefined : look.fact(table.parent);
  const names = look.children(table.id, "column").map((column) => String(column.spec["name"]));
  return [...new Set([...(parent ? columnsOf(parent, look) : []), ...names])];
}

/** The column of a table as it was before it became a partition. */
function columnBefore(table: Table, name: string, context: PlanContext): Column | undefined {
  const id = objectId("column", qualifiedName(table.spec.schema, table.spec.name, name));
  return (context.live.implied?.get(id) ?? context.live.facts.get(id)) as Column | undefined;
}

/** Steps that give a table what its new parent has and it lacks. What differs in other ways is refused with its name. */
export function fitColumns(live: Table, desired: Table, context: PlanContext): StepDraft[] {
  const look = sides(context).desired;
  const parent = look.fact(desired.parent ?? "");
  if (!parent) return [];
  return columnsOf(parent, look).flatMap((name) => {
    const given = effectiveColumn(look, parent.id, name);
    const own = columnBefore(live, name, context);
    if (!given) return [];
    const wanted = { ...given, spec: { ...given.spec, schema: live.spec.schema, table: live.spec.name } };
    // One of which the files say something adds itself.
    const addsItself = context.desired(objectId("column", `${desired.object}.${quoteIdentifier(name)}`)) !== undefined;
    if (!own) return addsItself ? [] : [addColumn(desired, wanted, context)];
    return fitColumn(own, wanted, desired, context);
  });
}

function addColumn(desired: Table, column: Column, context: PlanContext): StepDraft {
  const name = quoteIdentifier(column.spec.name);
  // From 18 on NOT NULL has the name by which the parent's will know it.
  const look = { children: (id: ObjectId, kind: string) => context.children("desired", id, kind) };
  const named = context.major >= 18 ? notNullOf(look, desired.id, column.spec.name) : undefined;
  const notNull = named ? ` CONSTRAINT ${quoteIdentifier(named.spec.name)} NOT NULL` : "";
  const definition = columnDefinition({ ...column.spec, identity: null }, { notNullElsewhere: named !== undefined });
  return draft(desired, {
    action: "alter",
    sql: `ALTER TABLE ${desired.object} ADD COLUMN ${definition}${notNull};`,
    phase: "contract",
    why: "its parent has this column",
    locks: lockOnTree(context, desired.id, "AccessExclusiveLock"),
    work: noWork,
    dataLoss: "never",
    undo: { sql: `ALTER TABLE ${desired.object} DROP COLUMN ${name};` },
    provides: [],
    takesAway: true,
  });
}

function fitColumn(own: Column, given: Column, desired: Table, context: PlanContext): StepDraft[] {
  const like = (spec: Partial<ColumnSpec>): Column => ({ ...own, spec: { ...own.spec, ...spec } });
  const steps: StepDraft[] = [];
  if ((own.spec.generated?.sql ?? null) !== (given.spec.generated?.sql ?? null))
    throw cannotAttach(desired, `column ${own.spec.name} is generated in another way`, "make them the same first");
  if (own.spec.type !== given.spec.type || own.spec.collation !== given.spec.collation) {
    const typed = like({ type: given.spec.type, collation: given.spec.collation });
    const step = changeType(own, typed, context);
    steps.push({ ...step, phase: "contract" }, ...gatherStatistics(typed, context, "contract"));
  }
  if (given.spec.notNull && !own.spec.notNull) steps.push(...changeNotNull(like({ notNull: true }), context));
  return steps.map((step) => ({ ...step, provides: [], takesAway: true }));
}

/** Says that a table cannot be made a partition as it is. */
function cannotAttach(desired: Table, what: string, hint: string): LockstepError {
  const message = `table ${desired.object} cannot become a partition of ${parentName(desired)}: ${what}`;
  return new LockstepError({
    code: "cannot-attach",
    exitCode: 3,
    message,
    diagnostics: [
      {
        code: "cannot-attach",
        severity: "error",
        object: desired.object,
        message,
        hint,
        ...(desired.at ? { file: desired.at.file, line: desired.at.line, column: desired.at.column } : {}),
      },
    ],
  });
}
