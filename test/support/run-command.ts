import { applyCommand } from "../../src/commands/apply.ts";
import type { CommandContext, CommonOptions } from "../../src/commands/command-context.ts";
import { driftCommand } from "../../src/commands/drift.ts";
import { fmtCommand } from "../../src/commands/fmt.ts";
import { joinCommand } from "../../src/commands/join.ts";
import { makeOutput } from "../../src/commands/output.ts";
import { planCommand } from "../../src/commands/plan.ts";
import { policiesApplyCommand } from "../../src/commands/policies-apply.ts";
import { policiesPlanCommand } from "../../src/commands/policies-plan.ts";
import { buildProgram, type CommandName, prepareArguments } from "../../src/commands/program.ts";
import { pullCommand } from "../../src/commands/pull.ts";
import { reportError } from "../../src/commands/report-error.ts";
import { splitCommand } from "../../src/commands/split.ts";
import { statusCommand } from "../../src/commands/status.ts";
import { validateCommand } from "../../src/commands/validate.ts";
import type { CliRun } from "./built-cli.ts";

type Command = (context: CommandContext, options: never, args: readonly string[]) => Promise<number>;

const commands: Readonly<Partial<Record<CommandName, Command>>> = {
  validate: validateCommand,
  fmt: fmtCommand,
  split: splitCommand,
  join: joinCommand,
  pull: pullCommand,
  plan: planCommand,
  apply: applyCommand,
  "policies plan": policiesPlanCommand,
  "policies apply": policiesApplyCommand,
  drift: driftCommand,
  status: statusCommand,
};

/**
 * Runs a command line in this process, as cli.ts does in one of its own: parsing, command, error report. Saves the half second that
 * starting a process takes; what signals, the environment and exits do is tested on the program itself.
 */
export async function runCommand(args: readonly string[], cwd: string): Promise<CliRun> {
  const collect = { stdout: "", stderr: "" };
  const out = { write: (text: string) => (collect.stdout += text) };
  const err = { write: (text: string) => (collect.stderr += text) };
  let code = 0;
  const dispatch = async (name: CommandName, given: Readonly<Record<string, unknown>>, rest: readonly string[]) => {
    const options = given as unknown as CommonOptions;
    const output = makeOutput({ out, err }, { colour: false, quiet: options.quiet === true });
    const ask = () => Promise.reject(new Error("nobody to ask"));
    const { signal } = new AbortController();
    const context = { env: {}, cwd, output, isTty: false, canAsk: false, signal, ask, version: "0.0.0" };
    try {
      code = (await commands[name]?.(context, options as never, rest)) ?? 64;
    } catch (error) {
      code = reportError(error, output, { json: options.json === true, stack: true });
    }
  };
  await buildProgram("0.0.0", dispatch, { out: out.write, err: err.write }).parseAsync([...prepareArguments(args)], {
    from: "user",
  });
  return { code, ...collect };
}
