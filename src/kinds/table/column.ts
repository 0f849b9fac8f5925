import { qualifiedName } from "../../base/identifier.ts";
import type { Fact } from "../../model/database.ts";
import type {
  KindModule,
  Lookup,
  PlanContext,
  ReadContext,
  Reference,
  WriteContext,
  WrittenEntry,
  YamlEntry,
} from "../../model/kind.ts";
import { objectId } from "../../model/object-id.ts";
import type { StepDraft } from "../../model/step.ts";
import { columnNames, references } from "../../sql/references.ts";
import { inParentheses } from "../shared/bare-expression.ts";
import { sparingRows } from "../shared/foreign-rows.ts";
import { notNullOf } from "../shared/not-null-spec.ts";
import { collationReferences } from "../shared/sql-piece.ts";
import { nestedKey, shortOrLong } from "../shared/yaml-entry.ts";
import { afterTypeChange } from "./after-type-change.ts";
import { columnCatalog } from "./column-catalog.ts";
import { type Column, changeDefault, tableIdOf } from "./column-change.ts";
import { readColumn } from "./column-read.ts";
import type { ColumnSpec } from "./column-spec.ts";
import { afterTable, attributes, renameOwn } from "./column-steps.ts";
import { foreignProperties } from "./foreign-table.ts";
import { inheritedColumn, inPrimaryKey, isNull, settleInherited } from "./inherited-column.ts";
import { alter, create, drop, inheritsOnly, outlives } from "./inherited-steps.ts";
import { renameIdentitySequence } from "./rename-sequence.ts";
import { columnDefinition, columnOptions, identityClause } from "./render-column.ts";

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

function write(fact: Column, context: WriteContext): WrittenEntry {
  // A constraint that says it by name says it all.
  const named = notNullOf(context, tableIdOf(fact), fact.spec.name)?.spec.validated === true;
  const spec = named && !fact.spec.inherited ? { ...fact.spec, notNull: false } : fact.spec;
  const collation = spec.collation?.replace(/^pg_catalog\./, "");
  const head = spec.local ? [spec.type, ...(collation ? [`collate ${collation}`] : [])] : ["with options"];
  const def = spec.serial
    ? [serialWords[spec.type] ?? "serial", ...(collation ? [`collate ${collation}`] : [])].join(" ")
    : [...head, ...clauses(spec)].join(" ");
  return shortOrLong(nestedKey(spec.name), def, {
    storage: spec.storage ?? undefined,
    compression: spec.compression ?? undefined,
    statistics: spec.statistics ?? undefined,
    n_distinct: numeric(spec.nDistinct),
    n_distinct_inherited: numeric(spec.nDistinctInherited),
    options: spec.options === null ? undefined : { ...spec.options },
  });
}

function clauses(spec: ColumnSpec): string[] {
  return [
    ...(spec.generated
      ? [`generated always as ${inParentheses(spec.generated.sql)} ${spec.virtual ? "virtual" : "stored"}`]
      : []),
    ...(spec.identity ? [identityText(spec)] : []),
    ...(spec.notNull && !spec.identity ? ["not null"] : []),
    ...(spec.default ? [`default ${isNull(spec.default) ? "null" : spec.default.sql}`] : []),
  ];
}

/** Keywords in small letters; the name of a sequence as it is. */
function identityText(spec: ColumnSpec): string {
  const path = spec.identity?.sequence ?? "";
  const text = identityClause(spec);
  return path === ""
    ? text.toLowerCase()
    : text
        .split(path)
        .map((part) => part.toLowerCase())
        .join(path);
}

function numeric(value: string | null): number | undefined {
  return value === null ? undefined : Number(value);
}

// ---- identity

/**
 * A column of a primary key is NOT NULL, whether said or not, and so is one that a constraint says it of. What a column says that its
 * parent says too is not its own.
 */
function settle(fact: Column, major: number, look: Lookup): Column {
  const table = tableIdOf(fact);
  const given = inheritedColumn(look, table, fact.spec.name);
  const parent = look.fact(table);
  // Partitions and tables of a type have no columns of their own.
  const local = fact.spec.local && parent?.parent == null && typeof parent?.spec["of"] !== "string";
  const own = given
    ? settleInherited({ ...fact, spec: { ...fact.spec, local } }, given, parent?.parent != null, major)
    : { ...fact, spec: settled({ ...fact.spec, inherited: false }) };
  const spec = own.spec;
  if (spec.notNull) return own;
  const inKey = inPrimaryKey(look, table, spec.name);
  const named = major >= 18 && notNullOf(look, table, spec.name)?.spec.validated === true;
  return inKey || (named && !given) ? { ...own, spec: { ...spec, notNull: true } } : own;
}

/** What is the default anyway is left out. */
function settled(spec: ColumnSpec): ColumnSpec {
  const storage = spec.storage !== null && spec.storage === (spec.typeStorage ?? storageOfType(spec.type)) ? null : spec.storage;
  const compression = spec.compression === "default" ? null : spec.compression;
  return { ...spec, storage, compression, default: isNull(spec.default) ? null : spec.default };
}

/** Storage of PostgreSQL's own types of variable length (pg_type.typstorage); null where only the server knows. */
function storageOfType(type: string): string | null {
  if (type.endsWith("[]")) return "extended";
  const base = type.replace(/\(.*\)/, "");
  if (["numeric", "inet", "cidr"].includes(base)) return "main";
  const extended = ["text", "character varying", "character", "bytea", "json", "jsonb", "xml", "bit", "bit varying", "tsvector"];
  return extended.includes(base) ? "extended" : null;
}

function dependsOn(fact: Column): Reference[] {
  const spec = fact.spec;
  // A column that a parent or a type gives has its type from there.
  const out = [...(spec.type === "" ? [] : references("type", spec.type)), ...collationReferences(spec.collation)];
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

function inline(fact: Column, context: PlanContext): string | null {
  const manner = {
    later: context.comesLater(fact.id),
    major: context.major,
    notNullElsewhere:
      context.major >= 18 &&
      notNullOf({ children: (id, kind) => context.children("desired", id, kind) }, tableIdOf(fact), fact.spec.name) !== undefined,
  };
  // A partition and a table of a type have no place for a type.
  if (!inheritsOnly(fact, context)) return columnOptions(fact.spec, manner);
  return fact.spec.local || !fact.spec.inherited ? columnDefinition(fact.spec, manner) : null;
}

/** A generated column goes and comes back, its values are computed anew; a default goes and comes back. */
function stepAside(
  live: Column,
  final: Column,
  context: PlanContext,
): ReturnType<NonNullable<KindModule<ColumnSpec>["stepAside"]>> {
  if (live.spec.inherited && live.spec.generated !== null)
    return { before: [], after: context.isNew(tableIdOf(live)) ? [] : [...attributes(final, context), ...afterTable(final)] };
  if (live.spec.generated === null) {
    const bare: Column = { ...live, spec: { ...live.spec, default: null } };
    if (live.spec.default === null) return { before: [], after: [] };
    return {
      before: [{ ...changeDefault(live, bare, context), provides: [], phase: "expand" }],
      after: final.spec.default ? [changeDefault(bare, final, context)] : [],
      settles: ["default"],
    };
  }
  const [gone] = drop(live, context);
  return {
    before: gone ? [{ ...gone, why: "it stands in the way and is put back" }] : [],
    after: [...create(final, context)],
  };
}

/** A child's column is renamed with its parent's. */
function rename(live: Column, desired: Column, context: PlanContext): StepDraft[] {
  if (live.spec.inherited) return [];
  const place = ({ spec }: Column): Parameters<typeof renameIdentitySequence>[2] => ({ ...spec, column: spec.name });
  const sequence = live.spec.identity === null ? null : live.spec.sequence;
  return [...renameOwn(live, desired, context), ...renameIdentitySequence(desired, sequence, place(live), place(desired))];
}

export const column: KindModule<ColumnSpec> = {
  kind: "column",
  rank: 55,
  scope: "exact",
  notCompared: ["position", "serial", "notNullName", "sequence", "typeStorage", "inherited", "local"],
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
      description:
        "What follows the column's name in CREATE TABLE: text not null default ''. Of a column that a parent or a type gives only what differs: with options default 'x'",
      scalar: true,
      properties: {
        def: { type: "string" },
        renamed_from: { type: "string" },
        statistics: { type: "integer", minimum: -1, maximum: 10000 },
        storage: { type: "string", enum: ["plain", "external", "extended", "main"] },
        compression: { type: "string", enum: ["pglz", "lz4", "default"] },
        n_distinct: { type: "number", minimum: -1, description: "Distinct values as the planner is to take them." },
        n_distinct_inherited: { type: "number", minimum: -1, description: "The same for the table with its children." },
        options: { ...foreignProperties.options, description: "Options of a column of a foreign table, by name." },
      },
      required: ["def"],
    },
    read,
    write,
  },
  statements: {},
  outlives,
  settle,
  needsMajor: (fact) => (fact.spec.virtual ? { major: 18, what: "a virtual generated column (write STORED)" } : null),
  answersTo: (fact) => [fact.id],
  dependsOn,
  inline,
  create: (fact, context) => sparingRows(create(fact, context), tableIdOf(fact), context),
  stepAside,
  alter: (live, desired, fields, context) => sparingRows(alter(live, desired, fields, context), tableIdOf(desired), context),
  rename,
  drop: (fact, context) => sparingRows(drop(fact, context), tableIdOf(fact), context),
  afterTypeChange,
};
