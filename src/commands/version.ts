import type { CommandContext, CommonOptions } from "./command-context.ts";

/** `lockstep version`: the program's version, and with --json what it runs on. */
export async function versionCommand(context: CommandContext, options: CommonOptions): Promise<number> {
  const facts = { version: context.version, node: process.versions.node, postgres: { oldest: 14, newest: 18 } };
  context.output.data(options.json ? `${JSON.stringify(facts, null, 2)}\n` : `${context.version}\n`);
  return 0;
}
