import { nearestName } from "../base/nearest-name.ts";
import { LockstepError } from "../model/lockstep-error.ts";
import { parseConnectionUrl } from "./connection-url.ts";
import { readUrlParameters } from "./url-parameters.ts";

type Environment = Readonly<Record<string, string | undefined>>;

/** The database that a command works on. `from` and `why` are for messages; `url` may hold a password. */
export type TargetChoice =
  | { readonly kind: "url"; readonly url: string; readonly from: string }
  | { readonly kind: "embedded"; readonly why: string };

/** What decides: flags, the `targets:` of the files, the environment (with `.env` merged in), and whether a person is at the terminal. */
export interface TargetInput {
  readonly url?: string;
  readonly target?: string;
  readonly targets?: Readonly<Record<string, { readonly url: string }>>;
  readonly env: Environment;
  readonly embedded?: boolean;
  readonly isTty: boolean;
}

const URL_VARIABLES = ["LOCKSTEP_DATABASE_URL", "DATABASE_URL_MIGRATIONS", "DATABASE_URL_DIRECT", "DATABASE_URL"] as const;

/** Any of these says which database; the other PG* only refine it. */
const LIBPQ_PLACE = ["PGHOST", "PGHOSTADDR", "PGPORT", "PGDATABASE", "PGUSER", "PGSERVICE"] as const;

const LIBPQ_VARIABLES: Readonly<Record<string, string>> = {
  PGHOST: "host",
  PGHOSTADDR: "hostaddr",
  PGPORT: "port",
  PGDATABASE: "dbname",
  PGUSER: "user",
  PGPASSWORD: "password",
  PGPASSFILE: "passfile",
  PGSERVICE: "service",
  PGSSLMODE: "sslmode",
  PGSSLROOTCERT: "sslrootcert",
  PGSSLCERT: "sslcert",
  PGSSLKEY: "sslkey",
  PGSSLCRL: "sslcrl",
  PGSSLNEGOTIATION: "sslnegotiation",
  PGCHANNELBINDING: "channel_binding",
  PGCONNECT_TIMEOUT: "connect_timeout",
  PGAPPNAME: "application_name",
  PGOPTIONS: "options",
  PGTARGETSESSIONATTRS: "target_session_attrs",
};

/**
 * Decides which database a command works on: `--url`, `--target`, the URL variables, libpq's PG*, else the embedded server.
 * `--embedded` is an explicit choice and beats the environment. The URL comes back complete: what it leaves open is filled from PG*,
 * as psql does. Throws `usage` (64), `missing-variable`, `bad-url` or `no-database` (1); no message holds a password.
 */
export function resolveTarget(input: TargetInput): TargetChoice {
  if (input.embedded === true && (input.url !== undefined || input.target !== undefined)) {
    throw usage(`--embedded and ${input.url === undefined ? "--target" : "--url"} name two databases. Leave one of them out.`);
  }
  if (input.url !== undefined && input.target !== undefined)
    throw usage("--url and --target name two databases. Leave one of them out.");
  if (input.url !== undefined) return chosen(input.url, "--url", input.env);
  if (input.target !== undefined) return chosen(targetUrl(input.target, input), `--target ${input.target}`, input.env);
  if (input.embedded === true) return { kind: "embedded", why: "--embedded" };
  for (const name of URL_VARIABLES) {
    const url = input.env[name];
    if (isSet(url)) return chosen(url, name, input.env);
  }
  const places = LIBPQ_PLACE.filter((name) => isSet(input.env[name]));
  if (places.length > 0) return chosen("postgresql://", places.join(", "), input.env);
  return noDatabase(input);
}

/** Puts the environment into the `${NAME}`s of a target's URL. `what` names the target in messages. Throws `missing-variable`. */
function expandVariables(text: string, what: string, env: Environment): string {
  return text.replace(/\$\{([^}]*)\}/g, (_, name: string) => {
    if (!/^[A-Za-z_]\w*$/.test(name))
      throw usageOfFile(`${what}: \${…} holds the name of an environment variable and nothing else.`);
    const value = env[name];
    if (isSet(value)) return value;
    const message = `${what} needs the environment variable ${name}, which is not set. Set it, or write it into .env.`;
    throw new LockstepError({ code: "missing-variable", message });
  });
}

function chosen(url: string, from: string, env: Environment): TargetChoice {
  const complete = withLibpqDefaults(url, from, env);
  // An unusable URL is reported here, with its source, before anything else is done.
  parseConnectionUrl(complete, from);
  return { kind: "url", url: complete, from };
}

function withLibpqDefaults(url: string, from: string, env: Environment): string {
  const given = readUrlParameters(url, from);
  const has = (key: string) => given.has(key) || (key === "sslmode" && given.has("ssl"));
  // A host from the environment would only be half of a place that the URL already names.
  const skip = new Set(given.has("host") || given.has("hostaddr") ? ["host", "hostaddr"] : []);
  const missing = Object.entries(LIBPQ_VARIABLES).flatMap(([name, key]): [string, string][] => {
    const value = env[name];
    return isSet(value) && !has(key) && !skip.has(key) ? [[key, value]] : [];
  });
  if (missing.length === 0) return url;
  const text = url.trim().replace(/^(["'])(.*)\1$/s, "$2");
  if (!/^(?:[a-z][a-z0-9+.-]*:)+\/?/i.test(text)) {
    return `${text} ${missing.map(([key, value]) => `${key}='${value.replace(/[\\']/g, "\\$&")}'`).join(" ")}`;
  }
  const query = missing.map(([key, value]) => `${key}=${encodeURIComponent(value)}`).join("&");
  return `${text}${text.includes("?") ? "&" : "?"}${query}`;
}

function targetUrl(name: string, input: TargetInput): string {
  const target = Object.hasOwn(input.targets ?? {}, name) ? input.targets?.[name] : undefined;
  if (target !== undefined) return expandVariables(target.url, `target ${name}`, input.env);
  const names = Object.keys(input.targets ?? {}).sort();
  const known = names.length === 0 ? "The files declare no targets." : `The files declare: ${names.join(", ")}.`;
  const nearest = nearestName(name, names);
  throw usage(`There is no target named ${name}. ${known}${nearest === undefined ? "" : ` Did you mean ${nearest}?`}`);
}

function noDatabase(input: TargetInput): TargetChoice {
  const ways = "Give --url, or --target with a name from the files, or set LOCKSTEP_DATABASE_URL, DATABASE_URL or PGHOST";
  const ci = input.env.CI;
  const inCi = isSet(ci) && ci !== "false" && ci !== "0";
  if (!inCi && input.isTty) return { kind: "embedded", why: "no database is named by --url, --target or the environment" };
  const where = inCi ? "CI is set" : "there is no terminal";
  const message = `No database was named, and ${where}, so the embedded server is not started unasked. ${ways}; or ask for it with --embedded.`;
  throw new LockstepError({ code: "no-database", message });
}

function isSet(value: string | undefined): value is string {
  return value !== undefined && value !== "";
}

function usage(message: string): LockstepError {
  return new LockstepError({ code: "usage", message, exitCode: 64 });
}

function usageOfFile(message: string): LockstepError {
  return new LockstepError({ code: "missing-variable", message });
}
