import { quoteIdentifier } from "../base/identifier.ts";
import type { Fact } from "../model/database.ts";
import type { KindModule, ReadContext, Row, YamlEntry } from "../model/kind.ts";
import { objectId } from "../model/object-id.ts";
import type { StepDraft } from "../model/step.ts";
import { address, text } from "./shared/catalog.ts";
import { catalogStep, definitionOrNothing } from "./shared/database-object.ts";
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
import { readableMapping } from "./shared/readable-mapping.ts";
import { parseScalar } from "./shared/sql-piece.ts";
import { declaredBy, familyOf } from "./shared/target.ts";
import { createMappingSql, dropMapping, dropMappingSql, type MappingSpec, mappingName } from "./shared/user-mapping-sql.ts";
import { entryName, nestedKey, shortOrLong } from "./shared/yaml-entry.ts";

/** User mappings lie in their server. */
type Mapping = Fact<MappingSpec>;

function mappingFact(server: string, spec: MappingSpec, rest: Pick<Fact, "at" | "foreign">): Mapping {
  const parent = objectId("server", quoteIdentifier(server));
  const fact = makeFact({ kind: "user_mapping", names: [server, spec.role], schema: null, parent, spec, at: rest.at });
  return rest.foreign ? { ...fact, foreign: rest.foreign } : fact;
}

// ---- YAML

function read(entry: YamlEntry, context: ReadContext): readonly Fact[] {
  const scalar = definitionOrNothing(entry);
  const hint = `write the options: options (user 'u', password '\${VARIABLE}'), or an empty text`;
  const body = parseScalar("CREATE USER MAPPING FOR x SERVER y ", scalar, context, hint)?.node.CreateUserMappingStmt;
  if (!body || !context.parent) return [];
  const [role, server] = [entryName(entry.key), String(context.parent.spec["name"])];
  const options = optionsOf(body.options);
  refuseSecrets(options, scalar, context, [server, role]);
  return [mappingFact(server, { role, options }, { at: entry.at })];
}

// ---- catalog

function catalogSql(): string {
  return `select ${address("pg_user_mapping", "u.umid")}, s.srvname as server, u.usename as role, ${optionsSql("u.umoptions")} as options,
      ${readableMapping} as readable
    from pg_user_mappings u join pg_foreign_server s on s.oid = u.srvid`;
}

function fromRow(row: Row): Mapping {
  const [server, role] = [text(row, "server"), text(row, "role")];
  const readable = row["readable"] === true;
  const options = readable ? liveOptions(row["options"], [server, role]) : null;
  return mappingFact(server, { role, options }, readable ? {} : { foreign: "unmanaged" });
}

// ---- change and render

/** What cannot be read is taken to be as declared. */
function asFarAsKnown(live: Mapping, desired: Mapping): Mapping {
  const { options } = desired.spec;
  const known = live.spec.options === null || options === null ? null : knownOptions(live.spec.options, options);
  return { ...desired, spec: { ...desired.spec, options: known } };
}

function alter(live: Mapping, wanted: Mapping): StepDraft[] {
  const [from, to] = [live.spec.options ?? {}, asFarAsKnown(live, wanted).spec.options ?? {}];
  const sql = (before: GenericOptions, after: GenericOptions): string =>
    `ALTER USER MAPPING ${mappingName(wanted)} ${optionsChange(before, after)};`;
  return [catalogStep(wanted, { action: "alter", sql: sql(from, to), undo: { sql: sql(to, from) }, why: "the options differ" })];
}

export const userMapping: KindModule<MappingSpec> = {
  kind: "user_mapping",
  rank: 34,
  scope: "exact",
  notCompared: ["role"],
  rebuiltBy: ["replace"],
  renameByDefinition: false,
  catalog: { sql: catalogSql, fromRow },
  yaml: {
    parents: ["server"],
    key: "user_mappings",
    style: "map",
    files: ["schema"],
    shape: {
      description: `By role (public for all others): options (user 'u', password '\${VARIABLE}'). Secrets come from the environment.`,
      scalar: true,
      properties: { def: { type: "string", description: "What the short form says." } },
    },
    read,
    write: ({ spec }) => shortOrLong(nestedKey(spec.role), optionsClause(spec.options ?? {}, "options"), {}),
  },
  statements: {},
  asFarAsKnown,
  answersTo: () => [],
  dependsOn: () => [],
  roles: ({ spec }) => (spec.role === "public" ? [] : [spec.role]),
  inline: () => null,
  create: (fact, context) => [
    catalogStep(fact, {
      action: "create",
      sql: createMappingSql(fact),
      undo: { sql: dropMappingSql(fact) },
      why: declaredBy(fact),
      ...(fact.parent === null ? {} : familyOf(context, fact.parent)),
    }),
  ],
  alter,
  rename: () => [],
  drop: (fact) => [dropMapping(fact)],
};
