import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import type { Diagnostic } from "../model/diagnostic.ts";
import { LockstepError } from "../model/lockstep-error.ts";

/**
 * Runs `work`; an error whose diagnostics name a place in a file (relative to `cwd`) gets the line there, to be shown with a caret.
 * The phases after loading know places, not texts.
 */
export async function withExcerpts<T>(cwd: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof LockstepError) || !error.diagnostics.some(lacksExcerpt)) throw error;
    const diagnostics = await Promise.all(error.diagnostics.map((each) => withExcerpt(each, cwd)));
    const { code, message, exitCode, cause } = error;
    throw new LockstepError({ code, message, exitCode, diagnostics, cause });
  }
}

function lacksExcerpt({ file, line, excerpt }: Diagnostic): boolean {
  return file !== undefined && line !== undefined && excerpt === undefined;
}

async function withExcerpt(diagnostic: Diagnostic, cwd: string): Promise<Diagnostic> {
  if (!lacksExcerpt(diagnostic)) return diagnostic;
  try {
    const text = await readFile(resolve(cwd, diagnostic.file ?? ""), "utf8");
    const excerpt = text.split(/\r?\n/)[(diagnostic.line ?? 1) - 1];
    return excerpt === undefined ? diagnostic : { ...diagnostic, excerpt };
  } catch {
    // The file went away since it was read: the place alone must do.
    return diagnostic;
  }
}
