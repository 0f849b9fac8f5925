/**
 * Who keeps the server running, and how it ends. A small shell process, the keeper, starts postgres and reads a named pipe that
 * every process using the server holds open for writing. When the last of them leaves, by stop(), a crash or kill -9, the
 * kernel closes the pipe and the keeper shuts postgres down: no counting, nothing to clean up. A process that joins writes its token
 * and is in once the keeper has made the file `user.<token>`; no answer means that the server is on its way out.
 * Windows has no such pipes: there the files of live processes are the count, and a server that a killed process left behind is
 * used by the next start.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { closeSync, constants, existsSync, openSync, readdirSync, rmSync, writeFileSync, writeSync } from "node:fs";
import { join } from "node:path";
import type { Binaries } from "./binaries.ts";
import { postmasterPid } from "./postmaster.ts";
import { processAlive } from "./process-alive.ts";
import { childOptions, mustRunAs, runAs } from "./run-as.ts";
import type { ServerHome } from "./server-home.ts";
import { waitUntil } from "./wait-until.ts";

/** Our hold on a server: it runs at least until this is let go, or this process ends. */
export interface Hold {
  readonly token: string;
  /** Descriptor of the pipe's writing end; null on Windows. */
  readonly pipe: number | null;
  /** Whether the server that this process launched has ended; of a server that it joined nothing is known. */
  readonly ended: () => boolean;
}

/** A keeper answers within a millisecond unless the machine is badly overloaded. */
const ANSWER_MS = 3000;

// The reader and postgres are children of one shell: `wait` notices when postgres ends by itself, the reader when nobody is left.
const KEEPER_SCRIPT = `
exec 3<&0 </dev/null
cd -- "$1" || exit 1
shift
"$@" 3<&- &
server=$!
( while read -r token; do [ -z "$token" ] || : > "user.$token"; done; kill -INT $server ) <&3 3<&- &
reader=$!
exec 3<&-
wait $server
kill $reader 2>/dev/null
`;

/** Starts postgres with the given settings under a new keeper and takes hold of it. It is not ready yet when this resolves. */
export async function launch(home: ServerHome, binaries: Binaries, settings: Readonly<Record<string, string>>): Promise<Hold> {
  for (const name of readdirSync(home.run)) rmSync(join(home.run, name), { force: true });
  rmSync(home.log, { force: true });
  if (process.platform === "win32") return launchOnWindows(home, binaries, settings);
  const pipe = pipePath(home);
  await mustRunAs(home.account, "make the embedded server's pipe", "mkfifo", ["-m", "600", pipe]);
  // Opening one end waits for the other, except for reading without blocking; the keeper's own end has to block.
  const first = openSync(pipe, constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOFOLLOW);
  const writing = openSync(pipe, constants.O_WRONLY | constants.O_NOFOLLOW);
  const reading = openSync(pipe, constants.O_RDONLY | constants.O_NOFOLLOW);
  const log = openSync(home.log, "wx", 0o600);
  try {
    const flags = Object.entries(settings).flatMap(([name, value]) => ["-c", `${name}=${value}`]);
    const args = ["-c", KEEPER_SCRIPT, "lockstep-keeper", home.run, binaries.postgres, "-D", home.data, ...flags];
    // A session of its own: Ctrl-C on the terminal reaches us, who then end in order, and not postgres.
    const child = spawn("/bin/sh", args, { ...childOptions(home.account), detached: true, stdio: [reading, log, log] });
    await spawned(child);
    const token = newToken();
    writeSync(writing, `${token}\n`);
    return { token, pipe: writing, ended: () => child.exitCode !== null || child.signalCode !== null };
  } catch (error) {
    closeSync(writing);
    throw error;
  } finally {
    for (const descriptor of [first, reading, log]) closeSync(descriptor);
  }
}

/** Takes hold of a server that other processes keep running; null when there is none, or when it is shutting down. */
export async function takeHold(home: ServerHome): Promise<Hold | null> {
  if (process.platform === "win32") return takeHoldOnWindows(home);
  let pipe: number;
  try {
    pipe = openSync(pipePath(home), constants.O_WRONLY | constants.O_NONBLOCK | constants.O_NOFOLLOW);
  } catch {
    return null; // No pipe, or nobody reads it: no keeper.
  }
  const token = newToken();
  try {
    writeSync(pipe, `${token}\n`);
    const answered = () => {
      // The reader skips empty lines; writing one fails as soon as it is gone.
      writeSync(pipe, "\n");
      return existsSync(userFile(home, token));
    };
    if (await waitUntil(answered, { timeoutMs: ANSWER_MS, everyMs: 2 })) return { token, pipe, ended: () => false };
  } catch {
    // The reader went away: the server is shutting down.
  }
  closeSync(pipe);
  return null;
}

/** Lets go. The keeper ends the server when this was the last hold; on Windows it is ended here. */
export async function letGo(home: ServerHome, binaries: Binaries, hold: Hold): Promise<void> {
  rmSync(userFile(home, hold.token), { force: true });
  if (hold.pipe !== null) closeSync(hold.pipe);
  else if (!othersHold(home)) await runAs(null, binaries.pgCtl, ["stop", "-m", "fast", "-D", home.data]);
}

/** Whether a live process holds the server; after letting go, that is the reason not to wait for its end. */
export function othersHold(home: ServerHome): boolean {
  const pids = readdirSync(home.run).map((name) => /^user\.(\d+)\./.exec(name)?.[1]);
  return pids.some((pid) => pid !== undefined && processAlive(Number(pid)));
}

function pipePath(home: ServerHome): string {
  return join(home.run, "pipe");
}

function userFile(home: ServerHome, token: string): string {
  return join(home.run, `user.${token}`);
}

function newToken(): string {
  return `${process.pid}.${randomBytes(6).toString("hex")}`;
}

function spawned(child: ChildProcess): Promise<void> {
  child.unref();
  return new Promise((resolve, reject) => {
    child.once("spawn", resolve);
    child.once("error", (error) => reject(new Error(`could not start the embedded server: ${error.message}`)));
  });
}

/** pg_ctl gives up an administrator's rights, which postgres.exe refuses to run with. */
async function launchOnWindows(home: ServerHome, binaries: Binaries, settings: Readonly<Record<string, string>>): Promise<Hold> {
  const flags = Object.entries(settings).map(([name, value]) => `-c "${name}=${value}"`);
  const args = ["start", "-w", "-D", home.data, "-l", home.log, "-o", flags.join(" ")];
  const child = spawn(binaries.pgCtl, args, { detached: true, stdio: "ignore", windowsHide: true });
  await spawned(child);
  // pg_ctl ends well once the server is ready.
  return holdOnWindows(home, () => child.exitCode !== null && child.exitCode !== 0);
}

function takeHoldOnWindows(home: ServerHome): Hold | null {
  const pid = postmasterPid(home.data);
  return pid !== null && processAlive(pid) ? holdOnWindows(home, () => false) : null;
}

function holdOnWindows(home: ServerHome, ended: () => boolean): Hold {
  const token = newToken();
  writeFileSync(userFile(home, token), "");
  return { token, pipe: null, ended };
}
