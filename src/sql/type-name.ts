import { qualifiedName } from "../base/identifier.ts";
import { namesOf } from "./names.ts";
import { type Node, parseFragment } from "./parser.ts";

/** The names that format_type prints for internal type names (src/backend/utils/adt/format_type.c). */
const spelled: Readonly<Record<string, string>> = {
  int2: "smallint",
  int4: "integer",
  int8: "bigint",
  float4: "real",
  float8: "double precision",
  bool: "boolean",
  varchar: "character varying",
  bpchar: "character",
  decimal: "numeric",
  timestamptz: "timestamp with time zone",
  timestamp: "timestamp without time zone",
  timetz: "time with time zone",
  time: "time without time zone",
  varbit: "bit varying",
  // Keywords, but no quotes as types.
  numeric: "numeric",
  bit: "bit",
  json: "json",
};

/**
 * The canonical spelling of a type, as format_type prints it under an empty search_path: `int` → `integer`,
 * `varchar(20)` → `character varying(20)`, `app.status[]`. In: a TypeName node. Unknown bare names stay bare.
 */
export function canonicalType(type: Node, options: { modifiers: boolean } = { modifiers: true }): string {
  const names = namesOf(type.names);
  const builtIn =
    names.length === 2 && names[0] === "pg_catalog" ? (names[1] ?? "") : names.length === 1 ? (names[0] ?? "") : null;
  const array = type.arrayBounds?.length > 0 ? "[]" : "";
  if (builtIn === null) return qualifiedName(...names) + modifierText(type, options) + array;
  return spell(builtIn, type, options) + array;
}

function spell(name: string, type: Node, options: { modifiers: boolean }): string {
  if (name === "char" && namesOf(type.names).length === 1) return '"char"';
  if (name === "interval") return intervalText(type, options);
  const modifiers = modifierText(type, options);
  // A bare bpchar has no length, a bare "character" has length 1.
  const text = name === "bpchar" && !modifiers ? name : (spelled[name] ?? qualifiedName(name));
  if (!modifiers) return text;
  // The precision stands before "with time zone".
  const zone = /^(timestamp|time)( with(?:out)? time zone)$/.exec(text);
  return zone ? `${zone[1]}${modifiers}${zone[2]}` : text + modifiers;
}

function modifierText(type: Node, options: { modifiers: boolean }): string {
  if (!options.modifiers || !(type.typmods?.length > 0)) return "";
  const texts = type.typmods.map((modifier: Node) => modifierValue(modifier));
  // A scale that is left out is zero (manual, 8.1.2), and format_type says so.
  if (texts.length === 1 && isNumeric(type)) texts.push("0");
  return `(${texts.join(",")})`;
}

function isNumeric(type: Node): boolean {
  const names = namesOf(type.names);
  return names.at(-1) === "numeric" && (names.length === 1 || names[0] === "pg_catalog");
}

function modifierValue(modifier: Node): string {
  const constant = modifier.A_Const;
  if (constant?.ival) return String(constant.ival.ival ?? 0);
  if (constant?.sval) return `'${constant.sval.sval}'`;
  if (modifier.ColumnRef) return namesOf(modifier.ColumnRef.fields).join(".");
  if (modifier.A_Expr && namesOf(modifier.A_Expr.name)[0] === "-") return `-${modifierValue(modifier.A_Expr.rexpr)}`;
  return JSON.stringify(modifier);
}

const intervalFields: Readonly<Record<number, string>> = {
  4: " year",
  2: " month",
  8: " day",
  1024: " hour",
  2048: " minute",
  4096: " second",
  6: " year to month",
  1032: " day to hour",
  3080: " day to minute",
  7176: " day to second",
  3072: " hour to minute",
  7168: " hour to second",
  6144: " minute to second",
};

/** INTERVAL's first modifier is a mask of fields, its second the precision (src/include/utils/timestamp.h). */
function intervalText(type: Node, options: { modifiers: boolean }): string {
  if (!options.modifiers || !(type.typmods?.length > 0)) return "interval";
  const [mask, precision] = type.typmods.map((modifier: Node) => Number(modifier.A_Const?.ival?.ival ?? 0));
  const fields = intervalFields[mask ?? 0] ?? "";
  return `interval${fields}${precision === undefined ? "" : `(${precision})`}`;
}

/** The canonical spelling of a type given as SQL. @throws SqlSyntaxError */
export function canonicalTypeText(sql: string): string {
  const target = parseFragment("type", sql).SelectStmt?.targetList?.[0]?.ResTarget?.val?.TypeCast?.typeName;
  if (!target) throw new Error(`not a type: ${sql}`);
  return canonicalType(target);
}
