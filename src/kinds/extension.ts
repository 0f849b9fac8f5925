import { quoteIdentifier } from "../base/identifier.ts";
import type { Fact } from "../model/database.ts";
import type { KindModule, ReadContext, Replace, Row, SqlStatement, YamlEntry } from "../model/kind.ts";
import { schemaId } from "../model/object-id.ts";
import type { StepDraft } from "../model/step.ts";
import { address, text } from "./shared/catalog.ts";
import { draft, noWork } from "./shared/draft.ts";
import { makeFact } from "./shared/fact.ts";
import { createDraft } from "./shared/named-object.ts";
import { undeclared } from "./shared/target.ts";
import { entryName, nestedKey, scalarField } from "./shared/yaml-entry.ts";

/** An extension (manual, 36.17). What it brings along is its own: neither read nor compared. */
export type ExtensionSpec = {
  readonly name: string;
  readonly schema: string;
  /** The version that the files ask for; null when they leave it to the server, and on live facts. */
  readonly version: string | null;
  /** The version that is installed; null on desired facts. */
  readonly liveVersion: string | null;
  readonly relocatable: boolean;
};

function extensionFact(spec: ExtensionSpec, rest: Pick<Fact, "at" | "owner">): Fact<ExtensionSpec> {
  return makeFact({ kind: "extension", names: [spec.name], schema: null, spec, ...rest });
}

/** Every database has it: neither read nor made. */
const builtIn = "plpgsql";

// YAML

function read(entry: YamlEntry): readonly Fact[] {
  const name = entryName(entry.key);
  if (name === builtIn) return [];
  const schema = scalarField(entry.value, "schema")?.text ?? "public";
  const version = scalarField(entry.value, "version")?.text ?? null;
  return [extensionFact({ name, schema, version, liveVersion: null, relocatable: true }, { at: entry.at })];
}

function fromStatement(statement: SqlStatement, _context: ReadContext): readonly Fact[] {
  const body = statement.node.CreateExtensionStmt;
  if (body.extname === builtIn) return [];
  const option = (name: string): string | null => {
    const found = (body.options ?? []).find((item: { DefElem?: { defname?: string } }) => item.DefElem?.defname === name);
    return found?.DefElem.arg?.String?.sval ?? null;
  };
  const spec = {
    name: body.extname as string,
    schema: option("schema") ?? "public",
    version: option("new_version"),
    liveVersion: null,
    relocatable: true,
  };
  return [extensionFact(spec, { at: statement.scalar.at })];
}

// catalog

function catalogSql(): string {
  return `select ${address("pg_extension", "e.oid")}, e.extname as name, n.nspname as schema, e.extversion as version,
      e.extrelocatable as relocatable, pg_get_userbyid(e.extowner) as owner
    from pg_extension e join pg_namespace n on n.oid = e.extnamespace
    where e.extname <> '${builtIn}'`;
}

function fromRow(row: Row): Fact<ExtensionSpec> {
  const spec = {
    name: text(row, "name"),
    schema: text(row, "schema"),
    version: null,
    liveVersion: text(row, "version"),
    relocatable: row.relocatable === true,
  };
  return extensionFact(spec, { owner: text(row, "owner") });
}

// change

function alter(
  live: Fact<ExtensionSpec>,
  desired: Fact<ExtensionSpec>,
  fields: readonly string[],
): readonly StepDraft[] | Replace {
  const steps: StepDraft[] = [];
  const name = quoteIdentifier(desired.spec.name);
  if (fields.includes("schema")) {
    if (!live.spec.relocatable) return { replace: `its schema changes and ${live.object} cannot be moved` };
    const move = (schema: string): string => `ALTER EXTENSION ${name} SET SCHEMA ${quoteIdentifier(schema)};`;
    steps.push(
      draft(desired, {
        action: "alter",
        sql: move(desired.spec.schema),
        phase: "contract",
        why: `schema changes from ${live.spec.schema} to ${desired.spec.schema}`,
        locks: [],
        work: noWork,
        dataLoss: "never",
        undo: { sql: move(live.spec.schema) },
        breaks: "old",
        needs: [schemaId(desired.spec.schema)],
      }),
    );
  }
  const { version } = desired.spec;
  if (version !== null && version !== live.spec.liveVersion) {
    steps.push(
      draft(desired, {
        action: "alter",
        sql: `ALTER EXTENSION ${name} UPDATE TO ${quoteIdentifier(version)};`,
        phase: "expand",
        why: `version changes from ${live.spec.liveVersion} to ${version}`,
        locks: [],
        work: noWork,
        dataLoss: "never",
        undo: { none: "extensions bring no scripts for the way back" },
      }),
    );
  }
  return steps;
}

// render

function createSql(spec: ExtensionSpec): string {
  const version = spec.version === null ? "" : ` VERSION ${quoteIdentifier(spec.version)}`;
  return `CREATE EXTENSION ${quoteIdentifier(spec.name)} WITH SCHEMA ${quoteIdentifier(spec.schema)}${version};`;
}

const dropSql = (spec: ExtensionSpec): string => `DROP EXTENSION ${quoteIdentifier(spec.name)};`;

export const extension: KindModule<ExtensionSpec> = {
  kind: "extension",
  rank: 20,
  scope: "declared",
  bringsNames: true,
  notCompared: ["name", "liveVersion", "relocatable"],
  rebuiltBy: [],
  renameByDefinition: false,
  catalog: { sql: catalogSql, fromRow },
  yaml: {
    parents: ["root"],
    key: "extensions",
    style: "map",
    files: ["schema"],
    shape: {
      description: "An extension: `citext: {}`.",
      scalar: false,
      properties: {
        schema: { type: "string", description: "Schema that holds its objects; `public` by default." },
        version: { type: ["string", "number"], description: "Version to be installed; not compared when left out." },
      },
    },
    read,
    write: (fact) => ({
      key: nestedKey(fact.spec.name),
      value: {
        ...(fact.spec.schema === "public" ? {} : { schema: fact.spec.schema }),
        ...(fact.spec.version === null ? {} : { version: fact.spec.version }),
      },
    }),
  },
  statements: { CreateExtensionStmt: fromStatement },
  answersTo: () => [],
  dependsOn: (fact) => [schemaId(fact.spec.schema)],
  inline: () => null,
  create: (fact, context) => createDraft(fact, createSql(fact.spec), dropSql(fact.spec), context),
  alter,
  rename: () => null,
  drop: (fact) => [
    draft(fact, {
      action: "drop",
      sql: dropSql(fact.spec),
      phase: "contract",
      why: undeclared,
      locks: [],
      work: noWork,
      // Its tables and what other objects keep in its types go with it.
      dataLoss: "always",
      undo: { sql: createSql({ ...fact.spec, version: fact.spec.liveVersion }) },
      breaks: "old",
    }),
  ],
};
