import { readFileSync } from "node:fs";
import { join } from "node:path";

const folder = process.env.LOCKSTEP_REAL ?? join(import.meta.dirname, "..", "..", "..", "shared", "real");

/**
 * The text of a schema that a real project uses, by its path in the folder of such files: LOCKSTEP_REAL, else `../shared/real` beside
 * the repository, which holds no copy of them. Null where the file is missing: then it says so, for the test to be skipped.
 */
export function realSchema(path: string): string | null {
  try {
    return readFileSync(join(folder, path), "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
    console.warn(`SKIPPED: there is no ${join(folder, path)}; set LOCKSTEP_REAL to the folder that holds ${path}`);
    return null;
  }
}
