import type { Fact } from "../model/database.ts";
import { canonicalJson } from "../model/fingerprint.ts";
import type { ObjectId } from "../model/object-id.ts";
import type { ProblemLog } from "./problem-log.ts";

/** Who said a fact: an entry of a map or a statement, and the entries it lies in. */
export interface Origin {
  readonly said: object;
  readonly within: readonly object[];
  /** The sort of file. What two sorts may say, they may both say when they agree. */
  readonly sort: "schema" | "policies" | "sql";
  readonly shared: boolean;
  /** The entry's own object, or something that its fragment declares besides (the sequence of a serial column). */
  readonly primary: boolean;
  /** The entry says nothing of its object but what is said about it: grants, comment. */
  readonly bare: boolean;
  /** Joins what two statements of `.sql` files say of one object (ENABLE, then FORCE); null when they contradict each other. */
  readonly combine?: ((first: Fact, second: Fact) => Fact | null) | undefined;
}

/** The facts of all files, by id, in the order in which they were first said. */
export interface FactCollection {
  readonly facts: ReadonlyMap<ObjectId, Fact>;
  /** False for what was said before, differently: it stays as it was said first. */
  add(fact: Fact, origin: Origin): boolean;
  originOf(id: ObjectId): Origin | undefined;
}

/** An empty collection. What is said twice goes to the log, with both places. */
export function createFactCollection(log: ProblemLog): FactCollection {
  const facts = new Map<ObjectId, Fact>();
  const origins = new Map<ObjectId, Origin>();
  return {
    facts,
    originOf: (id) => origins.get(id),
    add: (fact, origin) => {
      const known = facts.get(fact.id);
      const knownOrigin = origins.get(fact.id);
      const winner = known && knownOrigin ? choose(known, knownOrigin, fact, origin) : fact;
      if (winner === null) {
        if (known) reportTwice(known, fact, log);
        return false;
      }
      if (winner !== known) {
        facts.set(fact.id, winner);
        origins.set(fact.id, origin);
      }
      return true;
    },
  };
}

/** Which of two sayings of one object holds; null when they contradict each other. */
function choose(known: Fact, knownOrigin: Origin, fact: Fact, origin: Origin): Fact | null {
  // What an entry says of itself beats the default that the entry around it implies.
  if (origin.within.includes(knownOrigin.said)) return fact;
  if (knownOrigin.within.includes(origin.said)) return known;
  // Grants on the sequence of a serial column: the column declares it, the bare entry only speaks about it.
  if (knownOrigin.bare && knownOrigin.primary && !origin.primary) return fact;
  if (origin.bare && origin.primary && !knownOrigin.primary) return known;
  const agree = origin.shared && knownOrigin.sort !== origin.sort && canonicalJson(known.spec) === canonicalJson(fact.spec);
  return agree ? known : ((knownOrigin.combine && origin.combine?.(known, fact)) ?? null);
}

function reportTwice(known: Fact, fact: Fact, log: ProblemLog): void {
  if (!fact.at) return;
  const first = known.at ? `${known.at.file}:${known.at.line}:${known.at.column}` : "elsewhere";
  log.error(fact.at, "declared-twice", `${fact.kind} ${fact.object} is declared twice`, `first at ${first}; keep one of them`);
}
