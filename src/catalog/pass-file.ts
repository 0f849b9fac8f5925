import { readFile, stat } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";
import type { ConnectionConfig, HostPort } from "./connection-url.ts";

/** The password that libpq's password file has for a connection, undefined when there is none or others may read the file (as libpq). */
export async function readPassFile(config: ConnectionConfig, host: HostPort): Promise<string | undefined> {
  const path = config.passFile ?? defaultPath();
  try {
    const { mode } = await stat(path);
    if (process.platform !== "win32" && (mode & 0o077) !== 0) return undefined;
    return findPassword(await readFile(path, "utf8"), config, host);
  } catch {
    return undefined;
  }
}

function defaultPath(): string {
  return process.platform === "win32"
    ? join(homedir(), "AppData", "Roaming", "postgresql", "pgpass.conf")
    : join(homedir(), ".pgpass");
}

function findPassword(text: string, config: ConnectionConfig, host: HostPort): string | undefined {
  const socket = host.host.startsWith("/");
  const wanted = [socket ? "localhost" : (host.tlsName ?? host.host), String(host.port), config.database, config.user];
  for (const line of text.split(/\r?\n/)) {
    if (line === "" || line.startsWith("#")) continue;
    const fields = (line.match(/(?:^|:)((?:[^:\\]|\\.)*)/g) ?? []).map((each) => each.replace(/^:/, "").replace(/\\(.)/g, "$1"));
    const matches = wanted.every(
      (value, index) => fields[index] === "*" || fields[index] === value || (index === 0 && fields[0] === host.host),
    );
    if (matches && fields[4] !== undefined) return fields[4];
  }
  return undefined;
}
