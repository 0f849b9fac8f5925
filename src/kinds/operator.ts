import { qualifiedName, quoteIdentifier } from "../base/identifier.ts";
import type { Fact } from "../model/database.ts";
import type { PlanContext, ReadContext } from "../model/kind.ts";
import { namesOf } from "../sql/names.ts";
import { type Node, parseFragment } from "../sql/parser.ts";
import { address, notExtensionOwned, text, userSchema } from "./shared/catalog.ts";
import {
  namesOfArg,
  operatorName,
  optionsOf,
  routineName,
  routineReference,
  typeOf,
  typeReference,
} from "./shared/define-options.ts";
import { type DefinedName, type DefinedSpec, definedKind } from "./shared/defined-object.ts";

/** Operators (manual, CREATE OPERATOR). The first of two that name each other makes a shell of the other, which its own CREATE fills. */

const path = (schema: string, name: string, left: string, right: string): DefinedName => ({
  schema,
  name,
  path: `${quoteIdentifier(schema)}.${name}(${left}, ${right})`,
});

function catalogSql(): string {
  const operator = (column: string): string =>
    `(select 'operator(' || quote_ident(x.nspname) || '.' || p.oprname || ')' from pg_operator p join pg_namespace x on x.oid = p.oprnamespace where p.oid = ${column})`;
  const estimator = (column: string): string => `nullif(${column}::regproc::text, '-')`;
  return `select ${address("pg_operator", "o.oid")}, n.nspname as schema, o.oprname as name, pg_get_userbyid(o.oprowner) as owner,
      case when o.oprleft = 0 then 'none' else format_type(o.oprleft, null) end as "left", format_type(o.oprright, null) as "right",
      '(' || concat_ws(', ', 'function = ' || o.oprcode::regproc::text, 'commutator = ' || ${operator("o.oprcom")}, 'negator = ' || ${operator("o.oprnegate")},
        'restrict = ' || ${estimator("o.oprrest")}, 'join = ' || ${estimator("o.oprjoin")}, case when o.oprcanhash then 'hashes' end, case when o.oprcanmerge then 'merges' end) || ')' as def
    from pg_operator o join pg_namespace n on n.oid = o.oprnamespace
    where o.oprcode <> 0 and ${userSchema("n.nspname")} and ${notExtensionOwned("pg_operator", "o.oid")}`;
}

const order = ["function", "commutator", "negator", "restrict", "join", "hashes", "merges"];

function canonical(body: Node, name: DefinedName, context: ReadContext | null): string {
  const options = optionsOf(body, (key, arg) => {
    if (key === "hashes" || key === "merges") return "";
    if (key === "commutator" || key === "negator") {
      const names = namesOfArg(arg);
      return `operator(${operatorName(names.length === 1 ? [name.schema ?? "", ...names] : names)})`;
    }
    return routineName(namesOfArg(arg), context);
  });
  const value = (key: string): string | undefined =>
    options.get(key) ?? (key === "function" ? options.get("procedure") : undefined);
  const items = order.flatMap((key) => {
    const found = value(key);
    return found === undefined ? [] : [found === "" ? key : `${key} = ${found}`];
  });
  return `(${items.join(", ")})`;
}

/** `app.===(integer, integer)`, `app.!!(none, bigint)`. */
function nameOfKey(key: string, context: ReadContext): DefinedName | null {
  const found = /^(?:(.+?)\.)?([-+*/<>=~!@#%^&|`?]+)\((.*),([^,]*)\)$/.exec(key);
  if (found === null) return null;
  const [, schema = context.schema, name = "", left = "", right = ""] = found;
  const type = (sql: string): string =>
    typeOf(parseFragment("type", sql).SelectStmt.targetList[0].ResTarget.val.TypeCast.typeName, context);
  return path(schema.replaceAll('"', ""), name, left.trim().toLowerCase() === "none" ? "none" : type(left), type(right));
}

const itemsOf = (def: string): Map<string, string> =>
  new Map(
    def
      .slice(1, -1)
      .split(/, (?=\w+(?: =|$|,))/)
      .map((item) => [item.split(" = ")[0] ?? "", item.split(" = ")[1] ?? ""]),
  );

/** The operator that a commutator or negator names: the one takes the arguments the other way round. */
function partner(key: string, value: string | undefined, object: string): string {
  const [, left = "", right = ""] = /\((.*), (.*?)\)$/.exec(object) ?? [];
  const name = /^operator\((.*)\)$/.exec(value ?? "")?.[1] ?? "";
  return `operator ${name}(${key === "commutator" ? `${right}, ${left}` : `${left}, ${right}`})`;
}

/** A link between two operators goes with the one, and comes when the other is made with it. */
function followsPartner(key: string, from: Items, to: Items, object: string, context: PlanContext): boolean {
  if (key !== "commutator" && key !== "negator") return false;
  if (!to.has(key)) return context.isDropped(partner(key, from.get(key), object));
  return !from.has(key) && context.isNew(partner(key, to.get(key), object));
}

type Items = ReadonlyMap<string, string>;

/** Its estimators at any time; from 17 on what it had not, too (manual, ALTER OPERATOR). */
function alter(live: Fact<DefinedSpec>, desired: Fact<DefinedSpec>, context: PlanContext): readonly string[] | null {
  const [from, to] = [itemsOf(live.spec.def), itemsOf(desired.spec.def)];
  const late = ["commutator", "negator", "hashes", "merges"];
  const changed = order.filter((key) => from.get(key) !== to.get(key) && !followsPartner(key, from, to, live.object, context));
  if (changed.includes("function")) return null;
  if (changed.some((key) => late.includes(key) && (context.major < 17 || from.has(key)))) return null;
  if (changed.length === 0) return [];
  const items = changed.map((key) =>
    to.get(key) === ""
      ? key.toUpperCase()
      : `${key.toUpperCase()} = ${to.get(key)?.replace(/^operator\(/, "OPERATOR(") ?? "NONE"}`,
  );
  return [`ALTER OPERATOR ${live.object} SET (${items.join(", ")});`];
}

export const operator = definedKind({
  kind: "operator",
  rank: 72,
  key: "operators",
  description: "An operator with its argument types, `app.===(integer, integer)`: (function = app.eq).",
  hint: "write e.g. app.===(integer, integer): (function = app.eq, commutator = operator(app.===))",
  noun: "OPERATOR",
  tag: "DefineStmt",
  define: "OBJECT_OPERATOR",
  catalogSql,
  before: () => "CREATE OPERATOR === ",
  options: [...order, "procedure"],
  required: ["function"],
  nameOfKey,
  nameOfNode: (body, context) => {
    const names = namesOf(body.defnames);
    const types = optionsOf(body, (key, arg) => (key.endsWith("arg") ? typeOf(arg.TypeName, context) : ""));
    return path(
      names.length > 1 ? (names.at(-2) ?? "") : context.schema,
      names.at(-1) ?? "",
      types.get("leftarg") ?? "none",
      types.get("rightarg") ?? "none",
    );
  },
  nameOfRow: (row) => path(text(row, "schema"), text(row, "name"), text(row, "left"), text(row, "right")),
  keyOf: (_spec, object) => object,
  canonical,
  create: (object, def) => {
    const [, name = "", left = "", right = ""] = /^(.*?)\((.*), (.*?)\)$/.exec(object) ?? [];
    const args = [...(left === "none" ? [] : [`LEFTARG = ${left}`]), `RIGHTARG = ${right}`];
    const items = [...itemsOf(def)].map(([key, value]) =>
      value === "" ? key.toUpperCase() : `${key.toUpperCase()} = ${value.replace(/^operator\(/, "OPERATOR(")}`,
    );
    return `CREATE OPERATOR ${name} (${[...items.slice(0, 1), ...args, ...items.slice(1)].join(", ")});`;
  },
  dependsOn: (spec, object) => [
    ...["function", "restrict", "join"].flatMap((key) => routineReference(itemsOf(spec.def).get(key))),
    ...(/\((.*), (.*?)\)$/.exec(object)?.slice(1, 3).flatMap(typeReference) ?? []),
  ],
  alter,
  answersTo: (fact) => [fact.id, `operator ${qualifiedName(fact.spec.schema ?? "", fact.spec.name)}`],
  rename: false,
});
