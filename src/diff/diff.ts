import { kindNamed } from "../kinds/registry.ts";
import { type Change, subjectOf } from "../model/change.ts";
import type { DesiredDatabase, Fact, LiveDatabase } from "../model/database.ts";
import { canonicalJson } from "../model/fingerprint.ts";
import type { Lookup } from "../model/kind.ts";
import { lookupOf } from "../model/lookup.ts";
import type { ObjectId } from "../model/object-id.ts";
import type { Spec } from "../model/spec.ts";
import { compareSpec, type Difference, fieldOf } from "./compare-spec.ts";
import { type Scope, scopeOf } from "./scope.ts";

/** A pair that is equal but for SQL whose trees differ. */
export interface Doubt {
  readonly id: ObjectId;
  readonly live: Fact;
  readonly desired: Fact;
  readonly differences: readonly Difference[];
}

/** Decides doubts: remembered pairs and the scratch server. Returns the paths of each id that do differ, or why nobody could tell. */
export type Decide = (doubts: readonly Doubt[], moving: ReadonlySet<ObjectId>) => Promise<ReadonlyMap<ObjectId, Verdict>>;

export type Verdict = { readonly differing: readonly string[] } | { readonly undecided: string };

export interface DiffResult {
  readonly changes: readonly Change[];
  /** Desired and live facts as compared: settled for the server's major, live ones within the scope. */
  readonly desired: ReadonlyMap<ObjectId, Fact>;
  readonly live: ReadonlyMap<ObjectId, Fact>;
  readonly scope: Scope;
  readonly undecided: readonly { readonly fact: Fact; readonly why: string }[];
}

/**
 * Compares the desired state with the live one.
 * Facts of live objects under a declared new name must already be in `live` under that name (see plan/rename.ts). `moved`: live
 * objects as they are when they have changed what they are part of (see plan/followers.ts): what lies in them is settled by that.
 */
export async function diff(
  desired: DesiredDatabase,
  live: LiveDatabase,
  decide: Decide,
  moved: ReadonlyMap<ObjectId, Fact> = new Map(),
): Promise<DiffResult> {
  const scope = scopeOf(desired, live);
  const wanted = settleAll(desired.facts, live.major, scope, live);
  const present = settleAll(live.facts, live.major, null, live, moved);
  const inScope = new Map([...present].filter(([, fact]) => scope.includes(fact)));
  const changes: Change[] = [];
  const doubts: Doubt[] = [];
  for (const fact of wanted.values()) {
    const before = present.get(fact.id);
    if (!before) {
      changes.push({ type: "create", desired: fact });
      continue;
    }
    const kind = kindNamed(fact.kind);
    const known = kind.asFarAsKnown?.(before, fact) ?? fact;
    const differences = compareSpec(before.spec, known.spec, kind.notCompared);
    if (differences.length === 0) continue;
    if (differences.some((difference) => !difference.certain))
      doubts.push({ id: fact.id, live: before, desired: fact, differences });
    else
      changes.push(
        alteration(
          before,
          fact,
          differences.map((difference) => difference.path),
        ),
      );
  }
  const look = lookupOf(wanted);
  for (const fact of inScope.values()) {
    if (!wanted.has(fact.id) && goes(fact, look)) changes.push({ type: "drop", live: fact });
  }
  const undecided = await settleDoubts(doubts, changes, decide);
  // What is there by itself is renamed at most.
  const changed = matchByDefinition(changes).filter((change) => change.type !== "drop" || change.live.implied !== true);
  return { changes: changed, desired: wanted, live: inScope, scope, undecided };
}

/** Whether a live fact of the scope that the files do not declare is dropped. */
export function goes(fact: Fact, desired: Lookup): boolean {
  const kind = kindNamed(fact.kind);
  return kind.undeclared ? kind.undeclared(fact, desired) === "drop" : kind.scope === "exact";
}

/** What changes for certain, and what it is part of: SQL that names it may come to mean something else. */
function moving(changes: readonly Change[]): ReadonlySet<ObjectId> {
  const ids = new Set<ObjectId>();
  for (const change of changes) {
    const fact = subjectOf(change);
    ids.add(fact.id);
    if (fact.parent !== null && kindNamed(fact.kind).partOfParent === true) ids.add(fact.parent);
  }
  return ids;
}

async function settleDoubts(doubts: readonly Doubt[], changes: Change[], decide: Decide): Promise<DiffResult["undecided"]> {
  if (doubts.length === 0) return [];
  const verdicts = await decide(doubts, moving(changes));
  const undecided: { fact: Fact; why: string }[] = [];
  for (const doubt of doubts) {
    const verdict = verdicts.get(doubt.id);
    const certain = doubt.differences.filter((difference) => difference.certain).map((difference) => difference.path);
    if (!verdict) throw new Error(`no verdict on ${doubt.id}`);
    if ("undecided" in verdict) {
      undecided.push({ fact: doubt.desired, why: verdict.undecided });
      continue;
    }
    const paths = [...certain, ...verdict.differing];
    if (paths.length > 0) changes.push(alteration(doubt.live, doubt.desired, paths));
  }
  return undecided;
}

function alteration(live: Fact, desired: Fact, paths: readonly string[]): Change {
  return { type: "alter", live, desired, fields: [...new Set(paths.map(fieldOf))].sort() };
}

/** Brings facts to what the server's major makes of them; ignored ones leave. */
function settleAll(
  facts: ReadonlyMap<ObjectId, Fact>,
  major: number,
  scope: Scope | null,
  live: LiveDatabase,
  moved: ReadonlyMap<ObjectId, Fact> = new Map(),
): Map<ObjectId, Fact> {
  const look = lookupOf(new Map([...facts, ...moved]));
  const beyond = lookupOf(live.facts);
  // A desired foreign key may point at a table that only the live state has.
  const both = {
    fact: (id: ObjectId) => look.fact(id) ?? beyond.fact(id),
    children: (parent: ObjectId, kind: string) =>
      look.fact(parent) ? look.children(parent, kind) : beyond.children(parent, kind),
  };
  const out = new Map<ObjectId, Fact>();
  for (const fact of facts.values()) {
    if (scope && scope.ignoredBy(fact) !== null) continue;
    const settled = kindNamed(fact.kind).settle?.(fact, major, both) ?? fact;
    out.set(settled.id, settled);
  }
  return out;
}

/** Drops and creations of one definition under two names become renames, for the kinds whose names nobody relies on. */
function matchByDefinition(changes: readonly Change[]): Change[] {
  const drops = new Map<string, (Change & { type: "drop" })[]>();
  for (const change of changes) {
    if (change.type !== "drop" || !kindNamed(change.live.kind).renameByDefinition) continue;
    const key = definitionKey(change.live);
    drops.set(key, [...(drops.get(key) ?? []), change]);
  }
  if (drops.size === 0) return [...changes];
  const gone = new Set<Change>();
  const out: Change[] = [];
  for (const change of changes) {
    const candidates = change.type === "create" ? (drops.get(definitionKey(change.desired)) ?? []) : [];
    const match = candidates.find(
      (drop) =>
        !gone.has(drop) &&
        change.type === "create" &&
        compareSpec(unnamed(drop.live), unnamed(change.desired), kindNamed(drop.live.kind).notCompared).length === 0,
    );
    if (change.type !== "create" || !match) {
      out.push(change);
      continue;
    }
    gone.add(match);
    out.push({ type: "rename", live: match.live, desired: change.desired });
  }
  return out.filter((change) => !gone.has(change));
}

function unnamed(fact: Fact): Spec {
  return { ...fact.spec, name: "" };
}

function definitionKey(fact: Fact): string {
  const spec: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(fact.spec)) {
    const isSql = typeof value === "object" && value !== null && "sql" in value;
    if (key !== "name" && !kindNamed(fact.kind).notCompared.includes(key)) spec[key] = isSql ? "sql" : value;
  }
  return `${fact.kind} ${fact.parent ?? ""} ${canonicalJson(spec)}`;
}
