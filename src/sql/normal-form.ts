import type { SqlForm } from "../base/sql-form.ts";
import { namesOf } from "./names.ts";
import { type Node, parseFragment } from "./parser.ts";

/**
 * Tier 1 of equality: two texts are equal when their parse trees are, once positions, redundant parentheses (the parser
 * drops them), the spelling of built-in type names, `pg_catalog.` and default sort orders are put aside. A cast is never dropped.
 */
export function normalForm(form: SqlForm, sql: string): string {
  return JSON.stringify(normalise(parseFragment(form, sql)));
}

/** The normal form of a query as if its columns had these names. */
export function namedQuery(sql: string, names: readonly string[]): string {
  const tree = parseFragment("query", sql);
  let select = tree.SelectStmt;
  while (select?.larg) select = select.larg;
  const targets: Node[] = select?.targetList ?? [];
  targets.forEach((target, index) => {
    if (target.ResTarget && names[index] !== undefined) target.ResTarget.name = names[index];
  });
  return JSON.stringify(normalise(tree));
}

const positions = new Set([
  "location",
  "stmt_location",
  "stmt_len",
  "list_start",
  "list_end",
  "rexpr_list_start",
  "rexpr_list_end",
]);

/** A parse tree in canonical form. Keys sorted, so that equal trees print equally. */
function normalise(node: Node): Node {
  if (Array.isArray(node)) return node.map(normalise);
  if (node === null || typeof node !== "object") return node;
  const out: Record<string, Node> = {};
  for (const key of Object.keys(node).sort()) {
    if (positions.has(key)) continue;
    out[key] = normalise(node[key]);
  }
  return rewrite(out);
}

function rewrite(node: Record<string, Node>): Record<string, Node> {
  const [key] = Object.keys(node);
  if (key === undefined) return node;
  const body = node[key];
  switch (key) {
    case "TypeName":
      return { TypeName: typeName(body) };
    case "FuncCall":
      return { FuncCall: { ...body, funcname: withoutCatalog(body.funcname), funcformat: undefined } };
    case "A_Expr":
      return { A_Expr: { ...body, name: withoutCatalog(body.name) } };
    case "SubLink":
      return { SubLink: { ...body, subselect: unnamedTargets(body.subselect) } };
    case "BoolExpr":
      return { BoolExpr: { ...body, args: flatten(body.boolop, body.args ?? []) } };
    case "IndexElem":
      return { IndexElem: sortOrder(body) };
    case "RangeVar":
      return { RangeVar: namesItself(body) ? { ...body, alias: undefined } : body };
    case "CreateFunctionStmt":
      return { CreateFunctionStmt: functionStatement(body) };
    case "DefineStmt":
      return { DefineStmt: { ...body, replace: undefined, definition: sortedBy(body.definition ?? [], defName) } };
    case "CreateTrigStmt":
      return { CreateTrigStmt: { ...body, replace: undefined, funcname: withoutCatalog(body.funcname) } };
    case "IndexStmt":
      return {
        IndexStmt: { ...body, options: storageParameters(body.options), if_not_exists: undefined, concurrent: undefined },
      };
    default:
      break;
  }
  // Fields that hold a type without the tag (ColumnDef.typeName, TypeCast.typeName, FunctionParameter.argType).
  for (const field of ["typeName", "argType", "returnType"]) {
    if (body && typeof body === "object" && body[field]?.names) {
      return { [key]: { ...body, [field]: typeName(body[field]) } };
    }
  }
  return node;
}

/** `from app.t as t` is `from app.t`, and PostgreSQL prints it as it was written. */
function namesItself(relation: Node): boolean {
  return relation.alias?.aliasname === relation.relname && relation.alias.colnames === undefined;
}

function typeName(type: Node): Node {
  const names = withoutCatalog(type.names ?? []);
  return { ...type, names, typemod: undefined };
}

function withoutCatalog(names: Node[]): Node[] {
  return names?.length === 2 && names[0]?.String?.sval === "pg_catalog" ? names.slice(1) : names;
}

function flatten(operator: string, args: Node[]): Node[] {
  if (operator === "NOT_EXPR") return args;
  return args.flatMap((arg) => (arg.BoolExpr?.boolop === operator ? arg.BoolExpr.args : [arg]));
}

/** ASC NULLS LAST and DESC NULLS FIRST are the defaults (manual, CREATE INDEX). */
function sortOrder(element: Node): Node {
  const descending = element.ordering === "SORTBY_DESC";
  const isDefault = element.nulls_ordering === (descending ? "SORTBY_NULLS_FIRST" : "SORTBY_NULLS_LAST");
  return {
    ...element,
    ordering: descending ? "SORTBY_DESC" : "SORTBY_DEFAULT",
    nulls_ordering: isDefault ? "SORTBY_NULLS_DEFAULT" : element.nulls_ordering,
    opclass: element.opclass ? withoutCatalog(element.opclass) : undefined,
    collation: element.collation ? withoutCatalog(element.collation) : undefined,
  };
}

/** What a sub-select of an expression calls its columns means nothing, unless its ORDER BY uses the names. */
function unnamedTargets(query: Node): Node {
  const select = query?.SelectStmt;
  if (!select?.targetList || select.sortClause || select.groupClause) return query;
  const targetList = select.targetList.map((target: Node) =>
    target.ResTarget ? { ResTarget: { ...target.ResTarget, name: undefined } } : target,
  );
  return { SelectStmt: { ...select, targetList } };
}

/** Storage parameters in one order; `70` and `'70'` are one value, which PostgreSQL keeps as text. */
function storageParameters(options: Node[] | undefined): Node {
  if (!options) return options;
  const text = (arg: Node): string =>
    String(
      arg?.String?.sval ??
        arg?.Float?.fval ??
        namesOf(arg?.TypeName?.names).at(-1) ??
        (arg?.Integer ? (arg.Integer.ival ?? 0) : JSON.stringify(arg ?? "true")),
    );
  return sortedBy(
    options.map((option) => (option.DefElem ? { DefElem: { ...option.DefElem, arg: text(option.DefElem.arg) } } : option)),
    defName,
  );
}

const defName = (node: Node): string => node.DefElem?.defname ?? "";

function sortedBy(list: Node[], key: (node: Node) => string): Node[] {
  return [...list].sort((a, b) => {
    const x = key(a);
    const y = key(b);
    return x < y ? -1 : x > y ? 1 : 0;
  });
}

/** Options in one order, without those that say the default (manual, CREATE FUNCTION). */
function functionStatement(statement: Node): Node {
  const options = (statement.options ?? [])
    .map((option: Node) => canonicalOption(option))
    .filter((option: Node) => !isDefaultOption(option, statement));
  const returnType = statement.is_procedure ? undefined : statement.returnType && typeName(statement.returnType);
  return {
    ...statement,
    replace: undefined,
    returnType,
    parameters: (statement.parameters ?? []).map(parameter),
    options: sortedBy(options, (option) => `${defName(option)} ${JSON.stringify(option.DefElem?.arg ?? null)}`),
  };
}

function parameter(node: Node): Node {
  const body = node.FunctionParameter;
  if (!body) return node;
  const mode = body.mode === "FUNC_PARAM_DEFAULT" ? "FUNC_PARAM_IN" : body.mode;
  return { FunctionParameter: { ...body, mode } };
}

function canonicalOption(option: Node): Node {
  const body = option.DefElem;
  if (body?.defname === "language") {
    return { DefElem: { ...body, arg: { String: { sval: String(body.arg?.String?.sval ?? "").toLowerCase() } } } };
  }
  return option;
}

function isDefaultOption(option: Node, statement: Node): boolean {
  const body = option.DefElem;
  const text = body?.arg?.String?.sval;
  const number = body?.arg?.Integer?.ival ?? body?.arg?.Float?.fval;
  const flag = body?.arg?.Boolean ? body.arg.Boolean.boolval === true : undefined;
  switch (body?.defname) {
    case "volatility":
      return text === "volatile";
    case "parallel":
      return text === "unsafe";
    case "strict":
    case "security":
    case "leakproof":
    case "window":
      return flag === false;
    case "cost":
      return Number(number) === (["c", "internal"].includes(languageOf(statement)) ? 1 : 100);
    case "rows":
      return Number(number) === 1000;
    default:
      return false;
  }
}

function languageOf(statement: Node): string {
  const option = (statement.options ?? []).find((candidate: Node) => candidate.DefElem?.defname === "language");
  return String(option?.DefElem?.arg?.String?.sval ?? "sql").toLowerCase();
}
