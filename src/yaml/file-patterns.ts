import { join } from "node:path";
import { disk, type FileReader } from "./file-reader.ts";

/**
 * Files under a folder that match a pattern: `*` and `?` within a name, `**` for any folders. Hidden files and node_modules
 * match only where the pattern names them.
 * In: an existing folder, a pattern with `/`. Out: paths relative to the folder, with `/`, sorted.
 */
export async function matchFiles(folder: string, pattern: string, reader: FileReader = disk): Promise<string[]> {
  const parts = pattern.split("/").filter((part) => part !== "" && part !== ".");
  const found = await descend(folder, "", parts, reader);
  return [...new Set(found)].sort();
}

async function descend(folder: string, prefix: string, parts: readonly string[], reader: FileReader): Promise<string[]> {
  const [part, ...rest] = parts;
  if (part === undefined) return [];
  if (part === "..") return descend(folder, `${prefix}../`, rest, reader);
  const found: string[] = [];
  if (part === "**") found.push(...(await descend(folder, prefix, rest, reader)));
  for (const entry of await reader.entries(join(folder, prefix))) {
    const path = `${prefix}${entry.name}`;
    if (part === "**") {
      if (entry.folder && !hidden(entry.name)) found.push(...(await descend(folder, `${path}/`, parts, reader)));
    } else if (nameMatches(entry.name, part)) {
      if (rest.length > 0 && entry.folder) found.push(...(await descend(folder, `${path}/`, rest, reader)));
      else if (rest.length === 0 && !entry.folder) found.push(path);
    }
  }
  return found;
}

const hidden = (name: string): boolean => name.startsWith(".") || name === "node_modules";

function nameMatches(name: string, pattern: string): boolean {
  if (name === pattern) return true;
  if (hidden(name)) return false;
  const source = pattern
    .replaceAll(/[.+^${}()|[\]\\]/g, "\\$&")
    .replaceAll("*", ".*")
    .replaceAll("?", ".");
  return new RegExp(`^${source}$`, "u").test(name);
}

/** Whether a pattern takes in a path; both relative to the same folder, with `/`. */
export function patternTakes(pattern: string, path: string): boolean {
  const parts = (text: string): string[] => text.split("/").filter((part) => part !== "" && part !== ".");
  return takes(parts(pattern), parts(path));
}

function takes(pattern: readonly string[], path: readonly string[]): boolean {
  const [part, ...rest] = pattern;
  const [name, ...below] = path;
  if (part === undefined || name === undefined) return part === undefined && name === undefined;
  if (part === "**") return takes(rest, path) || (!hidden(name) && takes(pattern, below));
  return nameMatches(name, part) && takes(rest, below);
}
