import { join } from "node:path";
import type { Session } from "../catalog/connect.ts";
import { readLive } from "../catalog/read-live.ts";
import { pairKey, readState, type State } from "../catalog/state.ts";
import type { DesiredDatabase, LiveDatabase } from "../model/database.ts";
import { LockstepError } from "../model/lockstep-error.ts";
import type { Plan } from "../model/plan.ts";
import type { Phase } from "../model/step.ts";
import type { KnownPair } from "../plan/equality.ts";
import { makePlan } from "../plan/make-plan.ts";
import { count } from "../report/quantities.ts";
import { createScratch } from "../scratch/scratch-database.ts";
import { loadDesired } from "../yaml/load-desired.ts";
import { openEqualityCache } from "./equality-cache.ts";
import { projectFolder } from "./project-folder.ts";
import { withExcerpts } from "./with-excerpts.ts";

/** The phases as `--phase` names them. */
export type PhaseChoice = "expand" | "contract" | "all";

/** What decides a plan besides the files and the database. */
export interface PlanningOptions {
  readonly file: string;
  readonly cwd: string;
  /** The program's version, for the plan. */
  readonly version: string;
  /** The drop-and-add pairs that are no renames; null: none were named. */
  readonly acceptDrop?: "all" | readonly string[] | null;
  /** False: no query on table data, the worst case is assumed. */
  readonly dataChecks?: boolean;
  /** The phases that the plan holds; default: all. */
  readonly phases?: readonly Phase[];
  /** Policies, states of row-level security and the grants of policy files alone. */
  readonly policiesOnly?: boolean;
  /** Items of `--approve` that planning needs: what is not ours is only rebuilt when `rebuild:` names it. */
  readonly approve?: readonly string[];
  readonly signal?: AbortSignal;
}

/** A plan with all it was made from. */
export interface Planned extends Basis {
  readonly plan: Plan;
  /** Pairs of texts that a scratch server found equal on the way; apply puts them on record. */
  readonly learned: readonly KnownPair[];
}

/** What a plan is made from. */
export interface Basis {
  readonly desired: DesiredDatabase;
  readonly live: LiveDatabase;
  readonly state: State | null;
}

/**
 * Reads the files and the database and makes the plan that leads from one to the other. Never writes to the database; starts a scratch
 * server only when an expression is in doubt. Throws LockstepError: problems of the files (1), questions to answer (3).
 */
export async function planWith(session: Session, options: PlanningOptions): Promise<Planned> {
  const live = await readLive(session);
  options.signal?.throwIfAborted();
  const desired = await loadAgainst(live, options);
  const state = await readState(session, desired.config.project);
  const planned = await planFrom(session, { live, desired, state }, options);
  options.signal?.throwIfAborted();
  return planned;
}

/** The plan from a desired and a live state that were read before. */
export async function planFrom(session: Session, basis: Basis, options: PlanningOptions): Promise<Planned> {
  const folder = projectFolder(options.cwd, options.file);
  const cache = await openEqualityCache(folder);
  const signal = options.signal === undefined ? {} : { signal: options.signal };
  const scratch = createScratch({ dataDir: join(folder, ".lockstep", "scratch"), ...signal });
  try {
    const { plan, learned } = await withExcerpts(options.cwd, () =>
      makePlan({
        ...basis,
        session,
        scratch,
        remembered: (pair) => isOnRecord(pair, basis.state) || cache.has(pair),
        acceptDrop: options.acceptDrop ?? null,
        approve: options.approve ?? [],
        dataChecks: options.dataChecks ?? true,
        ...(options.phases === undefined ? {} : { phases: options.phases }),
        version: options.version,
        policiesOnly: options.policiesOnly ?? false,
      }),
    );
    await cache.add(learned);
    return { ...basis, plan, learned };
  } finally {
    await scratch.close();
  }
}

function isOnRecord({ id, path, file, catalog }: KnownPair, state: State | null): boolean {
  const pair = state?.pairs.get(pairKey(id, path));
  return pair !== undefined && pair.file === file && pair.catalog === catalog;
}

/** The files, with unqualified names resolved to what the extensions of this database brought. */
export async function loadAgainst(live: LiveDatabase, options: Pick<PlanningOptions, "file" | "cwd">): Promise<DesiredDatabase> {
  const external = live.extensionNames.size === 0 ? {} : { external: live.extensionNames };
  return await loadDesired({ file: options.file, cwd: options.cwd, ...external });
}

/** The phases of a plan that `--phase` leaves in it. */
export function phasesOf(choice: PhaseChoice | undefined): readonly Phase[] | undefined {
  switch (choice) {
    case undefined:
    case "all":
      return undefined;
    case "expand":
      return ["expand", "backfill"];
    case "contract":
      return ["contract"];
  }
}

/** Throws `unmanaged` (3) when the plan leaves something unmanaged: `--strict`. */
export function refuseUnmanaged(plan: Pick<Plan, "unmanaged">): void {
  if (plan.unmanaged.length === 0) return;
  const diagnostics = plan.unmanaged.map(({ kind, object, why }) => ({
    code: "unmanaged",
    severity: "error" as const,
    message: `${kind.replaceAll("_", " ")} ${object} is not managed: ${why}`,
    object,
    hint: "Add an `ignore:` rule with a reason, or run without --strict.",
  }));
  const message = `${count(diagnostics.length, "unmanaged object")}, and --strict was given.`;
  throw new LockstepError({ code: "unmanaged", message, exitCode: 3, diagnostics });
}
