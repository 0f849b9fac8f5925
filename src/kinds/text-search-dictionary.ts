import { quoteIdentifier } from "../base/identifier.ts";
import { address, notExtensionOwned, userSchema } from "./shared/catalog.ts";
import { literalValue, namesOfArg, optionsOf } from "./shared/define-options.ts";
import { definedKind } from "./shared/defined-object.ts";
import { searchName, searchReference } from "./shared/text-search.ts";

/** Text search dictionaries (manual, CREATE TEXT SEARCH DICTIONARY). */

function catalogSql(): string {
  return `select ${address("pg_ts_dict", "d.oid")}, n.nspname as schema, d.dictname as name, pg_get_userbyid(d.dictowner) as owner,
      '(template = ' || quote_ident(tn.nspname) || '.' || quote_ident(t.tmplname) || coalesce(', ' || d.dictinitoption, '') || ')' as def
    from pg_ts_dict d join pg_namespace n on n.oid = d.dictnamespace join pg_ts_template t on t.oid = d.dicttemplate join pg_namespace tn on tn.oid = t.tmplnamespace
    where ${userSchema("n.nspname")} and ${notExtensionOwned("pg_ts_dict", "d.oid")}`;
}

/** Options by key, the template among them, as they stand in the canonical text. */
const itemsOf = (def: string): ReadonlyMap<string, string> =>
  new Map(
    [...def.slice(1, -1).matchAll(/("(?:[^"]|"")*"|\w+) = ('(?:[^']|'')*'|[^,]+)/g)].map(([, key = "", value = ""]) => [
      key,
      value,
    ]),
  );

export const textSearchDictionary = definedKind({
  kind: "text_search_dictionary",
  rank: 78,
  key: "text_search_dictionaries",
  description: "A text search dictionary: (template = simple, stopwords = 'english').",
  hint: "write e.g. (template = simple, stopwords = 'english')",
  noun: "TEXT SEARCH DICTIONARY",
  tag: "DefineStmt",
  define: "OBJECT_TSDICTIONARY",
  catalogSql,
  before: () => "CREATE TEXT SEARCH DICTIONARY x ",
  required: ["template"],
  canonical: (body, name) => {
    const options = optionsOf(body, (key, arg) =>
      key === "template" ? searchName(namesOfArg(arg), name.schema) : literalValue(arg),
    );
    const rest = [...options].filter(([key]) => key !== "template");
    return `(${[["template", options.get("template") ?? "simple"] as const, ...rest].map(([key, value]) => `${quoteIdentifier(key)} = ${value}`).join(", ")})`;
  },
  create: (path, def) => `CREATE TEXT SEARCH DICTIONARY ${path} ${def.replace(/^\(template/, "(TEMPLATE")};`,
  dependsOn: (spec) => searchReference("text_search_template", itemsOf(spec.def).get("template")),
  // An option without a value goes back to what it is by default.
  alter: (live, desired) => {
    const [from, to] = [itemsOf(live.spec.def), itemsOf(desired.spec.def)];
    if (from.get("template") !== to.get("template")) return null;
    // What is set goes behind what stays (AlterTSDictionary): all from the first that is not in its place.
    const kept = [...from].filter(([key]) => to.has(key));
    const wanted = [...to];
    const same = wanted.findIndex(([key, value], at) => kept[at]?.[0] !== key || kept[at]?.[1] !== value);
    const set = same < 0 ? [] : wanted.slice(same).map(([key, value]) => `${key} = ${value}`);
    const reset = [...from.keys()].filter((key) => !to.has(key));
    return [`ALTER TEXT SEARCH DICTIONARY ${desired.object} (${[...set, ...reset].join(", ")});`];
  },
});
