import type { DesiredDatabase, Fact } from "../model/database.ts";
import type { Diagnostic } from "../model/diagnostic.ts";
import type { KindModule, ReadContext } from "../model/kind.ts";
import { LockstepError } from "../model/lockstep-error.ts";
import type { ObjectId } from "../model/object-id.ts";
import { loadParser } from "../sql/parser.ts";
import { attachPending } from "./attach-pending.ts";
import { checkMajors } from "./check-majors.ts";
import { checkReferences } from "./check-references.ts";
import { createFactCollection } from "./fact-collection.ts";
import { disk, type FileReader } from "./file-reader.ts";
import { answeredNames, createResolver, schemaOfExtension } from "./name-resolver.ts";
import { createProblemLog, type ProblemLog } from "./problem-log.ts";
import { defaultRls, defaultSchema, readConfig, readDropped, readIgnore, textList } from "./project-config.ts";
import { type ProjectFiles, readProject } from "./project-files.ts";
import type { ReadSettings } from "./read-context.ts";
import { type Reader, readDocuments, readStatements } from "./read-facts.ts";
import { readPolicyFiles } from "./read-policies.ts";

/** Where the files are, and what only a target knows. */
export interface LoadOptions {
  /** schema.yaml, relative to `cwd`. */
  readonly file: string;
  readonly cwd: string;
  /** Schemas of the names that the target's extensions brought: `type citext` → `public`, `opclass gin_trgm_ops` → … */
  readonly external?: ReadonlyMap<string, string>;
  /** Where the files come from; default: the file system. */
  readonly reader?: FileReader;
  /** Warnings are errors. */
  readonly strict?: boolean;
}

/**
 * Files to the desired state, in two passes: the first only gathers the names that the files declare, so that the second can
 * resolve unqualified ones whatever the order of files and entries.
 * @throws LockstepError (`invalid`) with every problem, sorted by place.
 */
export async function loadProject(kinds: readonly KindModule[], options: LoadOptions): Promise<DesiredDatabase> {
  await loadParser();
  const log = createProblemLog();
  const files = await readProject(kinds, options.file, options.cwd, log, options.reader ?? disk);
  const external = options.external ?? new Map<string, string>();
  const kindNamed = createLookup(kinds);

  const gathered = gatherNames(kinds, files);
  const names = answeredNames(gathered.values(), kindNamed);
  const searchPath = searchPathOf(files, gathered.values());
  const reader = createReader(kinds, files, settingsOf(files, createResolver(names, searchPath, external), log), log);
  readDocuments(files.documents, reader);
  readStatements(files.statements, reader);
  attachPending(reader, log);
  const managedSchemas = managedSchemasOf(files, reader.collection.facts);
  readPolicyFiles(files, new Set(managedSchemas), reader, log);

  refuseLongNames(reader.collection.facts, log);
  const declared = withImpliedSchemas(reader.collection.facts, kinds, files.file);
  const facts = sortByRank(withDefaults(declared, kinds, files), kindNamed);
  const gaps = files.complete ? reader.gaps : new Set([""]);
  const answered = answeredNames(facts.values(), kindNamed);
  checkReferences(
    {
      facts,
      names: answered,
      managedSchemas: new Set(managedSchemas),
      external,
      gaps,
      searchPath,
      unknown: reader.settings.unknown,
    },
    kindNamed,
    log,
  );
  const lowest = files.keys.text("postgres");
  if (lowest !== undefined) checkMajors(facts.values(), Number(lowest), kindNamed, log);
  const ignore = readIgnore(files.keys, new Date().toISOString().slice(0, 10), log);
  const config = readConfig(files.file, files.keys, { searchPath, managedSchemas }, ignore, readDropped(files.keys, kinds, log));
  return { facts, config, policyFiles: files.policyFiles, diagnostics: settle(log, files.file, options.strict ?? false) };
}

function createLookup(kinds: readonly KindModule[]): (kind: string) => KindModule | undefined {
  const byName = new Map(kinds.map((module) => [module.kind, module]));
  return (kind) => byName.get(kind);
}

function settingsOf(files: ProjectFiles, resolve: ReadSettings["resolve"], log: ProblemLog | null): ReadSettings {
  return {
    schema: defaultSchema(files.keys),
    defaultRls: defaultRls(files.keys),
    owner: files.keys.text("owner") ?? null,
    resolve,
    log,
    unknown: [],
    reading: { at: null },
  };
}

function createReader(kinds: readonly KindModule[], files: ProjectFiles, settings: ReadSettings, log: ProblemLog): Reader {
  const { broken, incomplete } = files;
  return { kinds, settings, collection: createFactCollection(log), broken, incomplete, gaps: new Set(), pending: [] };
}

/** The first pass: facts as far as they can be read without resolving anything, problems left to the second. */
function gatherNames(kinds: readonly KindModule[], files: ProjectFiles): ReadonlyMap<ObjectId, Fact> {
  const reader = createReader(
    kinds,
    files,
    settingsOf(files, () => null, null),
    createProblemLog(),
  );
  readDocuments(files.documents, reader);
  readStatements(files.statements, reader);
  return reader.collection.facts;
}

function searchPathOf(files: ProjectFiles, facts: Iterable<Fact>): readonly string[] {
  const said = textList(files.keys, "search_path");
  if (said) return said;
  const extensions = [...facts].flatMap((fact) => schemaOfExtension(fact) ?? []);
  return [...new Set([defaultSchema(files.keys), ...extensions])];
}

/** The default schema, the keys of `schemas:`, and every schema in which the files declare an object. */
function managedSchemasOf(files: ProjectFiles, facts: ReadonlyMap<ObjectId, Fact>): readonly string[] {
  const schemas = new Set([defaultSchema(files.keys)]);
  for (const fact of facts.values()) {
    if (isDeclared(fact, facts)) for (const schema of schemasOf(fact)) schemas.add(schema);
  }
  return [...schemas].sort();
}

/** PostgreSQL cuts names at 63 bytes and says so in a notice that nobody reads: the files would never match. */
function refuseLongNames(facts: ReadonlyMap<ObjectId, Fact>, log: ProblemLog): void {
  for (const fact of facts.values()) {
    const name = fact.spec.name;
    if (typeof name !== "string" || fact.at === undefined || Buffer.byteLength(name) <= 63) continue;
    log.error(
      fact.at,
      "name-too-long",
      `${fact.kind.replaceAll("_", " ")} ${name} has ${Buffer.byteLength(name)} bytes, PostgreSQL keeps 63`,
      "give it a shorter name",
    );
  }
}

/** The schema of a declared object is declared with it: it is made where it is missing, and nothing is said of it. */
function withImpliedSchemas(
  facts: ReadonlyMap<ObjectId, Fact>,
  kinds: readonly KindModule[],
  file: string,
): ReadonlyMap<ObjectId, Fact> {
  const slot = kinds.find((kind) => kind.yaml?.key === "schemas")?.yaml;
  const out = new Map(facts);
  for (const fact of facts.values()) {
    if (fact.schema === null || !isDeclared(fact, facts)) continue;
    const at = fact.at ?? { file, line: 1, column: 1 };
    const implied = slot?.read({ key: fact.schema, at, value: { type: "null", at } }, noContext) ?? [];
    for (const one of implied) if (!out.has(one.id)) out.set(one.id, one);
  }
  return out;
}

/** What the top level says of every object that says nothing itself: its owner. Parts of what the files do not declare are left alone. */
function withDefaults(
  facts: ReadonlyMap<ObjectId, Fact>,
  kinds: readonly KindModule[],
  files: ProjectFiles,
): ReadonlyMap<ObjectId, Fact> {
  const out = new Map(facts);
  for (const module of kinds) {
    const value = module.byDefault && module.yaml ? files.keys.text(module.yaml.key) : undefined;
    const at = module.yaml ? files.keys.entry(module.yaml.key)?.at : undefined;
    if (value === undefined || at === undefined) continue;
    for (const target of facts.values()) {
      const fact = isDeclared(target, facts) ? module.byDefault?.(target, value, at) : null;
      if (fact && !out.has(fact.id)) out.set(fact.id, fact);
    }
  }
  return out;
}

/** A bare schema entry asks nothing of its context. */
const noContext: ReadContext = {
  schema: "",
  defaultRls: "disabled",
  owner: null,
  parent: null,
  resolve: () => null,
  sql: () => null,
  problem: () => undefined,
};

/** False for a part of an object that the files do not declare: a policy on another team's table manages nothing. */
function isDeclared(fact: Fact, facts: ReadonlyMap<ObjectId, Fact>): boolean {
  if (fact.parent === null) return true;
  const parent = facts.get(fact.parent);
  return parent !== undefined && isDeclared(parent, facts);
}

function schemasOf(fact: Fact): readonly string[] {
  if (fact.schema !== null) return [fact.schema];
  // A schema is an object of the database that is no more than its name.
  const name = fact.spec.name;
  return fact.parent === null && schemaOfExtension(fact) === null && typeof name === "string" ? [name] : [];
}

function sortByRank(
  facts: ReadonlyMap<ObjectId, Fact>,
  kindNamed: (kind: string) => KindModule | undefined,
): Map<ObjectId, Fact> {
  const rank = (fact: Fact): number => kindNamed(fact.kind)?.rank ?? 0;
  return new Map([...facts].sort(([, a], [, b]) => rank(a) - rank(b)));
}

/** Warnings that stay; throws when there are errors. */
function settle(log: ProblemLog, file: string, strict: boolean): readonly Diagnostic[] {
  const diagnostics = log.sorted().map((problem) => (strict ? { ...problem, severity: "error" as const } : problem));
  const errors = diagnostics.filter((problem) => problem.severity === "error").length;
  if (errors === 0) return diagnostics;
  const message = `${errors === 1 ? "1 problem" : `${errors} problems`} in ${file} and its files`;
  throw new LockstepError({ code: "invalid", message, exitCode: 1, diagnostics });
}
