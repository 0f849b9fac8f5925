import type { Diagnostic } from "../model/diagnostic.ts";
import type { Plan } from "../model/plan.ts";
import type { Step } from "../model/step.ts";

/**
 * The public JSON of a plan (format_version 1), in the documented order of fields; fields that are ours alone come last.
 * It loses nothing: what it prints is a plan file too.
 */
export function planJson(plan: Plan): string {
  return `${JSON.stringify(planDocument(plan), null, 2)}\n`;
}

function planDocument(plan: Plan): object {
  const { format_version, lockstep_version, created_at, plan_hash, phases, target, summary, changes, steps, ...rest } = plan;
  const { rollouts, unmanaged, diagnostics, ...ours } = rest;
  return {
    format_version,
    lockstep_version,
    created_at,
    plan_hash,
    phases,
    target: targetDocument(target),
    summary: summaryDocument(summary),
    changes: changes.map(({ kind, object, action, ...more }) => ({ kind, object, action, ...more })),
    steps: steps.map(stepDocument),
    rollouts,
    unmanaged: unmanaged.map(({ kind, object, why, ...more }) => ({ kind, object, why, ...more })),
    diagnostics: diagnostics.map(diagnosticDocument),
    ...ours,
  };
}

function targetDocument({ server_version, database, fingerprint, ...ours }: Plan["target"]): object {
  return { server_version, database, fingerprint, ...ours };
}

function summaryDocument(summary: Plan["summary"]): object {
  const { steps, safe, locking, destructive, expand, backfill, contract, widens, ...ours } = summary;
  return { steps, safe, locking, destructive, expand, backfill, contract, widens, ...ours };
}

function stepDocument(step: Step): object {
  const { id, phase, class: stepClass, kind, object, action, sql, breaks, locks, rewrite, scan, ...rest } = step;
  const { index_rebuild, transactional, group, rows, bytes, estimate_ms, access, access_text, ...last } = rest;
  const { reason, undo, safer, rollout, ...ours } = last;
  return {
    ...{ id, phase, class: stepClass, kind, object, action, sql, breaks },
    locks: locks.map(({ relation, mode, blocks, ...more }) => ({ relation, mode, blocks, ...more })),
    ...{ rewrite, scan, index_rebuild, transactional, group, rows, bytes, estimate_ms, access, access_text },
    ...{ reason, undo, safer, rollout },
    ...ours,
  };
}

/** A diagnostic as JSON prints it everywhere: the documented fields first; what is not known is left out. */
export function diagnosticDocument(diagnostic: Diagnostic): object {
  const { code, severity, message, file, line, column, object, ...ours } = diagnostic;
  return { code, severity, message, file, line, column, object, ...ours };
}
