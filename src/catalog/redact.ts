import { percentDecode, readUrlParameters } from "./url-parameters.ts";

const URL_PASSWORD = /([a-z][a-z0-9+.-]*:\/\/[^\s:@/?#"']*:)[^\s"'`<>]*(?=@)/gi;
const NAMED_PASSWORD = /\b(PGPASSWORD|(?:ssl)?password)(\s*=\s*)(?:'(?:[^'\\]|\\.)*'|[^\s&;,'"]+)/gi;
/** As SQL writes an option: `password 'x'`. A variable in dollar braces is no secret. */
const QUOTED_PASSWORD =
  /\b(\w*(?:password|passwd|passphrase|pwd|secret|token|credential|(?:api|access|private)_?key|service_account|scram_(?:client|server)_key)\w*)(\s+)'(?!\$\{)(?:[^']|'')*'/gi;

/** Shorter passwords say nothing on their own and would blot out whole texts; inside URLs they are hidden all the same. */
const SHORTEST_BARE_SECRET = 3;

/**
 * Replaces every secret in a message by `***`, and whatever stands where URLs and keyword strings carry a password.
 * A secret that is a plain word is only replaced as a whole word. For messages and logs, not for SQL: `postgres` may be a password.
 */
export function redactSecrets(text: string, secrets: readonly string[]): string {
  const longestFirst = [...new Set(secrets)]
    .filter((each) => each.length >= SHORTEST_BARE_SECRET)
    .sort((a, b) => b.length - a.length);
  const inPlace = text.replace(URL_PASSWORD, "$1***").replace(NAMED_PASSWORD, "$1$2***").replace(QUOTED_PASSWORD, "$1$2'***'");
  return longestFirst.reduce((result, secret) => result.replace(pattern(secret), "***"), inPlace);
}

function pattern(secret: string): RegExp {
  const escaped = secret.replace(/[.*+?^${}()|[\]\\/-]/g, "\\$&");
  return /^\w+$/.test(secret) ? new RegExp(`(?<!\\w)${escaped}(?!\\w)`, "g") : new RegExp(escaped, "g");
}

/**
 * The secrets that a connection URL or keyword string holds: its passwords, as written, decoded and encoded.
 * Works for a URL that is otherwise unusable. A password equal to the user or the database is left out: those names are shown anyway.
 */
export function secretsOfUrl(url: string): readonly string[] {
  const found = new Set<string>();
  // What lies between the first colon and the last @, whatever a parser would make of it.
  const raw = /^[^:]+:(?:postgresql:)?\/\/[^:@/?#]*:(.*)@/s.exec(url.trim())?.[1];
  if (raw !== undefined) addForms([raw, percentDecode(raw)], found);
  try {
    const parameters = readUrlParameters(url, "url");
    const shown = [parameters.get("user"), parameters.get("dbname")];
    for (const key of ["password", "sslpassword"]) {
      const secret = parameters.get(key) ?? "";
      addForms([secret, encodeURIComponent(secret)], found);
    }
    for (const name of shown) if (name !== undefined) found.delete(name);
  } catch {
    // The forms found above are all that such a text yields.
  }
  return [...found].sort();
}

function addForms(forms: readonly string[], found: Set<string>): void {
  for (const form of forms) if (form !== "") found.add(form);
}
