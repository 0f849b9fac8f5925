/** Other processes that hold an embedded server, to be killed by tests. Node 20 runs no TypeScript, so the sources are translated. */
import { type ChildProcess, spawn } from "node:child_process";
import { cpSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import ts from "typescript";

/** A process that holds a server, what it said about it, and the process itself. */
export interface Holder {
  readonly child: ChildProcess;
  readonly url: string;
  readonly reused: boolean;
}

const PROGRAM = `
import { startEmbeddedServer } from "./scratch/embedded-server.js";
const [dataDir, binaries] = process.argv.slice(2);
const { url, reused } = await startEmbeddedServer({ dataDir, binaries, durable: true });
console.log(JSON.stringify({ url, reused }));
setInterval(() => {}, 1000);
`;

/** Translates the sources into `directory`; gives the function that starts a holder of a data directory's server. */
export function prepareHolders(directory: string, binaries: string): (dataDir: string) => Promise<Holder> {
  const scratch = join(directory, "scratch");
  for (const part of ["embedded-server.ts", "embedded"]) {
    cpSync(join(import.meta.dirname, "../../src/scratch", part), join(scratch, part), { recursive: true });
  }
  for (const name of readdirSync(scratch, { recursive: true, encoding: "utf8" })) {
    if (name.endsWith(".ts")) translate(join(scratch, name));
  }
  writeFileSync(join(directory, "package.json"), '{ "type": "module" }');
  const program = join(directory, "holder.js");
  writeFileSync(program, PROGRAM);
  return (dataDir) => startHolder([program, dataDir, binaries]);
}

function translate(path: string): void {
  const compilerOptions = {
    module: ts.ModuleKind.ESNext,
    target: ts.ScriptTarget.ES2022,
    verbatimModuleSyntax: true,
    rewriteRelativeImportExtensions: true,
  };
  const { outputText } = ts.transpileModule(readFileSync(path, "utf8"), { fileName: path, compilerOptions });
  writeFileSync(path.replace(/\.ts$/, ".js"), outputText);
  rmSync(path);
}

function startHolder(args: readonly string[]): Promise<Holder> {
  const child = spawn(process.execPath, [...args], { stdio: ["ignore", "pipe", "inherit"] });
  return new Promise((resolve, reject) => {
    createInterface({ input: child.stdout }).once("line", (line) => {
      const said = JSON.parse(line) as { readonly url: string; readonly reused: boolean };
      resolve({ child, ...said });
    });
    child.once("exit", (code) => reject(new Error(`the holder ended with ${code}`)));
  });
}
