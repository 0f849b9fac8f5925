import { resolve } from "node:path";
import type { DesiredDatabase } from "../model/database.ts";
import { canonicalJson } from "../model/fingerprint.ts";
import { LockstepError } from "../model/lockstep-error.ts";
import { recording, withChanges } from "../yaml/file-reader.ts";
import { loadDesired } from "../yaml/load-desired.ts";
import { shown } from "../yaml/project-files.ts";
import type { CommandContext, CommonOptions } from "./command-context.ts";

/** Other texts for the files of a project, by their names; null for a file that goes. */
export type Rewrite = (files: ReadonlyMap<string, string>, desired: DesiredDatabase) => ReadonlyMap<string, string | null>;

/** What a rewrite comes to; nothing is written yet. */
export interface Rewritten {
  /** The files that change, by name, sorted. */
  readonly names: readonly string[];
  /** Their texts by absolute path. */
  readonly files: ReadonlyMap<string, string | null>;
}

/**
 * Computes a rewrite of a project's files and makes sure that they say the same after it, by reading both.
 * @throws LockstepError problems of the files (1); `changes-meaning` (1) when the rewrite would say something else: a bug.
 */
export async function rewriteFiles(context: CommandContext, options: CommonOptions, rewrite: Rewrite): Promise<Rewritten> {
  const { cwd } = context;
  const { file } = options;
  const texts = new Map<string, string>();
  const before = await loadDesired({ file, cwd, reader: recording(texts) });
  const byName = new Map([...texts].map(([path, text]) => [shown(path, cwd), text]));
  const changed = [...rewrite(byName, before)].filter(([name, text]) => byName.get(name) !== text);
  const files = new Map(changed.map(([name, text]) => [resolve(cwd, name), text]));
  if (files.size > 0) refuseOtherMeaning(before, await loadDesired({ file, cwd, reader: withChanges(files) }));
  return { names: changed.map(([name]) => name).sort(), files };
}

function refuseOtherMeaning(before: DesiredDatabase, after: DesiredDatabase): void {
  const [old, next] = [meaningOf(before), meaningOf(after)];
  const different = [...new Set([...old.keys(), ...next.keys()])].filter((key) => old.get(key) !== next.get(key));
  if (different.length === 0) return;
  const message = `the files would say something else of ${different.slice(0, 5).join(", ")}; nothing was written. This is a bug of lockstep.`;
  throw new LockstepError({ code: "changes-meaning", message });
}

function meaningOf({ facts, config }: DesiredDatabase): ReadonlyMap<string, string> {
  const meaning = new Map<string, string>();
  for (const { id, spec, renamedFrom } of facts.values())
    meaning.set(id, canonicalJson({ spec, renamedFrom: renamedFrom ?? null }));
  return meaning.set("the configuration", canonicalJson(config));
}
