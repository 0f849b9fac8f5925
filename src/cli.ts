#!/usr/bin/env node
/**
 * argv in, exit code out: the only reader of process.env and the only process.exit. Commands, the drivers of PostgreSQL and the
 * parsers are loaded when a command runs, so that `--help` starts fast.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline/promises";
import { CommanderError } from "commander";
import { secretsOfUrl } from "./catalog/redact.ts";
import type { CommandContext, CommonOptions, Output } from "./commands/command-context.ts";
import { makeOutput } from "./commands/output.ts";
import { buildProgram, type CommandName, prepareArguments } from "./commands/program.ts";
import { LockstepError } from "./model/lockstep-error.ts";

type Options = CommonOptions & { readonly color: boolean; readonly input: boolean };
type Command = (context: CommandContext, options: never, args: readonly string[]) => Promise<number>;

const COMMANDS: Readonly<Record<CommandName, () => Promise<Command>>> = {
  validate: async () => (await import("./commands/validate.ts")).validateCommand,
  fmt: async () => (await import("./commands/fmt.ts")).fmtCommand,
  split: async () => (await import("./commands/split.ts")).splitCommand,
  join: async () => (await import("./commands/join.ts")).joinCommand,
  pull: async () => (await import("./commands/pull.ts")).pullCommand,
  plan: async () => (await import("./commands/plan.ts")).planCommand,
  apply: async () => (await import("./commands/apply.ts")).applyCommand,
  "policies plan": async () => (await import("./commands/policies-plan.ts")).policiesPlanCommand,
  "policies apply": async () => (await import("./commands/policies-apply.ts")).policiesApplyCommand,
  drift: async () => (await import("./commands/drift.ts")).driftCommand,
  status: async () => (await import("./commands/status.ts")).statusCommand,
  version: async () => (await import("./commands/version.ts")).versionCommand,
};

const { version } = JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8")) as { readonly version: string };

/** Runs the command that the arguments name. Resolves with the exit code; never rejects. */
async function main(argv: readonly string[]): Promise<number> {
  const said: string[] = [];
  let exitCode = 0;
  const dispatch = async (name: CommandName, options: unknown, args: readonly string[]) => {
    exitCode = await runCommand(name, options as Options, args);
  };
  const write = { out: (text: string) => process.stdout.write(text), err: (text: string) => void said.push(text) };
  try {
    await buildProgram(version, dispatch, write).parseAsync([...prepareArguments(argv)], { from: "user" });
    return exitCode;
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.exitCode === 0) return 0;
    return await reportUsage(said.join("").trim(), argv.includes("--json"));
  }
}

async function reportUsage(text: string, json: boolean): Promise<number> {
  const output = makeOutput({ out: process.stdout, err: process.stderr }, { colour: false, quiet: false });
  if (json) {
    const { reportError } = await import("./commands/report-error.ts");
    const message = text.replace(/^error: /, "");
    return reportError(new LockstepError({ code: "usage", message, exitCode: 64 }), output, { json, stack: false });
  }
  output.warn(text);
  return 64;
}

async function runCommand(name: CommandName, options: Options, args: readonly string[]): Promise<number> {
  const colour = options.color && (process.env.NO_COLOR ?? "") === "" && process.env.TERM !== "dumb";
  const output = makeOutput({ out: process.stdout, err: process.stderr }, { colour, quiet: options.quiet === true });
  const interruption = new AbortController();
  const forget = listenForSignals(interruption);
  const json = options.json === true || (options as { readonly format?: string }).format === "json";
  try {
    const command = await COMMANDS[name]();
    const context = await contextOf(output, options, interruption.signal);
    return await command(context, options as never, args);
  } catch (error) {
    const { reportError } = await import("./commands/report-error.ts");
    const stack = options.verbose === true || (process.env.LOCKSTEP_DEBUG ?? "") !== "";
    return reportError(interrupted(error, interruption.signal), output, { json, stack });
  } finally {
    forget();
  }
}

async function contextOf(output: Output, options: Options, signal: AbortSignal): Promise<CommandContext> {
  const env = await environment();
  output.hide(Object.entries(env).flatMap(([name, value]) => (value === undefined ? [] : secretsOfVariable(name, value))));
  if (options.url !== undefined) output.hide(secretsOfUrl(options.url));
  return {
    env,
    cwd: process.cwd(),
    output,
    isTty: process.stderr.isTTY === true,
    canAsk: options.input && process.stdin.isTTY === true && process.stderr.isTTY === true,
    signal,
    ask: (question) => askPerson(question, signal),
    version,
  };
}

/** process.env over the `.env` of the working directory. */
async function environment(): Promise<CommandContext["env"]> {
  let text: string;
  try {
    text = readFileSync(join(process.cwd(), ".env"), "utf8");
  } catch {
    return process.env;
  }
  const { mergeDotEnv } = await import("./catalog/dot-env.ts");
  return mergeDotEnv(text, process.env);
}

function secretsOfVariable(name: string, value: string): readonly string[] {
  if (name === "PGPASSWORD") return [value];
  return /:\/\//.test(value) || /\bpassword\s*=/.test(value) ? secretsOfUrl(value) : [];
}

async function askPerson(question: string, signal: AbortSignal): Promise<string> {
  const lines = createInterface({ input: process.stdin, output: process.stderr });
  // Ctrl-C reaches readline instead of the process while a question is open.
  lines.on("SIGINT", () => process.kill(process.pid, "SIGINT"));
  const ended = new Promise<string>((resolve) => lines.once("close", () => resolve("")));
  try {
    return await Promise.race([lines.question(question, { signal }), ended]);
  } finally {
    lines.close();
  }
}

/** The first signal asks the command to stop cleanly, the second ends the process at once. */
function listenForSignals(interruption: AbortController): () => void {
  const onSignal = (name: NodeJS.Signals) => {
    const exitCode = name === "SIGINT" ? 130 : 143;
    if (interruption.signal.aborted) process.exit(exitCode);
    interruption.abort(new LockstepError({ code: "interrupted", message: "Interrupted; nothing was changed.", exitCode }));
  };
  process.on("SIGINT", onSignal);
  process.on("SIGTERM", onSignal);
  return () => {
    process.off("SIGINT", onSignal);
    process.off("SIGTERM", onSignal);
  };
}

/** After a signal whatever fails fails because of it; an error that itself says so knows best what state was left. */
function interrupted(error: unknown, signal: AbortSignal): unknown {
  if (!signal.aborted) return error;
  const reason: unknown = signal.reason;
  if (!(reason instanceof LockstepError)) return error;
  if (!(error instanceof LockstepError)) return reason;
  if (error.exitCode !== 130 && error.exitCode !== 143) return reason;
  if (error.exitCode === reason.exitCode) return error;
  return new LockstepError({ code: error.code, message: error.message, exitCode: reason.exitCode, cause: error });
}

/** A reader that went away (`lockstep plan | head`) is no error; an apply goes on. */
function ignoreClosedPipes(): void {
  for (const stream of [process.stdout, process.stderr]) {
    stream.on("error", (error: NodeJS.ErrnoException) => {
      if (error.code !== "EPIPE") throw error;
    });
  }
}

async function flushed(stream: NodeJS.WriteStream): Promise<void> {
  if (stream.destroyed || stream.writableLength === 0) return;
  await new Promise<void>((resolve) => {
    stream.write("", () => resolve());
    stream.once("error", () => resolve());
  });
}

/** What nobody caught, in a callback of a driver: told like any other internal error. A failure to tell it ends the process all the same. */
process.once("uncaughtException", (error) => {
  process.on("uncaughtException", () => process.exit(1));
  void tell(error).then((exitCode) => process.exit(exitCode));
});

async function tell(error: unknown): Promise<number> {
  const { reportError } = await import("./commands/report-error.ts");
  const output = makeOutput({ out: process.stdout, err: process.stderr }, { colour: false, quiet: false });
  return reportError(error, output, { json: false, stack: (process.env.LOCKSTEP_DEBUG ?? "") !== "" });
}

ignoreClosedPipes();
const code = await main(process.argv.slice(2));
await Promise.all([flushed(process.stdout), flushed(process.stderr)]);
process.exit(code);
