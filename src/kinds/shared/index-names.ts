import { generatedName } from "../../base/identifier.ts";
import { namesOf } from "../../sql/names.ts";
import { normalForm } from "../../sql/normal-form.ts";
import { type Node, parseFragment } from "../../sql/parser.ts";

/** The names that PostgreSQL gives to what it makes of an index by itself (ChooseIndexName of src/backend/commands/indexcmds.c). */

/**
 * The name of the index that a partition gets for one of its parent: the first that is free. In: the partition's bare name, what follows
 * `ON table`, the names that are taken.
 */
export function partitionIndexName(table: string, definition: string, taken: ReadonlySet<string> = new Set()): string {
  const columns = indexColumnNames(definition).join("_");
  let name = generatedName(table, columns, "idx");
  for (let pass = 1; taken.has(name); pass++) name = generatedName(table, columns, `idx${pass}`);
  return name;
}

/** Whether PostgreSQL may have given an index of a partition its name, others being taken: with a number at its end. */
export function isNumberedName(name: string, table: string, definition: string): boolean {
  const number = /idx(\d+)$/.exec(name)?.[1];
  return number !== undefined && name === generatedName(table, indexColumnNames(definition).join("_"), `idx${number}`);
}

/** Whether two indexes could hang on each other: all but storage parameters and tablespace is the same. */
export function sameKeys(a: IndexText, b: IndexText): boolean {
  return a.unique === b.unique && keysOf(a.definition) === keysOf(b.definition);
}

/** What tells the keys of an index: what follows `ON table`, and whether it is unique. */
export interface IndexText {
  readonly definition: string;
  readonly unique: boolean;
}

const known = new Map<string, string>();

function keysOf(definition: string): string {
  const before = known.get(definition);
  if (before !== undefined) return before;
  const tree = JSON.parse(normalForm("index", definition)) as { IndexStmt?: Record<string, unknown> };
  const text = JSON.stringify({ ...tree.IndexStmt, options: undefined, tableSpace: undefined });
  known.set(definition, text);
  return text;
}

/** Names of the columns of an index, as ChooseIndexColumnNames gives them. */
function indexColumnNames(definition: string): string[] {
  const statement = parseFragment("index", definition).IndexStmt ?? {};
  const names: string[] = [];
  for (const { IndexElem: element } of [...(statement.indexParams ?? []), ...(statement.indexIncludingParams ?? [])]) {
    const name: string = element?.name ?? figuredName(element?.expr) ?? "expr";
    let candidate = name;
    for (let pass = 1; names.includes(candidate); pass++) candidate = `${name}${pass}`;
    names.push(candidate);
  }
  return names;
}

/** FigureColname of src/backend/parser/parse_target.c: what an expression would be called as an output column; null for no idea. */
function figuredName(node: Node): string | null {
  if (!node) return null;
  if (node.ColumnRef) return namesOf(node.ColumnRef.fields).at(-1) ?? null;
  if (node.A_Indirection) return namesOf(node.A_Indirection.indirection).at(-1) ?? figuredName(node.A_Indirection.arg);
  if (node.FuncCall) return namesOf(node.FuncCall.funcname).at(-1) ?? null;
  if (node.TypeCast) return figuredName(node.TypeCast.arg) ?? namesOf(node.TypeCast.typeName?.names).at(-1) ?? null;
  if (node.CollateClause) return figuredName(node.CollateClause.arg);
  if (node.CaseExpr) return figuredName(node.CaseExpr.defresult) ?? "case";
  if (node.CoalesceExpr) return "coalesce";
  if (node.MinMaxExpr) return node.MinMaxExpr.op === "IS_LEAST" ? "least" : "greatest";
  if (node.A_ArrayExpr) return "array";
  if (node.RowExpr) return "row";
  if (node.A_Expr?.kind === "AEXPR_NULLIF") return "nullif";
  return null;
}
