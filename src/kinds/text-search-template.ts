import { address, notExtensionOwned, userSchema } from "./shared/catalog.ts";
import { namesOfArg, optionsOf, routineName, routineReference } from "./shared/define-options.ts";
import { definedKind } from "./shared/defined-object.ts";

/** Text search templates: the functions of a sort of dictionary (manual, CREATE TEXT SEARCH TEMPLATE). */

function catalogSql(): string {
  return `select ${address("pg_ts_template", "t.oid")}, n.nspname as schema, t.tmplname as name,
      '(' || concat_ws(', ', 'init = ' || nullif(t.tmplinit::regproc::text, '-'), 'lexize = ' || t.tmpllexize::regproc::text) || ')' as def
    from pg_ts_template t join pg_namespace n on n.oid = t.tmplnamespace
    where ${userSchema("n.nspname")} and ${notExtensionOwned("pg_ts_template", "t.oid")}`;
}

export const textSearchTemplate = definedKind({
  kind: "text_search_template",
  rank: 77,
  key: "text_search_templates",
  description: "A text search template: (init = dsimple_init, lexize = dsimple_lexize).",
  hint: "write e.g. (init = dsimple_init, lexize = dsimple_lexize)",
  noun: "TEXT SEARCH TEMPLATE",
  tag: "DefineStmt",
  define: "OBJECT_TSTEMPLATE",
  catalogSql,
  before: () => "CREATE TEXT SEARCH TEMPLATE x ",
  canonical: (body, _name, context) => {
    const options = optionsOf(body, (_key, arg) => routineName(namesOfArg(arg), context));
    return `(${["init", "lexize"].flatMap((key) => (options.has(key) ? [`${key} = ${options.get(key)}`] : [])).join(", ")})`;
  },
  create: (path, def) =>
    `CREATE TEXT SEARCH TEMPLATE ${path} ${def.replaceAll(/\b(init|lexize) = /g, (word) => word.toUpperCase())};`,
  dependsOn: (spec) => [...spec.def.matchAll(/ = ([^,)]+)/g)].flatMap(([, name]) => routineReference(name)),
});
