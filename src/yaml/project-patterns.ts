import { posix } from "node:path";
import { patternsOf } from "./adopt-home.ts";
import { openWorkspace } from "./adopt-places.ts";
import { patternTakes } from "./file-patterns.ts";

/** The files of a project that the patterns under a key of schema.yaml take in, sorted. */
export function matchesOf(files: ReadonlyMap<string, string>, main: string, key: string): readonly string[] {
  const patterns = patternsOf(openWorkspace(files), main, key);
  const fromRoot = (file: string): string => posix.relative(posix.dirname(main), file);
  return [...files.keys()].filter((file) => patterns.some((pattern) => patternTakes(pattern, fromRoot(file)))).sort();
}
