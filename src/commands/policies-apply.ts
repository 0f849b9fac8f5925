import { type ApplyCommandOptions, runApply } from "./apply.ts";
import type { CommandContext } from "./command-context.ts";

/** `lockstep policies apply`: row-level security alone, whatever its phase. Nothing changed, no statement and no lock. */
export async function policiesApplyCommand(context: CommandContext, options: ApplyCommandOptions): Promise<number> {
  return await runApply(context, options, { policiesOnly: true });
}
