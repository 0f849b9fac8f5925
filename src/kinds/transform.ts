import { quoteIdentifier } from "../base/identifier.ts";
import { parseFragment } from "../sql/parser.ts";
import { address, notExtensionOwned, optionalText, text } from "./shared/catalog.ts";
import { routineReference, routineWithArgs, typeOf, typeReference } from "./shared/define-options.ts";
import { type DefinedName, definedKind } from "./shared/defined-object.ts";

/** How values of a type go into a procedural language and back (manual, CREATE TRANSFORM). */

const named = (type: string, language: string): DefinedName => {
  const path = `${type} LANGUAGE ${quoteIdentifier(language)}`;
  return { schema: null, name: path, path };
};

function catalogSql(): string {
  return `select ${address("pg_transform", "t.oid")}, format_type(t.trftype, null) as type, l.lanname as language, null::text as schema, 'transform' as name,
      '(' || concat_ws(', ', case when t.trffromsql <> 0 then 'from sql with function ' || t.trffromsql::regprocedure::text end,
        case when t.trftosql <> 0 then 'to sql with function ' || t.trftosql::regprocedure::text end) || ')' as def
    from pg_transform t join pg_language l on l.oid = t.trflang where t.oid >= 16384 and ${notExtensionOwned("pg_transform", "t.oid")}`;
}

export const transform = definedKind({
  kind: "transform",
  rank: 77,
  key: "transforms",
  description:
    "A transform, `app.t language plpython3u`: (from sql with function app.f(internal), to sql with function app.g(internal)).",
  hint: "write e.g. app.t language sql: (from sql with function app.f(internal))",
  noun: "TRANSFORM",
  tag: "CreateTransformStmt",
  catalogSql,
  before: () => "CREATE TRANSFORM FOR integer LANGUAGE sql ",
  nameOfKey: (key, context) => {
    const [type, language, more] = key.split(/\s+language\s+/i);
    if (type === undefined || language === undefined || more !== undefined) return null;
    return named(typeOf(parseFragment("type", type).SelectStmt.targetList[0].ResTarget.val.TypeCast.typeName, context), language);
  },
  nameOfNode: (body, context) => named(typeOf(body.type_name, context), String(body.lang)),
  nameOfRow: (row) => named(text(row, "type"), optionalText(row, "language") ?? ""),
  keyOf: (spec) => spec.name.replace(" LANGUAGE ", " language "),
  canonical: (body, _name, context) => {
    const items = [
      ...(body.fromsql ? [`from sql with function ${routineWithArgs(body.fromsql, context)}`] : []),
      ...(body.tosql ? [`to sql with function ${routineWithArgs(body.tosql, context)}`] : []),
    ];
    return `(${items.join(", ")})`;
  },
  create: (path, def) =>
    `CREATE TRANSFORM FOR ${path} ${def.replaceAll(/(from|to) sql with function /g, (word) => word.toUpperCase())};`,
  drop: (path) => `DROP TRANSFORM FOR ${path};`,
  dependsOn: (spec) => [
    ...[...spec.def.matchAll(/with function ([^(]+)\(/g)].flatMap(([, name]) => routineReference(name)),
    ...typeReference(spec.name.split(" LANGUAGE ")[0]),
  ],
  rename: false,
});
