import { generatedName, qualifiedName, quoteIdentifier, splitPath } from "../../base/identifier.ts";
import { quoteLiteral } from "../../base/literal.ts";
import type { PlanContext } from "../../model/kind.ts";
import { objectId, pathOf } from "../../model/object-id.ts";
import type { StepDraft } from "../../model/step.ts";
import { draft, noWork, scanWork } from "../shared/draft.ts";
import { lock, strongest } from "../shared/locks.ts";
import { temporaryName } from "../shared/temporary-name.ts";
import { type Column, facet, nameOf, tableIdOf, tableNameOf } from "./column-change.ts";
import { continueValues } from "./identity-values.ts";
import { identityClause, identityDifference } from "./render-column.ts";
import { lockOnSequence } from "./type-locks.ts";

/** How a column becomes an identity, ceases to be one, and changes as one. The sequence behind it keeps its name and its place. */

/** Path of the sequence behind an identity. */
function sequenceOf(column: Column): string {
  const { schema, table, name, identity } = column.spec;
  return identity?.sequence ?? qualifiedName(schema, generatedName(table, name, "seq"));
}

/** Becoming, ceasing to be and changing an identity. */
export function changeIdentity(live: Column, desired: Column, context: PlanContext): StepDraft[] {
  if (live.spec.identity === null) return addIdentity(live, desired, context);
  if (desired.spec.identity === null) return [dropIdentity(live, desired, context)];
  const [from, to] = [live.spec.identity, desired.spec.identity];
  const what = identityDifference(from, to);
  const step = facet(desired, context, { what, back: identityDifference(to, from), why: "the identity changes" });
  return [
    ...(what === ""
      ? []
      : [{ ...step, locks: strongest([...step.locks, ...lockOnSequence(live, "ShareRowExclusiveLock", context)]) }]),
    ...(followsTable(live, desired, context) ? [] : renameSequence(desired, sequenceOf(live), sequenceOf(desired))),
  ];
}

/** True where the rename of the table gives the sequence its new generated name. */
function followsTable(live: Column, desired: Column, context: PlanContext): boolean {
  const table = context.desired(tableIdOf(desired));
  if (table?.renamedFrom === undefined || !context.isRenamed(table.id)) return false;
  const [, before = ""] = splitPath(pathOf(table.renamedFrom));
  const { schema, name } = desired.spec;
  const isGenerated = sequenceOf(desired) === qualifiedName(schema, generatedName(desired.spec.table, name, "seq"));
  const [, sequence] = splitPath(sequenceOf(live));
  return isGenerated && sequence === generatedName(before, name, "seq");
}

/** Where the old sequence of a serial still has the name, the new one is called otherwise until that is gone. */
function addIdentity(live: Column, desired: Column, context: PlanContext): StepDraft[] {
  const wanted = sequenceOf(desired);
  const taken = context.isDropped(objectId("sequence", wanted)) && context.live.facts.has(objectId("sequence", wanted));
  const [schema = ""] = splitPath(wanted);
  const meanwhile = qualifiedName(schema, temporaryName("sequence", desired.object));
  const identity = desired.spec.identity && { ...desired.spec.identity, sequence: meanwhile };
  const spec = taken ? { ...desired.spec, identity } : desired.spec;
  const step = facet(desired, context, {
    what: `ADD ${identityClause(spec)}`,
    back: "DROP IDENTITY",
    why: "it becomes an identity",
  });
  const values = continueValues(live, desired, context);
  const add =
    values === null
      ? step
      : {
          ...step,
          ...(values.reads ? { ...scanWork, relation: tableNameOf(desired), alone: true } : {}),
          sql: `${step.sql}\n${values.sql}`,
        };
  return [add, ...(taken ? renameSequence(desired, meanwhile, wanted) : [])];
}

function dropIdentity(live: Column, desired: Column, context: PlanContext): StepDraft {
  const step = facet(desired, context, {
    what: "DROP IDENTITY",
    back: `ADD ${identityClause(live.spec)}`,
    why: "it is no identity any more",
    phase: "contract",
    breaks: "old",
  });
  return {
    ...step,
    dataLoss: "always",
    locks: strongest([...step.locks, ...lockOnSequence(live, "AccessExclusiveLock", context)]),
    // The name of its sequence is free after it: what the column will need may take it.
    takesAway: true,
    removes: [objectId("sequence", sequenceOf(live))],
  };
}

/** The sequence that takes over from an identity goes on behind the values that are there. */
export function continueDefault(live: Column, desired: Column, context: PlanContext): StepDraft[] {
  const sequence = desired.spec.default && nextvalOf(desired.spec.default.sql);
  if (live.spec.identity === null || sequence === null || sequence === undefined || context.isEmpty(tableIdOf(desired)))
    return [];
  const down = live.spec.identity.options.increment.startsWith("-");
  const furthest = `${down ? "min" : "max"}(${nameOf(desired)})`;
  return [
    draft(desired, {
      action: "alter",
      sql: `SELECT setval(${quoteLiteral(sequence)}, ${furthest}) FROM ${tableNameOf(desired)} HAVING ${furthest} IS NOT NULL;`,
      phase: "contract",
      why: "its sequence goes on behind the values that are there",
      locks: [],
      work: scanWork,
      dataLoss: "never",
      undo: { none: "a sequence only goes forward" },
      relation: tableNameOf(desired),
      provides: [],
      alone: true,
    }),
  ];
}

function nextvalOf(sql: string): string | undefined {
  return /^(?:pg_catalog\.)?nextval\('((?:[^']|'')+)'(?:::regclass)?\)$/.exec(sql)?.[1]?.replaceAll("''", "'");
}

function renameSequence(desired: Column, from: string, to: string): StepDraft[] {
  if (from === to) return [];
  const [oldSchema = "", oldName = ""] = splitPath(from);
  const [schema = "", name = ""] = splitPath(to);
  const sql = [
    ...(oldSchema === schema ? [] : [`ALTER SEQUENCE ${from} SET SCHEMA ${quoteIdentifier(schema)};`]),
    ...(oldName === name ? [] : [`ALTER SEQUENCE ${qualifiedName(schema, oldName)} RENAME TO ${quoteIdentifier(name)};`]),
  ].join("\n");
  const isOurs = oldName === temporaryName("sequence", desired.object);
  return [
    draft(desired, {
      action: "rename",
      sql,
      phase: "contract",
      why: isOurs ? "the sequence before it is gone, and its name is free" : "the name of its sequence changes",
      locks: isOurs ? [] : [lock(from, "AccessExclusiveLock")],
      work: noWork,
      dataLoss: "never",
      undo: { sql: `ALTER SEQUENCE ${to} RENAME TO ${quoteIdentifier(oldName)};` },
      provides: [objectId("sequence", to)],
    }),
  ];
}
