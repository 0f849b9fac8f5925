import { spawn } from "node:child_process";
import { copyFileSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import ts from "typescript";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));

/** What a run of the command line gave. `code` is null when a signal ended it. */
export interface CliRun {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** The program as it is shipped, in a folder of its own. */
export interface BuiltCli {
  readonly script: string;
  /** Runs it without a terminal; only the variables given, PATH and HOME are set. */
  run(
    args: readonly string[],
    options?: { readonly cwd?: string; readonly env?: Readonly<Record<string, string>> },
  ): Promise<CliRun>;
  remove(): void;
}

/** Translates src/ to JavaScript (no type check: that is another check's work). Takes about a second. */
export function buildCli(): BuiltCli {
  const cache = join(ROOT, "node_modules", ".cache");
  mkdirSync(cache, { recursive: true });
  const home = mkdtempSync(join(cache, "lockstep-cli-"));
  copyFileSync(join(ROOT, "package.json"), join(home, "package.json"));
  for (const file of readdirSync(join(ROOT, "src"), { recursive: true, encoding: "utf8" })) {
    if (file.endsWith(".ts")) translate(join(ROOT, "src", file), join(home, "dist", file.replace(/\.ts$/, ".js")));
  }
  const script = join(home, "dist", "cli.js");
  return {
    script,
    run: (args, options = {}) => runNode([script, ...args], options),
    remove: () => rmSync(home, { recursive: true, force: true }),
  };
}

function translate(from: string, to: string): void {
  const { outputText } = ts.transpileModule(readFileSync(from, "utf8"), {
    fileName: relative(ROOT, from),
    compilerOptions: {
      target: ts.ScriptTarget.ES2023,
      module: ts.ModuleKind.ESNext,
      verbatimModuleSyntax: true,
      rewriteRelativeImportExtensions: true,
    },
  });
  mkdirSync(dirname(to), { recursive: true });
  writeFileSync(to, outputText);
}

/** Runs node without a terminal and collects what it writes. */
export function runNode(
  args: readonly string[],
  options: { readonly cwd?: string; readonly env?: Readonly<Record<string, string>> } = {},
): Promise<CliRun> {
  const { PATH = "", HOME = "" } = process.env;
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, args, {
      cwd: options.cwd,
      env: { PATH, HOME, ...options.env },
      stdio: ["ignore", "pipe", "pipe"],
    });
    const collect = { stdout: "", stderr: "" };
    child.stdout.setEncoding("utf8").on("data", (text: string) => (collect.stdout += text));
    child.stderr.setEncoding("utf8").on("data", (text: string) => (collect.stderr += text));
    child.once("error", reject);
    child.once("close", (code) => resolve({ code, ...collect }));
  });
}
