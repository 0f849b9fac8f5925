import type { Fact, LiveDatabase, SourceRef, TableSize } from "./database.ts";
import type { ObjectId } from "./object-id.ts";
import type { Spec, SqlForm, SqlText } from "./spec.ts";
import type { StepDraft } from "./step.ts";

export type JsonSchema = { readonly [key: string]: unknown };

/** A scalar of a YAML file. `text` is the source text: a number or boolean is never re-spelled. */
export interface YamlScalar {
  readonly type: "scalar";
  readonly text: string;
  readonly quoted: boolean;
  readonly at: SourceRef;
  /** The place of the character at `offset` of `text`. */
  atOffset(offset: number): SourceRef;
}

/** A value of a YAML file with its place. */
export type YamlValue =
  | YamlScalar
  | { readonly type: "list"; readonly items: readonly YamlValue[]; readonly at: SourceRef }
  | { readonly type: "map"; readonly entries: readonly YamlEntry[]; readonly at: SourceRef }
  | { readonly type: "null"; readonly at: SourceRef };

export interface YamlEntry {
  readonly key: string;
  readonly at: SourceRef;
  readonly value: YamlValue;
}

/** What a kind's reader of YAML may ask and say. All names that the files declare are known before anything is read. */
export interface ReadContext {
  /** Default schema of unqualified names. */
  readonly schema: string;
  readonly defaultRls: "disabled" | "enabled" | "forced";
  /** `owner:` of the files; null when they say none. */
  readonly owner: string | null;
  /** The object that the entry lies in: the table of a column, the target of a comment. Null at the top level. */
  readonly parent: Fact | null;
  /**
   * Schema of an unqualified name by the files' search_path; null for PostgreSQL's own and unknown names. `view` finds relations
   * that are views.
   */
  resolve(
    space:
      | "relation"
      | "view"
      | "type"
      | "routine"
      | "opclass"
      | "collation"
      | "operator"
      | "text_search_configuration"
      | "text_search_dictionary",
    name: string,
  ): string | null;
  /**
   * SQL of a scalar: parsed, syntax errors reported in place, names qualified. Null when it does not parse.
   * `start` and `end` cut a piece of the scalar's text (offsets); the whole text by default.
   */
  sql(form: SqlForm, scalar: YamlScalar, start?: number, end?: number): SqlText | null;
  /** Records a problem at a place; reading goes on. */
  problem(at: SourceRef, code: string, message: string, hint?: string): void;
}

/**
 * A slot of the files that holds one kind: `enums:` at the root, `indexes:` in a table, `comment:` in anything.
 * The loader reads nested slots of an entry by itself, with the entry's first fact as parent; a kind reads only its own keys.
 */
export interface YamlSlot<S extends Spec = Spec> {
  /** Kinds (or "root") whose entries have this key; "*" for every kind. */
  readonly parents: readonly string[];
  readonly key: string;
  /** `map`: name → entry. `value`: the key's value is the one entry (comment, owner, rls). `list`: a list of entries. */
  readonly style: "map" | "value" | "list";
  /** Which files may say it. */
  readonly files: readonly ("schema" | "policies")[];
  /** Where several kinds share a key (`types:`): whether an entry's definition is of this one. Absent: it is. */
  accepts?(def: string): boolean;
  /** Entries may `use:` templates, maps of the same keys under `templates:` at the root. */
  readonly templates?: true;
  /** Entry as a scalar allowed (the short form); the keys of the long form besides those of nested slots, as JSON Schema. */
  readonly shape: {
    readonly description: string;
    readonly scalar: boolean;
    readonly list?: JsonSchema;
    readonly properties: Readonly<Record<string, JsonSchema>>;
    readonly required?: readonly string[];
  };
  /** One entry to facts: the object first, then what its fragment declares besides (inline constraints, owned sequences). */
  read(entry: YamlEntry, context: ReadContext): readonly Fact[];
  /** One fact to its entry, without nested slots (the writer adds them); null when another fact's entry says it. */
  write(fact: Fact<S>, context: WriteContext): WrittenEntry | null;
}

export type WrittenValue = string | number | boolean | null | readonly WrittenValue[] | { readonly [key: string]: WrittenValue };

export interface WrittenEntry {
  readonly key: string;
  readonly value: WrittenValue;
}

export interface WriteContext {
  /** Default schema: names in it are written unqualified. */
  readonly schema: string;
  children(parent: ObjectId, kind: string): readonly Fact[];
  fact(id: ObjectId): Fact | undefined;
  /** All facts of a kind, the same list at each call. */
  ofKind(kind: string): readonly Fact[];
}

export type Row = { readonly [column: string]: unknown };

export interface CatalogContext {
  readonly major: number;
  /** The id of an object by catalog address; undefined when it is of no kind of ours. */
  idOf(classId: number, objectId: number, subId: number): ObjectId | undefined;
  fact(id: ObjectId): Fact | undefined;
}

/** Looks things up in one database (desired or live). */
export interface Lookup {
  fact(id: ObjectId): Fact | undefined;
  /** Children of an object, in their order. */
  children(parent: ObjectId, kind: string): readonly Fact[];
}

/** What `follow` finds. `settled`: live facts as they are, which are not compared like that: looked at among the implied ones. */
export interface Following {
  readonly live: readonly Fact[];
  readonly desired: readonly Fact[];
  readonly settled: readonly Fact[];
  /** The live object as it is then: what its parts are built in, to be compared. */
  readonly as?: Fact;
}

/** Where `follow` looks. `implied`: live facts that are there through what their object is part of. */
export interface FollowSides {
  readonly live: Lookup;
  readonly desired: Lookup;
  readonly implied: Lookup;
}

/** One statement of a `.sql` file. `scalar` is its text with its places, for ReadContext.sql. */
export interface SqlStatement {
  readonly node: Node;
  readonly scalar: YamlScalar;
}

/** A node of a parse tree (see sql/parser.ts). */
// biome-ignore lint/suspicious/noExplicitAny: data of the parser, read with care at each place.
type Node = any;

/** What a kind's planner may ask. No I/O: all was read before. */
export interface PlanContext {
  readonly major: number;
  readonly live: LiveDatabase;
  desired(id: ObjectId): Fact | undefined;
  /** The fact as it will be: desired, or live where the files leave it alone. */
  final(id: ObjectId): Fact | undefined;
  /** True for what this plan makes (or makes anew): it holds no rows and nobody uses it. */
  isNew(id: ObjectId): boolean;
  /** True for what goes and comes back in one transaction, because it stands in the way of a change. */
  isRebuilt(id: ObjectId): boolean;
  /** True when known to hold no row; false when it holds any or nobody could look. */
  isEmpty(table: ObjectId): boolean;
  size(table: ObjectId): TableSize;
  /** Children (columns, constraints, …) of a live or desired object, in order. */
  children(side: "live" | "desired", parent: ObjectId, kind: string): readonly Fact[];
  /** Live partitions and sub-partitions of a table. */
  partitions(table: ObjectId): readonly ObjectId[];
  /** Tables that have their columns from this one (or from this type), at all depths: partitions, children of INHERITS, tables of a type. */
  heirs(side: "live" | "desired", id: ObjectId): readonly ObjectId[];
  /** Live indexes of a table, those of constraints too, as `schema.name`. */
  indexes(table: ObjectId): readonly string[];
  /** True for a live thing that this plan drops, itself or with what it lies in. */
  isDropped(id: ObjectId): boolean;
  /** The fields in which a live thing that stays differs from what the files say; none for what comes, goes or is only renamed. */
  alters(id: ObjectId): readonly string[];
  /** True for a live thing that this plan gives another name, by the id that it has then. */
  isRenamed(id: ObjectId): boolean;
  /** Live things that depend on an object, directly. */
  dependents(id: ObjectId): readonly ObjectId[];
  /** Facts that this plan makes and a reference may mean. */
  madeHere(reference: Reference): readonly Fact[];
  /** True when a cycle of dependencies forbids to write a part inside its parent's CREATE: it comes later, by itself. */
  comesLater(id: ObjectId): boolean;
  /** Facts that are written inside the CREATE of their parent, rendered: columns and constraints of a new table. */
  inline(parent: ObjectId): readonly { readonly fact: Fact; readonly sql: string }[];
  /** The desired fact as a scratch server gave it back, when it was asked. */
  canonical(id: ObjectId): Fact | undefined;
}

/** Says that an object cannot be altered in place and must be dropped and made anew, and why. */
export interface Replace {
  readonly replace: string;
}

/** A name used by SQL: `relation app.orders`, `type app.status`, `routine app.f`, or a full id. */
export type Reference = string;

/**
 * All that lockstep knows of one kind of object. Methods are called by the phases, which name no kind.
 * Sources: PostgreSQL manual, part VII chapter 53 (system catalogs) and the reference pages of the statements.
 */
export interface KindModule<S extends Spec = Spec> {
  readonly kind: string;
  /** Order of creation where dependencies leave it open; drops go the other way. */
  readonly rank: number;
  /**
   * `exact`: what the files do not declare is dropped. `declared`: compared only where the files say something (owner, grant).
   * `unmanaged`: read so that it is reported and can be put back, never changed.
   */
  readonly scope: "exact" | "declared" | "unmanaged";
  /** What becomes of a live fact in scope that the files do not declare, where `scope` does not say it for all of the kind. */
  undeclared?(live: Fact<S>, desired: Lookup): "drop" | "keep";
  /** Belongs to the server or the database as such (roles): compared only where the files name it, whatever `manage` says; never pulled. */
  readonly optIn?: boolean;
  /**
   * A second object that it vanishes with, besides its parent, and whose name ends its own: the publication of a published table. Whether
   * that is declared decides whether it is compared.
   */
  belongsTo?(fact: Fact<S>): ObjectId;
  /** The fact once a schema has another name, where its id says that name otherwise than in a path. */
  underSchemaName?(fact: Fact<S>, from: string, to: string): Fact<S>;
  /** The desired fact as far as the live one can be held against it: what is a secret or not readable counts as it is declared. */
  asFarAsKnown?(live: Fact<S>, desired: Fact<S>): Fact<S>;
  /** Objects of it hold rows of an application (tables): asked whether they are empty, spared when they are another tool's history. */
  readonly holdsRows?: boolean;
  /** True for an object of it whose rows are on another server (a foreign table): nothing here reads or writes them. */
  rowsElsewhere?(fact: Fact<S>): boolean;
  /** In the place of `rebuiltBy` where that depends on the fact: a foreign table may go and come back, a table with rows may not. */
  rebuiltIf?(fact: Fact<S>): readonly ("column" | "replace")[];
  /** True for kinds whose facts make up the shape of what they lie in: columns and constraints of a table. */
  readonly partOfParent?: boolean;
  /** True for what loses a part of itself when a part of its parent that it names goes, and is said again when that comes back. */
  readonly lostWithPart?: boolean;
  /** True for a part of its parent that nothing else can mean by naming the parent: a check, a foreign key. */
  forItselfAlone?(fact: Fact<S>): boolean;
  /** The indexes of partitions that hang on the index of this fact, at all depths; `schema.name` both. */
  partIndexes?(fact: Fact<S>): readonly { readonly table: string; readonly index: string }[];
  /** True for what stays though the files do not declare it any more (a column that a parent gives): what hangs on it goes by itself. */
  outlives?(live: Fact<S>, desired: Lookup): boolean;
  /** What it has its columns from: the tables that a table inherits, the parent of a partition, the type of a typed table. */
  heirOf?(fact: Fact<S>): readonly ObjectId[];
  /** Names of columns that it gives to those and that are no facts of their own: the attributes of a type. */
  givenColumns?(fact: Fact<S>): readonly string[];
  /** True for what goes with its parent and yet is made before it: the sequence that a column's default names. */
  readonly madeBeforeParent?: boolean;
  /** True for what bodies of functions name: tables, columns. */
  readonly namedInBodies?: boolean;
  /** Text in which PostgreSQL tracks no names (a function's body as a string); null when there is none. */
  opaqueText?(fact: Fact<S>): string | null;
  /** True for what decides who sees which rows: what the policies commands look at. */
  readonly security?: boolean;
  /** True for what brings names that SQL uses without saying where from: extensions. */
  readonly bringsNames?: boolean;
  /** True for a fact whose statement does not go into the transaction that makes what it lies in (a foreign key, an index). */
  ownTransaction?(fact: Fact<S>): boolean;
  /** Fields that name what only this server has (a tablespace), null for none: a scratch server makes the object without. */
  readonly serverFields?: readonly string[];
  /** Fields that a server of another major would print otherwise (what ALL means): a scratch server is not asked for them. */
  readonly majorFields?: readonly string[];
  /** Fields that are facts but no difference (a view's column list). */
  readonly notCompared: readonly string[];
  /**
   * When a thing it depends on changes, must it be dropped first and put back after? `column`: the type of a column changes
   * or the column goes; `replace`: the thing is dropped and made anew.
   */
  readonly rebuiltBy: readonly ("column" | "replace")[];
  /** Implied live facts of it may be given another name by the files, as if they had been declared. */
  mayBeNamed?(implied: Fact<S>): boolean;
  /** Objects of equal definition under another name are renamed without being asked (contract §5). */
  readonly renameByDefinition: boolean;
  /** A drop and an add may be a rename that nobody declared: stops the plan. */
  suspectRename?(live: Fact<S>, desired: Fact<S>, context: PlanContext): boolean;
  /** The same for parts inside one object (labels of an enum): which old and new names look alike. */
  suspectParts?(live: Fact<S>, desired: Fact<S>): readonly { readonly from: string; readonly to: string }[];

  /**
   * Facts that an object has more, or needs more, when it changes what it is part of (a table that becomes a partition, or is one no
   * more): live ones to compare with the files, desired ones for it to fit, and live ones that are no difference any more.
   */
  follow?(live: Fact<S>, desired: Fact<S>, sides: FollowSides): Following;

  readonly catalog: {
    /** Query with columns class_id, object_id, sub_id (catalog address) and what `fromRow` needs. `search_path` is empty. */
    sql(major: number): string;
    fromRow(row: Row, context: CatalogContext): Fact<S> | null;
  } | null;
  readonly yaml: YamlSlot<S> | null;
  /** A second slot in which the kind lies inside another of its own: the partitions of a table. */
  readonly nestedYaml?: YamlSlot<S>;
  /** CREATE statements of `.sql` files that declare it, by the tag of their parse tree (`CreateFunctionStmt`). */
  readonly statements: Readonly<Record<string, (statement: SqlStatement, context: ReadContext) => readonly Fact[]>>;
  /** Brings a fact to what the server's major makes of it (`grants: all`). Absent: nothing to do. */
  settle?(fact: Fact<S>, major: number, look: Lookup): Fact<S>;

  /** The index (`schema.name`) that a fact of this kind is or has: what a rewrite of its table builds anew. */
  indexName?(fact: Fact<S>): readonly string[];
  /** The names under which SQL refers to it: `relation app.orders`, `type app.orders`, `routine app.f`. */
  answersTo(fact: Fact<S>): readonly Reference[];
  /** What must exist before it, from its spec: references of its SQL, ids. Its parent goes without saying. */
  dependsOn(fact: Fact<S>): readonly Reference[];
  /** Roles that its statements name, PUBLIC aside: they must be there before it. */
  roles?(fact: Fact<S>): readonly string[];
  /** The role that a fact of this kind is: with it, the name is known before the server has it. */
  makesRole?(fact: Fact<S>): string;
  /** Its name never has a schema before it (`dropped: [role api]`). */
  outsideSchemas?: boolean;
  /** What a key of the files' top level that is named like its slot says of an object with no entry of its own (`owner:`). */
  byDefault?(target: Fact, value: string, at: SourceRef): Fact<S> | null;
  /** The lowest major that can hold it and what of it asks for that; null when all majors can. */
  needsMajor?(fact: Fact<S>): { readonly major: number; readonly what: string } | null;
  /** Rendered inside its parent's CREATE when that is made in the same plan; null when it has a statement of its own. */
  inline(fact: Fact<S>, context: PlanContext): string | null;
  create(fact: Fact<S>, context: PlanContext): readonly StepDraft[];
  /**
   * How it gets out of the way of a change and back, when that is not dropping and creating it (a default of a column). `settles`:
   * fields of its own that are as the files say when it is back.
   */
  stepAside?(
    live: Fact<S>,
    final: Fact<S>,
    context: PlanContext,
  ): { readonly before: readonly StepDraft[]; readonly after: readonly StepDraft[]; readonly settles?: readonly string[] };
  alter(live: Fact<S>, desired: Fact<S>, fields: readonly string[], context: PlanContext): readonly StepDraft[] | Replace;
  /**
   * What PostgreSQL forgets of it when the type of the column that it is, or lies over, changes, and it makes it anew by itself: the
   * statements that say it again. Absent: nothing is forgotten.
   */
  afterTypeChange?(fact: Fact<S>, context: PlanContext): readonly StepDraft[];
  /** Renames of parts that PostgreSQL carries into everything that names them (labels of an enum), out of what alter would do. */
  partRenames?(live: Fact<S>, desired: Fact<S>, context: PlanContext): readonly StepDraft[];
  /** Null when it cannot be renamed in place. */
  rename(live: Fact<S>, desired: Fact<S>, context: PlanContext): readonly StepDraft[] | null;
  drop(fact: Fact<S>, context: PlanContext): readonly StepDraft[];
}
