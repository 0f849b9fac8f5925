import { quoteIdentifier } from "../../base/identifier.ts";
import type { Fact } from "../../model/database.ts";
import type { PlanContext, ReadContext, Reference, Replace, Row, WrittenValue, YamlEntry } from "../../model/kind.ts";
import { objectId } from "../../model/object-id.ts";
import type { StepDraft } from "../../model/step.ts";
import { optionalText } from "../shared/catalog.ts";
import { draft, noWork } from "../shared/draft.ts";
import {
  environmentOf,
  type GenericOptions,
  knownOptions,
  liveOptions,
  optionsChange,
  optionsClause,
  optionsFrom,
  optionsSql,
  refuseSecrets,
} from "../shared/generic-options.ts";
import { lockOn } from "../shared/locks.ts";
import { entryName, field, scalarField } from "../shared/yaml-entry.ts";
import type { Table } from "./table-spec.ts";

/** What a foreign table has beside columns, checks and the like (manual, CREATE FOREIGN TABLE): its server and options. */

/** Absent for a table with rows of its own. */
export type ForeignSpec = {
  readonly server?: string;
  readonly options?: GenericOptions;
};

// ---- YAML

/** Keys of an entry of a table. */
export const foreignProperties = {
  server: { type: "string", description: "The server of a foreign table." },
  options: {
    type: "object",
    additionalProperties: { type: ["string", "number", "boolean"] },
    description: "Options of a foreign table, by name.",
  },
} as const;

/** Options of a map, as texts; null when there is none. */
export function readOptionMap(entry: YamlEntry): GenericOptions | null {
  const value = field(entry.value, "options");
  if (value?.type !== "map") return null;
  return optionsFrom(
    Object.fromEntries(value.entries.map(({ key, value: item }) => [key, item.type === "scalar" ? item.text : ""])),
  );
}

/** What an entry says of its server; nothing for a table with rows of its own. */
export function readForeign(entry: YamlEntry, context: ReadContext): ForeignSpec {
  const server = scalarField(entry.value, "server");
  const options = readOptionMap(entry) ?? {};
  if (server) {
    refuseSecrets(options, entry, context, [entryName(entry.key)]);
    return { server: entryName(server.text), options };
  }
  if (Object.keys(options).length > 0)
    context.problem(
      entry.at,
      "options-without-server",
      "only a foreign table has options",
      "write server: and its name, or with: for storage parameters",
    );
  return {};
}

export function writtenForeign({ server, options = {} }: ForeignSpec): Record<string, WrittenValue> {
  if (server === undefined) return {};
  return { server, ...(Object.keys(options).length > 0 ? { options: { ...options } } : {}) };
}

// ---- catalog

/** Columns of a query over pg_class `c`. */
export const foreignColumns = `(select s.srvname from pg_foreign_table f join pg_foreign_server s on s.oid = f.ftserver where f.ftrelid = c.oid) as server,
    (select ${optionsSql("f.ftoptions")} from pg_foreign_table f where f.ftrelid = c.oid) as foreign_options`;

export function foreignFromRow(row: Row): ForeignSpec {
  const server = optionalText(row, "server");
  return server === null ? {} : { server, options: liveOptions(row["foreign_options"], [String(row["name"])]) };
}

export function foreignReferences({ server }: ForeignSpec): Reference[] {
  return server === undefined ? [] : [objectId("server", quoteIdentifier(server))];
}

/** Secrets count as they are declared. */
export function foreignAsKnown(live: Table, desired: Table): Table {
  if (live.spec.options === undefined || desired.spec.options === undefined) return desired;
  return { ...desired, spec: { ...desired.spec, options: knownOptions(live.spec.options, desired.spec.options) } };
}

// ---- change and render

/** `FOREIGN TABLE` or `TABLE`: what CREATE and DROP call it; ALTER TABLE takes both. */
export function tableNoun(fact: Fact): string {
  return typeof fact.spec["server"] === "string" ? "FOREIGN TABLE" : "TABLE";
}

/** ` SERVER s OPTIONS (…)`; empty for other tables. */
export function serverClause({ server, options = {} }: ForeignSpec): string {
  if (server === undefined) return "";
  const clause = optionsClause(options);
  return ` SERVER ${quoteIdentifier(server)}${clause === "" ? "" : ` ${clause}`}`;
}

/** Variables that a statement with this clause waits for. */
export function foreignEnvironment(spec: ForeignSpec): { readonly env: readonly string[] } {
  return { env: environmentOf(serverClause(spec)) };
}

/** Fields that are compared here. */
export const foreignFields: readonly string[] = ["server", "options"];

/** Options change in place; a table does not change its server, nor begin or cease to be foreign. */
export function alterForeign(live: Table, wanted: Table, fields: readonly string[], context: PlanContext): StepDraft[] | Replace {
  if (fields.includes("server"))
    return { replace: "PostgreSQL cannot give a table another server, nor make a foreign table of one with rows of its own" };
  if (!fields.includes("options")) return [];
  const [from, to] = [live.spec.options ?? {}, foreignAsKnown(live, wanted).spec.options ?? {}];
  const sql = (before: GenericOptions, after: GenericOptions): string =>
    `ALTER FOREIGN TABLE ${wanted.object} ${optionsChange(before, after)};`;
  return [optionStep(wanted, sql(from, to), sql(to, from), wanted.id, context)];
}

/** OPTIONS of a column of a foreign table. In: the column, its options before and after. */
export function changeColumnOptions(column: Fact, from: GenericOptions, to: GenericOptions, context: PlanContext): StepDraft {
  const table = column.parent ?? "";
  const name = quoteIdentifier(String(column.spec["name"]));
  const sql = (before: GenericOptions, after: GenericOptions): string =>
    `ALTER FOREIGN TABLE ${table.slice(table.indexOf(" ") + 1)} ALTER COLUMN ${name} ${optionsChange(before, after)};`;
  return optionStep(column, sql(from, to), sql(to, from), table, context);
}

function optionStep(fact: Fact, sql: string, undo: string, table: string, context: PlanContext): StepDraft {
  return draft(fact, {
    action: "alter",
    sql,
    phase: "expand",
    why: "the options differ",
    locks: lockOn(context, table, "AccessExclusiveLock"),
    work: noWork,
    dataLoss: "never",
    undo: { sql: undo },
    env: environmentOf(sql),
  });
}
