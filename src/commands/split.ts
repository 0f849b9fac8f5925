import { count } from "../report/quantities.ts";
import { splitFiles } from "../yaml/split-files.ts";
import type { CommandContext, CommonOptions } from "./command-context.ts";
import { type Rewrite, rewriteFiles } from "./rewrite-files.ts";
import { writeTree } from "./write-tree.ts";

/** `lockstep split`: one file per table under tables/. What the files say stays the same. */
export async function splitCommand(context: CommandContext, options: CommonOptions): Promise<number> {
  return await moveEntries(context, options, splitFiles, "Every table has a file of its own.");
}

/** Moves entries between files and tells which changed. */
export async function moveEntries(
  context: CommandContext,
  options: CommonOptions,
  rewrite: Rewrite,
  nothing: string,
): Promise<number> {
  const { names, files } = await rewriteFiles(context, options, rewrite);
  await writeTree(files);
  const { output } = context;
  const gone = new Set([...files].filter(([, text]) => text === null).map(([path]) => path));
  const marks = names.map((name) => `${[...gone].some((path) => path.endsWith(`/${name}`)) ? "-" : "+"} ${name}\n`);
  if (options.json)
    output.data(
      `${JSON.stringify({ files: names, removed: names.filter((_, index) => marks[index]?.startsWith("-")) }, null, 2)}\n`,
    );
  else output.data(marks.join(""));
  output.note(names.length === 0 ? nothing : `${count(names.length, "file")} changed.`);
  return 0;
}
