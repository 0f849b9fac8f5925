/** What no plan may do, read from the statements it sends: CASCADE, and a table or column that goes and comes back. */
import type { Step } from "../../src/model/step.ts";
import { walk } from "../../src/sql/names.ts";
import { type Node, parseStatements } from "../../src/sql/parser.ts";

/** Out: one line for each such thing. A generated column may be computed anew: it holds nothing of its own. */
export function ungentleSteps(steps: readonly Pick<Step, "id" | "sql">[]): string[] {
  const problems: string[] = [];
  const gone = new Set<string>();
  for (const { id, sql } of steps) {
    for (const { node } of parseStatements(sql)) {
      walk(node, (_tag, body) => {
        if (body.behavior === "DROP_CASCADE") problems.push(`${id} says CASCADE: ${sql}`);
      });
      for (const name of dropped(node)) gone.add(name);
      for (const name of made(node)) if (gone.has(name)) problems.push(`${id} makes ${name} again, which was dropped`);
    }
  }
  return problems;
}

const nameOf = (relation: Node): string => `${relation?.schemaname ?? ""}.${relation?.relname ?? ""}`;

function commands(node: Node, subtype: string): readonly Node[] {
  const list: readonly Node[] = node.AlterTableStmt?.cmds ?? [];
  return list.map(({ AlterTableCmd: command }) => command).filter((command) => command.subtype === subtype);
}

function dropped(node: Node): readonly string[] {
  const table = nameOf(node.AlterTableStmt?.relation);
  const columns = commands(node, "AT_DropColumn").map(({ name }) => `${table}.${name}`);
  if (node.DropStmt?.removeType !== "OBJECT_TABLE") return columns;
  return node.DropStmt.objects.map(({ List: list }: Node) => list.items.map((item: Node) => item.String.sval).join("."));
}

function made(node: Node): readonly string[] {
  if (node.CreateStmt) return [nameOf(node.CreateStmt.relation)];
  const table = nameOf(node.AlterTableStmt?.relation);
  const columns = commands(node, "AT_AddColumn").map(({ def }) => def.ColumnDef);
  return columns.filter((column) => !isGenerated(column)).map(({ colname }) => `${table}.${colname}`);
}

function isGenerated(column: Node): boolean {
  return (column.constraints ?? []).some(({ Constraint: constraint }: Node) => constraint.contype === "CONSTR_GENERATED");
}
