import { qualifiedName } from "../../base/identifier.ts";
import type { Fact } from "../../model/database.ts";
import type { ReadContext, SqlStatement } from "../../model/kind.ts";
import type { SqlText } from "../../model/spec.ts";
import type { Node } from "../../sql/parser.ts";
import { scanTokens } from "../../sql/parser.ts";
import { clauseIssue, type PolicySpec, policyCommands, policyFact } from "./policy-spec.ts";

/** CREATE POLICY as `.sql` files write it: a second front end to the same facts. */

/** A policy from its statement. TO left out is PUBLIC, as in SQL. */
export function policyFromStatement(statement: SqlStatement, context: ReadContext): readonly Fact[] {
  const body = statement.node.CreatePolicyStmt;
  const scalar = statement.scalar;
  const command = policyCommands.find((candidate) => candidate === (body.cmd_name ?? "all"));
  const roles = rolesOf(body, statement, context);
  if (!command || !roles) return [];
  const issue = clauseIssue(command, { using: body.qual !== undefined, check: body.with_check !== undefined });
  if (issue) {
    context.problem(scalar.at, "invalid-policy", issue.message, issue.hint);
    return [];
  }
  const using = clauseOf("using", statement, context);
  const check = clauseOf("check", statement, context);
  if (using === undefined || check === undefined) return [];
  const table = body.table;
  const schema: string = table.schemaname ?? context.resolve("relation", table.relname) ?? context.schema;
  // The parser leaves out AS PERMISSIVE and says nothing for RESTRICTIVE: false is its absent value.
  const spec: PolicySpec = {
    schema,
    table: table.relname,
    name: body.policy_name,
    permissive: body.permissive === true,
    command,
    roles,
    using,
    check,
  };
  return [policyFact(qualifiedName(schema, table.relname), spec, { at: scalar.at })];
}

function rolesOf(body: Node, statement: SqlStatement, context: ReadContext): readonly string[] | null {
  const roles = (body.roles ?? []).map((item: Node) => {
    const role = item.RoleSpec;
    return role?.roletype === "ROLESPEC_PUBLIC" ? "public" : role?.roletype === "ROLESPEC_CSTRING" ? role.rolename : null;
  });
  if (!roles.includes(null))
    return roles.length === 0 || roles.includes("public") ? ["public"] : [...new Set<string>(roles)].sort();
  context.problem(
    statement.scalar.at,
    "invalid-roles",
    "CURRENT_USER and its like depend on who applies the policy",
    "name the role",
  );
  return null;
}

/** The expression in parentheses after USING or CHECK; null when there is none, undefined when it does not parse. */
function clauseOf(word: "using" | "check", statement: SqlStatement, context: ReadContext): SqlText | null | undefined {
  const tokens = scanTokens(statement.scalar.text).filter((token) => !token.name.endsWith("COMMENT"));
  let depth = 0;
  let start = -1;
  for (const [index, token] of tokens.entries()) {
    if (token.text === "(") {
      if (depth === 0 && tokens[index - 1]?.keyword && tokens[index - 1]?.text.toLowerCase() === word) start = token.end;
      depth++;
    } else if (token.text === ")") {
      depth--;
      if (depth === 0 && start >= 0) return context.sql("expression", statement.scalar, start, token.start) ?? undefined;
    }
  }
  return null;
}

/** DROP POLICY IF EXISTS before a CREATE makes a file repeatable; here it says nothing. Other drops are refused. */
export function ignoreDrop(statement: SqlStatement, context: ReadContext): readonly Fact[] {
  const body = statement.node.DropStmt;
  if (body.removeType === "OBJECT_POLICY" && body.missing_ok === true && body.behavior !== "DROP_CASCADE") return [];
  context.problem(
    statement.scalar.at,
    "unsupported-statement",
    "DROP has no place here: what the files do not declare is dropped",
    "leave the statement out",
  );
  return [];
}
