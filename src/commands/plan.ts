import { loadDesired } from "../yaml/load-desired.ts";
import type { CommandContext } from "./command-context.ts";
import { withTarget } from "./open-target.ts";
import { formatOf, type PlanOutputOptions, printPlan, savePlan, subjectOf } from "./plan-output.ts";
import { type PhaseChoice, phasesOf, planWith, refuseUnmanaged } from "./planning.ts";
import { EVERY_PAIR } from "./program.ts";

/** The flags of `lockstep plan` and `lockstep policies plan`. */
export interface PlanCommandOptions extends PlanOutputOptions {
  readonly phase?: PhaseChoice;
  readonly acceptDrop?: readonly string[];
  readonly detailedExitcode?: boolean;
  readonly dataChecks?: boolean;
}

/** `lockstep plan`: shows the steps from the live to the desired state. 2 with --detailed-exitcode while any is left. */
export async function planCommand(context: CommandContext, options: PlanCommandOptions): Promise<number> {
  return await showPlan(context, options, false);
}

/** The plan of everything, or of row-level security alone. */
export async function showPlan(context: CommandContext, options: PlanCommandOptions, policiesOnly: boolean): Promise<number> {
  formatOf(options);
  // The files first: they need no server, and they name the targets.
  const files = await loadDesired({ file: options.file, cwd: context.cwd });
  return await withTarget(context, options, { readOnly: true, targets: files.config.targets }, async ({ session, where }) => {
    const phases = phasesOf(options.phase);
    const { plan, desired } = await planWith(session, {
      file: options.file,
      cwd: context.cwd,
      version: context.version,
      acceptDrop: acceptedPairs(options.acceptDrop),
      dataChecks: options.dataChecks !== false,
      ...(phases === undefined ? {} : { phases }),
      policiesOnly,
      signal: context.signal,
    });
    if (options.strict) refuseUnmanaged(plan);
    const subject = subjectOf(desired.config, policiesOnly);
    const command = policiesOnly ? "policies apply" : "apply";
    printPlan(context, options, plan, { subject, source: options.file, where, command });
    await savePlan(context, options.out, plan);
    // A plan that says itself that it cannot be carried out is no success, whatever it holds.
    if (plan.diagnostics.some(({ severity }) => severity === "error")) return 1;
    return options.detailedExitcode === true && plan.steps.length > 0 ? 2 : 0;
  });
}

/** What `--accept-drop` says, as planning takes it. */
export function acceptedPairs(list: readonly string[] | undefined): "all" | readonly string[] | null {
  if (list === undefined) return null;
  return list.includes(EVERY_PAIR) ? "all" : list;
}
