import type { CommandContext, CommonOptions } from "./command-context.ts";
export async function joinCommand(_context: CommandContext, _options: CommonOptions): Promise<number> { return 0; }
