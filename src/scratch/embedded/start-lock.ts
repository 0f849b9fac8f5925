import { randomBytes } from "node:crypto";
import { linkSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { processAlive } from "./process-alive.ts";
import { waitUntil } from "./wait-until.ts";

/** Starting may include initdb on a slow disk. */
const WAIT_MS = 60_000;

/**
 * Runs `work` while no other process starts, joins or reaps the server of the same home. A lock file whose process is gone is
 * taken over. Throws when another process holds it for a minute.
 */
export async function withStartLock<T>(path: string, signal: AbortSignal | undefined, work: () => Promise<T>): Promise<T> {
  if (!(await waitUntil(() => tryLock(path), { timeoutMs: WAIT_MS, everyMs: 20, signal }))) {
    throw new Error(
      `process ${readHolder(path)} has been starting the embedded server for a minute; remove ${path} if it is not`,
    );
  }
  try {
    return await work();
  } finally {
    rmSync(path, { force: true });
  }
}

function tryLock(path: string): boolean {
  // The file must have its content when it appears, so it is written aside and linked; a plain exclusive create is empty at first.
  const mine = `${path}.${process.pid}.${randomBytes(4).toString("hex")}`;
  writeFileSync(mine, String(process.pid));
  try {
    linkSync(mine, path);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
    removeStale(path, mine);
    return false;
  } finally {
    rmSync(mine, { force: true });
  }
}

function removeStale(path: string, scratch: string): void {
  const holder = readHolder(path);
  if (holder === "" || processAlive(Number(holder))) return;
  try {
    renameSync(path, scratch);
  } catch {
    return; // Someone else removed it first.
  }
  // Between the look and the rename another process may have taken the lock over: give that one back.
  if (readHolder(scratch) !== holder) linkSync(scratch, path);
}

function readHolder(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}
