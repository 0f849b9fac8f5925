import { scanTokens } from "../../sql/parser.ts";

/** Takes off the parentheses that pg_get_expr puts around a whole expression: `(a > 1)` → `a > 1`, `(a) and (b)` stays. */
export function bareExpression(sql: string): string {
  if (!sql.startsWith("(") || !sql.endsWith(")")) return sql;
  const tokens = scanTokens(sql);
  let depth = 0;
  for (const [index, token] of tokens.entries()) {
    if (token.text === "(") depth++;
    if (token.text === ")") depth--;
    if (depth === 0 && index < tokens.length - 1) return sql;
  }
  const inner = sql.slice(1, -1).trim();
  // `(select …)` needs its own parentheses, and so does a row `(a, b)`.
  const isPlain = !/^(select|with|values|table)\b/i.test(inner) && !hasTopLevelComma(inner);
  return isPlain ? bareExpression(inner) : sql;
}

function hasTopLevelComma(sql: string): boolean {
  let depth = 0;
  return scanTokens(sql).some((token) => {
    if ("([".includes(token.text)) depth++;
    if (")]".includes(token.text)) depth--;
    return depth === 0 && token.text === ",";
  });
}

/** An expression in parentheses; a line comment at its end must not swallow the closing one. */
export function inParentheses(sql: string): string {
  return sql.includes("--") ? `(${sql}\n)` : `(${sql})`;
}
