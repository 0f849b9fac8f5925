import { sqlStateOf } from "../catalog/connection-error.ts";
import { redactSecrets } from "../catalog/redact.ts";
import type { LiveDatabase } from "../model/database.ts";
import { type ExitCode, LockstepError } from "../model/lockstep-error.ts";
import type { Step } from "../model/step.ts";
import { placeOf } from "./approvals.ts";
import { interrupted } from "./interrupted.ts";
import { StepFailure } from "./run-context.ts";
import { type ApplyLimits, limitsOf } from "./step-limits.ts";

/** How far a run came. */
export interface ApplyResult {
  /** Committed by this run, in order. */
  readonly ran: readonly Step[];
  /** Done before by a run of the same plan. */
  readonly skipped: readonly Step[];
  /** Not done: of other phases, and after a failure the rest. */
  readonly pending: readonly Step[];
  /** The live state afterwards; null where a failed run could not read it. */
  readonly live: LiveDatabase | null;
}

/** A run that began and did not reach its end. `result` is what it did before. */
export class ApplyError extends LockstepError {
  readonly step: Step | null;
  readonly result: ApplyResult;

  constructor(error: LockstepError, step: Step | null, result: ApplyResult) {
    const { code, message, exitCode, diagnostics } = error;
    super({ code, message, exitCode, diagnostics, cause: error.cause });
    this.step = step;
    this.result = result;
  }
}

/** What surrounds a failure: the steps that were to run and how many of them are committed. */
export interface FailureContext {
  readonly chosen: readonly Step[];
  readonly committed: readonly Step[];
  readonly limits: ApplyLimits;
  readonly signal: AbortSignal | undefined;
  readonly secrets: readonly string[];
}

/** A failure in full: the step, what the server said and what it means, the statement, what was done before, and what to do next. Null for a bug. */
export function explainFailure(error: unknown, context: FailureContext): LockstepError | null {
  if (context.signal?.aborted) return explainInterrupt(error, context);
  if (!(error instanceof StepFailure)) return explainOutside(error, context);
  const { step } = error;
  const kind = kindOfFailure(error, context.limits);
  const message = [
    `Step ${step.id} ${kind.verb}: ${step.action} ${step.kind} ${step.object}${placeOf(step)}`,
    ...indent([...serverWords(error, context.secrets), ...kind.meaning, ...error.remarks]),
    `  Statement: ${shorten(step.sql)}`,
    ...progressLines(context, step),
    kind.next,
  ].join("\n");
  return failureError(kind.code, kind.exitCode, message, step, error.cause);
}

interface FailureKind {
  readonly code: string;
  readonly exitCode: ExitCode;
  readonly verb: string;
  readonly meaning: readonly string[];
  readonly next: string;
}

const RUN_AGAIN = "Run apply again: what is done stays done.";

function kindOfFailure(failure: StepFailure, limits: ApplyLimits): FailureKind {
  const { step, during, cause } = failure;
  if (during === "waiting" || during === "building") return givenUp(during, cause, limits);
  const cap = limitsOf(step, limits).statementTimeoutMs;
  if (sqlStateOf(cause) === "57014" && cap > 0) {
    const meaning = [
      `It is classed safe, and was stopped after ${cap / 1000} s so that it does not hold up the application. This estimate was wrong for this database.`,
    ];
    return {
      code: "step-too-slow",
      exitCode: 1,
      verb: "took too long",
      meaning,
      next: "Run it at a quiet time with a larger apply.safe_statement_timeout, and report the statement as a bug.",
    };
  }
  if (cause instanceof LockstepError && cause.code === "connection-lost") {
    const meaning = ["Whether it was committed is known when the journal is read again."];
    return { code: "connection-lost", exitCode: 1, verb: "lost its connection", meaning, next: RUN_AGAIN };
  }
  if (cause instanceof LockstepError && cause.code === "no-longer-empty") {
    const meaning = ["The plan chose a statement that is harmless on an empty table only. Nothing was lost."];
    const next = 'Make a new plan with "lockstep plan", or run apply without a plan file.';
    return { code: cause.code, exitCode: 4, verb: "was not run", meaning, next };
  }
  const meaning =
    during === "commit" ? ["The transaction failed when it was to commit.", ...plainWords(cause)] : plainWords(cause);
  const next =
    meaning.length > 0 && sqlStateOf(cause)?.startsWith("23")
      ? "Repair the rows, then run apply again: what is done stays done."
      : `Remove the cause, then run apply again: what is done stays done.`;
  return { code: "step-failed", exitCode: 1, verb: "failed", meaning, next };
}

/** Another session was in the way for too long. */
function givenUp(during: "waiting" | "building", cause: unknown, limits: ApplyLimits): FailureKind {
  if (during === "waiting") {
    const meaning = [`It got no lock within ${limits.lockWaitMs / 1000} s. Nothing was lost.`];
    return {
      code: "lock-wait",
      exitCode: 5,
      verb: "got no lock",
      meaning,
      next: `${RUN_AGAIN} End the session in the way first, or wait longer with --lock-wait.`,
    };
  }
  const meaning = cause instanceof LockstepError ? [] : [`It waited longer than --build-wait for other sessions.`];
  return {
    code: "build-wait",
    exitCode: 5,
    verb: "was given up",
    meaning,
    next: `${RUN_AGAIN} End the session in the way first, or wait longer with --build-wait.`,
  };
}

/** What the commonest errors mean for somebody who looks at rows, not at catalogs. */
function plainWords(error: unknown): readonly string[] {
  switch (sqlStateOf(error)) {
    case "23502":
      return ["Some rows hold NULL where the new rule wants a value."];
    case "23503":
      return ["Some rows refer to a row that does not exist."];
    case "23505":
      return ["Some rows hold the same values where they have to be unique."];
    case "23514":
      return ["Some rows break the check."];
    case "23P01":
      return ["Some rows conflict with each other under the exclusion constraint."];
    case "22001":
      return ["Some values are too long for the new type."];
    case "22P02":
    case "22003":
      return ["Some values cannot be read as the new type."];
    case "42501":
      return ["The role of this connection may not do that."];
    case "2BP01":
      return ["Something else depends on it. lockstep never drops with CASCADE."];
    case "53100":
      return ["The server's disk is full."];
    case "53200":
      return ["The server is out of memory; max_locks_per_transaction may be too low."];
    default:
      return [];
  }
}

/** The statement beside it comes from a plan, which holds no secrets, and is shown as it is; what a server says may hold a connection string. */
function serverWords(failure: StepFailure, secrets: readonly string[]): readonly string[] {
  const { cause } = failure;
  const state = sqlStateOf(cause);
  const said = state === undefined ? failure.message : `${failure.message} (SQLSTATE ${state})`;
  const { detail, hint } = (cause ?? {}) as { readonly detail?: string; readonly hint?: string };
  const words = [said, ...(detail ? [`Detail: ${detail}`] : []), ...(hint ? [`Hint: ${hint}`] : [])];
  return words.map((line) => redactSecrets(line, secrets));
}

function progressLines(context: FailureContext, failed: Step | null): readonly string[] {
  const { chosen, committed } = context;
  const names = committed.length === 0 ? "" : `: ${committed.map((step) => step.id).join(", ")}`;
  const lines = [`  ${committed.length} of ${chosen.length} steps are committed${names}.`];
  if (failed === null || !failed.transactional) return lines;
  const mates = chosen.filter((step) => step.group === failed.group && step.id !== failed.id && !committed.includes(step));
  if (mates.length === 0) return [...lines, "  The failed step was rolled back."];
  return [
    ...lines,
    `  The failed step was rolled back, and the others of its transaction with it: ${mates.map((step) => step.id).join(", ")}.`,
  ];
}

function explainInterrupt(error: unknown, context: FailureContext): LockstepError {
  const failed = error instanceof StepFailure ? error : null;
  const where =
    failed === null
      ? "Interrupted between two steps."
      : `Interrupted in step ${failed.step.id}: ${failed.step.action} ${failed.step.kind} ${failed.step.object}.`;
  const message = [where, ...indent(failed?.remarks ?? []), ...progressLines(context, failed?.step ?? null), RUN_AGAIN].join(
    "\n",
  );
  return interrupted(context.signal, message);
}

/** What went wrong around the steps: the journal, the reading of the live state. Null for what is no affair of the database: a bug. */
function explainOutside(error: unknown, context: FailureContext): LockstepError | null {
  const known = error instanceof LockstepError ? error : null;
  if (known === null && sqlStateOf(error) === undefined) return null;
  const message = [(error as Error).message, ...progressLines(context, null), RUN_AGAIN].join("\n");
  return failureError(known?.code ?? "apply-failed", known?.exitCode ?? 1, redactSecrets(message, context.secrets), null, error);
}

function failureError(code: string, exitCode: ExitCode, message: string, step: Step | null, cause: unknown): LockstepError {
  const diagnostic = {
    code,
    severity: "error" as const,
    message,
    ...(step === null ? {} : { object: step.object }),
    ...(step?.reason.file ? { file: step.reason.file } : {}),
    ...(step?.reason.line ? { line: step.reason.line } : {}),
  };
  return new LockstepError({ code, message, exitCode, cause, diagnostics: [diagnostic] });
}

function indent(lines: readonly string[]): readonly string[] {
  return lines.map((line) => `  ${line.replaceAll("\n", "\n  ")}`);
}

/** A statement on at most twelve lines. */
function shorten(sql: string): string {
  const lines = sql.trim().split("\n");
  const shown = lines.length > 12 ? [...lines.slice(0, 11), `… (${lines.length - 11} more lines)`] : lines;
  return shown.join("\n    ");
}
