/**
 * Initialised data directories. initdb takes about a second, so it runs once per version and locale; the pristine result is kept
 * and copied. It comes with the random password that its superuser was given, which stays readable for the owner alone.
 */
import { randomBytes } from "node:crypto";
import { chmodSync, chownSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { cp } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { Binaries } from "./binaries.ts";
import { privateDirectory } from "./private-directory.ts";
import { type Account, mustRunAs } from "./run-as.ts";
import type { ServerHome } from "./server-home.ts";
import { ensureWhole } from "./whole-directory.ts";

/** Major version that the data directory was made by, or null when there is none. */
export function dataMajor(data: string): number | null {
  const path = join(data, "PG_VERSION");
  return existsSync(path) ? Number.parseInt(readFileSync(path, "utf8"), 10) : null;
}

/**
 * Puts a fresh data directory and its password file into the home, replacing what was there. `locale` is "C", the name of a locale
 * of the operating system, or "icu:" and a language tag (15 and later).
 */
export async function createData(home: ServerHome, binaries: Binaries, locale: string): Promise<void> {
  const pristine = await pristineData(binaries, locale, home.account);
  const fresh = `${home.data}.new`;
  rmSync(fresh, { recursive: true, force: true });
  rmSync(home.data, { recursive: true, force: true });
  makeOwned(fresh, home.account);
  await copyDirectory(join(pristine, "data"), fresh, home.account);
  rmSync(home.password, { force: true });
  writeFileSync(home.password, readFileSync(join(pristine, "password"), "utf8"), { mode: 0o600 });
  // Last, so that a data directory that exists is a complete one.
  renameSync(fresh, home.data);
}

async function pristineData(binaries: Binaries, locale: string, account: Account | null): Promise<string> {
  const owner = account === null ? "" : `-${account.uid}`;
  const name = `pristine-${binaries.version}-${locale.replaceAll(/[^\w.@-]/g, "_")}${owner}`;
  const directory = join(await privateDirectory(false, account), name);
  await ensureWhole(directory, async (temporary) => {
    makeOwned(temporary, account);
    const password = join(temporary, "password");
    writeFileSync(password, `${randomBytes(24).toString("base64url")}\n`, { mode: 0o600 });
    if (account !== null) chownSync(password, account.uid, account.gid);
    await initialise(binaries, join(temporary, "data"), password, locale, account);
  });
  return directory;
}

async function initialise(b: Binaries, data: string, password: string, locale: string, account: Account | null): Promise<void> {
  const access = ["--username=postgres", `--pwfile=${password}`, "--auth=scram-sha-256"];
  const args = ["--pgdata", data, ...access, "--encoding=UTF8", "--no-sync", ...localeArguments(locale)];
  await mustRunAs(account, "initialise the embedded server's data", b.initdb, args);
}

function localeArguments(locale: string): readonly string[] {
  if (locale === "C") return ["--no-locale"];
  if (!locale.startsWith("icu:")) return [`--locale=${locale}`];
  return ["--locale=C.UTF-8", "--locale-provider=icu", `--icu-locale=${locale.slice("icu:".length)}`];
}

/** PostgreSQL refuses data that others may read. */
function makeOwned(directory: string, account: Account | null): void {
  mkdirSync(directory, { mode: 0o700 });
  if (process.platform === "win32") return;
  chmodSync(directory, 0o700);
  if (account !== null) chownSync(directory, account.uid, account.gid);
}

/** cp of the system, because it is several times faster than Node's on a thousand small files and keeps the account as owner. */
async function copyDirectory(from: string, to: string, account: Account | null): Promise<void> {
  if (process.platform === "win32") return cp(from, to, { recursive: true });
  await mustRunAs(account, `copy the initialised data to ${dirname(to)}`, "cp", ["-R", `${from}/.`, to]);
}
