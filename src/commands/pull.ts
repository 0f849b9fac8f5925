import { existsSync } from "node:fs";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { readLive } from "../catalog/read-live.ts";
import type { LiveDatabase, ProjectConfig } from "../model/database.ts";
import { LockstepError } from "../model/lockstep-error.ts";
import { count } from "../report/quantities.ts";
import { loadDesired } from "../yaml/load-desired.ts";
import { writeFiles } from "../yaml/write-files.ts";
import type { CommandContext, CommonOptions } from "./command-context.ts";
import { withTarget } from "./open-target.ts";
import { refuseUnmanaged } from "./planning.ts";

/** The flags of `lockstep pull`. */
export interface PullOptions extends CommonOptions {
  readonly out: string;
}

/** `lockstep pull`: writes the live state as files that plan as empty. Never overwrites a file that says something else. */
export async function pullCommand(context: CommandContext, options: PullOptions): Promise<number> {
  const targets = await targetsOfFiles(context, options);
  return await withTarget(context, options, { readOnly: true, ...(targets === undefined ? {} : { targets }) }, async (target) => {
    const live = await readLive(target.session);
    if (options.strict) refuseUnmanaged(live);
    const files = writeFiles(live, { schemas: live.schemas, manage: "database", defaultSchema: defaultSchema(live) });
    const folder = resolve(context.cwd, options.out);
    const written = await writeAll(folder, options.out, files);
    report(context, options, live, files, written);
    return 0;
  });
}

/** The files name the targets; pull needs them for nothing else, and they need not exist. */
async function targetsOfFiles(context: CommandContext, options: PullOptions): Promise<ProjectConfig["targets"] | undefined> {
  if (options.target === undefined || !existsSync(resolve(context.cwd, options.file))) return undefined;
  return (await loadDesired({ file: options.file, cwd: context.cwd })).config.targets;
}

/** The schema of the most objects: its names are written without it. */
function defaultSchema(live: LiveDatabase): string {
  const counts = new Map<string, number>();
  for (const { schema } of live.facts.values()) if (schema !== null) counts.set(schema, (counts.get(schema) ?? 0) + 1);
  const [first] = [...counts].sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1));
  return first?.[0] ?? "public";
}

/** Writes what is new, after a look that nothing is in the way. Returns the paths written. Throws `would-overwrite` (3). */
async function writeAll(folder: string, shown: string, files: ReadonlyMap<string, string>): Promise<readonly string[]> {
  const states = await Promise.all(
    [...files].map(async ([path, text]) => ({ path, text, before: await textOf(join(folder, path)) })),
  );
  const inTheWay = states.filter(({ text, before }) => before !== null && before !== text);
  if (inTheWay.length > 0) {
    const names = inTheWay.map(({ path }) => join(shown, path)).join(", ");
    const message = `${names} would be overwritten. Nothing was written. Pull into another folder with --out, and compare.`;
    throw new LockstepError({ code: "would-overwrite", message, exitCode: 3 });
  }
  const missing = states.filter(({ before }) => before === null);
  for (const { path, text } of missing) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), text);
  }
  return missing.map(({ path }) => path);
}

async function textOf(path: string): Promise<string | null> {
  try {
    return await readFile(path, "utf8");
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return null;
    throw error;
  }
}

function report(
  { output }: CommandContext,
  options: PullOptions,
  live: LiveDatabase,
  files: ReadonlyMap<string, string>,
  written: readonly string[],
): void {
  const paths = [...files.keys()].sort();
  if (options.json) {
    output.data(`${JSON.stringify({ files: paths, written, unmanaged: live.unmanaged }, null, 2)}\n`);
    return;
  }
  output.data(paths.map((path) => `${join(options.out, path)}\n`).join(""));
  output.note(
    `Pulled ${count(live.facts.size, "object")} into ${count(paths.length, "file")}${written.length === 0 ? "; nothing changed" : ""}.`,
  );
  for (const { kind, object, why } of live.unmanaged)
    output.note(`Not in the files: ${kind.replaceAll("_", " ")} ${object}: ${why}`);
}
