/**
 * Places outside the project that only this user can change: a cache under the temporary directory, and a lasting one for data
 * that cannot live in the project (root's project under /root, which the server's account cannot enter).
 */
import { chmodSync, lstatSync, mkdirSync } from "node:fs";
import { homedir, tmpdir } from "node:os";
import { join } from "node:path";
import { type Account, isRoot, runAs } from "./run-as.ts";

/**
 * A directory of ours that the account can enter, made when missing. `lasting` survives a reboot and the cleaners of the
 * temporary directory. Throws when no candidate can be used.
 */
export async function privateDirectory(lasting: boolean, account: Account | null): Promise<string> {
  const refused: string[] = [];
  for (const candidate of candidates(lasting)) {
    if (makeOwn(candidate) && (await canEnter(candidate, account))) return candidate;
    refused.push(candidate);
  }
  throw new Error(`no directory for the embedded server's files: tried ${refused.join(", ")} (not ours, or not writable)`);
}

function candidates(lasting: boolean): readonly string[] {
  const temporary = `lockstep-${process.getuid?.() ?? "user"}`;
  const inTemporary = [join(tmpdir(), temporary), ...(process.platform === "win32" ? [] : [join("/tmp", temporary)])];
  const lastingPlace = isRoot() ? "/var/lib/lockstep" : join(homedir(), ".local", "share", "lockstep");
  return lasting ? [lastingPlace] : [...inTemporary, lastingPlace];
}

/** In a shared temporary directory another user may have made the name first; what is not ours alone is not used. */
function makeOwn(directory: string): boolean {
  try {
    mkdirSync(directory, { recursive: true });
    const found = lstatSync(directory);
    if (process.platform === "win32") return found.isDirectory();
    if (!found.isDirectory() || found.uid !== process.getuid?.()) return false;
    chmodSync(directory, isRoot() ? 0o711 : 0o700);
    return true;
  } catch {
    return false;
  }
}

/** Whether a process of this account can enter the directory; every directory above it must let it pass too. */
async function canEnter(directory: string, account: Account | null): Promise<boolean> {
  if (account === null) return true;
  return (await runAs(account, "/bin/sh", ["-c", 'cd -- "$1"', "sh", directory])).code === 0;
}
