import { count } from "../report/quantities.ts";
import { formatYaml } from "../yaml/format-yaml.ts";
import type { CommandContext, CommonOptions } from "./command-context.ts";
import { rewriteFiles } from "./rewrite-files.ts";
import { writeTree } from "./write-tree.ts";

/** The flags of `lockstep fmt`. */
export interface FmtOptions extends CommonOptions {
  readonly check?: boolean;
}

/** `lockstep fmt`: the YAML files in canonical form. 2 with --check while one is not, and nothing is written then. */
export async function fmtCommand(context: CommandContext, options: FmtOptions): Promise<number> {
  const { names, files } = await rewriteFiles(context, options, (texts) => {
    const yaml = [...texts].filter(([name]) => /\.ya?ml$/.test(name));
    return new Map(yaml.map(([name, text]) => [name, formatYaml(text) ?? text]));
  });
  const check = options.check === true;
  if (!check) await writeTree(files);
  const { output } = context;
  if (options.json) output.data(`${JSON.stringify({ files: names, written: !check }, null, 2)}\n`);
  else output.data(names.map((name) => `${name}\n`).join(""));
  if (names.length === 0) output.note("Every file is in canonical form.");
  else
    output.note(
      check ? `${count(names.length, "file")} to format: run \`lockstep fmt\`.` : `Formatted ${count(names.length, "file")}.`,
    );
  return check && names.length > 0 ? 2 : 0;
}
