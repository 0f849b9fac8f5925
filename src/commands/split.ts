import type { CommandContext, CommonOptions } from "./command-context.ts";
export async function splitCommand(_context: CommandContext, _options: CommonOptions): Promise<number> { return 0; }
