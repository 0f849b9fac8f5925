import type { LiveDatabase } from "../model/database.ts";
import { readRelied } from "../model/fingerprint.ts";
import { LockstepError } from "../model/lockstep-error.ts";
import type { ObjectId } from "../model/object-id.ts";
import type { Plan } from "../model/plan.ts";
import type { PlanJournal } from "./journal.ts";
import { type Touched, touchedBy } from "./touched-objects.ts";

type Hashes = Readonly<Record<ObjectId, string | null>>;

/** An object under a plan that is not as it was. */
interface Moved {
  readonly id: ObjectId;
  readonly what: "appeared" | "gone" | "changed";
}

/**
 * Compares what a plan relies on with a live state read under the project's lock. A saved plan also fits the state after any prefix of
 * its own steps, which the journal tells: what the plan relies on was recorded anew after each of them.
 * Throws LockstepError `stale-plan` (exit 4) that names every object that moved.
 */
export function checkPlan(plan: Plan, live: LiveDatabase, journal: PlanJournal): void {
  const server = serverMismatch(plan, live);
  if (server !== null) throw stale(plan, [`  ${server}`]);
  const moved = movedObjects(plan, live, journal);
  if (moved.length === 0) return;
  throw stale(
    plan,
    moved.map(({ id, what }) => `  ${id}: ${explain(what)}`),
  );
}

/** The hashes that a run recorded on the way replace those of the plan: they are of the state after the plan's own steps. */
function movedObjects(plan: Plan, live: LiveDatabase, journal: PlanJournal): readonly Moved[] {
  const expected: Hashes = { ...plan.target.relies_on, ...journal.after?.hashes };
  const ids = Object.keys(plan.target.relies_on);
  const actual = readRelied(ids, live.facts);
  const excused = excusedBy(plan, journal);
  return ids.sort().flatMap((id): Moved[] => {
    const before = expected[id] ?? null;
    const now = actual[id] ?? null;
    if (before === now || excused(id, now === null)) return [];
    return [{ id, what: before === null ? "appeared" : now === null ? "gone" : "changed" }];
  });
}

/** Steps that ran after the last recording: the runner died before it could read what they did. What they touch is not compared. */
function excusedBy(plan: Plan, journal: PlanJournal): Touched {
  const recorded = new Set(journal.after?.done ?? []);
  const unread = plan.steps.filter(
    (step) => (journal.done.has(step.id) && !recorded.has(step.id)) || (!step.transactional && journal.begun.has(step.id)),
  );
  return touchedBy(unread, unread.length === 0 ? [] : journal.inFlight);
}

function serverMismatch(plan: Plan, live: LiveDatabase): string | null {
  const major = Math.floor(plan.target.server_version / 10_000);
  if (major !== live.major) return `the plan was made for PostgreSQL ${major}, the server runs ${live.major}`;
  if (plan.target.database === live.database) return null;
  return `the plan was made for database "${plan.target.database}", this one is "${live.database}"`;
}

function explain(what: Moved["what"]): string {
  switch (what) {
    case "appeared":
      return "exists now, and the plan relies on its absence";
    case "gone":
      return "does not exist any more";
    case "changed":
      return "was changed";
  }
}

function stale(plan: Plan, lines: readonly string[]): LockstepError {
  const message = `The plan of ${plan.created_at} no longer fits the database; nothing was changed:\n${lines.join("\n")}\nMake a new plan with "lockstep plan".`;
  return new LockstepError({ code: "stale-plan", message, exitCode: 4 });
}
