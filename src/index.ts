/**
 * The library: what the commands call, with a connection URL instead of flags. Nothing here prints, asks or ends the process. Errors are
 * LockstepError with `code`, `exitCode` and `diagnostics`.
 */
import { readFileSync } from "node:fs";
import type { ApplyProgress } from "./apply/progress.ts";
import { connect, type Session } from "./catalog/connect.ts";
import { secretsOfUrl } from "./catalog/redact.ts";
import { type Applied, type ApplyingOptions, applyWith } from "./commands/applying.ts";
import { driftWith } from "./commands/drifting.ts";
import { type PlanningOptions, planWith } from "./commands/planning.ts";
import type { Plan } from "./model/plan.ts";
import type { DriftReport } from "./report/drift-text.ts";
import { loadDesired } from "./yaml/load-desired.ts";

export type { ApplyProgress } from "./apply/progress.ts";
export { ApplyError, type ApplyResult } from "./apply/step-error.ts";
export { connect, type Session } from "./catalog/connect.ts";
export { readLive } from "./catalog/read-live.ts";
export { diff } from "./diff/diff.ts";
export type { Change } from "./model/change.ts";
export type { DesiredDatabase, Fact, LiveDatabase } from "./model/database.ts";
export type { Diagnostic } from "./model/diagnostic.ts";
export { LockstepError } from "./model/lockstep-error.ts";
export type { Plan, PlanChange } from "./model/plan.ts";
export type { Access, Lock, LockMode, Phase, Step, StepClass } from "./model/step.ts";
export type { Difference, DriftReport } from "./report/drift-text.ts";
export { planJson } from "./report/plan-json.ts";
export { planSql } from "./report/plan-sql.ts";
export { planText } from "./report/plan-text.ts";
export { loadDesired } from "./yaml/load-desired.ts";

/** The database and the files. `file` is relative to `cwd`; their defaults are schema.yaml and the process's working directory. */
export interface DatabaseOptions {
  /** A connection URL, also in the forms of other drivers. */
  readonly url: string;
  readonly file?: string;
  readonly cwd?: string;
  readonly signal?: AbortSignal;
}

/** What `lockstep plan` takes as flags. */
export interface PlanOptions
  extends DatabaseOptions,
    Pick<PlanningOptions, "acceptDrop" | "approve" | "dataChecks" | "phases" | "policiesOnly"> {}

/** What `lockstep apply` takes as flags. Times are in milliseconds. There is nobody to ask: approvals come with the call. */
export interface ApplyOptions
  extends DatabaseOptions,
    Pick<PlanningOptions, "acceptDrop" | "approve" | "dataChecks" | "policiesOnly">,
    Pick<ApplyingOptions, "phase" | "lockTimeout" | "lockWait" | "buildWait" | "wait" | "env"> {
  /** A plan made before; without it the plan is made under the lock. */
  readonly plan?: Plan;
  readonly onProgress?: (event: ApplyProgress) => void;
}

/** Makes the plan that leads from the live state to what the files say. Writes nothing. Throws LockstepError. */
export async function plan(options: PlanOptions): Promise<Plan> {
  return await withSession(options, true, async (session) => (await planWith(session, planning(options))).plan);
}

/** Runs a plan, or plans and runs. Throws LockstepError before the first step, ApplyError after it. */
export async function apply(options: ApplyOptions): Promise<Applied> {
  const { plan: saved, onProgress, phase, lockTimeout, lockWait, buildWait, wait, env } = options;
  const config = saved === undefined ? { config: (await loadDesired(filesOf(options))).config } : {};
  return await withSession(options, false, async (session) =>
    applyWith(
      { session, openSession: () => connect(options.url, { readOnly: false }) },
      {
        ...planning(options),
        ...config,
        ...(saved === undefined ? {} : { saved }),
        ...defined({ onProgress, phase, lockTimeout, lockWait, buildWait, wait, env }),
        secrets: secretsOfUrl(options.url),
      },
    ),
  );
}

/** Compares the live database with the state last applied. Writes nothing. Throws LockstepError. */
export async function drift(options: DatabaseOptions): Promise<DriftReport> {
  return await withSession(options, true, async (session) => (await driftWith(session, planning(options))).report);
}

async function withSession<T>(options: DatabaseOptions, readOnly: boolean, body: (session: Session) => Promise<T>): Promise<T> {
  const signal = readOnly && options.signal !== undefined ? { signal: options.signal } : {};
  const session = await connect(options.url, { readOnly, ...signal });
  try {
    return await body(session);
  } finally {
    await session.close();
  }
}

function filesOf({ file, cwd }: DatabaseOptions): { readonly file: string; readonly cwd: string } {
  return { file: file ?? "schema.yaml", cwd: cwd ?? process.cwd() };
}

function planning(options: DatabaseOptions & Partial<PlanOptions>): PlanningOptions {
  const { acceptDrop, approve, dataChecks, phases, policiesOnly, signal } = options;
  return {
    ...filesOf(options),
    version: packageVersion(),
    ...defined({ acceptDrop, approve, dataChecks, phases, policiesOnly, signal }),
  };
}

type Defined<T> = { [K in keyof T]?: Exclude<T[K], undefined> };

/** Without the keys that are undefined. */
function defined<T extends object>(values: T): Defined<T> {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as Defined<T>;
}

function packageVersion(): string {
  return (JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8")) as { readonly version: string }).version;
}
