import { snapshotAfter } from "../apply/snapshot-after.ts";
import type { ApplyResult } from "../apply/step-error.ts";
import type { Session } from "../catalog/connect.ts";
import { recordPairs, recordSnapshot, type Snapshot, type State } from "../catalog/state.ts";
import { sqlAt } from "../diff/compare-spec.ts";
import type { Fact, LiveDatabase } from "../model/database.ts";
import { canonicalJson } from "../model/fingerprint.ts";
import { kindOf, type ObjectId, pathOf } from "../model/object-id.ts";
import type { Plan } from "../model/plan.ts";
import type { Step } from "../model/step.ts";
import type { KnownPair } from "../plan/equality.ts";

/** What is recorded after a run: the plan, how far it came, and what was on record before. */
export interface AppliedInput {
  readonly plan: Plan;
  readonly result: ApplyResult;
  readonly live: LiveDatabase;
  readonly state: State | null;
  /** Pairs that the scratch server found equal while the plan was made. */
  readonly learned: readonly KnownPair[];
  /** A run of row-level security alone: what it did not touch keeps its place in the snapshot. */
  readonly policiesOnly: boolean;
}

/**
 * Records the applied snapshot and the pairs of file and catalog text. Writes nothing that is on record already.
 * The schema `lockstep` must be there.
 */
export async function recordApplied(session: Session, input: AppliedInput): Promise<void> {
  const { plan, result, live, state } = input;
  const previous = state?.snapshot ?? null;
  const next = input.policiesOnly ? policiesSnapshot(input, previous) : fullSnapshot(input, previous);
  if (next !== null && !sameSnapshot(previous, next))
    await recordSnapshot(session, plan.project, { ...next, planHash: plan.plan_hash });
  const pending = touchedIds(result.pending);
  const pairs = plan.texts.flatMap(({ id, field, text }) => {
    const fact = pending(id) ? undefined : live.facts.get(id);
    const catalog = fact === undefined ? null : sqlAt(fact.spec, field);
    return catalog === null ? [] : [{ id, field, file: text, catalog: catalog.sql }];
  });
  const learned = input.learned.map(({ path, ...pair }) => ({ ...pair, field: path }));
  await recordPairs(session, plan.project, [...learned, ...pairs]);
}

type NextSnapshot = Omit<Snapshot, "appliedAt">;

function fullSnapshot({ plan, result, live }: AppliedInput, previous: Snapshot | null): NextSnapshot {
  const known = [...new Set([...plan.declared, ...live.facts.keys(), ...Object.keys(previous?.facts ?? {})])];
  const pending = touchedIds(result.pending);
  const ids = [...plan.declared, ...waitingToGo(result.pending, live)];
  const { facts } = snapshotAfter(previous, live.facts, ids, new Set(known.filter(pending)));
  return { declared: [...plan.declared].sort(), facts };
}

/** Without a snapshot of the whole there is nothing that policies could be added to. */
function policiesSnapshot({ plan, result, live }: AppliedInput, previous: Snapshot | null): NextSnapshot | null {
  if (previous === null) return null;
  const ran = touchedIds([...result.ran, ...result.skipped]);
  const untouched = Object.entries(previous.facts).filter(([id]) => !ran(id));
  const declared = plan.declared.filter((id) => ran(id));
  const { facts } = snapshotAfter(null, live.facts, declared, new Set());
  return {
    declared: [...new Set([...previous.declared, ...declared])].sort(),
    facts: { ...Object.fromEntries(untouched), ...facts },
  };
}

/** Live objects, and all that lies in them, which the plan drops later: until then they are no drift. */
function waitingToGo(steps: readonly Step[], live: LiveDatabase): readonly ObjectId[] {
  const drops = new Set(steps.filter(({ action }) => action === "drop").map(({ kind, object }) => `${kind} ${object}`));
  const goes = (fact: Fact): boolean => {
    if (drops.has(fact.id)) return true;
    const parent = fact.parent === null ? undefined : live.facts.get(fact.parent);
    return parent !== undefined && goes(parent);
  };
  return drops.size === 0 ? [] : [...live.facts.values()].filter(goes).map(({ id }) => id);
}

/** Whether steps name an object: by its id, or as what a comment, an owner or a grant hangs on. */
function touchedIds(steps: readonly Step[]): (id: ObjectId) => boolean {
  const named = new Set(steps.map(({ kind, object }) => `${kind} ${object}`));
  return (id) => {
    if (named.has(id)) return true;
    // `comment table app.orders`, and `grant table app.orders authenticated` with the role at its end.
    const target = pathOf(pathOf(id));
    return named.has(`${kindOf(id)} ${target}`) || named.has(`${kindOf(id)} ${target.replace(/ ("(?:[^"]|"")*"|[^ ]+)$/, "")}`);
  };
}

function sameSnapshot(previous: Snapshot | null, next: NextSnapshot): boolean {
  return previous !== null && canonicalJson([previous.declared, previous.facts]) === canonicalJson([next.declared, next.facts]);
}
