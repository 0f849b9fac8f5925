import pg from "pg";
import { type ExitCode, LockstepError } from "../model/lockstep-error.ts";
import type { ConnectionConfig, HostPort } from "./connection-url.ts";
import { redactSecrets } from "./redact.ts";

/** The SQLSTATE of an error that the server sent, undefined for every other error. */
export function sqlStateOf(error: unknown): string | undefined {
  return error instanceof pg.DatabaseError ? error.code : undefined;
}

/** True when the TLS attempt failed in a way after which libpq's `prefer` and `allow` try the other one. A wrong password is not: it would go out in plain text. */
export function failedOverTls(error: unknown): boolean {
  return sqlStateOf(error) === "28000" || isTlsRefusal(error) || isTlsFailure(error);
}

/** True when another host of the same URL may still answer. */
export function nextHostMayAnswer(error: unknown): boolean {
  const codes = [
    "server-down",
    "unknown-host",
    "connection-timeout",
    "server-starting",
    "too-many-connections",
    "connection-lost",
    "wrong-session",
  ];
  return error instanceof LockstepError && codes.includes(error.code);
}

/** Where a connection goes, for messages: host and port, or the socket. */
export function placeOf({ host, port }: HostPort): string {
  if (host.startsWith("/")) return `the socket ${host}/.s.PGSQL.${port}`;
  return `${host.includes(":") ? `[${host}]` : host}:${port}`;
}

/** A failed connection in plain words: what, where, as whom, and what to do. Never the password. LockstepErrors pass as they are. */
export function explainConnectError(error: unknown, config: ConnectionConfig, host: HostPort): LockstepError {
  if (error instanceof LockstepError) return error;
  const story = error instanceof pg.DatabaseError ? refusedByServer(error, config, host) : notReached(error, config, host);
  const message = redactSecrets(story.message, config.password === undefined ? [] : [config.password]);
  return new LockstepError({ ...story, message, cause: error });
}

interface Story {
  readonly code: string;
  readonly message: string;
  readonly exitCode?: ExitCode;
}

function refusedByServer(error: pg.DatabaseError, config: ConnectionConfig, host: HostPort): Story {
  const place = placeOf(host);
  const { user, database, from } = config;
  switch (error.code) {
    case "28P01":
      return {
        code: "wrong-password",
        message: `${place} refused the password of user "${user}" for database "${database}". Check user and password in ${from}; special characters of a password are percent-encoded in a URL.`,
      };
    case "28000":
      return {
        code: "login-refused",
        message: `${place} does not let user "${user}" into database "${database}": ${error.message}. Check the user in ${from}, sslmode, and the server's pg_hba.conf.`,
      };
    case "3D000":
      return {
        code: "no-such-database",
        message: `${place} has no database "${database}" (user "${user}"). Check the name in ${from}, or create it: create database ${quoted(database)};`,
      };
    case "42501":
      return {
        code: "login-refused",
        message: `User "${user}" may not connect to database "${database}" at ${place}. Let its owner run: grant connect on database ${quoted(database)} to ${quoted(user)};`,
      };
    case "53300":
      return {
        code: "too-many-connections",
        exitCode: 5,
        message: `${place} has no connection left for user "${user}" and database "${database}" (${error.message}). Try again, or raise the limit.`,
      };
    case "57P03":
      return {
        code: "server-starting",
        exitCode: 5,
        message: `${place} takes no connections to database "${database}" for user "${user}" yet: ${error.message}. Try again in a moment.`,
      };
  }
  if (/^unsupported startup parameter/.test(error.message)) {
    const message = `${place} is a connection pooler, not PostgreSQL itself: ${error.message}. Use the direct URL of the server in ${from}, or leave the parameter out.`;
    return { code: "pooler", message };
  }
  return {
    code: "connection-failed",
    message: `${place} refused user "${user}" for database "${database}": ${error.message} (SQLSTATE ${error.code ?? "unknown"}).`,
  };
}

function notReached(error: unknown, config: ConnectionConfig, host: HostPort): Story {
  const place = placeOf(host);
  const whose = `database "${config.database}", user "${config.user}", from ${config.from}`;
  const { code = "", message } = error as NodeJS.ErrnoException;
  if (isTlsRefusal(error)) {
    return {
      code: "tls-refused",
      message: `${place} offers no TLS, and sslmode=${config.ssl.mode} insists on it (${whose}). Switch TLS on at the server, or, on a network you trust, use sslmode=prefer.`,
    };
  }
  if (isTlsFailure(error)) return tlsFailure(place, whose, config, message);
  switch (code) {
    case "ECONNREFUSED":
    case "ENOENT":
    case "EACCES":
      return {
        code: "server-down",
        message: `No PostgreSQL answers at ${place} (${whose}): ${code === "EACCES" ? "access to the socket is denied" : "the connection was refused"}. Is the server running there, and are host and port right?`,
      };
    case "ENOTFOUND":
    case "EAI_AGAIN":
      return {
        code: "unknown-host",
        message: `The host ${host.host} is not known (${place}, ${whose}). Check its spelling, and DNS or VPN.`,
      };
    case "ETIMEDOUT":
    case "EHOSTUNREACH":
    case "ENETUNREACH":
      return timedOut(place, whose, config);
  }
  if (message === "timeout expired" || message === "Query read timeout") return timedOut(place, whose, config);
  return {
    code: "connection-lost",
    message: `${place} ended the connection before it was ready (${whose}): ${message}. Is it PostgreSQL that listens there?`,
  };
}

function timedOut(place: string, whose: string, config: ConnectionConfig): Story {
  return {
    code: "connection-timeout",
    message: `${place} did not answer within ${config.connectTimeout} s (${whose}). Check firewall, VPN and address, or raise connect_timeout in the URL.`,
  };
}

function tlsFailure(place: string, whose: string, config: ConnectionConfig, reason: string): Story {
  const remedy =
    config.ssl.mode === "prefer" || config.ssl.mode === "allow"
      ? "Check the server's TLS settings."
      : "Give the right authority with sslrootcert=FILE (or sslrootcert=system), and the host name that the certificate carries.";
  return { code: "tls-failed", message: `TLS with ${place} failed (${whose}, sslmode=${config.ssl.mode}): ${reason}. ${remedy}` };
}

function isTlsRefusal(error: unknown): boolean {
  return error instanceof Error && error.message === "The server does not support SSL connections";
}

function isTlsFailure(error: unknown): boolean {
  if (!(error instanceof Error) || error instanceof pg.DatabaseError) return false;
  const code = (error as NodeJS.ErrnoException).code ?? "";
  return (
    /^(ERR_SSL|ERR_TLS|ERR_OSSL|EPROTO)|CERT|SIGNATURE/.test(code) ||
    error.message === "There was an error establishing an SSL connection"
  );
}

function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}
