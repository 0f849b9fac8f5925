import { qualifiedName, quoteIdentifier } from "../../base/identifier.ts";
import { quoteLiteral } from "../../base/literal.ts";
import type { ReadContext, Reference } from "../../model/kind.ts";
import { namesOf } from "../../sql/names.ts";
import type { Node } from "../../sql/parser.ts";
import { canonicalType } from "../../sql/type-name.ts";
import { resolvedType } from "./sql-piece.ts";

/** Options of CREATE statements of the form `(key = value, …)`, spelled in one way. */

/** The values of a DefineStmt by key. In: what keys stand for (`procedure` is `function`). */
export function optionsOf(body: Node, render: (key: string, arg: Node) => string): ReadonlyMap<string, string> {
  return new Map(
    (body.definition ?? []).map(({ DefElem: option }: Node) => [option.defname, render(option.defname, option.arg)]),
  );
}

/** Names of a value that is a name: the grammar takes it for a type, or a list. */
export function namesOfArg(arg: Node): readonly string[] {
  if (arg?.TypeName) return namesOf(arg.TypeName.names);
  if (arg?.List) return namesOf(arg.List.items);
  return arg?.String ? [String(arg.String.sval)] : [];
}

/** A routine's name with its schema, that of pg_catalog left out. */
export function routineName(names: readonly string[], context: ReadContext | null): string {
  const own = names[0] === "pg_catalog" ? names.slice(1) : names;
  const schema = own.length === 1 ? (context?.resolve("routine", own[0] ?? "") ?? null) : null;
  return qualifiedName(...(schema === null ? [] : [schema]), ...own);
}

/** A type in canonical spelling; names of the files resolved. */
export function typeOf(type: Node, context: ReadContext | null): string {
  return canonicalType(context === null ? type : resolvedType(type, context), { modifiers: false });
}

/** `app.f(integer, text)` of an ObjectWithArgs. */
export function routineWithArgs(node: Node, context: ReadContext | null): string {
  const args = (node.objargs ?? []).map((arg: Node) => typeOf(arg.TypeName, context));
  return `${routineName(namesOf(node.objname), context)}(${args.join(", ")})`;
}

/** An operator's name as SQL qualifies it; that of pg_catalog bare. In: the schema of unqualified names that are not PostgreSQL's. */
export function operatorName(names: readonly string[]): string {
  const own = names[0] === "pg_catalog" ? names.slice(1) : names;
  return own.length > 1 ? `${quoteIdentifier(own[0] ?? "")}.${own[1] ?? ""}` : (own[0] ?? "");
}

/** A value as text: strings, numbers, booleans and words. */
function plainValue(arg: Node): string {
  if (arg?.Integer) return String(arg.Integer.ival ?? 0);
  if (arg?.Float) return String(arg.Float.fval);
  if (arg?.Boolean) return String(arg.Boolean.boolval === true);
  return namesOfArg(arg).join(".");
}

/** A string in quotes. */
export const literalValue = (arg: Node): string => quoteLiteral(plainValue(arg));

/** What must be there before a routine is named: nothing for those of PostgreSQL. In: `app.f(integer)` or `app.f`. */
export function routineReference(name: string | undefined): readonly Reference[] {
  const bare = name?.split("(")[0] ?? "";
  return bare.includes(".") ? [`routine ${bare}`] : [];
}

/** The same for a type. */
export function typeReference(name: string | undefined): readonly Reference[] {
  const bare = (name ?? "").replace(/(\[\])+$/, "");
  return bare.includes(".") ? [`type ${bare}`] : [];
}
