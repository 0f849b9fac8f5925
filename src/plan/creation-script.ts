import { qualifiedName, quoteIdentifier } from "../base/identifier.ts";
import { kindNamed } from "../kinds/registry.ts";
import type { Fact, LiveDatabase } from "../model/database.ts";
import type { ObjectId } from "../model/object-id.ts";
import type { ScratchStatement } from "../model/scratch.ts";
import { parseStatements } from "../sql/parser.ts";
import type { PlannedDraft } from "./drafts.ts";
import { draftChanges } from "./drafts.ts";
import { precedence } from "./graph.ts";
import { CycleError, orderDrafts, type Unit } from "./order.ts";

/** A database with nothing in it, of some major. */
function emptyDatabase(major: number): LiveDatabase {
  return {
    facts: new Map(),
    serverVersion: major * 10_000,
    major,
    database: "",
    edges: [],
    unmanaged: [],
    provided: [],
    extensionNames: new Map(),
    sizes: new Map(),
    schemas: [],
    volatile: new Set(),
    roles: new Set(),
    exemptRoles: new Set(),
    casts: new Map(),
  };
}

/** The ordered drafts that make all of `facts` in an empty database. Breaks cycles by making parts of tables later. @throws CycleError */
function creationUnits(facts: ReadonlyMap<ObjectId, Fact>, major: number): Unit[] {
  return orderWithCycles((later) => {
    const live = emptyDatabase(major);
    const changes = [...facts.values()].map((desired) => ({ type: "create" as const, desired }));
    const drafted = draftChanges({
      live,
      liveFacts: live.facts,
      desired: facts,
      changes,
      empty: new Set(),
      later,
      canonical: new Map(),
    });
    const before = precedence({ drafts: drafted.drafts, edges: [], liveFacts: live.facts, finalFacts: facts });
    return orderDrafts(drafted.drafts, before, drafted.context);
  });
}

/**
 * Tries an order; on a cycle once more, with parts of tables in statements of their own: what is written inside a CREATE comes after it,
 * what goes with a DROP and holds another drop up goes before it.
 */
export function orderWithCycles<T>(
  attempt: (apart: ReadonlySet<ObjectId>) => T,
  live: Pick<LiveDatabase, "edges" | "facts"> = { edges: [], facts: new Map() },
): T {
  const apart = new Set<ObjectId>();
  for (;;) {
    try {
      return attempt(apart);
    } catch (error) {
      if (!(error instanceof CycleError)) throw error;
      const more = [...laterParts(error.drafts), ...earlierParts(error.circle, live)].filter((id) => !apart.has(id));
      if (more.length === 0) throw error;
      for (const id of more) apart.add(id);
    }
  }
}

/** Parts of what is dropped in a circle that depend on something else of the circle: a foreign key, a check that calls a function. */
function earlierParts(circle: readonly PlannedDraft[], live: Pick<LiveDatabase, "edges" | "facts">): Set<ObjectId> {
  const dropped = circle.flatMap(({ draft }) => (draft.action === "drop" ? draft.removes : []));
  const rootOf = (id: ObjectId): ObjectId | undefined => {
    for (let at: ObjectId | null = id; at !== null; at = live.facts.get(at)?.parent ?? null) if (dropped.includes(at)) return at;
    return undefined;
  };
  const found = new Set<ObjectId>();
  for (const { dependent, on } of live.edges) {
    const [from, to] = [rootOf(dependent), rootOf(on)];
    if (from !== undefined && to !== undefined && from !== to && from !== dependent) found.add(dependent);
  }
  return found;
}

/** Parts of the tables in a cycle that are written inside their CREATE. */
function laterParts(drafts: readonly PlannedDraft[]): Set<ObjectId> {
  return new Set(drafts.flatMap((planned) => planned.draft.provides.filter((id) => id !== planned.fact.id)));
}

/** The CREATE statement of each fact by itself, as it runs in an empty database; facts written inside another's CREATE have none. */
function creationStatements(facts: ReadonlyMap<ObjectId, Fact>, major: number): ReadonlyMap<ObjectId, string> {
  const statements = new Map<ObjectId, string>();
  for (const unit of creationUnits(facts, major))
    for (const { draft, fact } of unit.drafts) {
      const before = statements.get(fact.id);
      statements.set(fact.id, before === undefined ? draft.sql : `${before}\n${draft.sql}`);
    }
  return statements;
}

/**
 * What a `.sql` file says of a fact: its CREATE statement; null where it has none, or needs more than one (a view with defaults), and
 * where it has line ends that a text file would not keep.
 * Statements are only rendered when one is asked for. The parser has to be loaded.
 */
export function fileStatements(facts: () => ReadonlyMap<ObjectId, Fact>, major: number): (fact: Fact) => string | null {
  let rendered: ReadonlyMap<ObjectId, string> | undefined;
  return ({ id }) => {
    rendered ??= creationStatements(facts(), major);
    const sql = rendered.get(id);
    if (sql === undefined || sql.includes("\r")) return null;
    return parseStatements(sql).length === 1 ? sql : null;
  };
}

/** Facts without what a scratch server does not have. */
function portable(facts: ReadonlyMap<ObjectId, Fact>): ReadonlyMap<ObjectId, Fact> {
  const bare = (fact: Fact): Fact => {
    const fields = kindNamed(fact.kind).serverFields ?? [];
    if (fields.every((name) => (fact.spec[name] ?? null) === null)) return fact;
    return { ...fact, spec: { ...fact.spec, ...Object.fromEntries(fields.map((name) => [name, null])) } };
  };
  return new Map([...facts].map(([id, fact]) => [id, bare(fact)]));
}

/** The statements that build facts in a scratch database. `prefix` may put a search_path before one. */
export function scratchScript(
  facts: ReadonlyMap<ObjectId, Fact>,
  major: number,
  prefix: (facts: readonly Fact[]) => string,
): ScratchStatement[] {
  const schemas = [...new Set([...facts.values()].flatMap((fact) => (fact.schema === null ? [] : [fact.schema])))].sort();
  const statements: ScratchStatement[] = schemas.map((schema) => ({
    sql: `CREATE SCHEMA IF NOT EXISTS ${quoteIdentifier(schema)};`,
    provides: [],
  }));
  const made = new Map([...portable(facts)].filter(([, fact]) => !isSchema(fact, schemas)));
  for (const unit of creationUnits(made, major)) {
    for (const { draft, fact } of unit.drafts) {
      statements.push({
        sql: `${prefix([fact, ...draft.provides.flatMap((id) => facts.get(id) ?? [])])}${draft.sql}\nSET LOCAL search_path = '';`,
        provides: draft.provides,
      });
    }
  }
  return statements;
}

/** A schema among those that are made first; an extension may have the same name. */
function isSchema(fact: Fact, schemas: readonly string[]): boolean {
  return (
    fact.schema === null &&
    fact.parent === null &&
    schemas.some((schema) => fact.object === qualifiedName(schema)) &&
    kindNamed(fact.kind).bringsNames !== true
  );
}
