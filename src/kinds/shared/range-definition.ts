import { qualifiedName } from "../../base/identifier.ts";
import type { SourceRef } from "../../model/database.ts";
import type { ReadContext } from "../../model/kind.ts";
import { namesOf } from "../../sql/names.ts";
import type { Node } from "../../sql/parser.ts";
import { readType } from "./sql-piece.ts";

/** What CREATE TYPE … AS RANGE says, read from SQL and written as SQL. Names of pg_catalog are bare. */
export type RangeDefinition = {
  readonly subtype: string;
  /** Null for the default of the subtype. */
  readonly subtypeOpclass: string | null;
  readonly collation: string | null;
  readonly canonical: string | null;
  readonly subtypeDiff: string | null;
  /** `app.span_multirange`. */
  readonly multirange: string;
};

const options = ["subtype", "subtype_opclass", "collation", "canonical", "subtype_diff", "multirange_type_name"] as const;

/** Reads a CreateRangeStmt for a type of this name. Null when there is a problem; it is recorded. */
export function readRange(
  body: Node,
  own: { readonly schema: string; readonly name: string },
  at: SourceRef,
  context: ReadContext,
): RangeDefinition | null {
  const given = new Map<string, Node>((body.params ?? []).map(({ DefElem: option }: Node) => [option.defname, option.arg]));
  const unknown = [...given.keys()].find((key) => !(options as readonly string[]).includes(key));
  const subtype = given.get("subtype");
  if (unknown !== undefined || !subtype?.TypeName) {
    const what = unknown === undefined ? "a range type has a subtype" : `a range type has no option ${unknown}`;
    context.problem(at, "range-type", what, "write range (subtype = integer)");
    return null;
  }
  const named = (key: string, space: "routine" | "opclass" | "collation"): string | null =>
    nameOf(namesOf(given.get(key)?.TypeName?.names ?? given.get(key)?.List?.items), space, context);
  const multirange = namesOf(given.get("multirange_type_name")?.TypeName?.names);
  return {
    subtype: readType(subtype.TypeName, context),
    subtypeOpclass: named("subtype_opclass", "opclass"),
    collation: named("collation", "collation"),
    canonical: named("canonical", "routine"),
    subtypeDiff: named("subtype_diff", "routine"),
    multirange:
      multirange.length === 0
        ? multirangeName(own.schema, own.name)
        : qualifiedName(...(multirange.length > 1 ? multirange : [own.schema, ...multirange])),
  };
}

function nameOf(names: readonly string[], space: "routine" | "opclass" | "collation", context: ReadContext): string | null {
  const [first = ""] = names;
  if (names.length === 0) return null;
  if (names.length > 1) return first === "pg_catalog" ? qualifiedName(...names.slice(1)) : qualifiedName(...names);
  const schema = context.resolve(space, first);
  return schema === null ? qualifiedName(first) : qualifiedName(schema, first);
}

/** PostgreSQL's choice for the multirange of a range type (makeMultirangeTypeName in src/backend/catalog/pg_type.c). */
export function multirangeName(schema: string, name: string): string {
  const at = name.indexOf("range");
  const long = at >= 0 ? `${name.slice(0, at)}multi${name.slice(at)}` : `${clip(name, 63 - "_multirange".length)}_multirange`;
  return qualifiedName(schema, clip(long, 63));
}

function clip(text: string, bytes: number): string {
  let out = text;
  while (Buffer.byteLength(out) > bytes) out = [...out].slice(0, -1).join("");
  return out;
}

/** The options as SQL, without what PostgreSQL would choose itself. */
export function rangeOptions(definition: RangeDefinition, schema: string, name: string): string[] {
  const option = (key: string, value: string | null): string[] => (value === null ? [] : [`${key} = ${value}`]);
  const { multirange } = definition;
  const usual = multirange === multirangeName(schema, name);

  return [
    ...option("subtype", definition.subtype),
    ...option("subtype_opclass", definition.subtypeOpclass),
    ...option("collation", definition.collation),
    ...option("canonical", definition.canonical),
    ...option("subtype_diff", definition.subtypeDiff),
    ...option("multirange_type_name", usual ? null : multirange),
  ];
}
