import { spawn } from "node:child_process";
import type { CliRun } from "./built-cli.ts";

/** A program that runs on while the test does something else. */
export interface CliChild {
  /** What it wrote so far. */
  readonly stderr: () => string;
  /** Its end; `code` is null when a signal ended it. */
  readonly ended: Promise<CliRun>;
  /** Ends it the hard way: it cannot clean up. */
  kill(): Promise<CliRun>;
  /** Waits until `condition` holds; throws when the program ends before. */
  until(condition: () => boolean | Promise<boolean>): Promise<void>;
}

/** Starts the command line without a terminal. */
export function startCli(script: string, args: readonly string[], cwd: string): CliChild {
  const { PATH = "", HOME = "" } = process.env;
  const child = spawn(process.execPath, [script, ...args], { cwd, env: { PATH, HOME }, stdio: ["ignore", "pipe", "pipe"] });
  const collect = { stdout: "", stderr: "" };
  child.stdout.setEncoding("utf8").on("data", (text: string) => (collect.stdout += text));
  child.stderr.setEncoding("utf8").on("data", (text: string) => (collect.stderr += text));
  let over = false;
  const ended = new Promise<CliRun>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code) => {
      over = true;
      resolve({ code, ...collect });
    });
  });
  return {
    stderr: () => collect.stderr,
    ended,
    kill: () => {
      child.kill("SIGKILL");
      return ended;
    },
    until: async (condition) => {
      while (!(await condition())) {
        if (over) throw new Error(`it ended too soon: ${collect.stderr}${collect.stdout}`);
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
    },
  };
}
