import { quoteIdentifier } from "../base/identifier.ts";
import type { Fact } from "../model/database.ts";
import type {
  KindModule,
  PlanContext,
  ReadContext,
  Replace,
  Row,
  SqlStatement,
  WriteContext,
  WrittenEntry,
  YamlEntry,
  YamlValue,
} from "../model/kind.ts";
import { objectId, schemaId } from "../model/object-id.ts";
import type { StepDraft } from "../model/step.ts";
import type { Node } from "../sql/parser.ts";
import { address, notExtensionOwned, text, userSchema } from "./shared/catalog.ts";
import { namesOfArg, optionsOf } from "./shared/define-options.ts";
import { namedByList } from "./shared/defined-object.ts";
import { draft, noWork } from "./shared/draft.ts";
import { makeFact } from "./shared/fact.ts";
import { createDraft, dropDraft, identityFields, nameOf, renameDraft } from "./shared/named-object.ts";
import { parseScalar } from "./shared/sql-piece.ts";
import { searchName, searchReference } from "./shared/text-search.ts";
import { definition, entryKey, entryNames, field, renamedFromPath, shortOrLong } from "./shared/yaml-entry.ts";

/** A text search configuration (manual, CREATE TEXT SEARCH CONFIGURATION): which dictionaries take the tokens of each type, in order. */
export type TextSearchConfigurationSpec = {
  readonly schema: string;
  readonly name: string;
  readonly parser: string;
  readonly mappings: { readonly [token: string]: readonly string[] };
};

type Configuration = Fact<TextSearchConfigurationSpec>;

function configurationFact(spec: TextSearchConfigurationSpec, rest: Pick<Fact, "at" | "owner" | "renamedFrom">): Configuration {
  return makeFact({ kind: "text_search_configuration", names: [spec.schema, spec.name], schema: spec.schema, spec, ...rest });
}

// YAML

const hint = "write (parser = default) and, beside it, mappings: { asciiword: [english_stem] }";

function read(entry: YamlEntry, context: ReadContext): readonly Fact[] {
  const { schema, name } = entryNames(entry.key, context);
  const scalar = definition(entry);
  const body = scalar && parseScalar("CREATE TEXT SEARCH CONFIGURATION x ", scalar, context, hint)?.node.DefineStmt;
  const parser = body && parserOf(body, schema);
  if (!scalar || !body || parser === undefined || parser === null) {
    if (scalar && body)
      context.problem(scalar.at, "text-search-copy", "a copy of another configuration says nothing by itself", hint);
    return [];
  }
  const renamed = renamedFromPath(entry.value, schema);
  const spec = { schema, name, parser, mappings: mappingsOf(field(entry.value, "mappings"), schema) };
  return [
    configurationFact(spec, {
      at: entry.at,
      ...(renamed ? { renamedFrom: objectId("text_search_configuration", renamed) } : {}),
    }),
  ];
}

/** Null when the statement copies another. */
function parserOf(body: Node, schema: string): string | null {
  return optionsOf(body, (_key, arg) => searchName(namesOfArg(arg), schema)).get("parser") ?? null;
}

function mappingsOf(value: YamlValue | undefined, schema: string): TextSearchConfigurationSpec["mappings"] {
  if (value?.type !== "map") return {};
  const pairs = value.entries.map(({ key, value: list }): [string, readonly string[]] => {
    const items = list.type === "list" ? list.items : [list];
    return [key, items.flatMap((item) => (item.type === "scalar" ? [searchName(item.text.split("."), schema)] : []))];
  });
  return Object.fromEntries(pairs.sort(([a], [b]) => (a < b ? -1 : 1)));
}

function fromStatement(statement: SqlStatement, context: ReadContext): readonly Fact[] {
  const body = statement.node.DefineStmt;
  if (body.kind !== "OBJECT_TSCONFIGURATION") return [];
  const { schema, name } = namedByList(body.defnames ?? [], context);
  const parser = parserOf(body, schema ?? context.schema);
  if (parser === null)
    context.problem(statement.scalar.at, "text-search-copy", "a copy of another configuration says nothing by itself", hint);
  return parser === null
    ? []
    : [configurationFact({ schema: schema ?? context.schema, name, parser, mappings: {} }, { at: statement.scalar.at })];
}

function write(fact: Configuration, context: WriteContext): WrittenEntry {
  const { schema, name, parser, mappings } = fact.spec;
  return shortOrLong(entryKey(schema, name, context), `(parser = ${parser === '"default"' ? "default" : parser})`, {
    mappings: Object.keys(mappings).length === 0 ? undefined : mappings,
  });
}

// catalog

function catalogSql(): string {
  const named = (space: string, name: string): string =>
    `case when ${space} = 'pg_catalog' then '' else quote_ident(${space}) || '.' end || quote_ident(${name})`;
  return `select ${address("pg_ts_config", "c.oid")}, n.nspname as schema, c.cfgname as name, pg_get_userbyid(c.cfgowner) as owner, ${named("pn.nspname", "p.prsname")} as parser,
      (select coalesce(json_object_agg(m.alias, m.dicts), '{}') from (select t.alias, json_agg(${named("dn.nspname", "d.dictname")} order by m.mapseqno) as dicts
        from pg_ts_config_map m join pg_ts_dict d on d.oid = m.mapdict join pg_namespace dn on dn.oid = d.dictnamespace join ts_token_type(c.cfgparser) t on t.tokid = m.maptokentype
        where m.mapcfg = c.oid group by t.alias) m) as mappings
    from pg_ts_config c join pg_namespace n on n.oid = c.cfgnamespace join pg_ts_parser p on p.oid = c.cfgparser join pg_namespace pn on pn.oid = p.prsnamespace
    where ${userSchema("n.nspname")} and ${notExtensionOwned("pg_ts_config", "c.oid")}`;
}

function fromRow(row: Row): Configuration {
  const mappings = Object.entries(row["mappings"] as TextSearchConfigurationSpec["mappings"]).sort(([a], [b]) =>
    a < b ? -1 : 1,
  );
  const spec = {
    schema: text(row, "schema"),
    name: text(row, "name"),
    parser: text(row, "parser"),
    mappings: Object.fromEntries(mappings),
  };
  return configurationFact(spec, { owner: text(row, "owner") });
}

// change and render

const noun = "TEXT SEARCH CONFIGURATION";
const dropSql = (spec: TextSearchConfigurationSpec): string => `DROP ${noun} ${nameOf(spec)};`;

/** From one set of mappings to another: what goes, what is new, what takes other dictionaries. */
function mappingSql(
  spec: TextSearchConfigurationSpec,
  from: TextSearchConfigurationSpec["mappings"],
  to: TextSearchConfigurationSpec["mappings"],
): string[] {
  const alter = `ALTER ${noun} ${nameOf(spec)}`;
  const gone = Object.keys(from).filter((token) => to[token] === undefined);
  const changed = Object.entries(to).filter(([token, list]) => JSON.stringify(from[token]) !== JSON.stringify(list));
  return [
    ...gone.map((token) => `${alter} DROP MAPPING FOR ${quoteIdentifier(token)};`),
    ...changed.map(
      ([token, list]) =>
        `${alter} ${from[token] ? "ALTER" : "ADD"} MAPPING FOR ${quoteIdentifier(token)} WITH ${list.join(", ")};`,
    ),
  ];
}

const createSql = (spec: TextSearchConfigurationSpec): string =>
  [`CREATE ${noun} ${nameOf(spec)} (PARSER = ${spec.parser});`, ...mappingSql(spec, {}, spec.mappings)].join("\n");

function alter(
  live: Configuration,
  desired: Configuration,
  fields: readonly string[],
  _context: PlanContext,
): StepDraft[] | Replace {
  if (fields.includes("parser")) return { replace: "PostgreSQL cannot give a text search configuration another parser" };
  return [
    draft(desired, {
      action: "alter",
      sql: mappingSql(desired.spec, live.spec.mappings, desired.spec.mappings).join("\n"),
      phase: "expand",
      why: "its mappings change",
      locks: [],
      work: noWork,
      dataLoss: "never",
      undo: { sql: mappingSql(desired.spec, desired.spec.mappings, live.spec.mappings).join("\n") },
    }),
  ];
}

export const textSearchConfiguration: KindModule<TextSearchConfigurationSpec> = {
  kind: "text_search_configuration",
  rank: 79,
  scope: "exact",
  notCompared: identityFields,
  rebuiltBy: ["replace"],
  renameByDefinition: false,
  catalog: { sql: catalogSql, fromRow },
  yaml: {
    parents: ["root"],
    key: "text_search_configurations",
    style: "map",
    files: ["schema"],
    shape: {
      description: "A text search configuration: (parser = default), with mappings from token types to dictionaries.",
      scalar: true,
      properties: {
        def: { type: "string", description: "Its parser in parentheses." },
        mappings: { type: "object", additionalProperties: { type: "array", items: { type: "string" } } },
        renamed_from: { type: "string", description: "Its name until now." },
      },
      required: ["def"],
    },
    read,
    write,
  },
  statements: { DefineStmt: fromStatement },
  answersTo: (fact) => [fact.id],
  dependsOn: ({ spec }) => [
    schemaId(spec.schema),
    ...searchReference("text_search_parser", spec.parser),
    ...[...new Set(Object.values(spec.mappings).flat())].flatMap((name) => searchReference("text_search_dictionary", name)),
  ],
  inline: () => null,
  create: (fact, context) => createDraft(fact, createSql(fact.spec), dropSql(fact.spec), context),
  alter,
  rename: (live, desired) => renameDraft(live, desired, noun, []),
  drop: (fact) => dropDraft(fact, dropSql(fact.spec), createSql(fact.spec), []),
};
