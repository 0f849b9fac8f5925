import { sameTree, sqlAt } from "../diff/compare-spec.ts";
import type { Decide, Doubt, Verdict } from "../diff/diff.ts";
import { kindNamed } from "../kinds/registry.ts";
import type { Fact, LiveDatabase, ProjectConfig } from "../model/database.ts";
import { LockstepError } from "../model/lockstep-error.ts";
import type { ObjectId } from "../model/object-id.ts";
import type { Scratch } from "../model/scratch.ts";
import { apartFromAbove } from "./apart-names.ts";
import { closureOf } from "./closure.ts";
import { scratchScript } from "./creation-script.ts";
import { type NameIndex, nameIndex } from "./names.ts";
import { searchPathPrefix } from "./search-path.ts";

/** A text of the files and what the catalog makes of it, known to be the same. */
export interface KnownPair {
  readonly id: ObjectId;
  readonly path: string;
  readonly file: string;
  readonly catalog: string;
}

export interface EqualityInput {
  readonly desired: ReadonlyMap<ObjectId, Fact>;
  readonly live: LiveDatabase;
  readonly config: ProjectConfig;
  /** Tier 2: whether this pair was seen before. */
  readonly remembered: (pair: KnownPair) => boolean;
  readonly scratch: Scratch;
}

export interface Equality {
  readonly decide: Decide;
  /** Desired facts as a scratch server printed them. */
  readonly canonical: Map<ObjectId, Fact>;
  /** Pairs that the scratch server found equal, to be remembered. */
  readonly learned: KnownPair[];
}

/** Tiers 2 and 3 of equality: remembered pairs, then both texts through one real PostgreSQL. What cannot be built there stays undecided. */
export function equality(input: EqualityInput): Equality {
  const canonical = new Map<ObjectId, Fact>();
  const learned: KnownPair[] = [];
  const decide: Decide = async (doubts, moving) => {
    const names = nameIndex(new Map([...input.live.facts, ...input.desired]).values());
    const verdicts = new Map<ObjectId, Verdict>();
    const open: Doubt[] = [];
    for (const doubt of doubts) {
      // A pair was equal beside the columns and types of then: where those change now, it has to be asked again.
      const known = !namesAny(doubt.desired, moving, names) && sqlDifferences(doubt).every((pair) => input.remembered(pair));
      if (known) verdicts.set(doubt.id, { differing: [] });
      else open.push(doubt);
    }
    if (open.length === 0) return verdicts;
    const built = await bothSides(open, input);
    if ("unbuilt" in built) {
      for (const doubt of open) verdicts.set(doubt.id, { undecided: built.unbuilt });
      return verdicts;
    }
    const { wanted, present } = built;
    for (const doubt of open) {
      const verdict = judge(doubt, wanted, present);
      verdicts.set(doubt.id, verdict);
      const printed = wanted.facts.get(doubt.id);
      if (printed) canonical.set(doubt.id, printed);
      if ("differing" in verdict) learned.push(...sqlDifferences(doubt).filter((pair) => !verdict.differing.includes(pair.path)));
    }
    return verdicts;
  };
  return { decide, canonical, learned };
}

/** Both sides, each in a database of its own; or why there is no server to build them on. */
async function bothSides(
  open: readonly Doubt[],
  input: EqualityInput,
): Promise<{ wanted: Built; present: Built } | { unbuilt: string }> {
  try {
    const [wanted, present] = await Promise.all([build(open, "desired", input), build(open, "live", input)]);
    return { wanted, present };
  } catch (error) {
    if (error instanceof LockstepError && error.code === "no-scratch-server") return { unbuilt: error.message };
    throw error;
  }
}

/** Whether a fact lies in or names something of a set. */
function namesAny(fact: Fact, ids: ReadonlySet<ObjectId>, names: NameIndex): boolean {
  if (ids.size === 0) return false;
  if (fact.parent !== null && ids.has(fact.parent)) return true;
  return kindNamed(fact.kind)
    .dependsOn(fact)
    .some((reference) => names.resolve(reference).some((id) => ids.has(id)));
}

function sqlDifferences(doubt: Doubt): KnownPair[] {
  return doubt.differences.flatMap(({ path, live, desired }) =>
    live && desired ? [{ id: doubt.id, path, file: desired.sql, catalog: live.sql }] : [],
  );
}

interface Built {
  readonly facts: ReadonlyMap<ObjectId, Fact>;
  readonly failed: ReadonlyMap<ObjectId, string>;
}

/** Builds what is in doubt and what it needs, of one side, in a database of its own, and reads it back. */
async function build(doubts: readonly Doubt[], side: "desired" | "live", input: EqualityInput): Promise<Built> {
  const own =
    side === "desired"
      ? new Map([...input.desired, ...doubts.map((doubt) => [doubt.id, doubt.desired] as const)])
      : input.live.facts;
  // Extensions bring names that SQL may use without saying where from: all of them that either side knows.
  const extensions = [...input.live.facts.values(), ...own.values()].filter((fact) => kindNamed(fact.kind).bringsNames === true);
  // A live partition may be compared as part of a table that is still to be made.
  const beyond = side === "desired" ? input.live.facts : new Map([...input.desired, ...input.live.facts]);
  const needed = closureOf(
    [...doubts, ...extensions].map((fact) => fact.id),
    own,
    beyond,
  );
  const { facts, standIns } = apartFromAbove(needed, new Set(doubts.map(({ id }) => id)));
  const none = { extensionNames: input.live.extensionNames, facts: new Map<ObjectId, Fact>() };
  const prefix = side === "desired" ? searchPathPrefix(input.config, none, input.desired) : () => "";
  const result = await input.scratch.build(scratchScript(facts, input.live.major, prefix));
  const read = new Map<ObjectId, Fact>();
  for (const fact of [...(result.live.implied?.values() ?? []), ...result.live.facts.values()])
    read.set(
      standIns.get(fact.id) ?? fact.id,
      kindNamed(fact.kind).settle?.(fact, result.live.major, { fact: (id) => result.live.facts.get(id), children: () => [] }) ??
        fact,
    );
  return { facts: read, failed: new Map([...result.failed].map(([id, why]) => [standIns.get(id) ?? id, why])) };
}

function judge(doubt: Doubt, wanted: Built, present: Built): Verdict {
  const left = wanted.facts.get(doubt.id);
  const right = present.facts.get(doubt.id);
  if (!left || !right) {
    const reason =
      wanted.failed.get(doubt.id) ??
      present.failed.get(doubt.id) ??
      firstOf(wanted.failed) ??
      firstOf(present.failed) ??
      "it did not come back from the scratch server";
    return { undecided: reason };
  }
  const differing = doubt.differences
    .filter((difference) => !difference.certain)
    .filter(({ path }) => {
      const a = sqlAt(left.spec, path);
      const b = sqlAt(right.spec, path);
      return a === null || b === null ? a !== b : !(a.sql === b.sql || sameTree(a, b));
    })
    .map(({ path }) => path);
  return { differing };
}

function firstOf(failed: ReadonlyMap<ObjectId, string>): string | undefined {
  return failed.values().next().value;
}
