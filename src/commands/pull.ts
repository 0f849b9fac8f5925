import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { basename, join, relative, resolve } from "node:path";
import { readLive } from "../catalog/read-live.ts";
import type { LiveDatabase, ProjectConfig } from "../model/database.ts";
import { LockstepError } from "../model/lockstep-error.ts";
import { fileStatements } from "../plan/creation-script.ts";
import { count } from "../report/quantities.ts";
import { loadDesired } from "../yaml/load-desired.ts";
import { tidyFact } from "../yaml/tidy-facts.ts";
import { writeFiles } from "../yaml/write-files.ts";
import type { CommandContext, CommonOptions } from "./command-context.ts";
import { withTarget } from "./open-target.ts";
import { refuseUnmanaged } from "./planning.ts";
import { pullInto } from "./pull-into.ts";
import { type Selection, selectObjects } from "./select-objects.ts";
import { writeTree } from "./write-tree.ts";

/** The flags of `lockstep pull`. */
export interface PullOptions extends CommonOptions {
  readonly out: string;
  readonly only?: readonly string[];
}

type Target = Parameters<Parameters<typeof withTarget>[3]>[0];

/**
 * `lockstep pull`: writes the live state as files that plan as empty. Into an existing tree it changes only what differs. Everything is
 * computed before anything is written.
 */
export async function pullCommand(context: CommandContext, options: PullOptions): Promise<number> {
  const targets = await targetsOfFiles(context, options);
  return await withTarget(context, options, { readOnly: true, ...(targets === undefined ? {} : { targets }) }, async (target) => {
    const live = await readLive(target.session);
    if (options.strict) refuseUnmanaged(live);
    const main = join(options.out, basename(options.file));
    if (existsSync(resolve(context.cwd, main))) await intoTree(context, options, live, target, main);
    else await asNewTree(context, options, live);
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

async function asNewTree(context: CommandContext, options: PullOptions, live: LiveDatabase): Promise<void> {
  const selection = options.only === undefined ? null : selectObjects(live, options.only);
  const files = writeFiles(live, {
    schemas: live.schemas,
    manage: selection ? "listed" : "database",
    defaultSchema: defaultSchema(selection ? onlySelected(live, selection) : live),
    ...(selection ? { only: selection.has, ignore: selection.ignore } : {}),
    statementOf: fileStatements(() => new Map([...live.facts].map(([id, fact]) => [id, tidyFact(fact)])), live.major),
  });
  const folder = resolve(context.cwd, options.out);
  await refuseOverwriting(folder, options.out, files);
  await writeTree(new Map([...files].map(([path, text]) => [join(folder, path), text])));
  const paths = [...files.keys()].sort();
  const facts = selection ? onlySelected(live, selection).facts : live.facts;
  const lines = paths.map((path) => join(options.out, path));
  report(context, options, live, { paths, written: paths, lines, changes: [], left: [] });
  context.output.note(`Pulled ${count(facts.size, "object")} into ${count(paths.length, "file")}.`);
  for (const { kind, object } of selection?.needed ?? [])
    context.output.note(`Also in the files, because others need it: ${kind.replaceAll("_", " ")} ${object}`);
}

function onlySelected(live: LiveDatabase, selection: Selection): LiveDatabase {
  return { ...live, facts: new Map([...live.facts].filter(([, fact]) => selection.has(fact))) };
}

/** A folder without schema.yaml may hold other files of these names. Throws `would-overwrite` (3). */
async function refuseOverwriting(folder: string, shown: string, files: ReadonlyMap<string, string>): Promise<void> {
  const inTheWay: string[] = [];
  for (const [path, text] of files) {
    const before = await textOf(join(folder, path));
    if (before !== null && before !== text) inTheWay.push(join(shown, path));
  }
  if (inTheWay.length === 0) return;
  const message = `${inTheWay.join(", ")} would be overwritten. Nothing was written. Pull into another folder with --out, and compare.`;
  throw new LockstepError({ code: "would-overwrite", message, exitCode: 3 });
}

async function textOf(path: string): Promise<string | null> {
  try {
    return await readFile(path, "utf8");
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return null;
    throw error;
  }
}

async function intoTree(
  context: CommandContext,
  options: PullOptions,
  live: LiveDatabase,
  { session }: Target,
  main: string,
): Promise<void> {
  const { cwd, signal } = context;
  const pulled = await pullInto({ session, live, file: main, cwd, only: options.only ?? [], signal });
  await writeTree(pulled.files);
  const lines = pulled.changes.map(({ file, mark, what }) => `${mark} ${file}: ${what}`);
  const inFolder = (path: string): string => relative(resolve(cwd, options.out), resolve(cwd, path)).replaceAll("\\", "/");
  const written = [...pulled.files.keys()].map(inFolder).sort();
  report(context, options, live, {
    paths: pulled.tree.map(inFolder),
    written,
    lines,
    changes: pulled.changes,
    left: pulled.left,
  });
  const what = `${count(pulled.changes.length, "difference")} in ${count(written.length, "file")}`;
  context.output.note(written.length === 0 ? "Nothing changed." : `Pulled ${what}.`);
  for (const text of pulled.left) context.output.warn(`Not pulled: ${text}`);
}

/** What is not the team's, by whose it is: `schema auth`, `partitions app.events`. */
function providedBy({ provided }: LiveDatabase): ReadonlyMap<string, readonly string[]> {
  const found = new Map<string, string[]>();
  for (const { kind, object, by } of provided) found.set(by, [...(found.get(by) ?? []), `${kind} ${object}`]);
  return found;
}

interface Report {
  readonly paths: readonly string[];
  readonly written: readonly string[];
  readonly lines: readonly string[];
  readonly changes: readonly unknown[];
  readonly left: readonly string[];
}

function report({ output }: CommandContext, options: PullOptions, live: LiveDatabase, result: Report): void {
  if (options.json) {
    const { paths, written, changes, left } = result;
    output.data(`${JSON.stringify({ files: paths, written, changes, left, unmanaged: live.unmanaged }, null, 2)}\n`);
    return;
  }
  output.data(result.lines.map((line) => `${line}\n`).join(""));
  for (const [by, objects] of providedBy(live)) output.note(`Left alone: ${objects.join(", ")} (${by})`);
  for (const { kind, object, why } of live.unmanaged)
    output.note(`Not in the files: ${kind.replaceAll("_", " ")} ${object}: ${why}`);
}
