import { joinFiles } from "../yaml/join-files.ts";
import type { CommandContext, CommonOptions } from "./command-context.ts";
import { moveEntries } from "./split.ts";

/** `lockstep join`: what included files say, back in schema.yaml; the files go. What they say stays the same. */
export async function joinCommand(context: CommandContext, options: CommonOptions): Promise<number> {
  return await moveEntries(context, options, joinFiles, "No file is included.");
}
