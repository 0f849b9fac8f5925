import { qualifiedName, splitPath, withoutArguments } from "../base/identifier.ts";
import { nearestName } from "../base/nearest-name.ts";
import type { Fact, SourceRef } from "../model/database.ts";
import type { KindModule } from "../model/kind.ts";
import { kindOf, pathOf } from "../model/object-id.ts";
import { schemaOfExtension } from "./name-resolver.ts";
import type { ProblemLog } from "./problem-log.ts";
import type { UnknownName } from "./read-context.ts";

/** What references are checked against. */
export interface Declared {
  readonly facts: ReadonlyMap<string, Fact>;
  /** Every name that the files answer to. */
  readonly names: ReadonlySet<string>;
  readonly managedSchemas: ReadonlySet<string>;
  /** Names that extensions of the target brought; their schema by `type citext`. */
  readonly external: ReadonlyMap<string, string>;
  /** Paths of which parts are missing, because what declares them has problems of its own; "" for anything. */
  readonly gaps: ReadonlySet<string>;
  readonly searchPath: readonly string[];
  /** Relations and types that SQL names without a schema and that no schema of the search path has. */
  readonly unknown: readonly UnknownName[];
}

/** Columns that every table has (manual, 5.6). */
const systemColumns: ReadonlySet<string> = new Set(["tableoid", "xmin", "cmin", "xmax", "cmax", "ctid"]);

/**
 * Reports every reference into a managed schema that nothing in the files answers: targets of foreign keys, types, columns of
 * indexes, constraints and policies, functions of triggers. What lies in schemas that are not managed is the target's business.
 */
export function checkReferences(declared: Declared, kindNamed: (kind: string) => KindModule | undefined, log: ProblemLog): void {
  if (declared.gaps.has("")) return;
  const search = createSearch(declared, inheritedParts(declared, kindNamed));
  reportUnknown(declared, log);
  for (const fact of declared.facts.values()) {
    if (!fact.at) continue;
    checkParent(fact, declared, log);
    for (const reference of kindNamed(fact.kind)?.dependsOn(fact) ?? []) search(reference, fact.at, log);
  }
}

/** With an empty search_path, as everywhere in the database, such a name finds nothing. */
function reportUnknown(declared: Declared, log: ProblemLog): void {
  // Nobody knows which names a declared extension brings that is on no server yet.
  if ([...declared.facts.values()].some((fact) => schemaOfExtension(fact) !== null && !declared.external.has(fact.id))) return;
  for (const { space, name, at } of declared.unknown) {
    if (declared.searchPath.some((schema) => declared.gaps.has(qualifiedName(schema, name)))) continue;
    const candidates = [...declared.names].filter((known) => kindOf(known) === space).map(pathOf);
    const nearest =
      nearestName(
        name,
        candidates.map((path) => splitPath(path).at(-1) ?? ""),
      ) ?? candidates.find((path) => splitPath(path).at(-1) === name);
    const hint = nearest === undefined ? "declare it, or write the schema before the name" : `did you mean ${nearest}?`;
    log.error(
      at,
      "unknown-reference",
      `${nouns[space] ?? space} ${name} is in no schema of the search path (${declared.searchPath.join(", ")})`,
      hint,
    );
  }
}

/** What a `.sql` file says of an object that is not declared: a policy, a comment. */
function checkParent(fact: Fact, declared: Declared, log: ProblemLog): void {
  if (!fact.at || fact.parent === null || declared.facts.has(fact.parent) || !declared.managedSchemas.has(fact.schema ?? ""))
    return;
  if (declared.gaps.has(pathOf(fact.parent))) return;
  log.error(
    fact.at,
    "unknown-reference",
    `${fact.parent} is not declared`,
    suggestion(fact.parent, new Set(declared.facts.keys())) ?? "declare it, or correct the name",
  );
}

/** Whether a part of a relation comes from what that has its columns from: a parent, a type. What nobody declared may have any. */
function inheritedParts(declared: Declared, kindNamed: (kind: string) => KindModule | undefined): (reference: string) => boolean {
  const ancestors = new Map<string, readonly string[]>();
  for (const fact of declared.facts.values()) {
    const ids = kindNamed(fact.kind)?.heirOf?.(fact) ?? [];
    if (ids.length > 0) ancestors.set(fact.object, ids);
  }
  const isGiven = (reference: string): boolean => {
    const names = splitPath(pathOf(reference));
    const [schema = "", relation = "", part = ""] = names;
    return (ancestors.get(qualifiedName(schema, relation)) ?? []).some((id) => {
      const ancestor = declared.facts.get(id);
      if (!ancestor) return true;
      const above = `${kindOf(reference)} ${ancestor.object}.${qualifiedName(part)}`;
      return (
        declared.names.has(above) || kindNamed(ancestor.kind)?.givenColumns?.(ancestor).includes(part) === true || isGiven(above)
      );
    });
  };
  return (reference) => partOf(reference) !== null && isGiven(reference);
}

function createSearch(
  declared: Declared,
  isInherited: (reference: string) => boolean,
): (reference: string, at: SourceRef, log: ProblemLog) => void {
  const extensionSchemas = new Set([...declared.facts.values()].map(schemaOfExtension));
  const whole = new Set([...declared.names].flatMap((name) => partOf(name) ?? []));
  return (reference, at, log) => {
    const missing = missingName(reference, declared, whole);
    if (missing === null || isInherited(missing)) return;
    const [schema = ""] = splitPath(pathOf(missing));
    const hint = suggestion(missing, declared.names);
    // What an extension brings is known only on a server: where one is declared, a name that resembles none of ours may be its.
    if (extensionSchemas.has(schema) && hint === undefined) return;
    if (extensionSchemas.has(schema) && kindOf(missing) !== "relation" && !partOf(missing)) return;
    log.error(
      at,
      "unknown-reference",
      `${nounOf(missing)} ${pathOf(missing)} is not declared`,
      hint ?? "declare it, or correct the name",
    );
  };
}

const nouns: Readonly<Record<string, string>> = { relation: "table or view", routine: "function" };
const nounOf = (reference: string): string => nouns[kindOf(reference)] ?? kindOf(reference).replaceAll("_", " ");

/** `column app.orders.id` → `column app.orders`: whose part it is. Null for names of two parts. */
function partOf(reference: string): string | null {
  if (withoutArguments(pathOf(reference)) !== pathOf(reference)) return null;
  const names = splitPath(pathOf(reference));
  return names.length === 3 && !kindOf(reference).includes("_")
    ? `${kindOf(reference)} ${qualifiedName(names[0] ?? "", names[1] ?? "")}`
    : null;
}

/** The name that is missing when a reference is not answered: itself, or the relation whose part it is. */
function missingName(reference: string, declared: Declared, whole: ReadonlySet<string>): string | null {
  if (declared.names.has(reference)) return null;
  // The grammar reads the functions of CREATE AGGREGATE as types.
  if (declared.names.has(reference.replace(/^type /, "routine "))) return null;
  const path = pathOf(reference);
  const names = splitPath(withoutArguments(path));
  const [schema = "", relation = ""] = names;
  if (names.length < 2 || !declared.managedSchemas.has(schema)) return null;
  if (declared.external.get(`${kindOf(reference)} ${relation}`) === schema) return null;
  if (declared.gaps.has(qualifiedName(schema, relation))) return null;
  const part = partOf(reference);
  if (part === null) return reference;
  // A column may also be the whole row, by the name of its table.
  if (systemColumns.has(names[2] ?? "") || names[2] === relation) return null;
  const owner = `relation ${qualifiedName(schema, relation)}`;
  if (!declared.names.has(owner)) return declared.external.get(`relation ${relation}`) === schema ? null : owner;
  return whole.has(part) ? reference : null;
}

/** The nearest declared name of the same sort: first in the same schema or table, then anywhere. */
function suggestion(missing: string, names: ReadonlySet<string>): string | undefined {
  const path = splitPath(withoutArguments(pathOf(missing)));
  const last = path.at(-1) ?? "";
  const within = path.slice(0, -1).join(".");
  const candidates = [...names]
    .filter((name) => kindOf(name) === kindOf(missing))
    .map((name) => splitPath(withoutArguments(pathOf(name))));
  const near = candidates.filter((names) => names.slice(0, -1).join(".") === within);
  const inside = nearestName(
    last,
    near.map((names) => names.at(-1) ?? ""),
  );
  if (inside !== undefined) return `did you mean "${inside}"?`;
  if (path.length > 2) return undefined;
  const elsewhere = candidates.find((names) => names.length === path.length && names.at(-1) === last);
  return elsewhere ? `did you mean ${qualifiedName(...elsewhere)}?` : undefined;
}
