import type { CommandContext } from "./command-context.ts";
import { type PlanCommandOptions, showPlan } from "./plan.ts";

/** `lockstep policies plan`: the plan of policies, row-level security and the grants of policy files alone. */
export async function policiesPlanCommand(context: CommandContext, options: PlanCommandOptions): Promise<number> {
  return await showPlan(context, options, true);
}
