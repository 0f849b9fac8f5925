import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { prepareArguments } from "../src/commands/program.ts";
import { type BuiltCli, buildCli, runNode } from "./support/built-cli.ts";

let cli: BuiltCli;
let empty: string;

beforeAll(() => {
  cli = buildCli();
  empty = mkdtempSync(join(tmpdir(), "lockstep-cli-"));
});

afterAll(() => {
  cli.remove();
  rmSync(empty, { recursive: true });
});

const COMMANDS = ["validate", "pull", "plan", "apply", "policies plan", "policies apply", "drift", "status", "version"];

describe("help", () => {
  test("names every command, on stdout", async () => {
    const { code, stdout, stderr } = await cli.run(["--help"]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    for (const command of COMMANDS) expect(stdout).toContain(command.split(" ")[0]);
  });

  test.each(COMMANDS)("of %s has an example and the flags that are everywhere", async (command) => {
    const { code, stdout } = await cli.run([...command.split(" "), "--help"]);
    expect(code).toBe(0);
    expect(stdout).toMatch(new RegExp(`Examples?:\\n {2}\\$ lockstep ${command}`));
    for (const flag of [
      "--file",
      "--target",
      "--url",
      "--json",
      "--quiet",
      "--verbose",
      "--no-color",
      "--no-input",
      "--embedded",
      "--strict",
    ]) {
      expect(stdout).toContain(flag);
    }
  });

  test("loads no driver and no parser", async () => {
    // A loader hook that tells of each ES module, and the cache of the CommonJS ones at the end.
    const hooks = `import { writeSync } from "node:fs";
      export async function load(url, context, next) { writeSync(2, url + "\\n"); return next(url, context); }`;
    const hook = join(empty, "loads.mjs");
    writeFileSync(
      hook,
      `import { createRequire, register } from "node:module";
       register("data:text/javascript," + encodeURIComponent(${JSON.stringify(hooks)}));
       process.on("exit", () => process.stderr.write(Object.keys(createRequire(import.meta.url).cache).join("\\n")));`,
    );
    const run = (args: readonly string[]) =>
      runNode(["--no-warnings", "--import", pathToFileURL(hook).href, cli.script, ...args], { cwd: empty });
    const help = await run(["--help"]);
    expect(help.code).toBe(0);
    expect(help.stderr).toContain("node_modules/commander/");
    for (const heavy of ["pg", "libpg-query", "yaml", "ajv"]) expect(help.stderr).not.toContain(`node_modules/${heavy}/`);
    // The hook does see them where they are loaded.
    expect((await run(["validate"])).stderr).toContain("node_modules/yaml/");
  });
});

describe("version", () => {
  test.each([["version"], ["--version"], ["-V"]])("%s", async (arg) => {
    const { code, stdout } = await cli.run([arg]);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
  });

  test("as JSON", async () => {
    const { stdout } = await cli.run(["version", "--json"]);
    expect(JSON.parse(stdout)).toMatchObject({ version: expect.any(String), node: process.versions.node });
  });
});

describe("usage errors end with 64, on stderr, with what to do", () => {
  test.each([
    [["plna"], "Did you mean plan?"],
    [["plan", "--formt", "json"], "Did you mean --format?"],
    [["plan", "--format", "yaml"], "Allowed choices are text, json, sql"],
    [["plan", "extra"], "too many arguments"],
    [["plan", "--phase", "backfill"], "Allowed choices are expand, contract, all"],
    [["apply", "--lock-timeout", "5"], "300ms, 5s, 10m, 2h"],
    [["apply", "--lock-timeout", "5 s"], "300ms, 5s, 10m, 2h"],
    [["plan", "--url", ""], "It is empty"],
    [["plan", "--accept-drop="], "The list is empty"],
    [["pull"], "--out <dir>"],
    [["policies"], "Usage: lockstep policies"],
    [[], "Usage: lockstep"],
    [["diff"], "unknown command 'diff'"],
  ])("%j", async (args, says) => {
    const { code, stdout, stderr } = await cli.run(args, { cwd: empty });
    expect(stderr).toContain(says);
    expect({ code, stdout }).toEqual({ code: 64, stdout: "" });
  });

  test.each([[["--formt", "x"]], [["--format", "sql"]]])("as JSON with --json: plan %j", async (args) => {
    const { code, stdout } = await cli.run(["plan", "--json", ...args]);
    expect(code).toBe(64);
    expect(JSON.parse(stdout)).toMatchObject({ error: { code: "usage", exit_code: 64, diagnostics: [{ severity: "error" }] } });
  });
});

test("--accept-drop takes its list only behind =", () => {
  expect(prepareArguments(["apply", "--accept-drop", "plan.json"])).toEqual(["apply", "--accept-drop=*", "plan.json"]);
  expect(prepareArguments(["plan", "--accept-drop=app.a"])).toEqual(["plan", "--accept-drop=app.a"]);
  expect(prepareArguments(["plan", "--", "--accept-drop"])).toEqual(["plan", "--", "--accept-drop"]);
});

describe("errors", () => {
  test("a missing file: one line, exit 1, no stack", async () => {
    const { code, stdout, stderr } = await cli.run(["validate"], { cwd: empty });
    expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
    expect(stderr).toContain("schema.yaml");
    expect(stderr).not.toMatch(/^\s+at /m);
  });

  test("with --json the document is on stdout", async () => {
    const { code, stdout } = await cli.run(["validate", "--json"], { cwd: empty });
    expect(JSON.parse(stdout)).toMatchObject({ error: { exit_code: 1, code: expect.any(String), message: expect.any(String) } });
    expect(code).toBe(1);
  });

  test("no database named, no terminal: an error that names the ways", async () => {
    const { code, stderr } = await cli.run(["pull", "--out", "x"], { cwd: empty });
    expect(code).toBe(1);
    expect(stderr).toContain("--embedded");
  });

  test("a password is never repeated", async () => {
    const url = "postgres://me:hunter2secret@127.0.0.1:1/shop";
    for (const args of [
      ["pull", "--out", "x", "--url", url],
      ["pull", "--out", "x", "--json", "--url", url],
    ]) {
      const { code, stdout, stderr } = await cli.run(args, { cwd: empty });
      expect(code).toBe(1);
      expect(stdout + stderr).not.toContain("hunter2secret");
    }
  });
});
