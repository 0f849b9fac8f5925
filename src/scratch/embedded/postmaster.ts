/** What PostgreSQL's own lock file, postmaster.pid, says about the server of a data directory, and how to end a leftover one. */
import { readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { processAlive } from "./process-alive.ts";
import { runAs } from "./run-as.ts";
import { waitUntil } from "./wait-until.ts";

/** A fast shutdown writes a checkpoint, which a slow disk may draw out. */
const FAST_MS = 15_000;
const IMMEDIATE_MS = 5_000;

/** Process id of the server of this data directory, or of one that ended without tidying up; null when there is no file. */
export function postmasterPid(data: string): number | null {
  const pid = Number.parseInt(lockFileLines(data)[0] ?? "", 10);
  return Number.isNaN(pid) ? null : Math.abs(pid);
}

/** The port of a server that accepts connections; null while it is starting, stopping or absent. */
export function readyPort(data: string): number | null {
  // Line 4 is the port, line 8 the state, padded with spaces.
  const lines = lockFileLines(data);
  return lines[7]?.trim() === "ready" ? Number(lines[3]) : null;
}

function lockFileLines(data: string): readonly string[] {
  try {
    return readFileSync(join(data, "postmaster.pid"), "utf8").split("\n");
  } catch {
    return [];
  }
}

/**
 * Ends a server that nobody holds any more (its keeper was killed), or removes the lock file of one that is gone although another
 * process has its number now, which PostgreSQL takes for the server. Throws when it cannot tell or the server does not end.
 */
export async function reapLeftover(data: string): Promise<void> {
  const pid = postmasterPid(data);
  if (pid === null || !processAlive(pid)) return;
  const command = await commandOf(pid);
  if (command === null) throw new Error(`process ${pid} may be a leftover embedded server of ${data}; end it and try again`);
  if (command.includes(data)) await endServer(pid);
  else rmSync(join(data, "postmaster.pid"), { force: true });
}

/** Shuts a server down fast, then without a checkpoint; resolves when its process is gone, throws when it stays. */
export async function endServer(pid: number): Promise<void> {
  for (const [signal, timeoutMs] of [
    ["SIGINT", FAST_MS],
    ["SIGQUIT", IMMEDIATE_MS],
  ] as const) {
    try {
      process.kill(pid, signal);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === "ESRCH") return;
      throw error;
    }
    if (await waitUntil(() => !processAlive(pid), { timeoutMs })) return;
  }
  throw new Error(`the embedded server (process ${pid}) does not end`);
}

/** The command line of a process; "" when it is gone or a zombie, null when this system gives no way to tell. */
async function commandOf(pid: number): Promise<string | null> {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, "utf8");
  } catch {
    const listed = await runAs(null, "ps", ["-ww", "-o", "command=", "-p", String(pid)]);
    if (listed.code === 127) return processAlive(pid) ? null : "";
    return listed.stdout;
  }
}
