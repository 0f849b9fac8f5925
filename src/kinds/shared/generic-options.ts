import { quoteIdentifier } from "../../base/identifier.ts";
import { quoteLiteral } from "../../base/literal.ts";
import type { ReadContext, YamlScalar } from "../../model/kind.ts";
import type { Node } from "../../sql/parser.ts";

/** OPTIONS (…) of wrappers, servers, user mappings and foreign tables (manual, CREATE SERVER), and the secrets among them. */

/** By name, in the order of the names: order means nothing to PostgreSQL. */
export type GenericOptions = { readonly [name: string]: string };

/** Names of options whose values are secrets: `password`, `api_key`, `aws_secret_access_key`. */
const secretName =
  /pass(word|wd|phrase)|^pwd$|secret|token|credential|api_?key|access_?key|private_?key|service_?account|scram_(client|server)_key/i;

/** A value that the environment gives when a step runs. */
const placeholder = /\$\{([A-Za-z_][A-Za-z0-9_]*)\}/g;

/** Names of the environment variables that a text waits for, each once, in order. */
export function environmentOf(text: string): readonly string[] {
  return [...new Set([...text.matchAll(placeholder)].map((match) => match[1] ?? ""))].sort();
}

const waits = (value: string): boolean => environmentOf(value).length > 0;

/** The name of an environment variable for a secret: `${FILES_API_PASSWORD}`. In: what it belongs to, outermost first. */
export function environmentName(...names: readonly string[]): string {
  const word = names.map((name) => name.toUpperCase().replace(/[^A-Z0-9]+/g, "_")).join("_");
  return `\${${/^[0-9]/.test(word) ? `_${word}` : word}}`;
}

function sorted(pairs: readonly (readonly [string, string])[]): GenericOptions {
  return Object.fromEntries([...pairs].sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)));
}

/** Options out of the nodes of a parse tree. */
export function optionsOf(list: readonly Node[] | undefined): GenericOptions {
  return sorted((list ?? []).map((item) => [String(item.DefElem?.defname), String(item.DefElem?.arg?.String?.sval ?? "")]));
}

/** Options from name and value pairs of any order. */
export function optionsFrom(pairs: Readonly<Record<string, string>>): GenericOptions {
  return sorted(Object.entries(pairs));
}

/** Reports secrets that stand in the files themselves: they belong into the environment. */
export function refuseSecrets(
  options: GenericOptions,
  scalar: Pick<YamlScalar, "at">,
  context: ReadContext,
  names: readonly string[],
): void {
  for (const [name, value] of Object.entries(options)) {
    if (!secretName.test(name) || waits(value)) continue;
    const hint = `write ${name} '${environmentName(...names, name)}' and set that variable where apply runs`;
    context.problem(scalar.at, "secret-in-file", `${name} is a secret, and its value stands in the file`, hint);
  }
}

/** A catalog expression that gives the options of a text[] column as JSON; an empty object when there are none. */
export function optionsSql(column: string): string {
  return `coalesce((select json_object_agg(o.option_name, o.option_value) from pg_options_to_table(${column}) o), '{}'::json)`;
}

/** Options as the catalog has them. A secret is not kept: in its place stands the variable that will hold it. In: names as for environmentName. */
export function liveOptions(value: unknown, names: readonly string[]): GenericOptions {
  const found = (typeof value === "object" && value !== null ? value : {}) as Readonly<Record<string, string | null>>;
  return sorted(
    Object.entries(found).map(([name, text]) => [name, secretName.test(name) ? environmentName(...names, name) : (text ?? "")]),
  );
}

/** Desired options as far as they can be compared: nobody knows here what a variable holds, so that a value is there is enough. */
export function knownOptions(live: GenericOptions, desired: GenericOptions): GenericOptions {
  return Object.fromEntries(
    Object.entries(desired).map(([name, value]) => [name, waits(value) || secretName.test(name) ? (live[name] ?? value) : value]),
  );
}

/** The name of an option is a label: reserved words need no quotes. */
const label = (name: string): string => (/^[a-z_][a-z0-9_]*$/.test(name) ? name : quoteIdentifier(name));

const one = (name: string, value: string): string => `${label(name)} ${quoteLiteral(value)}`;

/** `OPTIONS (host 'h')`; empty when there are none. In: the keyword, in the letters that are wanted. */
export function optionsClause(options: GenericOptions, keyword = "OPTIONS"): string {
  const list = Object.entries(options).map(([name, value]) => one(name, value));
  return list.length === 0 ? "" : `${keyword} (${list.join(", ")})`;
}

/** `OPTIONS (ADD a 'x', SET b 'y', DROP c)`; empty when nothing differs. */
export function optionsChange(from: GenericOptions, to: GenericOptions): string {
  const list = [
    ...Object.keys(from).flatMap((name) => (name in to ? [] : [`DROP ${label(name)}`])),
    ...Object.entries(to).flatMap(([name, value]) => {
      if (!(name in from)) return [`ADD ${one(name, value)}`];
      return from[name] === value ? [] : [`SET ${one(name, value)}`];
    }),
  ];
  return list.length === 0 ? "" : `OPTIONS (${list.join(", ")})`;
}
