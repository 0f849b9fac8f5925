import { address, notExtensionOwned, userSchema } from "./shared/catalog.ts";
import { namesOfArg, optionsOf, routineName, routineReference } from "./shared/define-options.ts";
import { definedKind } from "./shared/defined-object.ts";

/** Text search parsers: functions that split a text into tokens (manual, CREATE TEXT SEARCH PARSER). */

const keys = ["start", "gettoken", "end", "lextypes", "headline"] as const;

function catalogSql(): string {
  return `select ${address("pg_ts_parser", "p.oid")}, n.nspname as schema, p.prsname as name,
      '(' || concat_ws(', ', 'start = ' || p.prsstart::regproc::text, 'gettoken = ' || p.prstoken::regproc::text, '"end" = ' || p.prsend::regproc::text,
        'lextypes = ' || p.prslextype::regproc::text, 'headline = ' || nullif(p.prsheadline::regproc::text, '-')) || ')' as def
    from pg_ts_parser p join pg_namespace n on n.oid = p.prsnamespace
    where ${userSchema("n.nspname")} and ${notExtensionOwned("pg_ts_parser", "p.oid")}`;
}

export const textSearchParser = definedKind({
  kind: "text_search_parser",
  rank: 77,
  key: "text_search_parsers",
  description: "A text search parser: (start = prsd_start, gettoken = prsd_nexttoken, end = prsd_end, lextypes = prsd_lextype).",
  hint: "write e.g. (start = prsd_start, gettoken = prsd_nexttoken, end = prsd_end, lextypes = prsd_lextype)",
  noun: "TEXT SEARCH PARSER",
  tag: "DefineStmt",
  define: "OBJECT_TSPARSER",
  catalogSql,
  before: () => "CREATE TEXT SEARCH PARSER x ",
  canonical: (body, _name, context) => {
    const options = optionsOf(body, (_key, arg) => routineName(namesOfArg(arg), context));
    return `(${keys.flatMap((key) => (options.has(key) ? [`${key} = ${options.get(key)}`] : [])).join(", ")})`;
  },
  create: (path, def) => `CREATE TEXT SEARCH PARSER ${path} ${def.replaceAll(/\b(\w+) = /g, (word) => word.toUpperCase())};`,
  dependsOn: (spec) => [...spec.def.matchAll(/ = ([^,)]+)/g)].flatMap(([, name]) => routineReference(name)),
});
