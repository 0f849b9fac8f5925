import { generatedName, qualifiedName, quoteIdentifier, splitPath } from "../../base/identifier.ts";
import { quoteLiteral } from "../../base/literal.ts";
import type { Fact, SourceRef } from "../../model/database.ts";
import type { ReadContext, YamlEntry, YamlScalar } from "../../model/kind.ts";
import { objectId, pathOf } from "../../model/object-id.ts";
import { sqlText } from "../../model/spec.ts";
import { namesOf } from "../../sql/names.ts";
import { charOffsets, type Node, parseWrapped, SqlSyntaxError, scanTokens, type Token } from "../../sql/parser.ts";
import { canonicalType } from "../../sql/type-name.ts";
import { type ConstraintPlace, constraintFromNode } from "../shared/constraint-spec.ts";
import { sequenceDefaults, sequenceFact, sequenceOptions } from "../shared/sequence-spec.ts";
import { definition, entryName, scalarField } from "../shared/yaml-entry.ts";
import { type ColumnSpec, canonicalDefault, columnFact, identityOptions } from "./column-spec.ts";

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
  readonly statistics: number | null;
  readonly storage: string | null;
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
  const statistics = scalarField(entry.value, "statistics")?.text;
  const storage = scalarField(entry.value, "storage")?.text;
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
      statistics: statistics === undefined ? null : Number(statistics),
      storage: storage ?? null,
    },
    context,
  );
}

function readDefinition(place: Place, context: ReadContext): readonly Fact[] {
  const before = `CREATE TABLE x (${quoteIdentifier(place.name)} `;
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
  const type = serialType ?? resolvedType(node.typeName, context);
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
  const spec: ColumnSpec = {
    schema: place.schema,
    table: place.table,
    name: place.name,
    type,
    collation: collationOf(node, context),
    notNull: has("CONSTR_NOTNULL") || has("CONSTR_PRIMARY") || identity !== undefined || serialType !== undefined,
    notNullName: null,
    sequence: null,
    typeStorage: null,
    default: serialDefault ?? (written ? canonicalDefault(written, type) : null),
    generated: generated ? generatedExpression(generated, place, context) : null,
    virtual: generated?.node.generated_kind === "v",
    identity: identity ? identityOf(identity.node, type) : null,
    storage:
      place.storage === null ? (node.storage_name ? String(node.storage_name).toLowerCase() : null) : place.storage.toLowerCase(),
    statistics: place.statistics,
    position: place.position,
    serial: serialType !== undefined,
  };
  const column = columnFact(spec, place.at, place.renamedFrom);
  const owned = sequence ? [serialSequence(place, sequence, type, context)] : [];
  return [column, ...owned, ...inlineConstraints(parts, place, context)];
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

function identityOf(node: Node, type: string): ColumnSpec["identity"] {
  return {
    mode: node.generated_when === "a" ? "always" : "by default",
    options: identityOptions(sequenceOptions("", "", node.options ?? [], type)),
  };
}

function collationOf(node: Node, context: ReadContext): string | null {
  const names = namesOf(node.collClause?.CollateClause?.collname ?? node.collClause?.collname);
  if (names.length === 0 || (names.length === 1 && names[0] === "default")) return null;
  // Every collation of the system lies in pg_catalog; an own one has to be qualified.
  return qualifiedName(
    ...(names.length === 1 ? [context.resolve("type", `collation ${names[0]}`) ?? "pg_catalog"] : []),
    ...names,
  );
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

function attributesAfter(parts: readonly Piece[], index: number): { deferrable: boolean; deferred: boolean } {
  const names: string[] = [];
  for (let next = index + 1; next < parts.length; next++) {
    const contype = String(parts[next]?.node.contype);
    if (!contype.startsWith("CONSTR_ATTR_")) break;
    names.push(contype);
  }
  return { deferrable: names.includes("CONSTR_ATTR_DEFERRABLE"), deferred: names.includes("CONSTR_ATTR_DEFERRED") };
}
