import { qualifiedName, quoteIdentifier } from "../../base/identifier.ts";
import { quoteLiteral } from "../../base/literal.ts";
import { didYouMean } from "../../base/nearest-name.ts";
import type { SourceRef } from "../../model/database.ts";
import type { ReadContext } from "../../model/kind.ts";
import { namesOf } from "../../sql/names.ts";
import type { Node } from "../../sql/parser.ts";
import { readType } from "./sql-piece.ts";

/**
 * CREATE AGGREGATE in one spelling, from the files and from the catalog alike: pg_get_functiondef prints none.
 * Options in the order of pg_dump, without those that say the default.
 */

const functions = ["sfunc", "finalfunc", "combinefunc", "serialfunc", "deserialfunc", "msfunc", "minvfunc", "mfinalfunc"];

const order = [
  "sfunc",
  "stype",
  "sspace",
  "initcond",
  "finalfunc",
  "finalfunc_extra",
  "finalfunc_modify",
  "combinefunc",
  "serialfunc",
  "deserialfunc",
  "msfunc",
  "minvfunc",
  "mstype",
  "msspace",
  "mfinalfunc",
  "mfinalfunc_extra",
  "mfinalfunc_modify",
  "minitcond",
  "sortop",
  "hypothetical",
  "parallel",
];

/** Options by lower-case name, as SQL; an empty text for those that have no value. */
export type AggregateOptions = Readonly<Record<string, string | null>>;

/** In: the qualified name, what stands in its parentheses, its options. */
export function aggregateText(name: string, args: string, options: AggregateOptions): string {
  const lines = order.flatMap((key) => {
    const value = options[key];
    if (value === undefined || value === null) return [];
    return [`    ${key.toUpperCase()}${value === "" ? "" : ` = ${value}`}`];
  });
  return `CREATE AGGREGATE ${name}(${args === "" ? "*" : args}) (\n${lines.join(",\n")}\n)`;
}

/** The text of a CREATE AGGREGATE of the files. Null when it is of the old form; the problem is recorded. */
export function readAggregate(body: Node, at: SourceRef, context: ReadContext): string | null {
  if (body.oldstyle) {
    context.problem(
      at,
      "aggregate-form",
      "CREATE AGGREGATE without argument types is not read",
      "write create aggregate name(type) (…)",
    );
    return null;
  }
  const names = namesOf(body.defnames);
  const name = names.length > 1 ? qualifiedName(...names) : qualifiedName(context.schema, names[0] ?? "");
  const options: Record<string, string | null> = {};
  for (const { DefElem: option } of body.definition ?? []) options[renamed(option.defname)] = optionText(option, context);
  for (const needed of ["sfunc", "stype"])
    if (options[needed] === undefined) {
      context.problem(
        at,
        "aggregate-option",
        `an aggregate needs ${needed.toUpperCase()}`,
        "write (sfunc = app.add, stype = integer)",
      );
      return null;
    }
  const unknown = Object.keys(options).find((key) => !order.includes(key));
  if (unknown !== undefined) {
    const hint = didYouMean(unknown, order) ?? `its options: ${order.join(", ")}`;
    context.problem(at, "aggregate-option", `"${unknown}" is no option of an aggregate`, hint);
    return null;
  }
  const [list, direct] = body.args ?? [];
  const ordered = (direct?.Integer?.ival ?? (direct?.Integer ? 0 : -1)) >= 0 || options.hypothetical === "";
  const standard = ordered ? "read_write" : "read_only";
  const kept = Object.entries(options).filter(([key, value]) => !isDefault(key, value, standard));
  return aggregateText(name, argumentsText(list, direct, context), Object.fromEntries(kept));
}

/** Old names of the options (manual, CREATE AGGREGATE). */
function renamed(option: string): string {
  return ({ sfunc1: "sfunc", stype1: "stype", initcond1: "initcond" } as Record<string, string>)[option] ?? option;
}

function isDefault(key: string, value: string | null, modify: string): boolean {
  if (key.endsWith("space")) return value === "0";
  if (key.endsWith("finalfunc_modify")) return value?.toLowerCase() === modify;
  return key === "parallel" && value?.toLowerCase() === "unsafe";
}

function optionText(option: Node, context: ReadContext): string | null {
  const { defname, arg } = option;
  const key = renamed(defname);
  if (key === "hypothetical" || key.endsWith("_extra")) return /^(false|off|0)$/i.test(plainText(arg) ?? "") ? null : "";
  if (functions.includes(key)) return routineName(namesOf(arg?.TypeName?.names ?? arg?.List?.items), context);
  if (key.endsWith("stype")) return arg?.TypeName ? readType(arg.TypeName, context) : plainText(arg);
  if (key.endsWith("initcond")) return quoteLiteral(plainText(arg) ?? "");
  if (key === "sortop") return operatorText(namesOf(arg?.List?.items));
  if (key === "parallel" || key.endsWith("modify")) return plainText(arg)?.toLowerCase() ?? null;
  return plainText(arg);
}

function plainText(arg: Node): string | null {
  if (!arg) return null;
  if (arg.String) return arg.String.sval ?? "";
  if (arg.Integer) return String(arg.Integer.ival ?? 0);
  if (arg.Float) return arg.Float.fval;
  return namesOf(arg.TypeName?.names).at(-1) ?? null;
}

function routineName(names: readonly string[], context: ReadContext): string {
  const [first = ""] = names;
  if (names.length > 1) return first === "pg_catalog" ? qualifiedName(...names.slice(1)) : qualifiedName(...names);
  const schema = context.resolve("routine", first);
  return schema === null ? quoteIdentifier(first) : qualifiedName(schema, first);
}

function operatorText(names: readonly string[]): string {
  const symbol = names.at(-1) ?? "";
  const schema = names.length > 1 ? (names[0] ?? "pg_catalog") : "pg_catalog";
  return `OPERATOR(${quoteIdentifier(schema)}.${symbol})`;
}

/** In: the list of parameters and the number of direct ones (-1 when no ORDER BY separates them). */
function argumentsText(list: Node, direct: Node, context: ReadContext): string {
  const items: Node[] = list?.List?.items ?? [];
  const texts = items.map(({ FunctionParameter: item }) => {
    const variadic = item.mode === "FUNC_PARAM_VARIADIC" ? "VARIADIC " : "";
    return `${variadic}${item.name ? `${quoteIdentifier(item.name)} ` : ""}${readType(item.argType, context)}`;
  });
  const count = direct?.Integer ? (direct.Integer.ival ?? 0) : -1;
  if (count < 0) return texts.join(", ");
  // A variadic list that serves as direct and as aggregated arguments is kept once.
  const after = count < texts.length ? texts.slice(count) : texts.slice(-1);
  return `${texts.slice(0, count).join(", ")} ORDER BY ${after.join(", ")}`.trim();
}

/** The catalog's expression for the options, as JSON. Tables: pg_aggregate `a`. */
export function aggregateOptionsSql(): string {
  const routine = (column: string): string =>
    `(select case when rn.nspname = 'pg_catalog' then '' else quote_ident(rn.nspname) || '.' end || quote_ident(r.proname)
        from pg_proc r join pg_namespace rn on rn.oid = r.pronamespace where r.oid = ${column})`;
  const modify = (column: string): string =>
    `case when ${column} <> case a.aggkind when 'n' then 'r' else 'w' end then case ${column} when 'r' then 'read_only' when 's' then 'shareable' else 'read_write' end end`;
  return `json_build_object(
      'sfunc', ${routine("a.aggtransfn")}, 'stype', format_type(a.aggtranstype, null), 'sspace', nullif(a.aggtransspace, 0)::text,
      'initcond', quote_literal(a.agginitval), 'finalfunc', ${routine("a.aggfinalfn")}, 'finalfunc_extra', case when a.aggfinalextra then '' end,
      'finalfunc_modify', case when a.aggfinalfn <> 0 then ${modify("a.aggfinalmodify")} end, 'combinefunc', ${routine("a.aggcombinefn")},
      'serialfunc', ${routine("a.aggserialfn")}, 'deserialfunc', ${routine("a.aggdeserialfn")},
      'msfunc', ${routine("a.aggmtransfn")}, 'minvfunc', ${routine("a.aggminvtransfn")},
      'mstype', case when a.aggmtranstype <> 0 then format_type(a.aggmtranstype, null) end, 'msspace', nullif(a.aggmtransspace, 0)::text,
      'mfinalfunc', ${routine("a.aggmfinalfn")}, 'mfinalfunc_extra', case when a.aggmfinalextra then '' end,
      'mfinalfunc_modify', case when a.aggmfinalfn <> 0 then ${modify("a.aggmfinalmodify")} end, 'minitcond', quote_literal(a.aggminitval),
      'sortop', (select 'OPERATOR(' || quote_ident(opn.nspname) || '.' || op.oprname || ')' from pg_operator op
        join pg_namespace opn on opn.oid = op.oprnamespace where op.oid = a.aggsortop),
      'hypothetical', case when a.aggkind = 'h' then '' end,
      'parallel', case p.proparallel when 's' then 'safe' when 'r' then 'restricted' end)`;
}
