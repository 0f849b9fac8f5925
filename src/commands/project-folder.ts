import { dirname, resolve } from "node:path";

/** The folder of the files, absolute: `.lockstep/` lies in it. */
export function projectFolder(cwd: string, file: string): string {
  return dirname(resolve(cwd, file));
}
