import { userInfo } from "node:os";
import { badUrl, readUrlParameters, type UrlParameters } from "./url-parameters.ts";

/** libpq's meaning: `require` encrypts without verifying, `prefer` falls back to plain text, `allow` is the reverse of `prefer`. */
export type SslMode = "disable" | "allow" | "prefer" | "require" | "verify-ca" | "verify-full";

export type SessionAttributes = "any" | "read-write" | "read-only" | "primary" | "standby" | "prefer-standby";

/** One place to try. `host` is a name, an address or the folder of a Unix socket; `tlsName` is the name its certificate must carry. */
export interface HostPort {
  readonly host: string;
  readonly port: number;
  readonly tlsName?: string;
}

/** Everything that is needed to connect. `redacted` and the other strings except `password` and `ssl.keyPassword` may be shown. */
export interface ConnectionConfig {
  /** Tried in order. */
  readonly hosts: readonly HostPort[];
  readonly database: string;
  readonly user: string;
  readonly password?: string;
  readonly passFile?: string;
  readonly ssl: {
    readonly mode: SslMode;
    readonly rootCert?: string;
    readonly cert?: string;
    readonly key?: string;
    readonly keyPassword?: string;
    readonly crl?: string;
    readonly direct: boolean;
    readonly channelBinding: boolean;
  };
  /** Seconds, 0 for no limit. */
  readonly connectTimeout: number;
  readonly applicationName?: string;
  readonly options?: string;
  readonly sessionAttributes: SessionAttributes;
  /** The URL says itself that a pooler answers (`pgbouncer=true`). */
  readonly pgbouncer: boolean;
  /** Parameters that neither libpq nor a driver known to us has, for a warning: `sslmod` is a typing mistake. */
  readonly ignored: readonly string[];
  /** The URL with `***` for the password. */
  readonly redacted: string;
  /** Where the URL came from, for messages. */
  readonly from: string;
}

const SSL_MODES: readonly SslMode[] = ["disable", "allow", "prefer", "require", "verify-ca", "verify-full"];
const ATTRIBUTES: readonly SessionAttributes[] = ["any", "read-write", "read-only", "primary", "standby", "prefer-standby"];

/** Values of `ssl=` (asyncpg, JDBC, node-postgres) and of drivers' own `sslmode=` in libpq's words. */
const SSL_WORDS: Readonly<Record<string, SslMode>> = {
  true: "require",
  on: "require",
  "1": "require",
  "no-verify": "require",
  false: "disable",
  off: "disable",
  "0": "disable",
};

/** Settings of drivers and pools that say nothing about where and how to connect, and libpq's that Node decides for itself. */
const DRIVER_SETTINGS: ReadonlySet<string> = new Set(
  `client_encoding command_timeout connection_limit currentschema encoding fallback_application_name gssencmode keepalives
  keepalives_count keepalives_idle keepalives_interval krbsrvname load_balance_hosts max_overflow pool_max_conns pool_min_conns
  pool_mode pool_pre_ping pool_recycle pool_size pool_timeout prepared_statement_cache_size prepared_statement_name_func
  prepared_statements preparethreshold default_query_exec_mode rewritebatchedinserts schema search_path single_use_connections
  socket_timeout sockettimeout sslaccept sslcompression sslsni statement_cache_mode statement_cache_size stringtype
  tcp_user_timeout tcpkeepalive timezone uselibpqcompat`.split(/\s+/),
);

const CONNECTION_SETTINGS: ReadonlySet<string> = new Set(
  `host hostaddr port dbname user password passfile service sslmode ssl sslrootcert sslcert sslkey sslpassword sslcrl sslnegotiation
  channel_binding connect_timeout application_name options target_session_attrs targetservertype pgbouncer`.split(/\s+/),
);

/**
 * Understands a connection URL, also in the forms of other drivers, or a libpq keyword string.
 * `from` names its source in messages. Throws `bad-url` (exit 64 for `--url`, else 1) that never quotes the password.
 */
export function parseConnectionUrl(text: string, from = "--url"): ConnectionConfig {
  const given = readUrlParameters(text, from);
  if (given.has("service"))
    throw badUrl(from, "connection services are not read here. Write host, port and database in the URL.");
  const user = given.get("user") ?? userInfo().username;
  const base = {
    hosts: readHosts(given, from),
    database: given.get("dbname") ?? user,
    user,
    ...present("password", given.get("password")),
    ...present("passFile", given.get("passfile")),
    ssl: readSsl(given, from),
    connectTimeout: readTimeout(given.get("connect_timeout"), from),
    ...present("applicationName", given.get("application_name")),
    ...present("options", given.get("options")),
    sessionAttributes: readAttributes(given, from),
    pgbouncer: ["true", "1", "on"].includes(given.get("pgbouncer")?.toLowerCase() ?? ""),
    ignored: [...given.keys()].filter((key) => !CONNECTION_SETTINGS.has(key) && !DRIVER_SETTINGS.has(key)).sort(),
    from,
  };
  return { ...base, redacted: formatRedactedUrl(base) };
}

/** The same connection as a URL that may be shown: `***` in place of the password, and no driver settings. */
export function formatRedactedUrl(config: Omit<ConnectionConfig, "redacted">): string {
  const password = config.password === undefined ? "" : ":***";
  const sockets = config.hosts.some((each) => each.host.startsWith("/"));
  const hosts = config.hosts.map((each) => `${each.host.includes(":") ? `[${each.host}]` : each.host}:${each.port}`).join(",");
  const query: [string, string][] = [];
  if (sockets) query.push(["host", config.hosts.map((each) => each.host).join(",")]);
  if (sockets) query.push(["port", config.hosts.map((each) => each.port).join(",")]);
  if (config.ssl.mode !== "prefer") query.push(["sslmode", config.ssl.mode]);
  if (config.ssl.rootCert !== undefined) query.push(["sslrootcert", config.ssl.rootCert]);
  if (config.ssl.channelBinding) query.push(["channel_binding", "require"]);
  if (config.options !== undefined) query.push(["options", config.options]);
  const tail = query
    .map(([key, value]) => `${key}=${encodeURIComponent(value).replaceAll("%2F", "/").replaceAll("%2C", ",")}`)
    .join("&");
  const where = sockets ? "" : hosts;
  return `postgresql://${encodeURIComponent(config.user)}${password}@${where}/${encodeURIComponent(config.database)}${tail === "" ? "" : `?${tail}`}`;
}

function present<K extends string>(key: K, value: string | undefined): { readonly [P in K]?: string } {
  return (value === undefined || value === "" ? {} : { [key]: value }) as { readonly [P in K]?: string };
}

function readHosts(given: UrlParameters, from: string): readonly HostPort[] {
  const names = list(given.get("host"));
  const addresses = list(given.get("hostaddr"));
  const hosts = addresses.length > 0 ? addresses : names.length > 0 ? names : [""];
  const ports = list(given.get("port"));
  if (ports.length > 1 && ports.length !== hosts.length)
    throw badUrl(from, `there are ${ports.length} ports for ${hosts.length} hosts.`);
  return hosts.flatMap((host, index) => {
    const port = readPort(ports.length > 1 ? ports[index] : ports[0], from);
    if (host === "") return defaultHosts().map((each) => ({ host: each, port }));
    const tlsName = addresses.length > 0 ? names[index] : undefined;
    return [tlsName === undefined || tlsName === "" ? { host, port } : { host, port, tlsName }];
  });
}

/** Where libpq of the common distributions looks: the Unix socket first. */
function defaultHosts(): readonly string[] {
  return process.platform === "win32" ? ["localhost"] : ["/var/run/postgresql", "/tmp", "localhost"];
}

function list(text: string | undefined): readonly string[] {
  return text === undefined || text === "" ? [] : text.split(",");
}

function readPort(text: string | undefined, from: string): number {
  if (text === undefined || text === "") return 5432;
  const port = /^\d{1,5}$/.test(text) ? Number(text) : 0;
  // The text is not quoted: it may be the rest of a password with an unescaped colon or slash.
  if (port < 1 || port > 65535) throw badUrl(from, "the port is not a number from 1 to 65535.");
  return port;
}

function readSsl(given: UrlParameters, from: string): ConnectionConfig["ssl"] {
  const rootCert = given.get("sslrootcert");
  const asked = (given.get("sslmode") ?? given.get("ssl"))?.toLowerCase();
  const known = asked === undefined || asked === "" ? defaultMode(rootCert) : SSL_MODES.find((mode) => mode === asked);
  const mode = known ?? SSL_WORDS[asked ?? ""];
  if (mode === undefined) throw badUrl(from, `sslmode (or ssl) has to be one of ${SSL_MODES.join(", ")}.`);
  return {
    mode,
    ...present("rootCert", rootCert),
    ...present("cert", given.get("sslcert")),
    ...present("key", given.get("sslkey")),
    ...present("keyPassword", given.get("sslpassword")),
    ...present("crl", given.get("sslcrl")),
    direct: given.get("sslnegotiation") === "direct",
    channelBinding: given.get("channel_binding") === "require",
  };
}

function defaultMode(rootCert: string | undefined): SslMode {
  return rootCert === "system" ? "verify-full" : "prefer";
}

function readTimeout(text: string | undefined, from: string): number {
  if (text === undefined || text === "") return 10;
  if (!/^-?\d{1,6}$/.test(text)) throw badUrl(from, "connect_timeout is a whole number of seconds.");
  const seconds = Number(text);
  return seconds <= 0 ? 0 : Math.max(2, seconds);
}

function readAttributes(given: UrlParameters, from: string): SessionAttributes {
  const asked = given.get("target_session_attrs") ?? jdbcAttributes(given.get("targetservertype"));
  if (asked === undefined || asked === "") return "any";
  const known = ATTRIBUTES.find((each) => each === asked);
  if (known === undefined) throw badUrl(from, `target_session_attrs has to be one of ${ATTRIBUTES.join(", ")}.`);
  return known;
}

function jdbcAttributes(text: string | undefined): SessionAttributes | undefined {
  switch (text?.toLowerCase()) {
    case undefined:
      return undefined;
    case "primary":
    case "master":
      return "primary";
    case "secondary":
    case "slave":
      return "standby";
    case "prefersecondary":
    case "preferslave":
      return "prefer-standby";
    default:
      return "any";
  }
}
