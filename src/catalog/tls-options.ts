import { readFile } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";
import type { ConnectionOptions } from "node:tls";
import type { ConnectionConfig, HostPort } from "./connection-url.ts";
import { badUrl } from "./url-parameters.ts";

/** How to try a connection: TLS with these options, or false for plain text. */
export type TlsAttempt = ConnectionOptions | false;

/**
 * The attempts that libpq's sslmode stands for, in order. A Unix socket is always plain.
 * Reads the certificate files; one that cannot be read is a `bad-url` error.
 */
export async function tlsAttempts(config: ConnectionConfig, host: HostPort): Promise<readonly TlsAttempt[]> {
  if (host.host.startsWith("/")) return [false];
  switch (config.ssl.mode) {
    case "disable":
      return [false];
    case "allow":
      return [false, await tlsOptions(config, host)];
    case "prefer":
      return [await tlsOptions(config, host), false];
    case "require":
    case "verify-ca":
    case "verify-full":
      return [await tlsOptions(config, host)];
  }
}

async function tlsOptions(config: ConnectionConfig, host: HostPort): Promise<ConnectionOptions> {
  const { mode, rootCert, cert, key, keyPassword, crl } = config.ssl;
  const verifies = mode === "verify-ca" || mode === "verify-full";
  // libpq: `require` with a root certificate given verifies like verify-ca.
  const checksChain = verifies || (mode === "require" && rootCert !== undefined);
  const ca = rootCert === "system" || !checksChain ? undefined : await readAuthority(config);
  return {
    rejectUnauthorized: checksChain,
    ...(mode === "verify-full" ? {} : { checkServerIdentity: () => undefined }),
    ...(ca === undefined ? {} : { ca }),
    ...(cert === undefined ? {} : { cert: await readPem(cert, "sslcert", config) }),
    ...(key === undefined ? {} : { key: await readPem(key, "sslkey", config) }),
    ...(keyPassword === undefined ? {} : { passphrase: keyPassword }),
    ...(crl === undefined ? {} : { crl: await readPem(crl, "sslcrl", config) }),
    ...(host.tlsName === undefined ? {} : { servername: host.tlsName }),
  };
}

/** The given root certificate, else libpq's default file, else (undefined) the authorities that Node trusts. */
async function readAuthority(config: ConnectionConfig): Promise<string | undefined> {
  if (config.ssl.rootCert !== undefined) return await readPem(config.ssl.rootCert, "sslrootcert", config);
  return await readFile(join(homedir(), ".postgresql", "root.crt"), "utf8").catch(() => undefined);
}

async function readPem(path: string, parameter: string, config: ConnectionConfig): Promise<string> {
  try {
    return await readFile(path, "utf8");
  } catch (cause) {
    throw badUrl(
      config.from,
      `the file ${path} of ${parameter} cannot be read (${(cause as NodeJS.ErrnoException).code ?? "unknown reason"}).`,
    );
  }
}
