import { qualifiedName } from "../base/identifier.ts";
import { namesOf } from "../sql/names.ts";
import { address, notExtensionOwned, text, userSchema } from "./shared/catalog.ts";
import { typeOf, typeReference } from "./shared/define-options.ts";
import { definedKind } from "./shared/defined-object.ts";
import { accessItems, accessName, accessPath, itemReferences, itemsSql, upperItems } from "./shared/operator-items.ts";

/** Operator classes (manual, CREATE OPERATOR CLASS). Without FAMILY a class has one of its own name, which comes and goes with it. */

function catalogSql(): string {
  return `select ${address("pg_opclass", "c.oid")}, n.nspname as schema, c.opcname as name, am.amname as method, pg_get_userbyid(c.opcowner) as owner,
      case when c.opcdefault then 'default ' else '' end || 'for type ' || format_type(c.opcintype, null)
        || case when f.opfname = c.opcname and f.opfnamespace = c.opcnamespace then '' else ' family ' || quote_ident(fn.nspname) || '.' || quote_ident(f.opfname) end
        || ' as ' || concat_ws(', ', nullif(${itemsSql("c.opcfamily", "pg_opclass", "c.oid")}, ''), case when c.opckeytype <> 0 then 'storage ' || format_type(c.opckeytype, null)
          when not exists (select from pg_depend d where d.refclassid = 'pg_opclass'::regclass and d.refobjid = c.oid and d.classid in ('pg_amop'::regclass, 'pg_amproc'::regclass)) then 'storage ' || format_type(c.opcintype, null) end) as def
    from pg_opclass c join pg_namespace n on n.oid = c.opcnamespace join pg_am am on am.oid = c.opcmethod
      join pg_opfamily f on f.oid = c.opcfamily join pg_namespace fn on fn.oid = f.opfnamespace
    where ${userSchema("n.nspname")} and ${notExtensionOwned("pg_opclass", "c.oid")}`;
}

const parts = (def: string): { readonly head: string; readonly items: string } => {
  const [head = "", ...rest] = def.split(" as ");
  return { head, items: rest.join(" as ") };
};

const familyOf = (def: string): string | undefined => / family (.*)$/.exec(parts(def).head)?.[1];

export const operatorClass = definedKind({
  kind: "operator_class",
  rank: 74,
  key: "operator_classes",
  description: "An operator class, `name using btree`: for type app.t as operator 1 <, function 1 app.cmp(app.t, app.t).",
  hint: "write e.g. app.cls using btree: for type app.t as operator 1 app.<, function 1 app.cmp(app.t, app.t)",
  noun: "OPERATOR CLASS",
  tag: "CreateOpClassStmt",
  catalogSql,
  // USING stands in the middle of the statement; in the files it is part of the name.
  before: () => "CREATE OPERATOR CLASS x ",
  cut: (value) => value.replace(/\b(for\s+type\s+.+?)(\s+family\b|\s+as\b)/is, "$1 USING btree$2"),
  nameOfKey: (key, context) => accessPath(key, context),
  nameOfNode: (body, context) => accessName(body.opclassname, String(body.amname), context),
  nameOfRow: (row) =>
    accessName(
      [text(row, "schema"), text(row, "name")].map((name) => ({ String: { sval: name } })),
      text(row, "method"),
      null,
    ),
  keyOf: (_spec, object) => object.replace(" USING ", " using "),
  canonical: (body, name, context) => {
    const type = typeOf(body.datatype, context);
    const method = name.path.split(" USING ")[1] ?? "";
    const names = namesOf(body.opfamilyname);
    const family = names.length === 1 ? qualifiedName(name.schema ?? "", ...names) : qualifiedName(...names);
    const own = names.length === 0 || family === qualifiedName(name.schema ?? "", name.name);
    return `${body.isDefault ? "default " : ""}for type ${type}${own ? "" : ` family ${family}`} as ${accessItems(body.items ?? [], type, method, context)}`;
  },
  create: (path, def) => {
    const [name = "", method = ""] = path.split(" USING ");
    const { head, items } = parts(def);
    const [, isDefault = "", type = ""] = /^(default )?for type (.*?)(?: family .*)?$/.exec(head) ?? [];
    const family = familyOf(def);
    return `CREATE OPERATOR CLASS ${name} ${isDefault.toUpperCase()}FOR TYPE ${type} USING ${method}${family === undefined ? "" : ` FAMILY ${family}`} AS ${upperItems(items)};`;
  },
  drop: (path, def) => `DROP OPERATOR ${familyOf(def) === undefined ? "FAMILY" : "CLASS"} ${path};`,
  dependsOn: ({ def }, path) => {
    const family = familyOf(def);
    return [
      ...itemReferences(parts(def).items),
      ...typeReference(/for type (.*?)(?: family .*)?$/.exec(parts(def).head)?.[1]),
      ...(family === undefined ? [] : [`operator_family ${family} USING ${path.split(" USING ")[1] ?? ""}`]),
    ];
  },
  answersTo: (fact) => [fact.id, `opclass ${fact.object.split(" USING ")[0]}`],
  rename: false,
});
