import { quoteIdentifier } from "../base/identifier.ts";
import type { Fact } from "../model/database.ts";
import type { KindModule, ReadContext, Row, SqlStatement, YamlEntry } from "../model/kind.ts";
import { objectId } from "../model/object-id.ts";
import { address, notExtensionOwned, text, userSchema } from "./shared/catalog.ts";
import { draft, noWork } from "./shared/draft.ts";
import { makeFact } from "./shared/fact.ts";
import { createDraft, dropDraft } from "./shared/named-object.ts";
import { ownerFact } from "./shared/owner-fact.ts";
import { entryName, nestedKey, scalarField } from "./shared/yaml-entry.ts";

/** A schema (manual, 5.10). All there is to it is its name; comment, owner and grants are facts of their own. */
export type SchemaSpec = {
  readonly name: string;
};

function schemaFact(name: string, rest: Pick<Fact, "at" | "renamedFrom" | "owner">): Fact<SchemaSpec> {
  return makeFact({ kind: "schema", names: [name], schema: null, spec: { name }, ...rest });
}

// YAML

function read(entry: YamlEntry): readonly Fact[] {
  const renamed = scalarField(entry.value, "renamed_from");
  const renamedFrom = renamed && objectId("schema", quoteIdentifier(entryName(renamed.text)));
  return [schemaFact(entryName(entry.key), { at: entry.at, ...(renamedFrom ? { renamedFrom } : {}) })];
}

function fromStatement(statement: SqlStatement, context: ReadContext): readonly Fact[] {
  const body = statement.node.CreateSchemaStmt;
  const at = statement.scalar.at;
  if (body.schemaElts?.length > 0) {
    context.problem(
      at,
      "schema-elements",
      "CREATE SCHEMA with objects inside is not read",
      "write each object in a statement of its own",
    );
  }
  const role = body.authrole?.rolename as string | undefined;
  const name = (body.schemaname as string | undefined) ?? role;
  if (name === undefined) return [];
  const fact = schemaFact(name, { at });
  const owner = role === undefined ? null : ownerFact(fact, role, { at });
  return owner === null ? [fact] : [fact, owner];
}

// catalog

function catalogSql(): string {
  return `select ${address("pg_namespace", "n.oid")}, n.nspname as name, pg_get_userbyid(n.nspowner) as owner
    from pg_namespace n
    where ${userSchema("n.nspname")} and ${notExtensionOwned("pg_namespace", "n.oid")}`;
}

function fromRow(row: Row): Fact<SchemaSpec> {
  return schemaFact(text(row, "name"), { owner: text(row, "owner") });
}

// change and render

const createSql = (spec: SchemaSpec): string => `CREATE SCHEMA ${quoteIdentifier(spec.name)};`;
const dropSql = (spec: SchemaSpec): string => `DROP SCHEMA ${quoteIdentifier(spec.name)};`;
const renameSql = (from: SchemaSpec, to: SchemaSpec): string =>
  `ALTER SCHEMA ${quoteIdentifier(from.name)} RENAME TO ${quoteIdentifier(to.name)};`;

export const schema: KindModule<SchemaSpec> = {
  kind: "schema",
  rank: 10,
  scope: "exact",
  notCompared: ["name"],
  rebuiltBy: [],
  renameByDefinition: false,
  catalog: { sql: catalogSql, fromRow },
  yaml: {
    parents: ["root"],
    key: "schemas",
    style: "map",
    files: ["schema"],
    shape: {
      description: "A schema: `app: {}`.",
      scalar: false,
      properties: { renamed_from: { type: "string", description: "The schema's name until now." } },
    },
    read,
    write: (fact) => ({ key: nestedKey(fact.spec.name), value: {} }),
  },
  statements: { CreateSchemaStmt: fromStatement },
  answersTo: () => [],
  dependsOn: () => [],
  inline: () => null,
  create: (fact, context) => createDraft(fact, createSql(fact.spec), dropSql(fact.spec), context),
  alter: () => [],
  rename: (live, desired) => [
    draft(desired, {
      action: "rename",
      sql: renameSql(live.spec, desired.spec),
      phase: "contract",
      why: `renamed from ${live.object}`,
      locks: [],
      work: noWork,
      dataLoss: "never",
      undo: { sql: renameSql(desired.spec, live.spec) },
      breaks: "old",
      removes: [live.id],
    }),
  ],
  drop: (fact) => dropDraft(fact, dropSql(fact.spec), createSql(fact.spec), []),
};
