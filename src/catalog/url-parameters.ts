import { LockstepError } from "../model/lockstep-error.ts";

/** libpq keywords (`host`, `port`, `dbname`, `user`, `password`, `sslmode`, …) and whatever else a URL carries, percent-decoded. */
export type UrlParameters = ReadonlyMap<string, string>;

const SCHEME = /^(?:jdbc:)?([a-z][a-z0-9.-]*)(?:\+[a-z0-9_.-]+)?:\/\//i;
const OUR_SCHEMES: ReadonlySet<string> = new Set(["postgres", "postgresql", "postgis", "pgsql"]);
// No `@` in the host or the path: a raw `/`, `?` or `#` in a password would otherwise make the user name a host.
const STRICT = /^(?:([^/?#]*)@)?([^/?#@]*)(?:\/([^?#@]*))?(?:\?([^#]*))?$/;
const LENIENT = /^(.*)@([^@/?#]*)(?:\/([^?#]*))?(?:\?([^#]*))?$/s;
const HOSTS = /^(?:(?:\[[0-9a-f:.%a-z]+\]|[^:,[\]]*)(?::\d*)?)(?:,(?:\[[0-9a-f:.%a-z]+\]|[^:,[\]]*)(?::\d*)?)*$/i;

/** libpq's names for what drivers call otherwise. */
const SYNONYMS: Readonly<Record<string, string>> = {
  database: "dbname",
  username: "user",
  applicationname: "application_name",
  connecttimeout: "connect_timeout",
  logintimeout: "connect_timeout",
};

/** The error of a URL that cannot be used: usage (64) when it came as a flag. The message must not quote the URL: it may hold a password. */
export function badUrl(from: string, message: string): LockstepError {
  return new LockstepError({ code: "bad-url", message: `${from}: ${message}`, exitCode: from === "--url" ? 64 : 1 });
}

/** Percent-decodes; a stray `%` (an unescaped password) stays as it is. */
export function percentDecode(text: string): string {
  return text.replace(/(?:%[0-9a-f]{2})+/gi, (bytes) => {
    try {
      return decodeURIComponent(bytes);
    } catch {
      return bytes;
    }
  });
}

/**
 * Reads a connection URL (PostgreSQL's, or a driver's form of it) or a libpq keyword string into parameters.
 * `from` names the source in messages, for example `--url` or `DATABASE_URL`. Throws `bad-url`, without the password.
 */
export function readUrlParameters(text: string, from: string): UrlParameters {
  // Docker's --env-file keeps the quotes that shells and .env readers take away.
  const url = text.trim().replace(/^(["'])(.*)\1$/s, "$2");
  if (url === "") throw badUrl(from, "the connection URL is empty.");
  const jdbcShort = /^jdbc:postgresql:(?!\/\/)\/?(.*)$/s.exec(url);
  if (jdbcShort) return readUrl(`/${jdbcShort[1] ?? ""}`, from);
  const scheme = SCHEME.exec(url);
  if (!scheme) {
    if (/^\s*[a-z_]+\s*=/i.test(url)) return readKeywords(url, from);
    throw badUrl(from, "this is no connection URL. Write postgresql://user:password@host:5432/database");
  }
  const name = (scheme[1] ?? "").toLowerCase();
  if (!OUR_SCHEMES.has(name)) throw badUrl(from, wrongScheme(name));
  return readUrl(url.slice(scheme[0].length), from);
}

function wrongScheme(name: string): string {
  if (name === "prisma")
    return "a prisma:// URL goes through a proxy that runs no DDL. Give the direct postgresql:// URL of the database.";
  return `a ${name}:// URL is not one of a PostgreSQL database. It has to begin with postgresql://`;
}

function readUrl(rest: string, from: string): UrlParameters {
  const { userInfo, hosts, path, query } = splitUrl(rest, from);
  const found = new Map<string, string>();
  if (userInfo !== undefined) {
    const colon = userInfo.indexOf(":");
    const user = colon < 0 ? userInfo : userInfo.slice(0, colon);
    if (user !== "") found.set("user", percentDecode(user));
    if (colon >= 0 && colon + 1 < userInfo.length) found.set("password", percentDecode(userInfo.slice(colon + 1)));
  }
  if (hosts !== "") {
    const list = hosts.split(",").map(splitHostPort);
    if (list.some((each) => each.host !== "")) found.set("host", list.map((each) => percentDecode(each.host)).join(","));
    if (list.some((each) => each.port !== "")) found.set("port", list.map((each) => each.port).join(","));
  }
  if (path !== undefined && path !== "") found.set("dbname", percentDecode(path));
  readQuery(query ?? "", found, from);
  return found;
}

interface UrlPieces {
  readonly userInfo: string | undefined;
  readonly hosts: string;
  readonly path: string | undefined;
  readonly query: string | undefined;
}

function splitUrl(rest: string, from: string): UrlPieces {
  for (const shape of [STRICT, LENIENT]) {
    const match = shape.exec(rest);
    if (!match) continue;
    const [, userInfo, hosts = "", path, query] = match;
    const queryReads = (query ?? "").split("&").every((each) => each === "" || each.includes("="));
    if (HOSTS.test(hosts) && queryReads) return { userInfo, hosts, path, query };
  }
  throw badUrl(
    from,
    "the URL cannot be taken apart. Its form is postgresql://user:password@host:5432/database, with special characters in the password percent-encoded (@ as %40, / as %2F, ? as %3F, # as %23, : as %3A).",
  );
}

function readQuery(query: string, found: Map<string, string>, from: string): void {
  const given = new Map<string, string>();
  for (const pair of query.split("&")) {
    if (pair === "") continue;
    const equals = pair.indexOf("=");
    if (equals < 0) throw badUrl(from, "a parameter after ? has no value.");
    const key = keyword(percentDecode(pair.slice(0, equals)));
    const value = percentDecode(pair.slice(equals + 1));
    const before = given.get(key);
    // SQLAlchemy writes several hosts as ?host=a:5432&host=b:5432.
    given.set(key, before !== undefined && (key === "host" || key === "port") ? `${before},${value}` : value);
  }
  const hosts = given.get("host")?.split(",");
  if (hosts?.some((each) => splitHostPort(each).port !== "")) {
    const list = hosts.map(splitHostPort);
    given.set("host", list.map((each) => each.host).join(","));
    given.set("port", list.map((each) => each.port).join(","));
  }
  for (const [key, value] of given) found.set(key, value);
}

function keyword(name: string): string {
  const lower = name.toLowerCase();
  return SYNONYMS[lower] ?? lower;
}

function splitHostPort(text: string): { host: string; port: string } {
  if (text.startsWith("/")) return { host: text, port: "" };
  const match = /^(?:\[([^\]]*)\]|([^:]*))(?::(\d*))?$/.exec(text);
  // An IPv6 address without brackets, as `host=` allows it.
  return match ? { host: match[1] ?? match[2] ?? "", port: match[3] ?? "" } : { host: text, port: "" };
}

/** `host=db dbname='my db'`, with libpq's quoting: single quotes, backslash before a quote or a backslash. */
function readKeywords(text: string, from: string): UrlParameters {
  const found = new Map<string, string>();
  const pair = /\s*([A-Za-z_]+)\s*=\s*(?:'((?:[^'\\]|\\.)*)'|((?:[^\s'\\]|\\.)*))(?=\s|$)/gsy;
  const trimmed = text.trim();
  while (pair.lastIndex < trimmed.length) {
    const match = pair.exec(trimmed);
    if (!match)
      throw badUrl(
        from,
        "the keyword string cannot be read. Its form is: host=db port=5432 dbname=app user=me password='two words'",
      );
    found.set(keyword(match[1] ?? ""), (match[2] ?? match[3] ?? "").replace(/\\(.)/gs, "$1"));
  }
  return found;
}
