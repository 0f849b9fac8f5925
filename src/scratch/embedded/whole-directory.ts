/**
 * Directories that are expensive to make and are kept for next time (initialised data, copied binaries). They may live under the
 * temporary directory, where cleaners remove single old files, so each one records how many entries it had when it was whole.
 */
import { randomBytes } from "node:crypto";
import { existsSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const COUNT_FILE = "entries";

/** Whether the directory is there and has lost none of its entries since it was made. */
function isWhole(directory: string): boolean {
  try {
    return Number(readFileSync(join(directory, COUNT_FILE), "utf8")) === countEntries(directory);
  } catch {
    return false;
  }
}

/** Entries below a directory, at any depth, without the record of their number. */
function countEntries(directory: string): number {
  return readdirSync(directory, { recursive: true }).filter((name) => name !== COUNT_FILE).length;
}

/**
 * Makes `directory` unless it is there and whole. `fill` gets the path of a temporary sibling to create and fill; a rename then
 * publishes it, so that of two processes that race one wins and the other uses the winner's.
 */
export async function ensureWhole(directory: string, fill: (temporary: string) => Promise<void>): Promise<void> {
  if (isWhole(directory)) return;
  const temporary = `${directory}.${process.pid}.${randomBytes(4).toString("hex")}`;
  try {
    await fill(temporary);
    writeFileSync(join(temporary, COUNT_FILE), String(countEntries(temporary)));
    publish(temporary, directory);
  } finally {
    rmSync(temporary, { recursive: true, force: true });
  }
}

function publish(temporary: string, directory: string): void {
  for (let attempt = 0; attempt < 5; attempt++) {
    if (isWhole(directory)) return;
    if (existsSync(directory)) rmSync(directory, { recursive: true, force: true });
    try {
      renameSync(temporary, directory);
      return;
    } catch (error) {
      if (!["ENOTEMPTY", "EEXIST", "EPERM"].includes((error as NodeJS.ErrnoException).code ?? "")) throw error;
    }
  }
  throw new Error(`could not write ${directory}: other processes keep replacing it`);
}
