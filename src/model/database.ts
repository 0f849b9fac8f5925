import type { Diagnostic } from "./diagnostic.ts";
import type { ObjectId } from "./object-id.ts";
import type { Spec } from "./spec.ts";

/** Where a person wrote something. Line and column count from 1. */
export interface SourceRef {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  /** For whom, where one place speaks for several objects: "template timestamps, for table orders". */
  readonly via?: string;
}

/** One thing that is so in a database: an object, or a comment, owner or grant on one. */
export interface Fact<S extends Spec = Spec> {
  readonly kind: string;
  readonly id: ObjectId;
  /** What reports and JSON show: the path without the kind. */
  readonly object: string;
  /** The schema it lies in; null for what belongs to the database (extensions, schemas themselves). */
  readonly schema: string | null;
  /** What it vanishes with: the table of a column, the target of a comment. */
  readonly parent: ObjectId | null;
  readonly spec: S;
  /** Where the files say so; absent on live facts. */
  readonly at?: SourceRef;
  readonly renamedFrom?: ObjectId;
  /** Live facts only: belongs to an extension, or is in the way but not ours; never dropped by us, may be put back. */
  readonly foreign?: "unmanaged";
  /**
   * Live facts only: there through what its object is part of (the index that a partition has from its parent's). Nothing to be
   * declared or dropped; compared where the files name it, and when its object parts with what it is part of.
   */
  readonly implied?: true;
  /** Facts that live: owner role of the object, to check privileges with. */
  readonly owner?: string;
}

/** What depends on what in the live catalog: `dependent` cannot stay when `on` goes. */
export interface Edge {
  readonly dependent: ObjectId;
  readonly on: ObjectId;
}

export interface Unmanaged {
  readonly kind: string;
  readonly object: string;
  readonly why: string;
  readonly schema?: string | null;
}

/** What is in the database and not its team's: left alone. `by`: whose it is. */
export interface Provided {
  readonly kind: string;
  readonly object: string;
  readonly by: string;
}

/** A set of facts by id. */
export interface Database {
  readonly facts: ReadonlyMap<ObjectId, Fact>;
}

/** What the catalog of the target says. */
export interface LiveDatabase extends Database {
  readonly serverVersion: number;
  readonly major: number;
  readonly database: string;
  readonly edges: readonly Edge[];
  /** What is there by itself (see Fact.implied); none of it is among the facts. */
  readonly implied?: ReadonlyMap<ObjectId, Fact>;
  readonly unmanaged: readonly Unmanaged[];
  /** Schemas of the platform and of extensions. */
  readonly provided: readonly Provided[];
  /** Names that extensions brought, for resolving unqualified names: schema by `relation x`, `type x` or `routine x`. */
  readonly extensionNames: ReadonlyMap<string, string>;
  /** Names of the extensions that can be installed; absent when nobody asked. */
  readonly availableExtensions?: ReadonlySet<string>;
  /** By relation, `schema.name`. */
  readonly sizes: ReadonlyMap<string, TableSize>;
  /** Without those of the platform and of extensions. */
  readonly schemas: readonly string[];
  /** Functions that may give another value at each call: `nextval`, `app.f`. */
  readonly volatile: ReadonlySet<string>;
  /** Names of all roles of the server. */
  readonly roles: ReadonlySet<string>;
  /** Those that row-level security does not bind: superusers and roles with BYPASSRLS. */
  readonly exemptRoles: ReadonlySet<string>;
  /** pg_cast by `from>to` in canonical spelling: how a value of one type becomes one of another. */
  readonly casts: ReadonlyMap<string, Cast>;
}

/** One row of pg_cast. */
export interface Cast {
  readonly context: "implicit" | "assignment" | "explicit";
  readonly binary: boolean;
}

/** Statistics of a table; `rows` is -1 when never analysed. */
export interface TableSize {
  readonly rows: number;
  readonly bytes: number;
}

/** What the files say. */
export interface DesiredDatabase extends Database {
  /** Files that the `policies:` patterns name, as facts carry them. */
  readonly policyFiles: ReadonlySet<string>;
  readonly config: ProjectConfig;
  readonly diagnostics: readonly Diagnostic[];
}

export interface IgnoreRule {
  /** `table app.tmp_*`: kind and a pattern with `*`. */
  readonly object: string;
  readonly reason: string;
  readonly until?: string;
}

/** The keys of schema.yaml that are not objects. Durations are in milliseconds. */
export interface ProjectConfig {
  readonly file: string;
  readonly project: string;
  readonly schema: string;
  /** `postgres:`: the lowest major that the files must run on. */
  readonly lowestMajor: number;
  readonly searchPath: readonly string[];
  /** `owner:`: role that owns what the files declare without an owner of its own; absent: owners are not compared. */
  readonly owner?: string;
  readonly manage: "listed" | "database";
  /** Schemas that `manage: listed` compares. */
  readonly managedSchemas: readonly string[];
  readonly defaultRls: "disabled" | "enabled" | "forced";
  readonly ignore: readonly IgnoreRule[];
  /** Ids said to be dropped on purpose: `table app.legacy`. */
  readonly dropped: readonly ObjectId[];
  readonly targets: Readonly<Record<string, { readonly url: string; readonly database?: string; readonly setRole?: string }>>;
  readonly apply: {
    readonly lockTimeout: number;
    readonly lockWait: number;
    readonly safeStatementTimeout: number;
  };
  readonly rollout: { readonly phase: "expand" | "all"; readonly contract: "manual" | "auto"; readonly lockBudgetMs: number };
}

/** Looks a fact up that must be there. Throws when it is not: a bug, not a person's mistake. */
export function factOf(database: Database, id: ObjectId): Fact {
  const fact = database.facts.get(id);
  if (!fact) throw new Error(`no fact ${id}`);
  return fact;
}
