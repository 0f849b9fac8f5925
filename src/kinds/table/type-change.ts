import { qualifiedName, quoteIdentifier } from "../../base/identifier.ts";
import { quoteLiteral } from "../../base/literal.ts";
import type { Fact } from "../../model/database.ts";
import type { PlanContext } from "../../model/kind.ts";
import { LockstepError } from "../../model/lockstep-error.ts";
import { kindOf, objectId, pathOf } from "../../model/object-id.ts";
import type { SqlText } from "../../model/spec.ts";
import type { Probe } from "../../model/step.ts";
import { parseFragment } from "../../sql/parser.ts";
import { columnNames } from "../../sql/references.ts";
import type { Work } from "../shared/draft.ts";
import type { ColumnSpec } from "./column-spec.ts";

/**
 * What ALTER COLUMN TYPE does to the rows, and which of them it would change or break. Measured on 14 to 18: no rewrite
 * where the values stay as they are on disk; a check on the column is tested again; an index is built anew when its
 * operator class or collation changes or an expression of it names the column.
 */

/** A type taken apart: `numeric(10,2)` → numeric, [10, 2]. */
interface TypeParts {
  readonly base: string;
  readonly modifiers: readonly number[];
  readonly array: boolean;
}

function partsOf(type: string): TypeParts {
  const array = type.endsWith("[]");
  const plain = array ? type.slice(0, -2) : type;
  const match = /\(([\d,\s-]+)\)/.exec(plain);
  return { base: plain.replace(/\([\d,\s-]+\)/, ""), modifiers: match ? (match[1] ?? "").split(",").map(Number) : [], array };
}

/** The type under a domain, with what its constraints mean for a change. */
function baseOf(type: string, context: PlanContext): { type: string; constrained: boolean } {
  const domain = context.final(objectId("domain", type));
  if (!domain) return { type, constrained: false };
  const checks = domain.spec["checks"];
  return {
    type: String(domain.spec["type"]),
    constrained: domain.spec["notNull"] === true || (Array.isArray(checks) && checks.length > 0),
  };
}

const text = new Set(["text", "character varying", "character", "bpchar"]);
const precision = new Set([
  "timestamp without time zone",
  "timestamp with time zone",
  "time without time zone",
  "time with time zone",
  "interval",
]);

/** True when every value stays on disk as it is. */
function keepsValues(from: TypeParts, to: TypeParts, context: PlanContext): boolean {
  if (from.base === to.base && from.array === to.array) return keepsModifiers(from, to);
  if (from.array || to.array) return false;
  if (from.base === "character varying" && to.base === "text") return true;
  if (from.base === "text" && to.base === "character varying") return to.modifiers.length === 0;
  if (isTimestamp(from) && isTimestamp(to))
    return to.modifiers.length === 0 || (from.modifiers[0] ?? 6) <= (to.modifiers[0] ?? 6);
  const cast = context.live.casts.get(`${from.base}>${to.base}`);
  return cast?.binary === true && to.modifiers.length === 0;
}

function isTimestamp(type: TypeParts): boolean {
  return type.base.startsWith("timestamp w");
}

function keepsModifiers(from: TypeParts, to: TypeParts): boolean {
  if (from.modifiers.join() === to.modifiers.join()) return true;
  if (from.array) return false;
  if (to.modifiers.length === 0) return from.base !== "character" && from.base !== "bit";
  if (from.modifiers.length === 0) return precision.has(from.base) && (to.modifiers[0] ?? 0) >= 6;
  if (from.base === "numeric")
    return (from.modifiers[1] ?? 0) === (to.modifiers[1] ?? 0) && (to.modifiers[0] ?? 0) >= (from.modifiers[0] ?? 0);
  if (["character varying", "bit varying"].includes(from.base) || precision.has(from.base))
    return (to.modifiers[0] ?? 0) >= (from.modifiers[0] ?? 0);
  return false;
}

/** Rewrite, scan and index builds of a type change, for a column that exists. */
export function typeChangeWork(live: Fact<ColumnSpec>, desired: Fact<ColumnSpec>, context: PlanContext): Work {
  const before = baseOf(live.spec.type, context);
  const after = baseOf(desired.spec.type, context);
  const from = partsOf(before.type);
  const to = partsOf(after.type);
  const intoConstrained = after.constrained && live.spec.type !== desired.spec.type;
  const converts = needsUsing(live.spec.type, desired.spec.type, context) && !isBinary(from, to, context);
  const rewrite = intoConstrained || converts || !keepsValues(from, to, context);
  if (rewrite) return { rewrite: true, scan: true, indexRebuild: true };
  const indexRebuild = rebuildsIndex(live, desired, from, to, context);
  return { rewrite: false, scan: indexRebuild || hasCheck(live, context), indexRebuild };
}

function isBinary(from: TypeParts, to: TypeParts, context: PlanContext): boolean {
  return context.live.casts.get(`${from.base}>${to.base}`)?.binary === true;
}

function columnId(column: Fact<ColumnSpec>): string {
  return objectId("column", qualifiedName(column.spec.schema, column.spec.table, column.spec.name));
}

function hasCheck(column: Fact<ColumnSpec>, context: PlanContext): boolean {
  return context
    .dependents(columnId(column))
    .some((id) => kindOf(id) === "constraint" && !context.isDropped(id) && context.live.facts.get(id)?.spec["type"] === "check");
}

/** An index on the column is built anew unless it is a plain one and the type keeps its operator class and collation. */
function rebuildsIndex(
  live: Fact<ColumnSpec>,
  desired: Fact<ColumnSpec>,
  from: TypeParts,
  to: TypeParts,
  context: PlanContext,
): boolean {
  const sameClass =
    from.base === to.base || (text.has(from.base) && text.has(to.base)) || (from.base === "cidr" && to.base === "inet");
  // The files of an index are taken over only where it has one: not under the index of a partitioned table (measured).
  const isPartitioned = context.partitions(live.parent ?? "").length > 0;
  const sameOrder = sameClass && live.spec.collation === desired.spec.collation && !isPartitioned;
  return context.dependents(columnId(live)).some((id) => {
    const fact = context.live.facts.get(id);
    if (context.isDropped(id)) return false;
    if (kindOf(id) === "constraint")
      return !sameOrder && ["primary key", "unique", "exclude"].includes(String(fact?.spec["type"]));
    if (kindOf(id) !== "index") return false;
    const definition = fact?.spec["definition"] as { sql: string } | undefined;
    return !sameOrder || namesColumnInExpression(definition?.sql ?? "");
  });
}

/** Whether an index has an expression or predicate: which columns those name does not matter to be on the safe side. */
function namesColumnInExpression(sql: string): boolean {
  return /\bwhere\b/i.test(sql) || /\(.*\(/.test(sql);
}

/** Whether ALTER COLUMN TYPE needs USING: no implicit or assignment cast leads there (manual, CREATE CAST). */
export function needsUsing(from: string, to: string, context: PlanContext): boolean {
  const source = partsOf(baseOf(from, context).type);
  const target = partsOf(baseOf(to, context).type);
  if (source.base === target.base) return false;
  // Any type becomes a text by assignment; arrays follow their elements.
  if (text.has(target.base) && !target.array) return false;
  const cast = context.live.casts.get(`${source.base}>${target.base}`);
  return cast === undefined || cast.context === "explicit";
}

/** The expression after USING. Enum to enum goes by the label. */
export function usingExpression(column: string, from: string, to: string, context: PlanContext): string {
  const isEnum = (type: string): boolean => context.final(objectId("enum", type.replace(/\[\]$/, ""))) !== undefined;
  const through = isEnum(from) && isEnum(to) ? `::text${from.endsWith("[]") ? "[]" : ""}` : "";
  return `${quoteIdentifier(column)}${through}::${to}`;
}

const integers: Readonly<Record<string, readonly [string, string]>> = {
  smallint: ["-32768", "32767"],
  integer: ["-2147483648", "2147483647"],
  bigint: ["-9223372036854775808", "9223372036854775807"],
};
const rank: readonly string[] = ["smallint", "integer", "bigint", "numeric"];

/**
 * The question that finds the rows a type change would alter or break; null when there are none by the nature of the types.
 * A query that may itself fail on such a row counts as unanswered, and the worst is assumed.
 */
export function lossyRows(live: Fact<ColumnSpec>, desired: Fact<ColumnSpec>, context: PlanContext): Probe | null {
  const from = partsOf(baseOf(live.spec.type, context).type);
  const to = partsOf(baseOf(desired.spec.type, context).type);
  const table = qualifiedName(live.spec.schema, live.spec.table);
  const column = quoteIdentifier(live.spec.name);
  const condition = lossCondition(from, to, column, baseOf(desired.spec.type, context).type, context);
  if (condition === null) return null;
  return {
    asks: "lossy",
    relation: table,
    means: `rows whose ${live.spec.name} changes or breaks as ${desired.spec.type}`,
    sql: `select count(*) from ${table} where ${condition}`,
  };
}

function lossCondition(from: TypeParts, to: TypeParts, column: string, type: string, context: PlanContext): string | null {
  if (
    keepsValues(from, to, context) ||
    (from.base === to.base && from.modifiers.join() === to.modifiers.join() && from.array === to.array)
  )
    return null;
  if (from.array !== to.array || from.array)
    return `${column} is not null and ${column}::${type}::text is distinct from ${column}::text`;
  if (text.has(to.base)) return textLoss(from, to, column);
  if (integers[from.base] && rank.indexOf(from.base) < rank.indexOf(to.base) && to.modifiers.length === 0) return null;
  if (integers[from.base] && integers[to.base])
    return `${column} not between ${integers[to.base]?.[0]} and ${integers[to.base]?.[1]}`;
  if (to.base === "numeric" && to.modifiers.length > 0) return numericLoss(from, to, column);
  if (isNumber(from.base) && integers[to.base]) {
    return `${column} <> trunc(${column}::numeric) or ${column} not between ${integers[to.base]?.[0]} and ${integers[to.base]?.[1]}`;
  }
  if (from.base === "real" && to.base === "double precision") return null;
  if (from.base === "date" && isTimestamp(to)) return null;
  if (from.base === "json" && to.base === "jsonb") return `${column}::jsonb::text is distinct from ${column}::text`;
  if (from.base === "jsonb" && to.base === "json") return null;
  if (text.has(from.base)) return fromTextLoss(column, type, context.major);
  return `${column}::${type}::${spellBack(from)} is distinct from ${column}`;
}

function spellBack(from: TypeParts): string {
  return from.base;
}

function isNumber(base: string): boolean {
  return base in integers || ["numeric", "real", "double precision"].includes(base);
}

function textLoss(from: TypeParts, to: TypeParts, column: string): string | null {
  const length = to.base === "character" ? (to.modifiers[0] ?? 1) : to.modifiers[0];
  // char(n) pads and its padding means nothing: only what is longer without it breaks.
  if (length === undefined) return null;
  const known = from.base === "character varying" || from.base === "character" ? from.modifiers[0] : undefined;
  if (known !== undefined && known <= length) return null;
  return `length(rtrim(${column}::text)) > ${length}`;
}

function numericLoss(from: TypeParts, to: TypeParts, column: string): string | null {
  const [digits = 0, scale = 0] = to.modifiers;
  if (from.base === "numeric" && from.modifiers.length > 0) {
    const [oldDigits = 0, oldScale = 0] = from.modifiers;
    if (scale >= oldScale && digits - scale >= oldDigits - oldScale) return null;
  }
  return `round(${column}::numeric, ${scale}) <> ${column}::numeric or abs(round(${column}::numeric, ${scale})) >= 1e${digits - scale}::numeric`;
}

/** From 16 on PostgreSQL says whether a text reads as a type; before, a cast that fails ends the query. */
function fromTextLoss(column: string, type: string, major: number): string {
  if (major >= 16) return `${column} is not null and not pg_input_is_valid(${column}::text, ${quoteLiteral(type)})`;
  return `${column} is not null and ${column}::${type}::text is null`;
}

/** A column by which a table is partitioned has the type that its partitions were cut by: PostgreSQL does not change it (measured). */
export function refusePartitionKey(live: Fact<ColumnSpec>, desired: Fact<ColumnSpec>, context: PlanContext): void {
  const table = live.parent ?? "";
  const cut = [table, ...context.partitions(table)].find((id) => keyColumns(context.live.facts.get(id)).includes(live.spec.name));
  if (cut === undefined || context.isNew(cut)) return;
  const place = desired.at ? { file: desired.at.file, line: desired.at.line, column: desired.at.column } : {};
  throw new LockstepError({
    code: "partition-key-type",
    exitCode: 3,
    message: `column ${desired.object} is part of the key by which ${pathOf(cut)} is partitioned, and PostgreSQL cannot change its type`,
    diagnostics: [
      {
        code: "partition-key-type",
        severity: "error",
        object: desired.object,
        message: `${live.spec.type} cannot become ${desired.spec.type}: the bounds of the partitions are values of ${live.spec.type}`,
        hint: "make a partitioned table under another name, move the rows, then rename both",
        ...place,
      },
    ],
  });
}

/** Columns that the key of a partitioned table names, in its expressions too. */
function keyColumns(table: Fact | undefined): string[] {
  const key = table?.spec["partitionBy"] as SqlText | null | undefined;
  if (!key) return [];
  const params = parseFragment("partition_key", key.sql).CreateStmt?.partspec?.partParams ?? [];
  return params
    .flatMap(({ PartitionElem: part }: { PartitionElem?: { name?: string } }) => (part?.name ? [part.name] : []))
    .concat(columnNames("partition_key", key.sql));
}
