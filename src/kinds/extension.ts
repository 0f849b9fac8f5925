import { quoteIdentifier } from "../base/identifier.ts";
import { quoteLiteral } from "../base/literal.ts";
import { didYouMean } from "../base/nearest-name.ts";
import type { Fact } from "../model/database.ts";
import { canonicalJson } from "../model/fingerprint.ts";
import type { KindModule, PlanContext, ReadContext, Row, SqlStatement, YamlEntry } from "../model/kind.ts";
import { LockstepError } from "../model/lockstep-error.ts";
import { type ObjectId, schemaId } from "../model/object-id.ts";
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
  /** Installed, or asked for; null where the files leave it to the server. */
  readonly version: string | null;
  readonly relocatable: boolean;
};

type Extension = Fact<ExtensionSpec>;

function extensionFact(spec: ExtensionSpec, rest: Pick<Fact, "at" | "owner">): Extension {
  return makeFact({ kind: "extension", names: [spec.name], schema: null, spec, ...rest });
}

/** Every database has it: neither read nor made. */
const builtIn = "plpgsql";

/** Owners of what a hosting platform installs. */
const platformRoles = /^(supabase_.*|rdsadmin|cloudsqladmin|alloydbadmin|azuresu|cloud_admin|neon_superuser)$/;

// YAML

function read(entry: YamlEntry): readonly Fact[] {
  const name = entryName(entry.key);
  if (name === builtIn) return [];
  const schema = scalarField(entry.value, "schema")?.text ?? "public";
  const version = scalarField(entry.value, "version")?.text ?? null;
  return [extensionFact({ name, schema, version, relocatable: true }, { at: entry.at })];
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

function fromRow(row: Row): Extension {
  const spec = {
    name: text(row, "name"),
    schema: text(row, "schema"),
    version: text(row, "version"),
    relocatable: row.relocatable === true,
  };
  return extensionFact(spec, { owner: text(row, "owner") });
}

// change

/** The version counts only where the files say one. */
const asFarAsKnown = (live: Extension, desired: Extension): Extension =>
  desired.spec.version === null ? { ...desired, spec: { ...desired.spec, version: live.spec.version } } : desired;

function alter(live: Extension, desired: Extension, fields: readonly string[]): readonly StepDraft[] {
  return [
    ...(fields.includes("schema") ? [setSchema(live, desired)] : []),
    ...(fields.includes("version") ? [update(live, desired)] : []),
  ];
}

function setSchema(live: Extension, desired: Extension): StepDraft {
  if (!live.spec.relocatable) {
    const what = `extension ${live.object} lies in schema ${live.spec.schema} and its control file says that it cannot be moved`;
    throw refusal("extension-fixed", what, `declare it with schema: ${live.spec.schema}`, desired);
  }
  const move = (schema: string): string => `ALTER EXTENSION ${live.object} SET SCHEMA ${quoteIdentifier(schema)};`;
  return draft(desired, {
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
  });
}

/** An update runs a script of the extension: nobody knows from outside what it locks. */
function update(live: Extension, desired: Extension): StepDraft {
  return draft(desired, {
    action: "alter",
    sql: `ALTER EXTENSION ${live.object} UPDATE TO ${quoteLiteral(desired.spec.version ?? "")};`,
    phase: "expand",
    why: `version changes from ${live.spec.version} to ${desired.spec.version}`,
    locks: [],
    work: noWork,
    dataLoss: "never",
    undo: { none: "extensions bring no scripts for the way back" },
  });
}

function create(fact: Extension, context: PlanContext): readonly StepDraft[] {
  const available = context.live.availableExtensions;
  if (available && !available.has(fact.spec.name)) {
    const near = didYouMean(fact.spec.name, available) ?? "install its package on the server, or take it out of the files";
    throw refusal("extension-missing", `the server does not have extension ${fact.object}`, near, fact);
  }
  return createDraft(fact, createSql(fact.spec), dropSql(fact.spec), context);
}

/** What stays and stands on something that the extension brought would be in the way: CASCADE is never the answer. */
function drop(fact: Extension, context: PlanContext): readonly StepDraft[] {
  const stays = (id: ObjectId): boolean => {
    const [live, wanted] = [context.live.facts.get(id), context.desired(id)];
    if (live === undefined || context.isDropped(id)) return false;
    return wanted === undefined || canonicalJson(wanted.spec) === canonicalJson(live.spec);
  };
  const users = context.dependents(fact.id).filter(stays);
  if (users.length > 0) {
    const named = `${users.slice(0, 5).join(", ")}${users.length > 5 ? ` and ${users.length - 5} more` : ""}`;
    const what = `extension ${fact.object} is no longer in the files, and ${named} stand on it`;
    throw refusal("extension-in-use", what, "declare the extension, or change what uses it", fact);
  }
  return [
    draft(fact, {
      action: "drop",
      sql: dropSql(fact.spec),
      phase: "contract",
      why: undeclared,
      locks: [],
      work: noWork,
      // Its tables and what other objects keep in its types go with it.
      dataLoss: "always",
      undo: { sql: createSql(fact.spec) },
      breaks: "old",
    }),
  ];
}

function refusal(code: string, message: string, hint: string, fact: Fact): LockstepError {
  const place = fact.at ? { file: fact.at.file, line: fact.at.line, column: fact.at.column } : {};
  const diagnostic = { code, severity: "error" as const, message, hint, object: fact.object, ...place };
  return new LockstepError({ code, exitCode: 3, message: `${message}: ${hint}`, diagnostics: [diagnostic] });
}

// render

function createSql(spec: ExtensionSpec): string {
  const version = spec.version === null ? "" : ` VERSION ${quoteLiteral(spec.version)}`;
  return `CREATE EXTENSION ${quoteIdentifier(spec.name)} WITH SCHEMA ${quoteIdentifier(spec.schema)}${version};`;
}

const dropSql = (spec: ExtensionSpec): string => `DROP EXTENSION ${quoteIdentifier(spec.name)};`;

export const extension: KindModule<ExtensionSpec> = {
  kind: "extension",
  rank: 20,
  scope: "exact",
  // A platform brings extensions of its own, and more of them tomorrow.
  undeclared: (live) => (platformRoles.test(live.owner ?? "") ? "keep" : "drop"),
  bringsNames: true,
  notCompared: ["name", "relocatable"],
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
      },
    }),
  },
  statements: { CreateExtensionStmt: fromStatement },
  asFarAsKnown,
  answersTo: () => [],
  dependsOn: (fact) => [schemaId(fact.spec.schema)],
  inline: () => null,
  create,
  alter,
  rename: () => null,
  drop,
};
