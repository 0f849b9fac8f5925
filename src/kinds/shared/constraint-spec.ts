import { generatedName, qualifiedName } from "../../base/identifier.ts";
import type { Fact, SourceRef } from "../../model/database.ts";
import type { ReadContext, YamlScalar } from "../../model/kind.ts";
import { objectId } from "../../model/object-id.ts";
import type { SqlText } from "../../model/spec.ts";
import { namesOf } from "../../sql/names.ts";
import type { Node } from "../../sql/parser.ts";
import { scanTokens } from "../../sql/parser.ts";
import { columnNames } from "../../sql/references.ts";
import { withoutIndexClauses } from "./exclude-text.ts";
import { makeFact } from "./fact.ts";
import { type IndexOptions, optionsOf } from "./index-options.ts";
import type { PartIndex } from "./part-index.ts";

/** A table constraint (manual, 5.5 and CREATE TABLE). NOT NULL is a property of its column. */
export type ConstraintSpec = {
  readonly schema: string;
  readonly table: string;
  readonly name: string;
  readonly type: "primary key" | "unique" | "foreign key" | "check" | "exclude";
  readonly columns: readonly string[];
  readonly include: readonly string[];
  readonly nullsNotDistinct: boolean;
  /** WITHOUT OVERLAPS of a key, PERIOD of a foreign key: about its last column. PostgreSQL 18. */
  readonly temporal: boolean;
  /** CHECK: what is in its parentheses. EXCLUDE: all of it, without DEFERRABLE and what its index has besides. */
  readonly definition: SqlText | null;
  readonly noInherit: boolean;
  readonly references: ForeignTarget | null;
  readonly deferrable: boolean;
  readonly deferred: boolean;
  /** False for NOT VALID; for NOT ENFORCED too, where it means nothing. */
  readonly validated: boolean;
  /** False for NOT ENFORCED, PostgreSQL 18. */
  readonly enforced: boolean;
  /** Storage parameters of the index of a key or an exclusion constraint. */
  readonly options: IndexOptions;
  /** Tablespace of that index; null for the database's own. */
  readonly tablespace: string | null;
  /** Live keys of partitioned tables: the indexes of the partitions beneath theirs. */
  readonly attached: readonly PartIndex[];
  /**
   * Keys of partitions: the path of the key above that they hang on, the highest of them; null for those of their own. Undefined where
   * the files leave it open: then it hangs on one like it, if there is one.
   */
  readonly attachedTo?: string | null | undefined;
};

/** What a foreign key points at. `columns` empty means the primary key, filled in when the database is known. */
export type ForeignTarget = {
  readonly schema: string;
  readonly table: string;
  readonly columns: readonly string[];
  readonly onUpdate: ForeignAction;
  readonly onDelete: ForeignAction;
  /** Columns of SET NULL (…) and SET DEFAULT (…), PostgreSQL 15. */
  readonly setColumns: readonly string[];
  readonly match: "simple" | "full";
};

export type ForeignAction = "no action" | "restrict" | "cascade" | "set null" | "set default";

const actions: Readonly<Record<string, ForeignAction>> = {
  a: "no action",
  r: "restrict",
  c: "cascade",
  n: "set null",
  d: "set default",
};

/** The action behind the letter that the parser and pg_constraint use. */
export function foreignAction(letter: unknown): ForeignAction {
  return actions[String(letter ?? "a")] ?? "no action";
}

/** Table that a constraint lies on, and names that its table has given already. */
export interface ConstraintPlace {
  readonly schema: string;
  readonly table: string;
  /** Column whose definition it is written in; null for a constraint of the table. */
  readonly column: string | null;
  readonly at: SourceRef;
  readonly taken: Set<string>;
}

/** The fact of a constraint. */
export function constraintFact(spec: ConstraintSpec, at?: SourceRef, renamedFrom?: string): Fact<ConstraintSpec> {
  return makeFact({
    kind: "constraint",
    names: [spec.schema, spec.table, spec.name],
    schema: spec.schema,
    parent: objectId("table", qualifiedName(spec.schema, spec.table)),
    spec,
    at,
    ...(renamedFrom ? { renamedFrom: objectId("constraint", qualifiedName(spec.schema, spec.table, renamedFrom)) } : {}),
  });
}

/** Attributes after a constraint (DEFERRABLE, NOT ENFORCED), which the parser gives as nodes of their own inside a column. */
export interface ConstraintAttributes {
  readonly deferrable: boolean;
  readonly deferred: boolean;
  readonly notEnforced?: boolean;
  /** Said beside the definition, in the long form of an entry. */
  readonly tablespace?: string;
}

/**
 * A Constraint node of the parse tree to a fact.
 * @param scalar the file's text; `base` is how far its start lies in the parsed text; `end` where the constraint ends in it.
 * Null when a part does not parse (already reported) or the kind of constraint is not one of ours.
 */
export function constraintFromNode(
  node: Node,
  source: { scalar: YamlScalar; start: number; end: number },
  place: ConstraintPlace,
  attributes: ConstraintAttributes,
  context: ReadContext,
  name?: string,
): Fact<ConstraintSpec> | null {
  const type = constraintTypes[String(node.contype)];
  if (!type) return null;
  const definition = definitionOf(type, source, context);
  if ((type === "check" || type === "exclude") && definition === null) return null;
  const columns = columnsOf(node, type, place);
  const enforced = (type !== "check" && type !== "foreign key") || (attributes.notEnforced !== true && node.is_enforced === true);
  const spec: ConstraintSpec = {
    schema: place.schema,
    table: place.table,
    name: name ?? node.conname ?? generatedConstraintName(type, columns, definition, place),
    type,
    columns,
    include: type === "exclude" ? [] : namesOf(node.including),
    nullsNotDistinct: node.nulls_not_distinct === true,
    temporal: node.without_overlaps === true || node.fk_with_period === true,
    definition,
    noInherit: node.is_no_inherit === true,
    references: type === "foreign key" ? foreignTarget(node, context) : null,
    deferrable: attributes.deferrable || attributes.deferred,
    deferred: attributes.deferred,
    validated: enforced && node.skip_validation !== true,
    enforced,
    options: optionsOf(node.options),
    tablespace: attributes.tablespace ?? node.indexspace ?? null,
    attached: [],
  };
  place.taken.add(spec.name);
  return constraintFact(spec, place.at);
}

const constraintTypes: Readonly<Record<string, ConstraintSpec["type"]>> = {
  CONSTR_PRIMARY: "primary key",
  CONSTR_UNIQUE: "unique",
  CONSTR_FOREIGN: "foreign key",
  CONSTR_CHECK: "check",
  CONSTR_EXCLUSION: "exclude",
};

function columnsOf(node: Node, type: ConstraintSpec["type"], place: ConstraintPlace): string[] {
  const listed = namesOf(type === "foreign key" ? node.fk_attrs : node.keys);
  const isKey = type === "primary key" || type === "unique" || type === "foreign key";
  return listed.length === 0 && isKey && place.column !== null ? [place.column] : listed;
}

function foreignTarget(node: Node, context: ReadContext): ForeignTarget {
  const table = node.pktable ?? {};
  return {
    schema: table.schemaname ?? context.resolve("relation", table.relname) ?? context.schema,
    table: table.relname,
    columns: namesOf(node.pk_attrs),
    onUpdate: foreignAction(node.fk_upd_action),
    onDelete: foreignAction(node.fk_del_action),
    setColumns: namesOf(node.fk_del_set_cols),
    match: node.fk_matchtype === "f" ? "full" : "simple",
  };
}

/** The SQL inside CHECK (…), or all of EXCLUDE up to its attributes. */
function definitionOf(
  type: ConstraintSpec["type"],
  source: { scalar: YamlScalar; start: number; end: number },
  context: ReadContext,
): SqlText | null {
  if (type !== "check" && type !== "exclude") return null;
  const tokens = scanTokens(source.scalar.text).filter((token) => token.start >= source.start && token.end <= source.end);
  const keyword = tokens.findIndex((token) => token.text.toLowerCase() === (type === "check" ? "check" : "exclude"));
  const open = tokens.findIndex((token, index) => index > keyword && token.text === "(");
  if (keyword < 0 || open < 0) return null;
  if (type === "check") {
    const close = matching(tokens, open);
    return context.sql("expression", source.scalar, tokens[open]?.end ?? 0, tokens[close]?.start ?? source.end);
  }
  const stop = tokens.findIndex(
    (token, index) => index > open && /^(deferrable|initially|not)$/i.test(token.text) && depthAt(tokens, index) === 0,
  );
  const end = stop < 0 ? source.end : (tokens[stop]?.start ?? source.end);
  const whole = context.sql("constraint", source.scalar, tokens[keyword]?.start ?? 0, end);
  return whole && { ...whole, sql: withoutIndexClauses(whole.sql) };
}

function matching(tokens: readonly { text: string }[], open: number): number {
  let depth = 0;
  for (let index = open; index < tokens.length; index++) {
    if (tokens[index]?.text === "(") depth++;
    if (tokens[index]?.text === ")" && --depth === 0) return index;
  }
  return -1;
}

function depthAt(tokens: readonly { text: string }[], index: number): number {
  return tokens.slice(0, index).reduce((depth, token) => depth + (token.text === "(" ? 1 : token.text === ")" ? -1 : 0), 0);
}

const labels: Readonly<Record<ConstraintSpec["type"], string>> = {
  "primary key": "pkey",
  unique: "key",
  "foreign key": "fkey",
  check: "check",
  exclude: "excl",
};

/**
 * The name PostgreSQL gives an unnamed constraint (ChooseConstraintName, ChooseIndexName): primary keys take the table's
 * name alone, keys and foreign keys all their columns, a check its column when it names exactly one.
 */
function generatedConstraintName(
  type: ConstraintSpec["type"],
  columns: readonly string[],
  definition: SqlText | null,
  place: Pick<ConstraintPlace, "table" | "taken">,
): string {
  const named = type === "check" && definition ? columnNames("expression", definition.sql) : columns;
  const middle = type === "primary key" ? "" : type === "check" ? (named.length === 1 ? (named[0] ?? "") : "") : named.join("_");
  for (let pass = 0; ; pass++) {
    const candidate = generatedName(place.table, middle, `${labels[type]}${pass === 0 ? "" : pass}`);
    if (!place.taken.has(candidate)) return candidate;
  }
}
