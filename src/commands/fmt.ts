import type { CommandContext, CommonOptions } from "./command-context.ts";
export async function fmtCommand(_context: CommandContext, _options: CommonOptions): Promise<number> { return 0; }
