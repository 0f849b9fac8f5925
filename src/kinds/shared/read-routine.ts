import { qualifiedName, quoteIdentifier, splitPath } from "../../base/identifier.ts";
import type { SourceRef } from "../../model/database.ts";
import type { ReadContext, YamlScalar } from "../../model/kind.ts";
import { type SqlText, sqlText } from "../../model/spec.ts";
import { namesOf } from "../../sql/names.ts";
import { type Node, parseFragment, parseStatements, SqlSyntaxError } from "../../sql/parser.ts";
import { canonicalType } from "../../sql/type-name.ts";
import { readAggregate } from "./aggregate-text.ts";
import { inputTypes } from "./routine-signature.ts";
import { checkSqlBody } from "./sql-body.ts";
import { createdNameAt, resolvedType, withoutSemicolon } from "./sql-piece.ts";
import { entryNames } from "./yaml-entry.ts";

interface Routine {
  readonly schema: string;
  readonly name: string;
  readonly args: readonly string[];
  readonly routine: "function" | "procedure" | "aggregate" | "window";
  readonly def: SqlText;
}

/** A CREATE FUNCTION, PROCEDURE or AGGREGATE of the files, with all names qualified, its own too. Null when there is a problem. */
export function readRoutine(scalar: YamlScalar, context: ReadContext): Routine | null {
  const found = context.sql("statement", scalar);
  if (!found) return null;
  const sql = withoutSemicolon(found.sql);
  const node = parseFragment("statement", sql);
  if (node.DefineStmt?.kind === "OBJECT_AGGREGATE") return aggregate(node.DefineStmt, scalar, context);
  const body: Node = node.CreateFunctionStmt;
  if (!body) {
    const hint = "write create function …, create procedure … or create aggregate …";
    context.problem(scalar.at, "not-a-function", "this statement makes no function", hint);
    return null;
  }
  const names = namesOf(body.funcname);
  const schema = names.length > 1 ? (names.at(-2) ?? "") : context.schema;
  if (!hasPlainTypes(node, scalar, context) || !checkSqlBody(body, scalar, context)) return null;
  const at = names.length > 1 ? -1 : createdNameAt(sql, ["function", "procedure"]);
  const qualified = at < 0 ? sql : `${sql.slice(0, at)}${quoteIdentifier(schema)}.${sql.slice(at)}`;
  return {
    schema,
    name: names.at(-1) ?? "",
    args: inputTypes(node),
    routine: body.is_procedure ? "procedure" : isWindow(body) ? "window" : "function",
    def: sqlText("statement", qualified),
  };
}

function aggregate(body: Node, scalar: YamlScalar, context: ReadContext): Routine | null {
  const sql = readAggregate(body, scalar.at, context);
  if (sql === null) return null;
  const names = namesOf(body.defnames);
  return {
    schema: names.length > 1 ? (names.at(-2) ?? "") : context.schema,
    name: names.at(-1) ?? "",
    args: inputTypes(parseFragment("statement", sql)),
    routine: "aggregate",
    def: sqlText("statement", sql),
  };
}

const isWindow = (body: Node): boolean =>
  (body.options ?? []).some(({ DefElem: option }: Node) => option.defname === "window" && option.arg?.Boolean?.boolval !== false);

/** column%TYPE means another type on every database: it cannot identify a function. */
function hasPlainTypes(node: Node, scalar: YamlScalar, context: ReadContext): boolean {
  const items: Node[] = node.CreateFunctionStmt?.parameters ?? [];
  const copied = items.some(({ FunctionParameter: item }) => item.argType?.pct_type);
  if (copied) context.problem(scalar.at, "copied-type", "%TYPE in an argument is not read", "write the type itself");
  return !copied;
}

const keyShape = /^((?:"(?:[^"]|"")*"|[^("])+)\((.*)\)\s*$/s;

/**
 * The path that a key of `functions:` stands for: `f(int)` → `app.f(integer)`. Null when it is none; the problem is recorded.
 * In: `schema` of a key that names none.
 */
export function keyPath(key: string, at: SourceRef, context: ReadContext, schema = context.schema): string | null {
  const match = keyShape.exec(key);
  const hint = 'write the name and the types of the input arguments: "touch_updated_at()", "total(integer, text)"';
  if (!match) {
    context.problem(at, "function-key", `${key} does not say the types of its arguments`, hint);
    return null;
  }
  const head = (match[1] ?? "").trim();
  const names = splitPath(head).length > 1 ? entryNames(head, context) : { schema, name: entryNames(head, context).name };
  const list = (match[2] ?? "").trim();
  try {
    const types = list === "" || list === "*" ? [] : argumentTypes(list, context);
    return `${qualifiedName(names.schema, names.name)}(${types.join(", ")})`;
  } catch (error) {
    if (!(error instanceof SqlSyntaxError)) throw error;
    context.problem(at, "function-key", `${key} does not say the types of its arguments: ${error.message}`, hint);
    return null;
  }
}

function argumentTypes(list: string, context: ReadContext): string[] {
  const node = parseStatements(`DROP FUNCTION x(${list})`)[0]?.node;
  const types: Node[] = node?.DropStmt?.objects?.[0]?.ObjectWithArgs?.objargs ?? [];
  return types.map(({ TypeName: type }) => canonicalType(resolvedType(type, context), { modifiers: false }));
}
