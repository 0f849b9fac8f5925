import { generatedName, qualifiedName, quoteIdentifier, splitPath } from "../../base/identifier.ts";
import { quoteLiteral } from "../../base/literal.ts";
import type { Fact, SourceRef } from "../../model/database.ts";
import type { ReadContext, YamlEntry, YamlScalar } from "../../model/kind.ts";
import { objectId, pathOf } from "../../model/object-id.ts";
import { sqlText } from "../../model/spec.ts";
import { namesOf } from "../../sql/names.ts";
import { charOffsets, type Node, parseWrapped, SqlSyntaxError, scanTokens, type Token } from "../../sql/parser.ts";
import { canonicalType } from "../../sql/type-name.ts";
import { type ConstraintAttributes, type ConstraintPlace, constraintFromNode } from "../shared/constraint-spec.ts";
import { optionsOf } from "../shared/generic-options.ts";
import { notNullFact } from "../shared/not-null-spec.ts";
import { sequenceDefaults, sequenceFact, sequenceOptions } from "../shared/sequence-spec.ts";
import { definition, entryName, scalarField } from "../shared/yaml-entry.ts";
import { type ColumnSpec, canonicalDefault, columnFact, emptyColumn, identityOptions } from "./column-spec.ts";
import { readOptionMap } from "./foreign-table.ts";
import { ancestorIds, isNull, nullDefault } from "./inherited-column.ts";

/** One constraint node of a column with the piece of text it was written as. */
interface Piece {
  readonly node: Node;
  readonly start: number;
  readonly end: number;
}

/** A column's fragment in its table: what the pieces below build on. */
interface Place {
  readonly schema: string;
  readonly table: string;
  readonly name: string;
  readonly position: number;
  readonly at: SourceRef;
  readonly scalar: YamlScalar;
  readonly taken: Set<string>;
  readonly renamedFrom?: string;
  /** What the long form says beside the definition. */
  readonly said: Pick<ColumnSpec, "statistics" | "storage" | "compression" | "nDistinct" | "nDistinctInherited" | "options">;
  /** A parent or a type gives its columns to the table. */
  readonly hasAncestors: boolean;
}

/**
 * A column's entry to facts: the column, then the constraints and the sequence that its fragment declares.
 * `taken` holds the constraint names of the table so far, for the names PostgreSQL would generate.
 */
export function readColumn(entry: YamlEntry, position: number, taken: Set<string>, context: ReadContext): readonly Fact[] {
  const scalar = definition(entry);
  const table = context.parent;
  if (!scalar || !table) return [];
  const renamedFrom = scalarField(entry.value, "renamed_from")?.text;
  return readDefinition(
    {
      schema: table.schema ?? context.schema,
      table: String(table.spec["name"]),
      name: entryName(entry.key),
      position,
      at: entry.at,
      scalar,
      taken,
      ...(renamedFrom ? { renamedFrom } : {}),
      said: attributesOf(entry),
      hasAncestors: ancestorIds(table).length > 0,
    },
    context,
  );
}

function attributesOf(entry: YamlEntry): Place["said"] {
  const said = (key: string): string | null => scalarField(entry.value, key)?.text.toLowerCase() ?? null;
  const statistics = said("statistics");
  return {
    // -1 is the default of all.
    statistics: statistics === null || statistics === "-1" ? null : Number(statistics),
    storage: said("storage"),
    compression: said("compression"),
    nDistinct: said("n_distinct"),
    nDistinctInherited: said("n_distinct_inherited"),
    options: readOptionMap(entry),
  };
}

const withOptions = /^\s*with\s+options\b/i;

function readDefinition(place: Place, context: ReadContext): readonly Fact[] {
  // In a table of a type columns have no type: what follows is what PARTITION OF takes too.
  const before = `CREATE TABLE x ${withOptions.test(place.scalar.text) ? "OF y " : ""}(${quoteIdentifier(place.name)} `;
  let node: Node;
  try {
    const elements = parseWrapped(before, place.scalar.text, "\n)").node.CreateStmt?.tableElts ?? [];
    if (elements.length !== 1) throw new SqlSyntaxError("a comma ends the column", place.scalar.text.indexOf(","));
    node = elements[0]?.ColumnDef;
  } catch (error) {
    if (!(error instanceof SqlSyntaxError)) throw error;
    context.problem(
      place.scalar.atOffset(error.offset),
      "sql-syntax",
      `${error.message} in column ${place.name}`,
      "write what follows the column's name in CREATE TABLE, e.g. text not null default ''",
    );
    return [];
  }
  if (!node.typeName && !place.hasAncestors) {
    context.problem(
      place.scalar.at,
      "with-options",
      `column ${place.name} has no type, and nothing gives it one`,
      "WITH OPTIONS is for columns that a parent or a type has: write the type",
    );
    return [];
  }
  return columnFacts(place, node, pieces(node, before, place.scalar.text), context);
}

/** Cuts the fragment at the places where the parser saw a constraint begin. */
function pieces(node: Node, before: string, fragment: string): Piece[] {
  const toChar = charOffsets(`${before}${fragment}\n)`);
  const starts: { node: Node; start: number }[] = (node.constraints ?? []).map((item: Node) => ({
    node: item.Constraint,
    start: toChar(item.Constraint.location ?? 0) - before.length,
  }));
  if (node.collClause)
    starts.push({
      node: null,
      start: toChar(node.collClause.CollateClause?.location ?? node.collClause.location ?? 0) - before.length,
    });
  starts.sort((a, b) => a.start - b.start);
  return starts
    .map((piece, index) => ({ ...piece, end: starts[index + 1]?.start ?? fragment.length }))
    .filter((piece) => piece.node !== null);
}

const serials: Readonly<Record<string, string>> = {
  serial: "integer",
  serial4: "integer",
  bigserial: "bigint",
  serial8: "bigint",
  smallserial: "smallint",
  serial2: "smallint",
};

function columnFacts(place: Place, node: Node, parts: readonly Piece[], context: ReadContext): readonly Fact[] {
  const typeNames = namesOf(node.typeName?.names);
  const serialType = typeNames.length === 1 ? serials[typeNames[0] ?? ""] : undefined;
  const type = serialType ?? (node.typeName ? resolvedType(node.typeName, context) : "");
  const has = (contype: string): boolean => parts.some((part) => part.node.contype === contype);
  const find = (contype: string): Piece | undefined => parts.find((part) => part.node.contype === contype);
  const defaultPiece = find("CONSTR_DEFAULT");
  const written = defaultPiece
    ? context.sql("expression", place.scalar, afterWord(place.scalar.text, defaultPiece, 1), defaultPiece.end)
    : null;
  const sequence = serialType ? generatedName(place.table, place.name, "seq") : null;
  const serialDefault = sequence
    ? sqlText("expression", `nextval(${quoteLiteral(qualifiedName(place.schema, sequence))}::regclass)`)
    : null;
  const generated = find("CONSTR_GENERATED");
  const identity = find("CONSTR_IDENTITY");
  // Where a parent may have a default, NULL says that there is none.
  const own = written && place.hasAncestors && isNull(written) ? nullDefault : written && canonicalDefault(written, type);
  const spec: ColumnSpec = {
    ...emptyColumn(place.schema, place.table, place.name),
    ...place.said,
    type,
    local: Boolean(node.typeName),
    inherited: !node.typeName,
    collation: collationOf(node, context),
    notNull: has("CONSTR_NOTNULL") || has("CONSTR_PRIMARY") || identity !== undefined || serialType !== undefined,
    default: serialDefault ?? own,
    generated: generated ? generatedExpression(generated, place, context) : null,
    virtual: generated?.node.generated_kind === "v",
    identity: identity ? identityOf(identity.node, type, place) : null,
    storage: place.said.storage ?? word(node.storage_name),
    compression: place.said.compression ?? word(node.compression),
    options: place.said.options ?? (node.fdwoptions ? optionsOf(node.fdwoptions) : null),
    position: place.position,
    serial: serialType !== undefined,
  };
  const column = columnFact(spec, place.at, place.renamedFrom);
  const owned = sequence ? [serialSequence(place, sequence, type, context)] : [];
  return [column, ...owned, ...namedNotNull(parts, place), ...inlineConstraints(parts, place, context)];
}

/** NOT NULL with a name that PostgreSQL would not give, or of this table alone, is a constraint (PostgreSQL 18). */
function namedNotNull(parts: readonly Piece[], place: Place): Fact[] {
  const { schema, table, name: column } = place;
  const node = parts.find((part) => part.node.contype === "CONSTR_NOTNULL")?.node;
  const generated = generatedName(table, column, "not_null");
  const name: string = node?.conname ?? generated;
  const noInherit = node?.is_no_inherit === true;
  if (name === generated && !noInherit) return [];
  const spec = { schema, table, name, column, noInherit, validated: true, implicit: false, inherited: false };
  return [notNullFact(spec, place.at)];
}

/** What `serial` makes besides the column. */
function serialSequence(place: Place, sequence: string, type: string, context: ReadContext): Fact {
  const ownedBy = { schema: place.schema, table: place.table, column: place.name };
  const spec = { ...sequenceDefaults(place.schema, sequence, type), ownedBy };
  return sequenceFact(spec, { at: place.at, ...sequenceBefore(place, sequence, context) });
}

/** The sequence of a serial carries the generated name: it follows a declared rename of its table or column. */
function sequenceBefore(place: Place, sequence: string, context: ReadContext): Pick<Fact, "renamedFrom"> {
  const table = context.parent?.renamedFrom;
  const [schema = place.schema, name = place.table] = table === undefined ? [] : splitPath(pathOf(table));
  const before = generatedName(name, place.renamedFrom ?? place.name, "seq");
  const moved = before !== sequence || schema !== place.schema;
  return moved ? { renamedFrom: objectId("sequence", qualifiedName(schema, before)) } : {};
}

/** Offset after the first `words` keywords of a piece (`DEFAULT`, `CONSTRAINT name DEFAULT`). */
function afterWord(text: string, piece: Piece, words: number): number {
  const tokens = tokensIn(text, piece);
  const skip = tokens[0]?.text.toLowerCase() === "constraint" ? 2 : 0;
  return tokens[skip + words - 1]?.end ?? piece.start;
}

function tokensIn(text: string, piece: Piece): Token[] {
  return scanTokens(text).filter((token) => token.start >= piece.start && token.end <= piece.end && !/COMMENT/.test(token.name));
}

function generatedExpression(piece: Piece, place: Place, context: ReadContext): ColumnSpec["generated"] {
  const tokens = tokensIn(place.scalar.text, piece);
  const open = tokens.findIndex((token) => token.text === "(");
  const close = tokens.findLastIndex((token) => token.text === ")");
  return context.sql("expression", place.scalar, tokens[open]?.end ?? piece.start, tokens[close]?.start ?? piece.end);
}

function word(value: unknown): string | null {
  return typeof value === "string" ? value.toLowerCase() : null;
}

function identityOf(node: Node, type: string, place: Place): ColumnSpec["identity"] {
  const named = (node.options ?? []).find((option: Node) => option.DefElem?.defname === "sequence_name")?.DefElem;
  const names: readonly string[] = namesOf(named?.arg?.List?.items);
  const path = names.length === 0 ? null : qualifiedName(...(names.length > 1 ? names : [place.schema, ...names]));
  const isGenerated = path === qualifiedName(place.schema, generatedName(place.table, place.name, "seq"));
  return {
    mode: node.generated_when === "a" ? "always" : "by default",
    sequence: isGenerated ? null : path,
    options: identityOptions(sequenceOptions("", "", node.options ?? [], type)),
  };
}

function collationOf(node: Node, context: ReadContext): string | null {
  const names = namesOf(node.collClause?.CollateClause?.collname ?? node.collClause?.collname);
  if (names.length === 0 || (names.length === 1 && names[0] === "default")) return null;
  // Every collation of the system lies in pg_catalog.
  return qualifiedName(...(names.length === 1 ? [context.resolve("collation", names[0] ?? "") ?? "pg_catalog"] : []), ...names);
}

function resolvedType(type: Node, context: ReadContext): string {
  const names = namesOf(type.names);
  const schema = names.length === 1 ? context.resolve("type", names[0] ?? "") : null;
  if (schema === null) return canonicalType(type);
  return canonicalType({ ...type, names: [{ String: { sval: schema } }, ...type.names] });
}

/** Constraints that the fragment declares. DEFERRABLE and the like stand behind the constraint they belong to. */
function inlineConstraints(parts: readonly Piece[], place: Place, context: ReadContext): Fact[] {
  const found: Fact[] = [];
  parts.forEach((part, index) => {
    const following = attributesAfter(parts, index);
    const at: ConstraintPlace = {
      schema: place.schema,
      table: place.table,
      column: place.name,
      at: place.at,
      taken: place.taken,
    };
    const fact = constraintFromNode(
      part.node,
      { scalar: place.scalar, start: part.start, end: part.end },
      at,
      following,
      context,
    );
    if (fact) found.push(fact);
  });
  return found;
}

function attributesAfter(parts: readonly Piece[], index: number): ConstraintAttributes {
  const names: string[] = [];
  for (let next = index + 1; next < parts.length; next++) {
    const contype = String(parts[next]?.node.contype);
    if (!contype.startsWith("CONSTR_ATTR_")) break;
    names.push(contype);
  }
  return {
    deferrable: names.includes("CONSTR_ATTR_DEFERRABLE"),
    deferred: names.includes("CONSTR_ATTR_DEFERRED"),
    notEnforced: names.includes("CONSTR_ATTR_NOT_ENFORCED"),
  };
}
