import type { Node } from "../sql/parser.ts";
import { parseFragment } from "../sql/parser.ts";
import { address, notExtensionOwned, text } from "./shared/catalog.ts";
import { routineReference, routineWithArgs, typeOf, typeReference } from "./shared/define-options.ts";
import { type DefinedName, definedKind } from "./shared/defined-object.ts";

/** Casts between types of the schema (manual, CREATE CAST). Those that range types bring along belong to them. */

const contexts: Readonly<Record<string, string>> = { COERCION_ASSIGNMENT: " as assignment", COERCION_IMPLICIT: " as implicit" };

const named = (source: string, target: string): DefinedName => {
  const path = `${source} AS ${target}`;
  return { schema: null, name: path, path };
};

function catalogSql(): string {
  return `select ${address("pg_cast", "c.oid")}, format_type(c.castsource, null) as source, format_type(c.casttarget, null) as target, null::text as schema, 'cast' as name,
      case c.castmethod when 'f' then 'with function ' || c.castfunc::regprocedure::text when 'b' then 'without function' else 'with inout' end
        || case c.castcontext when 'a' then ' as assignment' when 'i' then ' as implicit' else '' end as def
    from pg_cast c where c.oid >= 16384 and ${notExtensionOwned("pg_cast", "c.oid")}
      and not exists (select from pg_depend d where d.classid = 'pg_cast'::regclass and d.objid = c.oid and d.deptype = 'i')`;
}

const typeNode = (sql: string): Node => parseFragment("type", sql).SelectStmt.targetList[0].ResTarget.val.TypeCast.typeName;

export const cast = definedKind({
  kind: "cast",
  rank: 75,
  key: "casts",
  description: "A cast, `app.a as app.b`: with function app.f(app.a) as assignment.",
  hint: "write e.g. app.a as app.b: with function app.f(app.a) as assignment",
  noun: "CAST",
  tag: "CreateCastStmt",
  catalogSql,
  before: () => "CREATE CAST (integer AS text) ",
  nameOfKey: (key, context) => {
    const [source, target, more] = key.split(/\s+as\s+/i);
    if (source === undefined || target === undefined || more !== undefined) return null;
    return named(typeOf(typeNode(source), context), typeOf(typeNode(target), context));
  },
  nameOfNode: (body, context) => named(typeOf(body.sourcetype, context), typeOf(body.targettype, context)),
  nameOfRow: (row) => named(text(row, "source"), text(row, "target")),
  keyOf: (spec) => spec.name.replace(" AS ", " as "),
  canonical: (body, _name, context) => {
    const how = body.func
      ? `with function ${routineWithArgs(body.func, context)}`
      : body.inout
        ? "with inout"
        : "without function";
    return `${how}${contexts[body.context] ?? ""}`;
  },
  create: (path, def) =>
    `CREATE CAST (${path}) ${def.replace(/^with(out)? (function|inout)/, (word) => word.toUpperCase()).replace(/ as (assignment|implicit)$/, (word) => word.toUpperCase())};`,
  drop: (path) => `DROP CAST (${path});`,
  dependsOn: (spec) => [
    ...routineReference(/with function (.*?)( as \w+)?$/.exec(spec.def)?.[1]),
    ...spec.name.split(" AS ").flatMap(typeReference),
  ],
  rename: false,
});
