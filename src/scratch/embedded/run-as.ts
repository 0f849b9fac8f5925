/**
 * Child processes of the embedded server: which account they run under and with what environment.
 * PostgreSQL refuses to run as root, so root borrows an unprivileged account for everything that touches the data.
 */
import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";

/** An account to run a child process under. */
export interface Account {
  readonly uid: number;
  readonly gid: number;
}

/** What a finished child process left behind. */
export interface Finished {
  /** Exit status; 127 when the program could not be started at all, 128 when a signal ended it. */
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Only ids that every user namespace maps are safe; this one is "nobody" nearly everywhere. */
const FALLBACK_ID = 65534;

/** True when this process is root, which PostgreSQL refuses to be. */
export function isRoot(): boolean {
  return process.getuid?.() === 0;
}

/**
 * The account that servers run under: null for "as we are" (not root), else postgres, nobody or daemon, whichever the machine
 * has. initdb looks its own user up by id, so the account must have an entry in /etc/passwd.
 */
export function serverAccount(): Account | null {
  if (!isRoot()) return null;
  const known = readPasswd();
  for (const name of ["postgres", "nobody", "daemon"]) {
    const account = known.get(name);
    if (account !== undefined && account.uid !== 0) return account;
  }
  return { uid: FALLBACK_ID, gid: FALLBACK_ID };
}

function readPasswd(): ReadonlyMap<string, Account> {
  let text = "";
  try {
    text = readFileSync("/etc/passwd", "utf8");
  } catch {
    // A container without the file: the fallback id serves.
  }
  const fields = text.split("\n").map((line) => line.split(":"));
  return new Map(fields.map(([name = "", , uid, gid]) => [name, { uid: Number(uid), gid: Number(gid) }]));
}

/**
 * Spawn options for a child under the given account: a clean environment, because PGDATA, PGPORT, PGTZ and the like of the caller
 * would change the server, and the root directory as the working directory, because the account may not enter ours.
 */
export function childOptions(account: Account | null): {
  cwd?: string;
  env?: Record<string, string>;
  uid?: number;
  gid?: number;
} {
  if (process.platform === "win32") return {};
  const env = { PATH: "/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin", TZ: "UTC" };
  return { cwd: "/", env, ...(account === null ? {} : { uid: account.uid, gid: account.gid }) };
}

/** Runs a program to its end, never through a shell; resolves whatever its exit status is. */
export function runAs(account: Account | null, program: string, args: readonly string[]): Promise<Finished> {
  return new Promise((resolve) => {
    const child = spawn(program, [...args], { ...childOptions(account), stdio: ["ignore", "pipe", "pipe"] });
    let stdout = "";
    let stderr = "";
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      stdout += text;
    });
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      stderr += text;
    });
    child.on("error", (error) => resolve({ code: 127, stdout, stderr: error.message }));
    child.on("close", (code) => resolve({ code: code ?? 128, stdout, stderr }));
  });
}

/** Like runAs, but throws an Error with the program's own words when it fails; `what` completes "could not …". */
export async function mustRunAs(
  account: Account | null,
  what: string,
  program: string,
  args: readonly string[],
): Promise<string> {
  const done = await runAs(account, program, args);
  if (done.code === 0) return done.stdout;
  throw new Error(`could not ${what}: ${(done.stderr || done.stdout || `exit status ${done.code}`).trim()}`);
}
