import { address, notExtensionOwned, text, userSchema } from "./shared/catalog.ts";
import { type DefinedSpec, definedKind } from "./shared/defined-object.ts";
import {
  type AccessItem,
  accessItems,
  accessName,
  accessPath,
  itemReferences,
  itemsSql,
  splitItems,
  upperItems,
} from "./shared/operator-items.ts";

/** Operator families with what lies in them loose, outside of any class (manual, CREATE and ALTER OPERATOR FAMILY). */

/** A family that a class made for itself, of its own name and with nothing loose in it, belongs to the class. */
function catalogSql(): string {
  return `select * from (select ${address("pg_opfamily", "f.oid")}, n.nspname as schema, f.opfname as name, am.amname as method, pg_get_userbyid(f.opfowner) as owner,
      ${itemsSql("f.oid", "pg_opfamily", "f.oid")} as def,
      exists (select from pg_opclass c where c.opcfamily = f.oid and c.opcname = f.opfname and c.opcnamespace = f.opfnamespace) as implied
    from pg_opfamily f join pg_namespace n on n.oid = f.opfnamespace join pg_am am on am.oid = f.opfmethod
    where ${userSchema("n.nspname")} and ${notExtensionOwned("pg_opfamily", "f.oid")}) family where def <> '' or not implied`;
}

const bare = (item: AccessItem): string =>
  item.sql.replace(/^(operator \d+) .*?(\([^()]*\)).*$/, "$1 $2").replace(/^(function \d+ \([^()]*\)) .*$/, "$1");

function change(object: string, from: DefinedSpec, to: DefinedSpec): readonly string[] {
  const [before, after] = [splitItems(from.def), splitItems(to.def)];
  const gone = before.filter((item) => !after.some((other) => other.sql === item.sql));
  const fresh = after.filter((item) => !before.some((other) => other.sql === item.sql));
  return [
    ...(gone.length > 0
      ? [`ALTER OPERATOR FAMILY ${object} DROP ${gone.map((item) => upperItems(bare(item))).join(", ")};`]
      : []),
    ...(fresh.length > 0 ? [`ALTER OPERATOR FAMILY ${object} ADD ${fresh.map(({ sql }) => upperItems(sql)).join(", ")};`] : []),
  ];
}

export const operatorFamily = definedKind({
  kind: "operator_family",
  rank: 73,
  key: "operator_families",
  description: "An operator family, `name using btree`: what lies in it outside of classes, or an empty text.",
  hint: 'write e.g. app.fam using btree: ""',
  noun: "OPERATOR FAMILY",
  tag: "CreateOpFamilyStmt",
  catalogSql,
  // CREATE says nothing of what lies in it.
  valueTag: "AlterOpFamilyStmt",
  before: (_name, value) =>
    value.trim() === "" ? "CREATE OPERATOR FAMILY x USING btree" : "ALTER OPERATOR FAMILY x USING btree ADD ",
  nameOfKey: (key, context) => accessPath(key, context),
  nameOfNode: (body, context) => accessName(body.opfamilyname, String(body.amname), context),
  nameOfRow: (row) =>
    accessName(
      [text(row, "schema"), text(row, "name")].map((name) => ({ String: { sval: name } })),
      text(row, "method"),
      null,
    ),
  keyOf: (_spec, object) => object.replace(" USING ", " using "),
  canonical: (body, _name, context) => accessItems(body.items ?? [], "", "", context),
  create: (path, def) =>
    [`CREATE OPERATOR FAMILY ${path};`, ...(def === "" ? [] : [`ALTER OPERATOR FAMILY ${path} ADD ${upperItems(def)};`])].join(
      "\n",
    ),
  dependsOn: (spec) => itemReferences(spec.def),
  alter: (live, desired) => change(desired.object, live.spec, desired.spec),
  rename: false,
});
