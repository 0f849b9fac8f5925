import { qualifiedName, quoteIdentifier, splitPath } from "../../base/identifier.ts";
import type { Fact } from "../../model/database.ts";
import type { PlanContext } from "../../model/kind.ts";
import { kindOf, type ObjectId, pathOf } from "../../model/object-id.ts";
import { isSqlText } from "../../model/spec.ts";
import type { Lock } from "../../model/step.ts";
import { lockOnIndexes, lockOnTree } from "./locks.ts";
import { type Named, nameOf } from "./named-object.ts";
import { temporaryName } from "./temporary-name.ts";

/**
 * A type that PostgreSQL cannot change in place is made anew beside the old one, and every column moves over.
 * The old type steps aside under a temporary name, so that all texts keep the name they use.
 */

/** A column of a table whose type is the type in question, or an array of it. */
export interface TypedColumn {
  readonly id: ObjectId;
  readonly table: ObjectId;
  /** `app.orders` and `status`, as SQL writes them. */
  readonly relation: string;
  readonly name: string;
  readonly array: boolean;
  /** Its type as SQL writes it: that of the range, its multirange, or an array of one. */
  readonly type: string;
  /** What the column's default will be; null for none. */
  readonly defaultSql: string | null;
}

/** Columns of tables that use a type, without those that partitions inherit: ALTER TABLE reaches them through the parent. */
export function columnsOfType(type: ObjectId, context: PlanContext): readonly TypedColumn[] {
  const names = new Set([pathOf(type), String(context.live.facts.get(type)?.spec["multirange"] ?? "")]);
  const columns = context
    .dependents(type)
    .filter((id) => kindOf(id) === "column")
    .map((id) => context.live.facts.get(id))
    .filter((fact): fact is Fact => fact !== undefined && fact.parent !== null && kindOf(fact.parent) === "table")
    // One that only names the type, in its default or in what it is generated from, has another.
    .filter((fact) => names.has(String(fact.spec["type"]).replace(/\[\]$/, "")));
  const tables = new Set(columns.map((fact) => fact.parent ?? ""));
  const inherited = new Set([...tables].flatMap((table) => context.partitions(table)));
  return columns
    .filter((fact) => !inherited.has(fact.parent ?? ""))
    .map((fact) => typedColumn(fact, type, context))
    .sort((a, b) => (a.relation < b.relation ? -1 : a.relation > b.relation ? 1 : 0));
}

/** The columns that move over when a type is swapped. Those that the plan drops go before that (`leavingUsers`). */
export function movedColumns(type: ObjectId, context: PlanContext): readonly TypedColumn[] {
  return columnsOfType(type, context).filter(({ id }) => !context.isDropped(id));
}

/** What uses a type and is dropped by the plan, which has to come before the type is swapped: columns, and tables with them. */
export function leavingUsers(type: ObjectId, context: PlanContext): readonly ObjectId[] {
  const leaving = context.dependents(type).filter((id) => context.isDropped(id));
  return leaving.flatMap((id) => [id, context.live.facts.get(id)?.parent ?? id]);
}

function typedColumn(fact: Fact, type: ObjectId, context: PlanContext): TypedColumn {
  const table = fact.parent ?? "";
  const expression = (context.final(fact.id) ?? fact).spec.default;
  const written = String(fact.spec.type ?? "");
  return {
    id: fact.id,
    table,
    relation: pathOf(table),
    name: quoteIdentifier(splitPath(fact.object).at(-1) ?? ""),
    array: written !== pathOf(type) && written.endsWith("[]"),
    type: written,
    defaultSql: isSqlText(expression) ? expression.sql : null,
  };
}

/** How a value gets over: through text, with labels that change their name on the way. */
function using(column: TypedColumn, type: string): string {
  const array = column.array ? "[]" : "";
  return `${column.name}::text${array}::${type}${array}`;
}

/** The value of a column as one of the new type, as SQL. */
export type Conversion = (column: TypedColumn, type: string) => string;

/** ALTER TABLE statements, one per table, that move columns to the type of this name. */
function moveColumns(columns: readonly TypedColumn[], type: string, convert: Conversion): string[] {
  const relations = [...new Set(columns.map((column) => column.relation))];
  return relations.map((relation) => {
    const actions = columns
      .filter((column) => column.relation === relation)
      .flatMap((column) => moveActions(column, type, convert));
    return `ALTER TABLE ${relation} ${actions.join(", ")};`;
  });
}

function moveActions(column: TypedColumn, type: string, convert: Conversion): string[] {
  const alter = `ALTER COLUMN ${column.name}`;
  const move = `${alter} TYPE ${type}${column.array ? "[]" : ""} USING ${convert(column, type)}`;
  // A default is an expression of the old type, which no cast leads away from.
  return column.defaultSql === null ? [move] : [`${alter} DROP DEFAULT`, move, `${alter} SET DEFAULT ${column.defaultSql}`];
}

/**
 * The statements of a swap, in order: the old type steps aside, the new one is made, columns move, the old one goes.
 * In: `word` is TYPE or DOMAIN, `create` the CREATE statement of the new one under the same name; `convert` where text is no way over.
 */
export function swapSql(
  fact: Fact<Named>,
  word: "TYPE" | "DOMAIN",
  create: string,
  columns: readonly TypedColumn[],
  convert: Conversion = using,
): string {
  const aside = temporaryName("swap", fact.object);
  const name = nameOf(fact.spec);
  return [
    `ALTER ${word} ${name} RENAME TO ${quoteIdentifier(aside)};`,
    create,
    ...moveColumns(columns, name, convert),
    `DROP ${word} ${qualifiedName(fact.spec.schema, aside)};`,
  ].join("\n");
}

/**
 * The statements of a change through text, in order: columns become text, the old type goes, the new one is made, columns get it.
 * For types whose inner objects (constructors of a range) cannot stand beside those of another one of the same name. Defaults of the
 * columns are out of the way already.
 */
export function throughTextSql(drop: string, create: string, columns: readonly TypedColumn[]): string {
  const relations = [...new Set(columns.map((column) => column.relation))];
  const move = (typeOf: (column: TypedColumn) => string): string[] =>
    relations.map((relation) => {
      const actions = columns
        .filter((column) => column.relation === relation)
        .map((column) => `ALTER COLUMN ${column.name} TYPE ${typeOf(column)} USING ${column.name}::${typeOf(column)}`);
      return `ALTER TABLE ${relation} ${actions.join(", ")};`;
    });
  return [...move((column) => (column.array ? "text[]" : "text")), drop, create, ...move((column) => column.type)].join("\n");
}

/** The locks of a swap: every table that moves, its partitions and their indexes, all rewritten. */
export function swapLocks(columns: readonly TypedColumn[], context: PlanContext): Lock[] {
  return columns.flatMap(({ table }) => [
    ...lockOnTree(context, table, "AccessExclusiveLock"),
    ...lockOnIndexes(context, table, "AccessExclusiveLock"),
  ]);
}
