import type { Fact } from "../model/database.ts";
import type { KindModule, ReadContext, Row, SqlStatement, WriteContext, WrittenEntry, YamlEntry } from "../model/kind.ts";
import { objectId, schemaId } from "../model/object-id.ts";
import { sqlText } from "../model/spec.ts";
import { namesOf } from "../sql/names.ts";
import { references } from "../sql/references.ts";
import { bareExpression } from "./shared/bare-expression.ts";
import { address, notExtensionOwned, optionalText, text, userSchema } from "./shared/catalog.ts";
import { alterDomain, createDomain } from "./shared/domain-change.ts";
import { type DomainDefinition, domainSql, ownName, readDomain, sortChecks } from "./shared/domain-definition.ts";
import { makeFact } from "./shared/fact.ts";
import { createDraft, dropDraft, identityFields, nameOf, renameDraft } from "./shared/named-object.ts";
import { collationReferences, collationSql } from "./shared/sql-piece.ts";
import { definition, entryKey, entryNames, field, renamedFromPath, shortOrLong } from "./shared/yaml-entry.ts";

/** A domain (manual, 8.18). */
export type DomainSpec = { readonly schema: string; readonly name: string } & DomainDefinition;

function domainFact(spec: DomainSpec, rest: Pick<Fact, "at" | "renamedFrom" | "owner">): Fact<DomainSpec> {
  return makeFact({ kind: "domain", names: [spec.schema, spec.name], schema: spec.schema, spec, ...rest });
}

// YAML

function read(entry: YamlEntry, context: ReadContext): readonly Fact[] {
  const names = entryNames(entry.key, context);
  const scalar = definition(entry);
  if (!scalar) return [];
  const list = field(entry.value, "not_valid");
  const notValid = list?.type === "list" ? list.items.flatMap((item) => (item.type === "scalar" ? [item.text] : [])) : [];
  const found = readDomain("CREATE DOMAIN x AS ", scalar, context, names.name, notValid);
  if (!found) return [];
  const renamed = renamedFromPath(entry.value, names.schema);
  const renamedFrom = renamed && objectId("domain", renamed);
  return [domainFact({ ...names, ...found }, { at: entry.at, ...(renamedFrom ? { renamedFrom } : {}) })];
}

function write(fact: Fact<DomainSpec>, context: WriteContext): WrittenEntry {
  const { spec } = fact;
  const notValid = spec.checks.filter((check) => !check.valid).map((check) => check.name);
  return shortOrLong(
    entryKey(spec.schema, spec.name, context),
    domainSql(spec, (word) => word.toLowerCase(), spec.name),
    { not_valid: notValid.length > 0 ? notValid : undefined },
  );
}

function fromStatement(statement: SqlStatement, context: ReadContext): readonly Fact[] {
  const names = namesOf(statement.node.CreateDomainStmt.domainname);
  const found = readDomain("", statement.scalar, context, null, []);
  if (!found) return [];
  const schema = names.length > 1 ? (names.at(-2) ?? "") : context.schema;
  return [domainFact({ schema, name: names.at(-1) ?? "", ...found }, { at: statement.scalar.at })];
}

// catalog

function catalogSql(major: number): string {
  const notNull = "select k.conname from pg_constraint k where k.contypid = t.oid and k.contype = 'n'";
  return `select ${address("pg_type", "t.oid")}, n.nspname as schema, t.typname as name, pg_get_userbyid(t.typowner) as owner,
      format_type(t.typbasetype, t.typtypmod) as type, t.typnotnull as not_null,
      ${major >= 17 ? `(${notNull})` : "null::text"} as not_null_name,
      case when t.typdefaultbin is null then null else pg_get_expr(t.typdefaultbin, 0) end as default,
      ${collationSql("t.typcollation", "b.typcollation")} as collation,
      (select coalesce(json_agg(json_build_object('name', c.conname, 'expression', pg_get_expr(c.conbin, 0), 'valid', c.convalidated)
        order by c.conname), '[]') from pg_constraint c where c.contypid = t.oid and c.contype = 'c') as checks
    from pg_type t join pg_namespace n on n.oid = t.typnamespace join pg_type b on b.oid = t.typbasetype
    where t.typtype = 'd' and ${userSchema("n.nspname")} and ${notExtensionOwned("pg_type", "t.oid")}`;
}

function fromRow(row: Row): Fact<DomainSpec> {
  const expression = optionalText(row, "default");
  const checks = row.checks as readonly { readonly name: string; readonly expression: string; readonly valid: boolean }[];
  const spec: DomainSpec = {
    schema: text(row, "schema"),
    name: text(row, "name"),
    type: text(row, "type"),
    collation: optionalText(row, "collation"),
    default: expression === null ? null : sqlText("expression", expression),
    notNull: row.not_null === true,
    notNullName: ownName(optionalText(row, "not_null_name"), text(row, "name")),
    checks: sortChecks(
      checks.map((check) => ({
        name: check.name,
        expression: sqlText("expression", bareExpression(text(check, "expression"))),
        valid: check.valid,
      })),
    ),
  };
  return domainFact(spec, { owner: text(row, "owner") });
}

// identity

function dependsOn(fact: Fact<DomainSpec>): string[] {
  const { spec } = fact;
  const expressions = [...(spec.default ? [spec.default] : []), ...spec.checks.map((check) => check.expression)];
  return [
    schemaId(spec.schema),
    ...references("type", spec.type),
    ...collationReferences(spec.collation),
    ...expressions.flatMap((expression) => references(expression.as, expression.sql)),
  ];
}

// change and render

const dropSql = (spec: DomainSpec): string => `DROP DOMAIN ${nameOf(spec)};`;

export const domain: KindModule<DomainSpec> = {
  kind: "domain",
  rank: 50,
  scope: "exact",
  notCompared: identityFields,
  rebuiltBy: ["replace"],
  renameByDefinition: false,
  catalog: { sql: catalogSql, fromRow },
  yaml: {
    parents: ["root"],
    key: "domains",
    style: "map",
    files: ["schema"],
    shape: {
      description: "A domain: what follows CREATE DOMAIN name AS.",
      scalar: true,
      properties: {
        def: { type: "string", description: "What follows CREATE DOMAIN name AS." },
        renamed_from: { type: "string", description: "The domain's name until now." },
        not_valid: { type: "array", items: { type: "string" }, description: "Checks that existing values are not held against." },
      },
      required: ["def"],
    },
    read,
    write,
  },
  statements: { CreateDomainStmt: fromStatement },
  settle: (fact, major) => (major >= 17 ? fact : { ...fact, spec: { ...fact.spec, notNullName: null } }),
  answersTo: (fact) => [`type ${fact.object}`],
  dependsOn,
  inline: () => null,
  create: (fact, context) => createDraft(fact, createDomain(fact.spec), dropSql(fact.spec), context),
  alter: alterDomain,
  rename: (live, desired) => renameDraft(live, desired, "DOMAIN", []),
  drop: (fact) => dropDraft(fact, dropSql(fact.spec), createDomain(fact.spec), []),
};
