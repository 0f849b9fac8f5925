import { qualifiedName, quoteIdentifier } from "../../base/identifier.ts";
import type { Fact } from "../../model/database.ts";
import type {
  CatalogContext,
  KindModule,
  PlanContext,
  ReadContext,
  Reference,
  Replace,
  Row,
  SqlStatement,
  YamlScalar,
  YamlSlot,
} from "../../model/kind.ts";
import { objectId, schemaId } from "../../model/object-id.ts";
import type { StepDraft } from "../../model/step.ts";
import { type Node, SqlSyntaxError } from "../../sql/parser.ts";
import { optionalText, text } from "./catalog.ts";
import { draft, noWork } from "./draft.ts";
import { areKnown } from "./known-words.ts";
import { createDraft, dropDraft } from "./named-object.ts";
import { parseScalar } from "./sql-piece.ts";
import { definition, entryKey, entryNames, shortOrLong } from "./yaml-entry.ts";

/**
 * Objects whose whole definition is the one statement that makes them, and that no row depends on: casts, operators, parts of text
 * search. Both sides go through the same parser and come out in one canonical spelling, so that equal means the same.
 */
export type DefinedSpec = {
  /** Null for what belongs to the database. */
  readonly schema: string | null;
  readonly name: string;
  /** What follows the name in CREATE, in canonical spelling. */
  readonly def: string;
};

/** Who the object is, from the key of its entry or its statement. `path` is what its id says. */
export interface DefinedName {
  readonly schema: string | null;
  readonly name: string;
  readonly path: string;
}

/** What one such kind knows. */
export interface DefinedKind {
  readonly kind: string;
  readonly rank: number;
  /** Key of the root map. */
  readonly key: string;
  readonly description: string;
  /** An example of the value, for problems. */
  readonly hint: string;
  /** As in ALTER and DROP: `TEXT SEARCH DICTIONARY`. */
  readonly noun: string;
  /** Tag of the parse tree, and `kind` of a DefineStmt. */
  readonly tag: string;
  readonly define?: string;
  /** Tag of the tree that a value makes, where it is another. */
  readonly valueTag?: string;
  catalogSql(major: number): string;
  /** The statement that `key: value` stands for, up to the value, and behind it; the name in it does not matter. */
  before(name: DefinedName, value: string): string;
  /** The value cut to what follows the name (a leading `default` that stands before it). */
  readonly cut?: (value: string) => string;
  /** The options of a definition in parentheses, and those without which there is none; absent where it has others. */
  readonly options?: readonly string[];
  readonly required?: readonly string[];
  nameOfKey?(key: string, context: ReadContext): DefinedName | null;
  nameOfNode?(body: Node, context: ReadContext): DefinedName;
  nameOfRow?(row: Row): DefinedName;
  keyOf?(spec: DefinedSpec, path: string): string;
  /** Canonical spelling of the value from the statement's tree. `context` resolves names of the files; null for the catalog's. */
  canonical(body: Node, name: DefinedName, context: ReadContext | null): string;
  create(path: string, def: string): string;
  drop?(path: string, def: string): string;
  dependsOn(spec: DefinedSpec, path: string): readonly Reference[];
  /** Statements that lead from one to the other in place; null when it has to be replaced. */
  alter?(live: Fact<DefinedSpec>, desired: Fact<DefinedSpec>, context: PlanContext): readonly string[] | null;
  readonly answersTo?: (fact: Fact<DefinedSpec>) => readonly Reference[];
  readonly rename?: boolean;
}

/** The kind of such objects. */
export function definedKind(input: DefinedKind): KindModule<DefinedSpec> {
  const fact = (name: DefinedName, def: string, rest: Pick<Fact, "at" | "owner">): Fact<DefinedSpec> => ({
    kind: input.kind,
    id: objectId(input.kind, name.path),
    object: name.path,
    schema: name.schema,
    parent: null,
    spec: { schema: name.schema, name: name.name, def },
    ...rest,
  });
  const createSql = ({ object, spec }: Fact<DefinedSpec>): string => input.create(object, spec.def);
  const dropSql = ({ object, spec }: Fact<DefinedSpec>): string =>
    input.drop?.(object, spec.def) ?? `DROP ${input.noun} ${object};`;
  return {
    kind: input.kind,
    rank: input.rank,
    scope: "exact",
    notCompared: ["schema", "name"],
    rebuiltBy: ["replace"],
    renameByDefinition: false,
    catalog: { sql: (major) => input.catalogSql(major), fromRow: (row, context) => liveFact(input, row, context, fact) },
    yaml: slotOf(input, fact),
    statements: { [input.tag]: (statement, context) => ofStatement(input, statement, context, fact) },
    answersTo: input.answersTo ?? ((own) => [own.id]),
    dependsOn: ({ spec, object }) => [...(spec.schema === null ? [] : [schemaId(spec.schema)]), ...input.dependsOn(spec, object)],
    inline: () => null,
    create: (own, context) => createDraft(own, createSql(own), dropSql(own), context),
    alter: (live, desired, _fields, context) => alterations(input, live, desired, context),
    rename: (live, desired) => (input.rename === false ? null : renaming(input, live, desired)),
    drop: (own) => dropDraft(own, dropSql(own), createSql(own), []),
  };
}

type MakeFact = (name: DefinedName, def: string, rest: Pick<Fact, "at" | "owner">) => Fact<DefinedSpec>;

/** Its map at the root of the files. */
function slotOf(input: DefinedKind, fact: MakeFact): YamlSlot<DefinedSpec> {
  return {
    parents: ["root"],
    key: input.key,
    style: "map",
    files: ["schema"],
    shape: {
      description: input.description,
      scalar: true,
      properties: { def: { type: "string", description: "What follows its name in CREATE." } },
    },
    read: (entry, context) => {
      const name = nameOfKey(input, entry.key, context);
      const scalar = definition(entry);
      if (name === null) {
        context.problem(entry.at, "key", `this is no name of ${aWords(input)}`, input.hint);
        return [];
      }
      const body =
        scalar &&
        bodyOf(input, parseScalar(input.before(name, scalar.text), cutScalar(input, scalar), context, input.hint)?.node);
      return scalar && body && hasOptions(input, body, scalar, context)
        ? [fact(name, input.canonical(body, name, context), { at: entry.at })]
        : [];
    },
    write: (own, context) => shortOrLong(input.keyOf?.(own.spec, own.object) ?? keyOfName(own, context), own.spec.def, {}),
  };
}

const words = (input: DefinedKind): string => input.kind.replaceAll("_", " ");
const aWords = (input: DefinedKind): string => `${/^[aeiou]/.test(input.kind) ? "an" : "a"} ${words(input)}`;

/** The grammar takes any option: whether those are all known, and none is missing. */
function hasOptions(input: DefinedKind, body: Node, scalar: YamlScalar, context: ReadContext): boolean {
  const given: readonly string[] = (body.definition ?? []).map((item: Node) => String(item.DefElem.defname));
  const { options, required = [] } = input;
  if (options && !areKnown(given, { what: `option of ${aWords(input)}`, known: options }, scalar, context)) return false;
  const missing = required.find((option) => !given.includes(option) && !(option === "function" && given.includes("procedure")));
  if (missing !== undefined) context.problem(scalar.at, "missing-option", `${aWords(input)} needs ${missing}`, input.hint);
  return missing === undefined;
}

function bodyOf(input: DefinedKind, node: Node): Node {
  const body = node?.[input.tag] ?? node?.[input.valueTag ?? ""];
  return body && (input.define === undefined || body.kind === input.define) ? body : null;
}

function cutScalar(input: DefinedKind, scalar: NonNullable<ReturnType<typeof definition>>): typeof scalar {
  return input.cut === undefined
    ? scalar
    : { ...scalar, text: input.cut(scalar.text), atOffset: (offset) => scalar.atOffset(offset) };
}

function nameOfKey(input: DefinedKind, key: string, context: ReadContext): DefinedName | null {
  if (input.nameOfKey) return input.nameOfKey(key, context);
  const { schema, name } = entryNames(key, context);
  return { schema, name, path: qualifiedName(schema, name) };
}

function keyOfName(own: Fact<DefinedSpec>, context: Parameters<typeof entryKey>[2]): string {
  return own.spec.schema === null ? own.spec.name : entryKey(own.spec.schema, own.spec.name, context);
}

function liveFact(input: DefinedKind, row: Row, _context: CatalogContext, fact: MakeFact): Fact<DefinedSpec> {
  const schema = optionalText(row, "schema");
  const name = text(row, "name");
  const named = input.nameOfRow?.(row) ?? {
    schema,
    name,
    path: schema === null ? quoteIdentifier(name) : qualifiedName(schema, name),
  };
  const def = text(row, "def");
  const owner = optionalText(row, "owner");
  const parsed = parseCatalog(input, named, def);
  return fact(named, input.canonical(parsed, named, null), owner === null ? {} : { owner });
}

function parseCatalog(input: DefinedKind, name: DefinedName, def: string): Node {
  const scalar = { type: "scalar", text: input.cut?.(def) ?? def, quoted: false, at: nowhere, atOffset: () => nowhere } as const;
  const refuse = (message: string): never => {
    throw new SqlSyntaxError(`${input.kind} ${name.path}: ${message}`, 0);
  };
  const context = { problem: (_at: unknown, _code: string, message: string) => refuse(message) } as unknown as ReadContext;
  return (
    bodyOf(input, parseScalar(input.before(name, def), scalar, context)?.node) ?? refuse("its definition is of another sort")
  );
}

const nowhere = { file: "", line: 0, column: 0 };

function ofStatement(input: DefinedKind, statement: SqlStatement, context: ReadContext, fact: MakeFact): readonly Fact[] {
  const body = bodyOf(input, statement.node);
  if (body === null) return [];
  const name = input.nameOfNode?.(body, context) ?? namedByList(body.defnames ?? [], context);
  return [fact(name, input.canonical(body, name, context), { at: statement.scalar.at })];
}

/** Names of a DefineStmt. */
export function namedByList(list: readonly Node[], context: ReadContext): DefinedName {
  const names = list.map((item) => String(item.String.sval));
  const schema = names.length > 1 ? (names.at(-2) ?? "") : context.schema;
  const name = names.at(-1) ?? "";
  return { schema, name, path: qualifiedName(schema, name) };
}

function alterations(
  input: DefinedKind,
  live: Fact<DefinedSpec>,
  desired: Fact<DefinedSpec>,
  context: PlanContext,
): readonly StepDraft[] | Replace {
  const there = input.alter?.(live, desired, context) ?? null;
  if (there === null) return { replace: `PostgreSQL cannot alter this of ${aWords(input)}` };
  if (there.length === 0) return [];
  const back = input.alter?.(desired, live, context) ?? null;
  return [
    draft(desired, {
      action: "alter",
      sql: there.join("\n"),
      phase: "expand",
      why: "its definition changes",
      locks: [],
      work: noWork,
      dataLoss: "never",
      undo: back === null ? { none: "PostgreSQL cannot take it back in place" } : { sql: back.join("\n") },
    }),
  ];
}

function renaming(input: DefinedKind, live: Fact<DefinedSpec>, desired: Fact<DefinedSpec>): readonly StepDraft[] {
  const sql = (from: Fact<DefinedSpec>, to: Fact<DefinedSpec>): string =>
    `ALTER ${input.noun} ${from.object} RENAME TO ${quoteIdentifier(to.spec.name)};`;
  return [
    draft(desired, {
      action: "rename",
      sql: sql(live, desired),
      phase: "contract",
      why: `renamed from ${live.object}`,
      locks: [],
      work: noWork,
      dataLoss: "never",
      undo: { sql: sql(desired, live) },
      breaks: "old",
      removes: [live.id],
    }),
  ];
}
