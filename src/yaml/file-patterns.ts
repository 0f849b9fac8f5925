import { readdir } from "node:fs/promises";
import { join } from "node:path";

/**
 * Files under a folder that match a pattern: `*` and `?` within a name, `**` for any folders. Hidden files and node_modules
 * match only where the pattern names them.
 * In: an existing folder, a pattern with `/`. Out: paths relative to the folder, with `/`, sorted.
 */
export async function matchFiles(folder: string, pattern: string): Promise<string[]> {
  const parts = pattern.split("/").filter((part) => part !== "" && part !== ".");
  const found = await descend(folder, "", parts);
  return [...new Set(found)].sort();
}

async function descend(folder: string, prefix: string, parts: readonly string[]): Promise<string[]> {
  const [part, ...rest] = parts;
  if (part === undefined) return [];
  if (part === "..") return descend(folder, `${prefix}../`, rest);
  const found: string[] = [];
  if (part === "**") found.push(...(await descend(folder, prefix, rest)));
  for (const entry of await entriesOf(join(folder, prefix))) {
    const path = `${prefix}${entry.name}`;
    if (part === "**") {
      if (entry.folder && !hidden(entry.name)) found.push(...(await descend(folder, `${path}/`, parts)));
    } else if (nameMatches(entry.name, part)) {
      if (rest.length > 0 && entry.folder) found.push(...(await descend(folder, `${path}/`, rest)));
      else if (rest.length === 0 && !entry.folder) found.push(path);
    }
  }
  return found;
}

interface FolderEntry {
  readonly name: string;
  readonly folder: boolean;
}

async function entriesOf(folder: string): Promise<FolderEntry[]> {
  try {
    const entries = await readdir(folder, { withFileTypes: true });
    return entries.map((entry) => ({ name: entry.name, folder: entry.isDirectory() }));
  } catch {
    // A folder that is not there holds no match, and the pattern is reported as such.
    return [];
  }
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
