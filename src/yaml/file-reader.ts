import { readdir, readFile } from "node:fs/promises";

/** A name in a folder. */
export interface FolderEntry {
  readonly name: string;
  readonly folder: boolean;
}

/** Where files are read from. Paths are absolute. */
export interface FileReader {
  /** Rejects as `fs.readFile` does: `ENOENT`, `EISDIR`, … */
  bytes(path: string): Promise<Uint8Array>;
  /** Empty for a folder that is not there. */
  entries(folder: string): Promise<readonly FolderEntry[]>;
}

/** The file system. */
export const disk: FileReader = {
  bytes: (path) => readFile(path),
  entries: async (folder) => {
    try {
      const entries = await readdir(folder, { withFileTypes: true });
      return entries.map((entry) => ({ name: entry.name, folder: entry.isDirectory() }));
    } catch {
      // A folder that is not there holds no match, and the pattern is reported as such.
      return [];
    }
  },
};

/** The file system as it will be: texts by absolute path, null for a file that will be gone. */
export function withChanges(changes: ReadonlyMap<string, string | null>, below: FileReader = disk): FileReader {
  return {
    bytes: async (path) => {
      const text = changes.get(path);
      if (text === undefined) return await below.bytes(path);
      if (text === null) throw Object.assign(new Error(`no file ${path}`), { code: "ENOENT" });
      return new TextEncoder().encode(text);
    },
    entries: async (folder) => {
      const found = new Map((await below.entries(folder)).map((entry) => [entry.name, entry]));
      const prefix = folder.endsWith("/") ? folder : `${folder}/`;
      for (const [path, text] of changes) {
        if (!path.startsWith(prefix)) continue;
        const [name = "", ...rest] = path.slice(prefix.length).split("/");
        if (rest.length > 0) {
          if (text !== null) found.set(name, { name, folder: true });
        } else if (text === null) found.delete(name);
        else found.set(name, { name, folder: false });
      }
      return [...found.values()];
    },
  };
}

/** Keeps the text of every file that is read, by absolute path. */
export function recording(texts: Map<string, string>, below: FileReader = disk): FileReader {
  return {
    entries: below.entries,
    bytes: async (path) => {
      const bytes = await below.bytes(path);
      texts.set(path, new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes));
      return bytes;
    },
  };
}
