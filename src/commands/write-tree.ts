import { randomBytes } from "node:crypto";
import { mkdir, rename, rm, rmdir, writeFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";

/**
 * Writes, replaces and deletes (null) files by their absolute paths; folders that become empty go. Every text is on disk under another
 * name before the first file is replaced: when the disk is full or a folder is closed, nothing has changed.
 */
export async function writeTree(files: ReadonlyMap<string, string | null>): Promise<void> {
  const tag = randomBytes(4).toString("hex");
  const waiting: { readonly from: string; readonly to: string }[] = [];
  try {
    for (const [path, text] of files) {
      if (text === null) continue;
      await mkdir(dirname(path), { recursive: true });
      const from = join(dirname(path), `.${basename(path)}.${tag}`.slice(-200));
      waiting.push({ from, to: path });
      await writeFile(from, text, { flag: "wx" });
    }
    for (const { from, to } of waiting) await rename(from, to);
    const gone = [...files].flatMap(([path, text]) => (text === null ? [path] : []));
    for (const path of gone) await rm(path, { force: true });
    for (const folder of new Set(gone.map((path) => dirname(path)))) await removeEmpty(folder);
  } catch (error) {
    await Promise.all(waiting.map(({ from }) => rm(from, { force: true })));
    throw error;
  }
}

/** A folder from which the last file went goes too; one that holds anything stays. */
async function removeEmpty(folder: string): Promise<void> {
  await rmdir(folder).catch((error: NodeJS.ErrnoException) => {
    if (!["ENOTEMPTY", "EEXIST", "ENOENT", "EBUSY", "EPERM", "EACCES"].includes(error.code ?? "")) throw error;
  });
}
