/**
 * Where one embedded server keeps its things. Normally that is the directory the caller named:
 *
 *     <dataDir>/data/         the data directory, owned by the server's account
 *     <dataDir>/run/          the keeper's pipe and one file per process that uses the server, same owner
 *     <dataDir>/password      of the superuser, mode 0600
 *     <dataDir>/server.log    of the present or last run
 *
 * When the account cannot work there (root's project under /root, a file system without pipes or owners) all of it lies in a
 * directory of our own, found again by the hash of the name, and `<dataDir>/moved-to` says where, `made-for` whose it is.
 */
import { createHash } from "node:crypto";
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { join, resolve } from "node:path";
import { privateDirectory } from "./private-directory.ts";
import { type Account, isRoot, runAs, serverAccount } from "./run-as.ts";

/** The paths of one embedded server and the account that it runs under (null: ours). */
export interface ServerHome {
  readonly data: string;
  readonly run: string;
  readonly password: string;
  readonly log: string;
  readonly lock: string;
  readonly account: Account | null;
}

/** Finds or makes the home of the server for `dataDir`; `durable` data is never put where cleaners remove files. */
export async function findServerHome(dataDir: string, durable: boolean): Promise<ServerHome> {
  const wanted = makeDirectory(resolve(dataDir));
  const inPlace = homeAt(wanted);
  if (await works(inPlace)) return inPlace;
  if (durable && existsSync(join(inPlace.data, "PG_VERSION"))) {
    throw new Error(`the embedded server's data in ${wanted} is out of reach for the account it runs under; check its owner`);
  }
  const key = createHash("sha256").update(wanted).digest("hex").slice(0, 16);
  const place = await privateDirectory(durable, inPlace.account);
  if (!durable) removeForgotten(place);
  const moved = makeDirectory(join(place, `server-${key}`));
  writeFileSync(join(moved, "made-for"), wanted);
  const home = homeAt(moved);
  if (!(await works(home))) throw new Error(`the embedded server can use neither ${wanted} nor ${moved}`);
  writeFileSync(join(wanted, "moved-to"), `${moved}\n`);
  return home;
}

/** Throw-away data of projects that are gone would stay for ever. */
function removeForgotten(place: string): void {
  for (const name of readdirSync(place).filter((entry) => entry.startsWith("server-"))) {
    const note = join(place, name, "made-for");
    if (existsSync(note) && !existsSync(readFileSync(note, "utf8"))) rmSync(join(place, name), { recursive: true, force: true });
  }
}

function makeDirectory(path: string): string {
  const made = mkdirSync(path, { recursive: true });
  // Whatever the umask says, the server's account must pass through what we make for it.
  if (made !== undefined && isRoot()) chmodSync(path, 0o711);
  return realpathSync(path);
}

function homeAt(directory: string): ServerHome {
  const data = join(directory, "data");
  return {
    data,
    run: join(directory, "run"),
    password: join(directory, "password"),
    log: join(directory, "server.log"),
    lock: join(directory, "start.lock"),
    account: ownerOf(data) ?? serverAccount(),
  };
}

/** Root takes over a server that a plain user made (one `sudo` among many runs) by running it as that user. */
function ownerOf(data: string): Account | null {
  if (!isRoot() || !existsSync(data)) return null;
  const { uid, gid } = statSync(data);
  return uid === 0 ? null : { uid, gid };
}

/** Tries what the server will do there, as its account, rather than guess from mode bits, ACLs and mount options. */
async function works(home: ServerHome): Promise<boolean> {
  try {
    mkdirSync(home.run, { recursive: true });
    if (process.platform === "win32") return true;
    chmodSync(home.run, 0o700);
    if (home.account !== null) chownSync(home.run, home.account.uid, home.account.gid);
  } catch {
    return false;
  }
  const script = 'cd -- "$1" && mkfifo "probe.$$" && rm -f "probe.$$"';
  return (await runAs(home.account, "/bin/sh", ["-c", script, "sh", home.run])).code === 0;
}
