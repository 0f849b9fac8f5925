import { createHash } from "node:crypto";
import type { Fact } from "./database.ts";
import type { ObjectId } from "./object-id.ts";

/** JSON with sorted keys and no undefined: equal values print equally. */
export function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(",")}]`;
  if (value !== null && typeof value === "object") {
    const pairs = Object.entries(value)
      .filter(([, item]) => item !== undefined)
      .sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))
      .map(([key, item]) => `${JSON.stringify(key)}:${canonicalJson(item)}`);
    return `{${pairs.join(",")}}`;
  }
  return JSON.stringify(value) ?? "null";
}

/** SHA-256 of the canonical JSON of a value, as 16 hex digits for objects in plans (64 bit: enough to notice a change). */
export function shortHash(value: unknown): string {
  return createHash("sha256").update(canonicalJson(value)).digest("hex").slice(0, 16);
}

/** SHA-256 of the canonical JSON of a value, in hex. */
export function longHash(value: unknown): string {
  return createHash("sha256").update(canonicalJson(value)).digest("hex");
}

/** The logical content of a live object: no OIDs, attnums or statistics. */
function hashFact(fact: Fact): string {
  return shortHash({ spec: fact.spec, owner: fact.owner ?? null });
}

/** A pseudo id for all that lies in a relation: what the plan did not know of must not appear in what it touches. */
export function withinId(id: ObjectId): ObjectId {
  return `within ${id}`;
}

/** What a plan relies on, read from a live database: id → hash, null for what is absent. */
export function readRelied(ids: Iterable<ObjectId>, facts: ReadonlyMap<ObjectId, Fact>): Record<ObjectId, string | null> {
  const out: Record<ObjectId, string | null> = {};
  const within = groupByRelation(facts);
  for (const id of [...new Set(ids)].sort()) {
    const fact = facts.get(id);
    out[id] = id.startsWith("within ") ? hashWithin(id.slice("within ".length), facts, within) : fact ? hashFact(fact) : null;
  }
  return out;
}

function groupByRelation(facts: ReadonlyMap<ObjectId, Fact>): Map<ObjectId, Fact[]> {
  const children = new Map<ObjectId, Fact[]>();
  for (const fact of facts.values()) {
    if (fact.parent === null) continue;
    const list = children.get(fact.parent);
    if (list) list.push(fact);
    else children.set(fact.parent, [fact]);
  }
  return children;
}

function hashWithin(
  id: ObjectId,
  facts: ReadonlyMap<ObjectId, Fact>,
  children: ReadonlyMap<ObjectId, readonly Fact[]>,
): string | null {
  if (!facts.has(id)) return null;
  const lines: string[] = [];
  const add = (parent: ObjectId): void => {
    for (const fact of children.get(parent) ?? []) {
      lines.push(`${fact.id} ${hashFact(fact)}`);
      add(fact.id);
    }
  };
  add(id);
  return shortHash(lines.sort());
}
