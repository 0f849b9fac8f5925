import { kindNamed, kinds } from "../kinds/registry.ts";
import type { Fact, IgnoreRule, LiveDatabase } from "../model/database.ts";
import { LockstepError } from "../model/lockstep-error.ts";
import type { ObjectId } from "../model/object-id.ts";
import { nameIndex } from "../plan/names.ts";

/** What `--only` leaves. */
export interface Selection {
  /** Whether a fact belongs to a selected object: itself or what it lies in. */
  has(fact: Fact): boolean;
  /** Whether a fact belongs to an object that a pattern names. */
  named(fact: Fact): boolean;
  /** Objects that no pattern names and the others need. */
  readonly needed: readonly Fact[];
  /** Rules for what lies beside them in their schemas. */
  readonly ignore: readonly IgnoreRule[];
}

/** Whether a pattern takes in an object: `table app.*`, or `app.*` for objects of any kind. `*` is any text. */
function patternMatches(pattern: string, { kind, object }: Pick<Fact, "kind" | "object">): boolean {
  const [word = "", rest] = splitPattern(pattern);
  return rest === undefined ? wildcard(word).test(object) : wildcard(word).test(kind) && wildcard(rest).test(object);
}

/** The kind of a pattern and its name; the name alone when the first word is no kind. */
function splitPattern(pattern: string): readonly [string, string?] {
  const [, word, rest] = /^([a-z_*]+) +(.+)$/s.exec(pattern.trim()) ?? [];
  const isKind = word !== undefined && kinds.some(({ kind }) => wildcard(word).test(kind));
  return isKind ? [word, rest ?? ""] : [pattern.trim()];
}

function wildcard(pattern: string): RegExp {
  const parts = pattern.split("*").map((part) => part.replace(/[.+?^${}()|[\]\\]/g, "\\$&"));
  return new RegExp(`^${parts.join(".*")}$`, "s");
}

/**
 * The objects that patterns name, and those that they need: types of columns, targets of foreign keys, what views read.
 * @throws LockstepError `no-match` (1) for a pattern that names nothing.
 */
export function selectObjects(live: LiveDatabase, patterns: readonly string[]): Selection {
  const rootOf = rootsOf(live.facts);
  const roots = [...live.facts.values()].filter((fact) => rootOf(fact).id === fact.id && fact.foreign === undefined);
  for (const pattern of patterns) {
    if (roots.some((fact) => patternMatches(pattern, fact))) continue;
    const hint = 'write a kind and a name, or a name: "table app.*", "app.orders"';
    const diagnostics = [{ code: "no-match", severity: "error" as const, message: `no object matches "${pattern}"`, hint }];
    throw new LockstepError({ code: "no-match", message: `--only "${pattern}" names nothing in this database`, diagnostics });
  }
  const named = roots.filter((fact) => patterns.some((pattern) => patternMatches(pattern, fact)));
  const all = withNeeded(named, live, rootOf);
  return {
    has: (fact) => all.has(rootOf(fact).id),
    named: (fact) => patterns.some((pattern) => patternMatches(pattern, rootOf(fact))),
    needed: [...all.values()].filter((fact) => fact.schema !== null && !named.includes(fact)),
    ignore: rulesBeside(all, roots),
  };
}

/** The outermost object that a fact lies in. */
function rootsOf(facts: ReadonlyMap<ObjectId, Fact>): (fact: Fact) => Fact {
  return (fact) => {
    let at = fact;
    for (;;) {
      const parent = at.parent === null ? undefined : facts.get(at.parent);
      if (!parent) return at;
      at = parent;
    }
  };
}

function withNeeded(named: readonly Fact[], live: LiveDatabase, rootOf: (fact: Fact) => Fact): Map<ObjectId, Fact> {
  const names = nameIndex(live.facts.values());
  const parts = new Map<ObjectId, Fact[]>();
  for (const fact of live.facts.values()) {
    const { id } = rootOf(fact);
    const list = parts.get(id);
    if (list) list.push(fact);
    else parts.set(id, [fact]);
  }
  const all = new Map<ObjectId, Fact>();
  const queue = [...named];
  for (let root = queue.pop(); root; root = queue.pop()) {
    if (all.has(root.id) || root.foreign !== undefined) continue;
    all.set(root.id, root);
    for (const part of parts.get(root.id) ?? []) {
      const references = kindNamed(part.kind).dependsOn(part);
      for (const id of references.flatMap((reference) => names.resolve(reference))) {
        const fact = live.facts.get(id);
        if (fact) queue.push(rootOf(fact));
      }
    }
  }
  return all;
}

/** Files manage whole schemas: what was not pulled is left alone by rules, of a whole kind where none of it was. */
function rulesBeside(selected: ReadonlyMap<ObjectId, Fact>, roots: readonly Fact[]): readonly IgnoreRule[] {
  const schemas = new Set([...selected.values()].flatMap(({ schema }) => schema ?? []));
  const reason = "not pulled (--only)";
  const beside = roots.filter(({ id, schema }) => schema !== null && schemas.has(schema) && !selected.has(id));
  const objects = beside.map(({ kind, schema, object }) => {
    const whole = ![...selected.values()].some((fact) => fact.kind === kind && fact.schema === schema);
    return `${kind} ${whole ? `${object.slice(0, schemaLength(object))}.*` : object}`;
  });
  return [...new Set(objects)].sort().map((object) => ({ object, reason }));
}

/** Length of the schema in a path: what stands before the first dot outside of quotes. */
function schemaLength(object: string): number {
  return /^(?:"(?:[^"]|"")*"|[^."]+)/.exec(object)?.[0].length ?? 0;
}
