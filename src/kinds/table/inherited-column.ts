import { quoteIdentifier } from "../../base/identifier.ts";
import type { Fact } from "../../model/database.ts";
import type { Lookup, PlanContext } from "../../model/kind.ts";
import { kindOf, type ObjectId, objectId, pathOf } from "../../model/object-id.ts";
import { sqlText } from "../../model/spec.ts";
import { notNullOf } from "../shared/not-null-spec.ts";
import { type ColumnSpec, canonicalDefault, columnFact, emptyColumn } from "./column-spec.ts";

/**
 * Columns that a table has from another: of partitions, children of INHERITS and typed tables. Their fact, if there is one, says only
 * what they have of their own: a default, NOT NULL, an expression, storage, compression that are not the parent's; statistics, options
 * and identity, which PostgreSQL does not hand down. What is null there is as the parent has it.
 */

type Column = Fact<ColumnSpec>;
type Look = Pick<Lookup, "fact" | "children">;

/** Ids of what a table has its columns from. Kept here too, since specs of tables are plain data to columns. */
export function ancestorIds(table: Fact | undefined): ObjectId[] {
  if (!table) return [];
  const inherits = (table.spec["inherits"] ?? []) as readonly string[];
  const of = table.spec["of"];
  return [
    ...(table.parent === null ? [] : [table.parent]),
    ...inherits.map((path) => objectId("table", path)),
    ...(typeof of === "string" ? [objectId("composite", of)] : []),
  ];
}

/** A column as the parents of a table give it, or some of them: what it is without anything of its own; null when none has it. */
export function inheritedColumn(look: Look, table: ObjectId, name: string, parents?: readonly ObjectId[]): Column | null {
  const own = look.fact(table);
  if (!own) return null;
  for (const ancestor of parents ?? ancestorIds(own)) {
    const given =
      kindOf(ancestor) === "composite" ? attributeColumn(look.fact(ancestor), name) : effectiveColumn(look, ancestor, name);
    if (!given) continue;
    const place = { schema: String(own.spec["schema"]), table: String(own.spec["name"]) };
    // Identities, statistics and options are not handed down.
    const bare = {
      identity: null,
      sequence: null,
      serial: false,
      statistics: null,
      nDistinct: null,
      nDistinctInherited: null,
      options: null,
    };
    // NO INHERIT stays where it is.
    const notNull = given.spec.notNull && notNullOf(look, ancestor, name)?.spec.noInherit !== true;
    return columnFact({ ...given.spec, ...bare, ...place, notNull, local: false, inherited: true });
  }
  return null;
}

/** The id of the column, or the type, that gives a table its column of this name; null when none does. */
export function givingColumn(look: Look, table: ObjectId, name: string): ObjectId | null {
  for (const ancestor of ancestorIds(look.fact(table))) {
    if (kindOf(ancestor) === "composite") return attributeColumn(look.fact(ancestor), name) ? ancestor : null;
    const id = columnId(ancestor, name);
    if (look.fact(id)) return id;
    const above = givingColumn(look, ancestor, name);
    if (above) return above;
  }
  return null;
}

/** The id of a column of a table. */
export function columnId(table: ObjectId, name: string): ObjectId {
  return objectId("column", `${pathOf(table)}.${quoteIdentifier(name)}`);
}

/** A column as it is: what the parents give with what it has of its own; null when the table has none of this name. */
export function effectiveColumn(look: Look, table: ObjectId, name: string): Column | null {
  const own = look.fact(columnId(table, name)) as Column | undefined;
  if (own && !own.spec.inherited) return own;
  const given = inheritedColumn(look, table, name);
  const column = own && given ? withOwn(given, own) : (given ?? own ?? null);
  return column && inPrimaryKey(look, table, name) ? { ...column, spec: { ...column.spec, notNull: true } } : column;
}

/** A primary key makes its columns NOT NULL. */
export function inPrimaryKey(look: Look, table: ObjectId, name: string): boolean {
  return look
    .children(table, "constraint")
    .some(({ spec }) => spec["type"] === "primary key" && (spec["columns"] as readonly string[]).includes(name));
}

/** What `given` becomes with what `own` says. */
function withOwn(given: Column, own: Column): Column {
  const [base, spec] = [given.spec, own.spec];
  const overridden = spec.default === null ? base.default : isNull(spec.default) ? null : spec.default;
  return {
    ...own,
    spec: {
      ...spec,
      type: spec.type === "" ? base.type : spec.type,
      collation: spec.local ? spec.collation : base.collation,
      notNull: spec.notNull || base.notNull,
      notNullName: spec.notNullName ?? base.notNullName,
      default: spec.generated ? null : overridden,
      generated: spec.generated ?? base.generated,
      virtual: spec.generated ? spec.virtual : base.virtual,
      storage: spec.storage ?? base.storage,
      compression: spec.compression === "default" ? null : (spec.compression ?? base.compression),
    },
  };
}

/** DEFAULT NULL: no default where the parent has one. */
export function isNull(value: ColumnSpec["default"]): boolean {
  return value !== null && /^null$/i.test(value.sql.trim());
}

function attributeColumn(type: Fact | undefined, name: string): Column | null {
  const attributes = (type?.spec["attributes"] ?? []) as readonly { name: string; type: string; collation: string | null }[];
  const found = attributes.find((attribute) => attribute.name === name);
  return found
    ? columnFact({ ...emptyColumn("", "", name), type: found.type, collation: systemCollation(found.collation) })
    : null;
}

/** Attributes of types leave pg_catalog out, columns do not. */
function systemCollation(collation: string | null): string | null {
  return collation === null || /^(?:"[^"]*"|[^".]+)\./.test(collation) ? collation : `pg_catalog.${collation}`;
}

/** Names of all columns that the parents of a table give it, in order. */
export function givenNames(look: Look, table: ObjectId): string[] {
  const names = ancestorIds(look.fact(table)).flatMap((ancestor) => {
    const attributes = look.fact(ancestor)?.spec["attributes"];
    if (kindOf(ancestor) === "composite") return ((attributes ?? []) as readonly { name: string }[]).map(({ name }) => name);
    return [...givenNames(look, ancestor), ...look.children(ancestor, "column").map((column) => String(column.spec["name"]))];
  });
  return [...new Set(names)];
}

/** What a plan leads from and to, as lookups; what the files do not declare stays. */
export function sides(context: PlanContext): { readonly live: Look; readonly desired: Look } {
  return {
    live: { fact: (id) => context.live.facts.get(id), children: (id, kind) => context.children("live", id, kind) },
    desired: {
      fact: (id) => context.desired(id) ?? (outside(id, context) ? context.live.facts.get(id) : undefined),
      children: (id, kind) => context.children(context.desired(id) ? "desired" : "live", id, kind),
    },
  };
}

/** Not declared, and not dropped either: left alone, with all that lies in it. */
function outside(id: ObjectId, context: PlanContext): boolean {
  const parent = context.live.facts.get(id)?.parent ?? null;
  if (context.isDropped(id)) return false;
  return parent === null || context.desired(parent) === undefined;
}

/** The same fact under a default that says nothing when it is the parent's. In: the column as the files or the catalog say it. */
export function settleInherited(column: Column, given: Column, isPartition: boolean, major: number): Column {
  const base = given.spec;
  const type = column.spec.type === "" ? base.type : column.spec.type;
  const written = column.spec.default;
  const spec = { ...column.spec, type, default: written && !isNull(written) ? canonicalDefault(written, type) : written };
  const same = (a: ColumnSpec["default"], b: ColumnSpec["default"]): boolean => a?.sql === b?.sql;
  const noDefault = spec.default === null || (isNull(spec.default) ? base.default === null : same(spec.default, base.default));
  const noExpression = spec.generated === null || (same(spec.generated, base.generated) && spec.virtual === base.virtual);
  // Only since 18 PostgreSQL keeps a child's own NOT NULL beside the parent's, and not in partitions.
  const own = spec.notNull && !(base.notNull && (isPartition || major < 18));
  return {
    ...column,
    spec: {
      ...spec,
      inherited: true,
      collation: spec.local ? spec.collation : base.collation,
      notNull: own,
      default: noDefault ? null : spec.default,
      generated: noExpression ? null : spec.generated,
      virtual: noExpression ? base.virtual : spec.virtual,
      storage: spec.storage === base.storage ? null : spec.storage,
      compression: spec.compression === (base.compression ?? "default") ? null : spec.compression,
    },
  };
}

/** What a table has directly above it that gives it a column: the id of a table or a type; null when nothing does. */
export function givingAncestor(look: Look, table: ObjectId, name: string): ObjectId | null {
  const gives = (ancestor: ObjectId): boolean =>
    kindOf(ancestor) === "composite"
      ? attributeColumn(look.fact(ancestor), name) !== null
      : effectiveColumn(look, ancestor, name) !== null;
  return ancestorIds(look.fact(table)).find(gives) ?? null;
}

/** NULL as a default of its own. */
export const nullDefault = sqlText("expression", "NULL");
