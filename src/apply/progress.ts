import type { Step } from "../model/step.ts";

/** A session that another one waits for. `query` is cut to 80 characters; what the role may not see is null. */
export interface Blocker {
  readonly pid: number;
  readonly user: string | null;
  /** application_name, or what kind of process it is where it has none. */
  readonly application: string | null;
  readonly state: string | null;
  /** When its present query began, ISO 8601. */
  readonly since: string | null;
  readonly query: string | null;
}

/** What a run tells while it goes on. Indexes count from 1; times are milliseconds. */
export type ApplyProgress =
  | { readonly type: "start"; readonly runId: string; readonly steps: readonly Step[]; readonly skipped: readonly Step[] }
  | { readonly type: "step-start"; readonly step: Step; readonly index: number; readonly total: number }
  | { readonly type: "step-done"; readonly step: Step; readonly index: number; readonly total: number; readonly ms: number }
  /** Said about twice a second while the run waits for a lock. `relation` is `schema.name`, null when it waits for a transaction to end. */
  | {
      readonly type: "waiting";
      readonly step: Step;
      readonly relation: string | null;
      readonly blockers: readonly Blocker[];
      readonly waitedMs: number;
    }
  /** An attempt gave up its place in the lock queue; the next one comes after a pause. */
  | { readonly type: "retry"; readonly step: Step; readonly attempt: number; readonly nextInMs: number }
  /** How far an index build is, in the words of pg_stat_progress_create_index; `fraction` is 0 to 1, null when PostgreSQL does not know. */
  | { readonly type: "build"; readonly step: Step; readonly phase: string; readonly fraction: number | null }
  | { readonly type: "note"; readonly step: Step | null; readonly message: string };

/** One line that says who a session is. */
export function describeBlocker(blocker: Blocker): string {
  const who = blocker.application === null ? "" : ` (${blocker.application})`;
  const state = blocker.state === null ? "" : `, ${blocker.state}`;
  const since = blocker.since === null ? "" : ` since ${blocker.since}`;
  const query = blocker.query === null || blocker.query === "" ? "" : `: ${blocker.query}`;
  return `pid ${blocker.pid} of ${blocker.user ?? "an unknown user"}${who}${state}${since}${query}`;
}
