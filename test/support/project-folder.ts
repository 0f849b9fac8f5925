import { mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import type { DesiredDatabase } from "../../src/model/database.ts";
import { LockstepError } from "../../src/model/lockstep-error.ts";
import { loadDesired } from "../../src/yaml/load-desired.ts";

/** Writes files (text by relative path) into a new folder. Out: the folder. */
export function projectFolder(files: Readonly<Record<string, string | Uint8Array>>): string {
  const folder = mkdtempSync(join(tmpdir(), "lockstep-files-"));
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  return folder;
}

/** Loads files as a project. */
export function loadFiles(
  files: Readonly<Record<string, string | Uint8Array>>,
  external: ReadonlyMap<string, string> = new Map(),
): Promise<DesiredDatabase> {
  return loadDesired({ file: "schema.yaml", cwd: projectFolder(files), external });
}

/** The problems of a project, one per line: `file:line:column code: message (hint)`. */
export async function problemsOf(files: Readonly<Record<string, string | Uint8Array>>): Promise<string[]> {
  try {
    await loadFiles(files);
    return [];
  } catch (error) {
    if (!(error instanceof LockstepError)) throw error;
    return error.diagnostics.map((problem) => {
      const place = [problem.file, problem.line, problem.column].filter((part) => part !== undefined).join(":");
      return `${place} ${problem.code}: ${problem.message}${problem.hint === undefined ? "" : ` (${problem.hint})`}`;
    });
  }
}
