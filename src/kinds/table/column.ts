import { generatedName, qualifiedName, quoteIdentifier } from "../../base/identifier.ts";
import type { Fact } from "../../model/database.ts";
import type {
  KindModule,
  Lookup,
  PlanContext,
  ReadContext,
  Reference,
  Replace,
  WriteContext,
  WrittenEntry,
  YamlEntry,
} from "../../model/kind.ts";
import { objectId } from "../../model/object-id.ts";
import type { LockMode, StepDraft } from "../../model/step.ts";
import { columnNames, references } from "../../sql/references.ts";
import { draft, noWork } from "../shared/draft.ts";
import { lockOnIndexes, lockOnTree } from "../shared/locks.ts";
import { nestedKey, shortOrLong } from "../shared/yaml-entry.ts";
import { addColumnWork } from "./add-column-work.ts";
import { columnCatalog } from "./column-catalog.ts";
import {
  type Column,
  changeDefault,
  changeGenerated,
  changeIdentity,
  changeNotNull,
  changeStatistics,
  changeStorage,
  changeType,
  gatherStatistics,
  tableIdOf,
  tableNameOf,
} from "./column-change.ts";
import { readColumn } from "./column-read.ts";
import type { ColumnSpec } from "./column-spec.ts";
import { renameIdentitySequence } from "./rename-sequence.ts";
import { columnDefinition, identityClause } from "./render-column.ts";
import { lockOnSequence } from "./type-locks.ts";

/** Columns (manual, CREATE TABLE and ALTER TABLE). */

// ---- YAML

/** Names given to the unnamed constraints of a table so far: PostgreSQL numbers them across its columns. */
const takenNames = new WeakMap<ReadContext, { table: string; taken: Set<string>; position: number }>();

function read(entry: YamlEntry, context: ReadContext): readonly Fact[] {
  const table = context.parent?.id ?? "";
  const known = takenNames.get(context);
  const state = known?.table === table ? known : { table, taken: new Set<string>(), position: 0 };
  takenNames.set(context, state);
  state.position++;
  return readColumn(entry, state.position, state.taken, context);
}

const serialWords: Readonly<Record<string, string>> = { integer: "serial", bigint: "bigserial", smallint: "smallserial" };

function write(fact: Column, _context: WriteContext): WrittenEntry {
  const spec = fact.spec;
  const def = spec.serial
    ? [serialWords[spec.type] ?? "serial", ...(spec.collation ? [`collate ${spec.collation}`] : [])].join(" ")
    : [
        spec.type,
        ...(spec.collation ? [`collate ${spec.collation}`] : []),
        ...(spec.generated ? [`generated always as (${spec.generated.sql}) ${spec.virtual ? "virtual" : "stored"}`] : []),
        ...(spec.identity
          ? [identityClause(spec).replace(/^GENERATED (ALWAYS|BY DEFAULT) AS IDENTITY/, (words) => words.toLowerCase())]
          : []),
        ...(spec.notNull && !spec.identity ? ["not null"] : []),
        ...(spec.default ? [`default ${spec.default.sql}`] : []),
      ].join(" ");
  return shortOrLong(nestedKey(spec.name), def, {
    ...(spec.storage ? { storage: spec.storage } : {}),
    ...(spec.statistics === null ? {} : { statistics: spec.statistics }),
  });
}

// ---- identity

/** A column of a primary key is NOT NULL, whether said or not. */
function settle(fact: Column, _major: number, look: Lookup): Column {
  const spec = fact.spec;
  if (spec.notNull) return fact;
  const inKey = look
    .children(tableIdOf(fact), "constraint")
    .some(
      (constraint) =>
        constraint.spec["type"] === "primary key" && (constraint.spec["columns"] as readonly string[]).includes(spec.name),
    );
  return inKey ? { ...fact, spec: { ...spec, notNull: true } } : fact;
}

function dependsOn(fact: Column): Reference[] {
  const spec = fact.spec;
  const out = references("type", spec.type);
  for (const expression of [spec.default, spec.generated]) if (expression) out.push(...references(expression.as, expression.sql));
  if (spec.generated)
    out.push(
      ...columnNames(spec.generated.as, spec.generated.sql).map((name) =>
        objectId("column", qualifiedName(spec.schema, spec.table, name)),
      ),
    );
  return out;
}

// ---- change and render

function create(fact: Column, context: PlanContext): StepDraft[] {
  const table = tableIdOf(fact);
  if (context.isNew(table))
    return context.comesLater(fact.id) ? [...afterTable(fact), ...attributes(fact, context)] : attributes(fact, context);
  const empty = context.isEmpty(table);
  const work = addColumnWork(fact, context);
  const impossible =
    fact.spec.notNull && fact.spec.default === null && fact.spec.generated === null && fact.spec.identity === null && !empty;
  const add = draft(fact, {
    action: "create",
    sql: `ALTER TABLE ${tableNameOf(fact)} ADD COLUMN ${columnDefinition(fact.spec)};`,
    phase: "expand",
    why: "the files declare it",
    locks: [
      ...lockOnTree(context, table, "AccessExclusiveLock"),
      ...(work.rewrite ? lockOnIndexes(context, table, "AccessExclusiveLock") : []),
    ],
    work,
    dataLoss: "never",
    undo: { sql: `ALTER TABLE ${tableNameOf(fact)} DROP COLUMN ${quoteIdentifier(fact.spec.name)};` },
    breaks: impossible ? "old" : "none",
    relation: tableNameOf(fact),
    ...(work.rewrite && !empty ? { safer: "add it without the default, set the default, fill in batches" } : {}),
    ...(impossible
      ? {
          probe: {
            asks: "violations",
            relation: tableNameOf(fact),
            means: `rows that would have no ${fact.spec.name}: it is NOT NULL and has no default`,
            sql: `select count(*) from ${tableNameOf(fact)}`,
          },
        }
      : {}),
    alone: work.rewrite || work.scan,
  });
  return [add, ...attributes(fact, context)];
}

/** What CREATE TABLE and ADD COLUMN cannot say before 16: storage, and statistics never. */
function attributes(fact: Column, context: PlanContext): StepDraft[] {
  const steps: StepDraft[] = [];
  const one = (what: string, mode: LockMode): StepDraft =>
    draft(fact, {
      action: "alter",
      sql: `ALTER TABLE ${tableNameOf(fact)} ALTER COLUMN ${quoteIdentifier(fact.spec.name)} ${what};`,
      phase: "expand",
      why: "the files declare it",
      locks: lockOnTree(context, tableIdOf(fact), mode),
      work: noWork,
      dataLoss: "never",
      undo: { none: "it goes with the column" },
      provides: [],
      needs: [fact.id],
    });
  if (fact.spec.storage) steps.push(one(`SET STORAGE ${fact.spec.storage.toUpperCase()}`, "AccessExclusiveLock"));
  if (fact.spec.statistics !== null) steps.push(one(`SET STATISTICS ${fact.spec.statistics}`, "ShareUpdateExclusiveLock"));
  return steps;
}

/** The default of a column whose table could not name it yet: a function that takes the table's rows. */
function afterTable(fact: Column): StepDraft[] {
  if (!fact.spec.default) return [];
  return [
    draft(fact, {
      action: "alter",
      sql: `ALTER TABLE ${tableNameOf(fact)} ALTER COLUMN ${quoteIdentifier(fact.spec.name)} SET DEFAULT ${fact.spec.default.sql};`,
      phase: "expand",
      why: "the default needs what needs the table",
      locks: [],
      work: noWork,
      dataLoss: "never",
      undo: { none: "part of making the table" },
      provides: [],
      needs: [...references("expression", fact.spec.default.sql), tableIdOf(fact)],
    }),
  ];
}

/** A generated column goes and comes back, its values are computed anew; a default goes and comes back. */
function stepAside(live: Column, final: Column, context: PlanContext): { before: StepDraft[]; after: StepDraft[] } {
  if (live.spec.generated === null) {
    const bare: Column = { ...live, spec: { ...live.spec, default: null } };
    if (live.spec.default === null) return { before: [], after: [] };
    return {
      before: [{ ...changeDefault(live, bare, context), provides: [], phase: "expand" }],
      after: final.spec.default ? [changeDefault(bare, final, context)] : [],
    };
  }
  const [add] = create(final, context);
  const [gone] = drop(live, context);
  return { before: gone ? [{ ...gone, why: "it stands in the way and is put back" }] : [], after: add ? [add] : [] };
}

/** Facets in the order in which PostgreSQL accepts them. */
function alter(live: Column, desired: Column, fields: readonly string[], context: PlanContext): StepDraft[] | Replace {
  const has = (name: string): boolean => fields.includes(name);
  const steps: StepDraft[] = [];
  if (has("generated") || has("virtual")) return changeGenerated(live, desired, context);
  const typeChanges = has("type") || has("collation");
  const defaultFollows = typeChanges && has("default") && live.spec.default !== null;
  if (has("identity") && desired.spec.identity === null) steps.push(changeIdentity(live, desired, context));
  const changed = typeChanges ? changeType(live, desired, context) : null;
  if (changed) steps.push(changed);
  if (has("default") && !(defaultFollows && usesNewDefault(steps, desired))) steps.push(changeDefault(live, desired, context));
  if (changed) steps.push(...gatherStatistics(desired, context, changed.phase));
  if (has("notNull")) steps.push(...changeNotNull(desired, context));
  if (has("identity") && desired.spec.identity !== null) steps.push(changeIdentity(live, desired, context));
  if (has("storage")) steps.push(changeStorage(live, desired, context));
  if (has("statistics")) steps.push(changeStatistics(live, desired, context));
  return steps;
}

/** The type step has set the default already when it had to drop it. */
function usesNewDefault(steps: readonly StepDraft[], desired: Column): boolean {
  const type = steps.at(-1)?.sql ?? "";
  return desired.spec.default === null ? type.includes("DROP DEFAULT") : type.includes(`SET DEFAULT ${desired.spec.default.sql}`);
}

function rename(live: Column, desired: Column, context: PlanContext): StepDraft[] {
  const sql = (from: string, to: string): string =>
    `ALTER TABLE ${tableNameOf(desired)} RENAME COLUMN ${quoteIdentifier(from)} TO ${quoteIdentifier(to)};`;
  return [
    draft(desired, {
      action: "rename",
      sql: sql(live.spec.name, desired.spec.name),
      phase: "contract",
      why: `renamed from ${live.spec.name}`,
      locks: lockOnTree(context, tableIdOf(desired), "AccessExclusiveLock"),
      work: noWork,
      dataLoss: "never",
      undo: { sql: sql(desired.spec.name, live.spec.name) },
      breaks: "old",
      removes: [live.id],
    }),
    ...renameNotNull(live, desired, context),
    ...(live.spec.identity === null
      ? []
      : renameIdentitySequence(
          desired,
          live.spec.sequence,
          { ...live.spec, column: live.spec.name },
          { ...desired.spec, column: desired.spec.name },
        )),
  ];
}

/** PostgreSQL 18 keeps the generated name of a NOT NULL over a rename: it follows, as that of a key does. */
function renameNotNull(live: Column, desired: Column, context: PlanContext): StepDraft[] {
  const old = live.spec.notNullName;
  const next = generatedName(desired.spec.table, desired.spec.name, "not_null");
  if (old === null || old === next || old !== generatedName(live.spec.table, live.spec.name, "not_null")) return [];
  const sql = (from: string, to: string): string =>
    `ALTER TABLE ${tableNameOf(desired)} RENAME CONSTRAINT ${quoteIdentifier(from)} TO ${quoteIdentifier(to)};`;
  return [
    draft(desired, {
      action: "rename",
      sql: sql(old, next),
      phase: "contract",
      why: "its generated name follows the rename",
      locks: lockOnTree(context, tableIdOf(desired), "AccessExclusiveLock"),
      work: noWork,
      dataLoss: "never",
      undo: { sql: sql(next, old) },
      provides: [],
    }),
  ];
}

function drop(fact: Column, context: PlanContext): StepDraft[] {
  const empty = context.isEmpty(tableIdOf(fact));
  return [
    draft(fact, {
      action: "drop",
      sql: `ALTER TABLE ${tableNameOf(fact)} DROP COLUMN ${quoteIdentifier(fact.spec.name)};`,
      phase: "contract",
      why: "no longer in the files",
      locks: [
        ...lockOnTree(context, tableIdOf(fact), "AccessExclusiveLock"),
        ...lockOnSequence(fact, "AccessExclusiveLock", context),
      ],
      work: noWork,
      dataLoss: empty ? "never" : fact.spec.generated ? "never" : "probe",
      ...(empty || fact.spec.generated
        ? {}
        : {
            probe: {
              asks: "lossy",
              relation: tableNameOf(fact),
              means: `rows that hold a ${fact.spec.name}`,
              sql: `select count(${quoteIdentifier(fact.spec.name)}) from ${tableNameOf(fact)}`,
            } as const,
          }),
      undo:
        empty || fact.spec.generated
          ? { sql: `ALTER TABLE ${tableNameOf(fact)} ADD COLUMN ${columnDefinition(fact.spec)};` }
          : { none: "the values it held are lost" },
      breaks: "old",
    }),
  ];
}

export const column: KindModule<ColumnSpec> = {
  kind: "column",
  rank: 55,
  scope: "exact",
  notCompared: ["position", "serial", "notNullName", "sequence", "typeStorage"],
  rebuiltBy: ["column", "replace"],
  renameByDefinition: false,
  partOfParent: true,
  namedInBodies: true,
  suspectRename: (live, desired) => live.parent === desired.parent && live.spec.type === desired.spec.type,
  catalog: columnCatalog,
  yaml: {
    parents: ["table"],
    key: "columns",
    style: "map",
    files: ["schema"],
    shape: {
      description: "What follows the column's name in CREATE TABLE: text not null default ''",
      scalar: true,
      properties: {
        def: { type: "string" },
        renamed_from: { type: "string" },
        statistics: { type: "integer", minimum: -1, maximum: 10000 },
        storage: { type: "string", enum: ["plain", "external", "extended", "main"] },
      },
      required: ["def"],
    },
    read,
    write,
  },
  statements: {},
  settle,
  needsMajor: (fact) => (fact.spec.virtual ? { major: 18, what: "a virtual generated column (write STORED)" } : null),
  answersTo: (fact) => [fact.id],
  dependsOn,
  inline: (fact, context) => columnDefinition(fact.spec, { later: context.comesLater(fact.id) }),
  create,
  stepAside,
  alter,
  rename,
  drop,
};
