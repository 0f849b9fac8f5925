import { generatedName, quoteIdentifier } from "../../base/identifier.ts";
import type { ReadContext, YamlScalar } from "../../model/kind.ts";
import type { SqlText } from "../../model/spec.ts";
import type { Node } from "../../sql/parser.ts";
import { inParentheses } from "./bare-expression.ts";
import { codeTokens, collationName, parseScalar, readType } from "./sql-piece.ts";

/** What CREATE DOMAIN says after its name, read from SQL and written as SQL. */

/** `valid`: false after ADD CONSTRAINT … NOT VALID, until it is validated. */
export type DomainCheck = {
  readonly name: string;
  readonly expression: SqlText;
  readonly valid: boolean;
};

export type DomainDefinition = {
  readonly type: string;
  readonly collation: string | null;
  readonly default: SqlText | null;
  readonly notNull: boolean;
  /** Null for the name that PostgreSQL gives it, and before 17, where it has none. */
  readonly notNullName: string | null;
  /** By name. */
  readonly checks: readonly DomainCheck[];
};

const hint = "write what follows CREATE DOMAIN name AS, e.g. text check (value <> '')";

/**
 * Reads a definition. In: `before` makes the scalar a statement (empty when it is one); `name` gives unnamed checks theirs;
 * `notValid` are the checks that existing values were not held against.
 * Out: null when it does not parse; the problem is recorded.
 */
export function readDomain(
  before: string,
  scalar: YamlScalar,
  context: ReadContext,
  name: string | null,
  notValid: readonly string[],
): DomainDefinition | null {
  const parsed = parseScalar(before, scalar, context, hint);
  const body = parsed?.node.CreateDomainStmt;
  if (!parsed || !body) return null;
  const own = name ?? String(body.domainname?.at(-1)?.String?.sval ?? "");
  const constraints: Node[] = (body.constraints ?? []).map((item: Node) => item.Constraint);
  const starts = [...constraints.map((item) => item.location), body.collClause?.location, Infinity]
    .filter((at) => at !== undefined)
    .map((at) => (at === Infinity ? scalar.text.length : parsed.offset(at)))
    .sort((a, b) => a - b);
  const piece = (item: Node): [number, number] => {
    const start = parsed.offset(item.location);
    return [start, starts.find((at) => at > start) ?? scalar.text.length];
  };
  const byType = (type: string): Node[] => constraints.filter((item) => item.contype === type);
  const [fallback] = byType("CONSTR_DEFAULT");
  return {
    type: readType(body.typeName, context),
    collation: collationName(body.collClause, context),
    default: fallback ? readDefault(scalar, piece(fallback), context) : null,
    notNull: byType("CONSTR_NOTNULL").length > 0,
    notNullName: ownName(byType("CONSTR_NOTNULL")[0]?.conname, own),
    checks: readChecks(byType("CONSTR_CHECK"), own, notValid, (item) => readCheck(scalar, piece(item), context)),
  };
}

/** A name that PostgreSQL would not give by itself; null for the usual one. */
export function ownName(name: string | null | undefined, domain: string): string | null {
  return name === undefined || name === null || name === generatedName(domain, "", "not_null") ? null : name;
}

/** What follows the word DEFAULT, without a semicolon that ends the statement. */
function readDefault(scalar: YamlScalar, [start, end]: [number, number], context: ReadContext): SqlText | null {
  const tokens = codeTokens(scalar.text.slice(start, end)).filter((token) => token.text !== ";");
  const index = tokens.findIndex((token) => token.text.toLowerCase() === "default");
  const first = tokens[index + 1];
  const last = tokens.at(-1);
  return first && last ? context.sql("expression", scalar, start + first.start, start + last.end) : null;
}

/** What stands in the parentheses after CHECK. */
function readCheck(scalar: YamlScalar, [start, end]: [number, number], context: ReadContext): SqlText | null {
  const tokens = codeTokens(scalar.text.slice(start, end));
  const open = tokens.find((token) => token.text === "(");
  const close = tokens.findLast((token) => token.text === ")");
  return open && close ? context.sql("expression", scalar, start + open.end, start + close.start) : null;
}

function readChecks(
  items: readonly Node[],
  domain: string,
  notValid: readonly string[],
  expressionOf: (item: Node) => SqlText | null,
): DomainCheck[] {
  const taken = new Set(items.map((item) => item.conname).filter((name) => name !== undefined));
  const checks: DomainCheck[] = [];
  for (const item of items) {
    const name = item.conname ?? freeName(domain, taken);
    taken.add(name);
    const expression = expressionOf(item);
    if (expression) checks.push({ name, expression, valid: !notValid.includes(name) });
  }
  return sortChecks(checks);
}

/** PostgreSQL's choice for an unnamed check (ChooseConstraintName in src/backend/catalog/pg_constraint.c). */
function freeName(domain: string, taken: ReadonlySet<string>): string {
  let name = generatedName(domain, "", "check");
  for (let n = 1; taken.has(name); n++) name = generatedName(domain, "", `check${n}`);
  return name;
}

/** Checks in the order of their names: PostgreSQL evaluates them so. */
export function sortChecks(checks: readonly DomainCheck[]): DomainCheck[] {
  return [...checks].sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
}

/** The definition as SQL: what follows CREATE DOMAIN name AS. In: `domain` leaves out the one name PostgreSQL would give. */
export function domainSql(definition: DomainDefinition, keywords: (word: string) => string, domain?: string): string {
  const { type, collation, checks } = definition;
  const generated = domain === undefined || checks.length !== 1 ? null : generatedName(domain, "", "check");
  return [
    type,
    ...(collation === null ? [] : [`${keywords("COLLATE")} ${collation}`]),
    ...(definition.default === null ? [] : [`${keywords("DEFAULT")} ${definition.default.sql}`]),
    ...(definition.notNull && definition.notNullName !== null
      ? [`${keywords("CONSTRAINT")} ${quoteIdentifier(definition.notNullName)}`]
      : []),
    ...(definition.notNull ? [keywords("NOT NULL")] : []),
    ...checks.map((check) => {
      const name = check.name === generated ? "" : `${keywords("CONSTRAINT")} ${quoteIdentifier(check.name)} `;
      return name + checkSql(check.expression, keywords("CHECK"));
    }),
  ].join(" ");
}

/** CHECK with its expression. */
export function checkSql(expression: SqlText, word = "CHECK"): string {
  return `${word} ${inParentheses(expression.sql)}`;
}
