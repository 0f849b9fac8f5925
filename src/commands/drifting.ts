import { compareSnapshot, type DriftItem } from "../apply/drift.ts";
import type { Session } from "../catalog/connect.ts";
import { readLive } from "../catalog/read-live.ts";
import { readState, type Snapshot, type State } from "../catalog/state.ts";
import { goes } from "../diff/diff.ts";
import { scopeOf } from "../diff/scope.ts";
import type { DesiredDatabase, Fact, LiveDatabase, SourceRef, Unmanaged } from "../model/database.ts";
import { LockstepError } from "../model/lockstep-error.ts";
import { lookupOf } from "../model/lookup.ts";
import type { ObjectId } from "../model/object-id.ts";
import type { Plan, PlanChange } from "../model/plan.ts";
import type { Difference, DriftReport } from "../report/drift-text.ts";
import { loadAgainst, type PlanningOptions, planFrom } from "./planning.ts";

/** Drift with what surrounds it. */
export interface Drifted {
  readonly report: DriftReport;
  readonly desired: DesiredDatabase;
  /** Why `pending` could not be told: the plan has a question. Null otherwise. */
  readonly unplanned: LockstepError | null;
  readonly unmanaged: readonly Unmanaged[];
}

type Options = Pick<PlanningOptions, "file" | "cwd" | "version" | "signal">;

/**
 * Compares the live database with the state last applied, and tells what the files say beyond that. Without a snapshot the files are
 * the baseline. Never writes. Throws what reading the files and the database throws.
 */
export async function driftWith(session: Session, options: Options): Promise<Drifted> {
  const live = await readLive(session);
  const desired = await loadAgainst(live, options);
  const state = await readState(session, desired.config.project);
  const planned = await changesOf(session, { live, desired, state }, options);
  const places = placesOf(desired);
  const { unmanaged } = live;
  if (state === null || state.snapshot === null) {
    if (planned.question !== null) throw planned.question;
    const drift = planned.changes.map((change) => fromFiles(change, places, "database"));
    return { report: { drift: sorted(drift), pending: [], baseline: "files" }, desired, unplanned: null, unmanaged };
  }
  const items = againstSnapshot(state.snapshot, state, live, desired);
  const drifted = new Set(items.map(({ kind, object }) => `${kind} ${object}`));
  const drift = withoutInner(items, state.snapshot, live).map((item) => fromSnapshot(item, places));
  const beyond = planned.changes.filter(({ kind, object }) => !drifted.has(`${kind} ${object}`));
  const pending = beyond.map((change) => fromFiles(change, places, "files"));
  return {
    report: { drift: sorted(drift), pending: sorted(pending), baseline: "snapshot" },
    desired,
    unplanned: planned.question,
    unmanaged,
  };
}

/** What the files would change; with a snapshot a plan that has a question (a suspected rename) is no obstacle to telling drift. */
async function changesOf(
  session: Session,
  basis: { readonly live: LiveDatabase; readonly desired: DesiredDatabase; readonly state: State | null },
  options: Options,
): Promise<{ readonly changes: Plan["changes"]; readonly question: LockstepError | null }> {
  try {
    const { plan } = await planFrom(session, basis, { ...options, acceptDrop: "all", dataChecks: false });
    return { changes: plan.changes, question: null };
  } catch (error) {
    if (error instanceof LockstepError && error.exitCode === 3) return { changes: [], question: error };
    throw error;
  }
}

function againstSnapshot(snapshot: Snapshot, state: State, live: LiveDatabase, desired: DesiredDatabase): readonly DriftItem[] {
  const scope = scopeOf(desired, live);
  const look = lookupOf(desired.facts);
  // What a plan would leave alone (owners, grants of other roles, the comment that an extension brings) cannot appear.
  const isManaged = (fact: Fact) => scope.includes(fact) && fact.implied !== true && goes(fact, look);
  const inFlight = new Set(state.inFlight.map(({ kind, object }): ObjectId => `${kind} ${object}`));
  return compareSnapshot(snapshot, live.facts, { isManaged, inFlight });
}

/** Leaves out what came or went with the object it lies in: the columns of a table that was dropped. */
function withoutInner(items: readonly DriftItem[], snapshot: Snapshot, live: LiveDatabase): readonly DriftItem[] {
  const what = new Map(items.map((item) => [item.id, item.what]));
  return items.filter((item) => {
    const parent = item.what === "removed" ? snapshot.facts[item.id]?.parent : live.facts.get(item.id)?.parent;
    return item.what === "changed" || parent == null || what.get(parent) !== item.what;
  });
}

function fromSnapshot({ kind, object, what, fields }: DriftItem, places: Places): Difference {
  return { kind, object, what, fields, ...placeOf(kind, object, places) };
}

/** A change of a plan seen from the files' side (what apply does), or from the database's (what somebody did to it). */
function fromFiles({ kind, object, action }: PlanChange, places: Places, side: "files" | "database"): Difference {
  const place = placeOf(kind, object, places);
  if (action !== "create" && action !== "drop") return { kind, object, what: "changed", fields: [], ...place };
  const what = (action === "create") === (side === "files") ? "added" : "removed";
  return { kind, object, what, fields: [], ...place };
}

type Places = ReadonlyMap<string, SourceRef>;

/** Where the files declare something, by what reports show of it: a comment goes by its target's path. */
function placesOf(desired: DesiredDatabase): Places {
  const facts = [...desired.facts.values()];
  return new Map(facts.flatMap(({ kind, object, at }) => (at === undefined ? [] : [[`${kind} ${object}`, at] as const])));
}

function placeOf(kind: string, object: string, places: Places): Pick<Difference, "file" | "line"> {
  const at = places.get(`${kind} ${object}`);
  return { file: at?.file ?? null, line: at?.line ?? null };
}

function sorted(differences: readonly Difference[]): readonly Difference[] {
  const key = ({ kind, object }: Difference) => `${object} ${kind}`;
  return [...differences].sort((a, b) => (key(a) < key(b) ? -1 : key(a) > key(b) ? 1 : 0));
}
