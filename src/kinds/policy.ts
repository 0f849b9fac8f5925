import { quoteIdentifier } from "../base/identifier.ts";
import type { Fact } from "../model/database.ts";
import type { KindModule, ReadContext, Row, WrittenEntry, WrittenValue, YamlEntry, YamlValue } from "../model/kind.ts";
import { type SqlText, sqlText } from "../model/spec.ts";
import { bareExpression } from "./shared/bare-expression.ts";
import { address, notExtensionOwned, optionalText, text, userSchema } from "./shared/catalog.ts";
import { alterPolicy, createPolicy, dropPolicy, policyReferences, renamePolicy } from "./shared/policy-change.ts";
import { clauseIssue, type PolicyCommand, type PolicySpec, policyCommands, policyFact } from "./shared/policy-spec.ts";
import { ignoreDrop, policyFromStatement } from "./shared/policy-statement.ts";
import { relationNames } from "./shared/target.ts";
import { entryName, field, nestedKey, scalarField } from "./shared/yaml-entry.ts";

/** Policies of row-level security (manual, 5.9; CREATE POLICY, ALTER POLICY). */

// ---- YAML

function read(entry: YamlEntry, context: ReadContext): readonly Fact[] {
  const table = context.parent;
  if (!table || entry.value.type !== "map") return [];
  const command = policyCommands.find((candidate) => candidate === (scalarField(entry.value, "for")?.text ?? "all"));
  const roles = readRoles(field(entry.value, "to"), context);
  const using = readClause(entry.value, "using", context);
  const check = readClause(entry.value, "check", context);
  if (!command || !clausesAllowed(entry, command, context) || !roles || using === undefined || check === undefined) return [];
  const { schema, name } = relationNames(table.object);
  const permissive = scalarField(entry.value, "as")?.text !== "restrictive";
  const spec: PolicySpec = { schema, table: name, name: entryName(entry.key), permissive, command, roles, using, check };
  const renamed = scalarField(entry.value, "renamed_from")?.text;
  return [
    policyFact(table.object, spec, { at: entry.at, ...(renamed === undefined ? {} : { renamedFrom: entryName(renamed) }) }),
  ];
}

/** Null when there is none or they make no sense; a missing key is the shape's business. */
function readRoles(value: YamlValue | undefined, context: ReadContext): readonly string[] | null {
  if (!value) return null;
  const scalars = value.type === "list" ? value.items : [value];
  const roles = scalars.flatMap((item) => (item.type === "scalar" ? [item.text] : []));
  if (roles.length === 0 || roles.length < scalars.length) {
    context.problem(value.at, "invalid-roles", "`to` names no role", "write a role, a list of roles, or public");
    return null;
  }
  if (value.type === "scalar" && !value.quoted && roles.some((role) => role.includes(","))) {
    context.problem(value.at, "invalid-roles", "several roles are a list", `write to: [${roles.join(", ")}]`);
    return null;
  }
  if (roles.includes("public") && roles.length > 1) {
    context.problem(
      value.at,
      "invalid-roles",
      "`public` is every role already: PostgreSQL ignores the others",
      "leave out public or the others",
    );
    return null;
  }
  return [...new Set(roles)].sort();
}

/** An explicit null says that a clause is absent on purpose: databases hold such policies. */
function clausesAllowed(entry: YamlEntry, command: PolicyCommand, context: ReadContext): boolean {
  const given = (key: string): YamlValue | undefined => field(entry.value, key);
  const isWritten = (key: string): boolean => given(key) !== undefined && given(key)?.type !== "null";
  const issue = clauseIssue(command, { using: isWritten("using"), check: isWritten("check") });
  if (!issue || given(issue.clause)?.type === "null") return true;
  context.problem(given(issue.clause)?.at ?? entry.at, "invalid-policy", issue.message, issue.hint);
  return false;
}

/** Undefined when it does not parse. */
function readClause(value: YamlValue, key: string, context: ReadContext): SqlText | null | undefined {
  const scalar = scalarField(value, key);
  return scalar ? (context.sql("expression", scalar) ?? undefined) : null;
}

function write(fact: Fact<PolicySpec>): WrittenEntry {
  const { name, permissive, command, roles, using, check } = fact.spec;
  const value: Record<string, WrittenValue> = {};
  if (!permissive) value["as"] = "restrictive";
  value["for"] = command;
  const [first = ""] = roles;
  // A comma in a role's own name would be taken for a list.
  value["to"] = roles.length === 1 && !first.includes(",") ? first : roles;
  if (using) value["using"] = written(using);
  if (check) value["check"] = written(check);
  const missing = clauseIssue(command, { using: using !== null, check: check !== null });
  if (missing) value[missing.clause] = null;
  return { key: nestedKey(name), value };
}

function written(clause: SqlText): WrittenValue {
  return clause.sql === "true" || clause.sql === "false" ? clause.sql === "true" : clause.sql;
}

// ---- catalog

function catalogSql(): string {
  return `select ${address("pg_policy", "p.oid")}, n.nspname as schema, c.relname as table, p.polname as name, p.polpermissive as permissive,
      p.polcmd::text as command, pg_get_expr(p.polqual, p.polrelid) as using, pg_get_expr(p.polwithcheck, p.polrelid) as check,
      p.polqual is not null as has_using, p.polwithcheck is not null as has_check, o.rolname as owner,
      (select array_agg(coalesce(r.rolname::text, 'public')) from unnest(p.polroles) as m(oid) left join pg_roles r on r.oid = m.oid where m.oid = 0 or r.oid is not null) as roles
    from pg_policy p join pg_class c on c.oid = p.polrelid join pg_namespace n on n.oid = c.relnamespace join pg_roles o on o.oid = c.relowner
    where ${userSchema("n.nspname")} and ${notExtensionOwned("pg_class", "c.oid")} and ${notExtensionOwned("pg_policy", "p.oid")}`;
}

const commands: Readonly<Record<string, PolicyCommand>> = { "*": "all", r: "select", a: "insert", w: "update", d: "delete" };

function fromRow(row: Row): Fact<PolicySpec> {
  const clause = (column: string): SqlText | null =>
    row[`has_${column}`] === true ? sqlText("expression", bareExpression(text(row, column))) : null;
  const spec: PolicySpec = {
    schema: text(row, "schema"),
    table: text(row, "table"),
    name: text(row, "name"),
    permissive: row["permissive"] === true,
    command: commands[text(row, "command")] ?? "all",
    roles: [...(row["roles"] as readonly string[])].sort(),
    using: clause("using"),
    check: clause("check"),
  };
  const fact = policyFact(`${quoteIdentifier(spec.schema)}.${quoteIdentifier(spec.table)}`, spec);
  const owner = optionalText(row, "owner");
  return owner === null ? fact : { ...fact, owner };
}

// ---- change

const condition = (description: string): { readonly [key: string]: unknown } => ({
  type: ["string", "boolean", "null"],
  description,
});

export const policy: KindModule<PolicySpec> = {
  kind: "policy",
  rank: 130,
  scope: "exact",
  security: true,
  notCompared: ["schema", "table"],
  rebuiltBy: ["column", "replace"],
  renameByDefinition: true,
  catalog: { sql: catalogSql, fromRow },
  yaml: {
    parents: ["table"],
    key: "policies",
    style: "map",
    files: ["policies"],
    shape: {
      description: "A policy of row-level security: which rows which roles may reach with which command.",
      scalar: false,
      properties: {
        as: { enum: ["permissive", "restrictive"], description: "permissive (default) adds rows, restrictive takes some away" },
        for: { enum: policyCommands, description: "The command; all by default" },
        to: {
          type: ["string", "array"],
          items: { type: "string" },
          description: "A role or a list of roles; public must be spelled out",
        },
        using: condition("Which existing rows: a condition"),
        check: condition("Which new rows (WITH CHECK): a condition"),
        renamed_from: { type: "string", description: "The policy's old name" },
      },
      required: ["to"],
    },
    read,
    write,
  },
  statements: { CreatePolicyStmt: policyFromStatement, DropStmt: ignoreDrop },
  answersTo: (fact) => [fact.id],
  dependsOn: policyReferences,
  roles: (fact) => fact.spec.roles.filter((role) => role !== "public"),
  inline: () => null,
  create: createPolicy,
  alter: alterPolicy,
  rename: renamePolicy,
  drop: dropPolicy,
};
