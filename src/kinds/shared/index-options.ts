import { quoteIdentifier } from "../../base/identifier.ts";
import { namesOf } from "../../sql/names.ts";
import type { Node } from "../../sql/parser.ts";

/** Storage parameters of the index of a constraint: name and value as pg_class.reloptions keeps them. */
export type IndexOptions = { readonly [name: string]: string };

/** DefElem nodes of WITH (…) to options; a name without a value is true. */
export function optionsOf(nodes: readonly Node[] | undefined): IndexOptions {
  const pairs = (nodes ?? []).map((node): [string, string] => {
    const element = node.DefElem ?? {};
    return [String(element.defname), textOf(element.arg)];
  });
  return Object.fromEntries(pairs);
}

function textOf(arg: Node): string {
  if (arg === undefined) return "true";
  if (arg.Integer) return String(arg.Integer.ival ?? 0);
  if (arg.Float) return String(arg.Float.fval);
  if (arg.Boolean) return String(arg.Boolean.boolval === true);
  return String(arg.String?.sval ?? namesOf(arg.TypeName?.names).at(-1) ?? "");
}

/** `fillfactor = 70, deduplicate_items = off`. */
export function optionList(options: IndexOptions): string {
  return Object.entries(options)
    .map(([name, value]) => `${quoteIdentifier(name)} = ${/^[\w.+-]+$/.test(value) ? value : `'${value.replaceAll("'", "''")}'`}`)
    .join(", ");
}

/** What ALTER INDEX says to bring options to others: SET (…), RESET (…). */
export function optionChanges(from: IndexOptions, to: IndexOptions): string[] {
  const set = Object.fromEntries(Object.entries(to).filter(([name, value]) => from[name] !== value));
  const reset = Object.keys(from).filter((name) => !(name in to));
  return [
    ...(Object.keys(set).length > 0 ? [`SET (${optionList(set)})`] : []),
    ...(reset.length > 0 ? [`RESET (${reset.map(quoteIdentifier).join(", ")})`] : []),
  ];
}
