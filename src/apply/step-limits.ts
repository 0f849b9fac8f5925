import type { LockMode, Step } from "../model/step.ts";

/** How long things may take, in milliseconds. */
export interface ApplyLimits {
  /** For one attempt to get a lock. */
  readonly lockTimeoutMs: number;
  /** For all attempts of a transaction. */
  readonly lockWaitMs: number;
  /** How long a CONCURRENTLY or VALIDATE step may wait for other sessions; unlimited when absent. */
  readonly buildWaitMs?: number;
  /** For a statement that is said to be safe though it locks the application out. */
  readonly safeStatementTimeoutMs: number;
}

/** 0 is no limit, as in PostgreSQL. */
export interface StatementLimits {
  readonly lockTimeoutMs: number;
  readonly statementTimeoutMs: number;
}

const strong: ReadonlySet<LockMode> = new Set(["ShareRowExclusiveLock", "ExclusiveLock", "AccessExclusiveLock"]);
const weak: ReadonlySet<LockMode> = new Set(["AccessShareLock", "RowShareLock", "RowExclusiveLock", "ShareUpdateExclusiveLock"]);

/**
 * True for steps that may take hours because nobody waits for them: CONCURRENTLY, and VALIDATE, which reads a table under a lock that
 * neither reads nor writes conflict with. A timeout would only waste their work, or leave an INVALID index.
 */
export function isUnhurried(step: Step): boolean {
  return !step.transactional || (step.scan && step.locks.length > 0 && step.locks.every((lock) => weak.has(lock.mode)));
}

/** The timeouts a step runs with. The cap on what is called safe makes a wrong claim fail instead of stopping the application. */
export function limitsOf(step: Step, limits: ApplyLimits): StatementLimits {
  if (isUnhurried(step)) return { lockTimeoutMs: 0, statementTimeoutMs: 0 };
  const capped = step.class === "safe" && step.locks.some((lock) => strong.has(lock.mode));
  return { lockTimeoutMs: limits.lockTimeoutMs, statementTimeoutMs: capped ? limits.safeStatementTimeoutMs : 0 };
}
