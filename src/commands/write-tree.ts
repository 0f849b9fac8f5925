import { randomBytes } from "node:crypto";
import { mkdir, rename, rm, writeFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";

/**
 * Writes, replaces and deletes (null) files by their absolute paths. Every text is on disk under another name before the first file
 * is replaced: when the disk is full or a folder is closed, nothing has changed.
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
    for (const [path, text] of files) if (text === null) await rm(path, { force: true });
  } catch (error) {
    await Promise.all(waiting.map(({ from }) => rm(from, { force: true })));
    throw error;
  }
}
