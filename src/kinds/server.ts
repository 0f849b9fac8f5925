import { quoteIdentifier } from "../base/identifier.ts";
import { quoteLiteral } from "../base/literal.ts";
import type { Fact } from "../model/database.ts";
import type { KindModule, PlanContext, ReadContext, Replace, Row, YamlEntry } from "../model/kind.ts";
import { objectId } from "../model/object-id.ts";
import type { StepDraft } from "../model/step.ts";
import { address, notExtensionOwned, optionalText, text } from "./shared/catalog.ts";
import { catalogStep, namedProperties, renamedFromId, renameStep } from "./shared/database-object.ts";
import { makeFact } from "./shared/fact.ts";
import {
  type GenericOptions,
  knownOptions,
  liveOptions,
  optionsChange,
  optionsClause,
  optionsOf,
  optionsSql,
  refuseSecrets,
} from "./shared/generic-options.ts";
import { parseScalar } from "./shared/sql-piece.ts";
import { declaredBy, familyOf, undeclared } from "./shared/target.ts";
import { dropMapping } from "./shared/user-mapping-sql.ts";
import { definition, entryName, nestedKey, shortOrLong } from "./shared/yaml-entry.ts";

/** A foreign server (manual, CREATE SERVER). Who it is used as says `user_mapping`. */
export type ServerSpec = {
  readonly name: string;
  readonly type: string | null;
  readonly version: string | null;
  /** Name of the foreign-data wrapper. */
  readonly wrapper: string;
  readonly options: GenericOptions;
};

type Server = Fact<ServerSpec>;

function serverFact(spec: ServerSpec, rest: Pick<Fact, "at" | "renamedFrom" | "owner">): Server {
  return makeFact({ kind: "server", names: [spec.name], schema: null, spec, ...rest });
}

// ---- YAML

function read(entry: YamlEntry, context: ReadContext): readonly Fact[] {
  const hint = "write what follows the name in CREATE SERVER, e.g. foreign data wrapper postgres_fdw options (host 'h')";
  const scalar = definition(entry);
  if (!scalar) {
    context.problem(entry.at, "sql-syntax", `server ${entry.key} does not say its foreign-data wrapper`, hint);
    return [];
  }
  const body = parseScalar("CREATE SERVER x ", scalar, context, hint)?.node.CreateForeignServerStmt;
  if (!body) return [];
  const name = entryName(entry.key);
  const options = optionsOf(body.options);
  refuseSecrets(options, scalar, context, [name]);
  const renamedFrom = renamedFromId("server", entry);
  const spec = { name, type: body.servertype ?? null, version: body.version ?? null, wrapper: String(body.fdwname), options };
  return [serverFact(spec, { at: entry.at, ...(renamedFrom ? { renamedFrom } : {}) })];
}

function clauses(spec: ServerSpec, upper: boolean): string {
  const word = (text: string): string => (upper ? text : text.toLowerCase());
  return [
    ...(spec.type === null ? [] : [`${word("TYPE")} ${quoteLiteral(spec.type)}`]),
    ...(spec.version === null ? [] : [`${word("VERSION")} ${quoteLiteral(spec.version)}`]),
    `${word("FOREIGN DATA WRAPPER")} ${quoteIdentifier(spec.wrapper)}`,
    ...(Object.keys(spec.options).length > 0 ? [optionsClause(spec.options, word("OPTIONS"))] : []),
  ].join(" ");
}

// ---- catalog

function catalogSql(): string {
  return `select ${address("pg_foreign_server", "s.oid")}, s.srvname as name, s.srvtype as type, s.srvversion as version, w.fdwname as wrapper,
      ${optionsSql("s.srvoptions")} as options, pg_get_userbyid(s.srvowner) as owner
    from pg_foreign_server s join pg_foreign_data_wrapper w on w.oid = s.srvfdw where ${notExtensionOwned("pg_foreign_server", "s.oid")}`;
}

function fromRow(row: Row): Server {
  const name = text(row, "name");
  const spec = {
    name,
    type: optionalText(row, "type"),
    version: optionalText(row, "version"),
    wrapper: text(row, "wrapper"),
    options: liveOptions(row["options"], [name]),
  };
  return serverFact(spec, { owner: text(row, "owner") });
}

// ---- change and render

const asFarAsKnown = (live: Server, desired: Server): Server => ({
  ...desired,
  spec: { ...desired.spec, options: knownOptions(live.spec.options, desired.spec.options) },
});

const createSql = (fact: Server): string => `CREATE SERVER ${fact.object} ${clauses(fact.spec, true)};`;
const dropSql = (fact: Server): string => `DROP SERVER ${fact.object};`;

/** ALTER SERVER changes version and options; type and wrapper are for life. */
function alterSql(fact: Server, from: ServerSpec, to: ServerSpec): string {
  const parts = [
    ...(from.version === to.version ? [] : [`VERSION ${to.version === null ? "NULL" : quoteLiteral(to.version)}`]),
    ...[optionsChange(from.options, to.options)].filter((clause) => clause !== ""),
  ];
  return `ALTER SERVER ${fact.object} ${parts.join(" ")};`;
}

function alter(live: Server, wanted: Server, fields: readonly string[]): readonly StepDraft[] | Replace {
  if (fields.includes("wrapper") || fields.includes("type"))
    return { replace: "PostgreSQL cannot change the type or the wrapper of a server" };
  const desired = asFarAsKnown(live, wanted);
  return [
    catalogStep(wanted, {
      action: "alter",
      sql: alterSql(wanted, live.spec, desired.spec),
      undo: { sql: alterSql(wanted, desired.spec, live.spec) },
      why: "its version or options differ",
    }),
  ];
}

/** Its user mappings go first, in the same transaction. */
function drop(fact: Server, context: PlanContext): StepDraft[] {
  const together = `server ${fact.object}`;
  const mappings = context.children("live", fact.id, "user_mapping");
  return [
    ...mappings.map((mapping) => dropMapping(mapping, together)),
    catalogStep(fact, {
      action: "drop",
      sql: dropSql(fact),
      undo: { sql: createSql(fact) },
      why: undeclared,
      phase: "contract",
      breaks: "old",
      together,
    }),
  ];
}

export const server: KindModule<ServerSpec> = {
  kind: "server",
  rank: 33,
  scope: "exact",
  notCompared: ["name"],
  rebuiltBy: ["replace"],
  renameByDefinition: false,
  catalog: { sql: catalogSql, fromRow },
  yaml: {
    parents: ["root"],
    key: "servers",
    style: "map",
    files: ["schema"],
    shape: {
      description:
        "A foreign server: what follows its name in CREATE SERVER: foreign data wrapper postgres_fdw options (host 'h').",
      scalar: true,
      properties: namedProperties,
      required: ["def"],
    },
    read,
    write: ({ spec }) => shortOrLong(nestedKey(spec.name), clauses(spec, false), {}),
  },
  statements: {},
  asFarAsKnown,
  answersTo: () => [],
  // A wrapper that is not declared comes with an extension, usually of its name.
  dependsOn: ({ spec }) => [
    objectId("foreign_data_wrapper", quoteIdentifier(spec.wrapper)),
    objectId("extension", quoteIdentifier(spec.wrapper)),
  ],
  inline: () => null,
  create: (fact, context) => [
    catalogStep(fact, {
      action: "create",
      sql: createSql(fact),
      undo: { sql: dropSql(fact) },
      why: declaredBy(fact),
      ...familyOf(context, fact.id),
    }),
  ],
  alter,
  rename: (live, desired) => renameStep(live, desired, "SERVER"),
  drop,
};
