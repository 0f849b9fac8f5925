import { LockstepError } from "../model/lockstep-error.ts";
import type { Plan } from "../model/plan.ts";
import type { Phase, Step } from "../model/step.ts";

export type PhaseChoice = "expand" | "contract" | "all";

/** How the steps of a plan fall apart in one invocation. */
export interface StepChoice {
  /** To be run now, in order. */
  readonly chosen: readonly Step[];
  /** Of the chosen phase, but done by an earlier run of the same plan. */
  readonly skipped: readonly Step[];
  /** Of other phases, and not done. */
  readonly pending: readonly Step[];
}

const phases: Readonly<Record<PhaseChoice, readonly Phase[]>> = {
  expand: ["expand", "backfill"],
  contract: ["contract"],
  all: ["expand", "backfill", "contract"],
};

/**
 * Picks the steps of a phase. `expand` stands for expand and backfill.
 * Throws LockstepError `gate-closed` (exit 3) when contract steps are asked for before the expand and backfill steps of the plan are done.
 */
export function selectSteps(plan: Plan, phase: PhaseChoice, done: ReadonlySet<string>): StepChoice {
  const wanted = plan.steps.filter((step) => phases[phase].includes(step.phase));
  const others = plan.steps.filter((step) => !phases[phase].includes(step.phase) && !done.has(step.id));
  const chosen = wanted.filter((step) => !done.has(step.id));
  const before = others.filter((step) => step.phase !== "contract");
  if (phase === "contract" && chosen.length > 0 && before.length > 0) throw gateClosed(chosen, before);
  return { chosen, skipped: wanted.filter((step) => done.has(step.id)), pending: others };
}

/** Steps that commit together, in the order of the plan. A step outside transactions is alone. */
export function groupSteps(steps: readonly Step[]): readonly (readonly Step[])[] {
  const groups: Step[][] = [];
  for (const step of steps) {
    const last = groups.at(-1);
    const before = last?.at(-1);
    if (last !== undefined && before?.group === step.group && before.transactional && step.transactional) last.push(step);
    else groups.push([step]);
  }
  return groups;
}

function gateClosed(chosen: readonly Step[], before: readonly Step[]): LockstepError {
  const lines = before.map((step) => `  ${step.id} ${step.phase}: ${step.action} ${step.kind} ${step.object}`);
  const message = `${count(chosen, "contract step")} cannot run yet: ${count(before, "step")} of the same plan must be done first. Nothing was changed.\n${lines.join("\n")}\nRun them with --phase expand, let the application follow, then come back; or run everything now with --phase all.`;
  return new LockstepError({ code: "gate-closed", message, exitCode: 3 });
}

function count(steps: readonly Step[], noun: string): string {
  return `${steps.length} ${noun}${steps.length === 1 ? "" : "s"}`;
}
