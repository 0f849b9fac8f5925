import { quoteIdentifier } from "../../base/identifier.ts";
import { quoteLiteral } from "../../base/literal.ts";
import type { JsonSchema, ReadContext, Row, WrittenValue, YamlEntry, YamlValue } from "../../model/kind.ts";
import { type ObjectId, objectId } from "../../model/object-id.ts";
import type { Node } from "../../sql/parser.ts";
import { optionalText } from "./catalog.ts";
import { optionsOf } from "./index-options.ts";
import { checkParameters } from "./storage-parameters.ts";
import { field, flagField, scalarField } from "./yaml-entry.ts";

/** How a table or materialized view is stored: persistence, storage parameters, tablespace, access method (manual, CREATE TABLE). */
export type RelationStorage = {
  readonly unlogged: boolean;
  /** Storage parameters as PostgreSQL keeps them, in its order; those of the TOAST table start with `toast.`. */
  readonly with: StorageParameters;
  /** Null for the database's own. */
  readonly tablespace: string | null;
  /** Null for heap; for that of partitions yet to come on partitioned tables. */
  readonly using: string | null;
};

export type StorageParameters = { readonly [name: string]: string };

export const plainStorage: RelationStorage = { unlogged: false, with: {}, tablespace: null, using: null };

/** Fields of a spec that alterStorage brings to another state. */
export const storageFields: readonly string[] = ["unlogged", "with", "tablespace", "using"];

// YAML

/** The keys of a long form, for the JSON Schema; `unlogged` for tables alone. */
export const storageKeys: Readonly<Record<string, JsonSchema>> = {
  with: {
    type: "object",
    additionalProperties: { type: ["string", "number", "boolean"] },
    description: "Storage parameters: fillfactor: 70, toast.autovacuum_enabled: false",
  },
  tablespace: { type: "string", description: "Left out: that of the database." },
  using: { type: "string", description: "Access method; left out: heap." },
};

export const unloggedKey: Readonly<Record<string, JsonSchema>> = {
  unlogged: { type: "boolean", description: "Not written to the log: faster, empty after a crash, not replicated." },
};

/** What an entry says of its storage. */
export function readStorage(value: YamlValue): RelationStorage {
  return {
    unlogged: flagField(value, "unlogged") ?? false,
    with: readParameters(field(value, "with")),
    tablespace: spaceOf(scalarField(value, "tablespace")?.text),
    using: methodOf(scalarField(value, "using")?.text),
  };
}

/** The name of a tablespace; null for the database's own. */
export const spaceOf = (name: string | undefined): string | null => (!name || name === "pg_default" ? null : name);

const methodOf = (name: string | undefined): string | null => (name === undefined || name === "heap" ? null : name);

function readParameters(value: YamlValue | undefined): StorageParameters {
  const pairs = value?.type === "map" ? value.entries : [];
  return Object.fromEntries(
    pairs.map((entry) => [entry.key.toLowerCase(), entry.value.type === "scalar" ? entry.value.text : ""]),
  );
}

/** The storage of a table; what a partitioned one cannot have is a problem. */
export function readTableStorage(entry: YamlEntry, partitioned: boolean, context: ReadContext): RelationStorage {
  const storage = readStorage(entry.value);
  if (storage.using === null) checkParameters(field(entry.value, "with"), context);
  if (!partitioned) return storage;
  const method = scalarField(entry.value, "using")?.text ?? null;
  if (Object.keys(storage.with).length > 0)
    context.problem(
      entry.at,
      "partitioned-storage",
      "a partitioned table has no storage parameters",
      "give them to its partitions",
    );
  if (storage.unlogged)
    context.problem(entry.at, "partitioned-storage", "a partitioned table cannot be unlogged", "write it on its partitions");
  return { ...storage, with: {}, unlogged: false, using: method };
}

/** The keys of a long form; undefined where nothing is to be said. */
export function writeStorage(storage: RelationStorage): Readonly<Record<string, WrittenValue | undefined>> {
  const parameters = Object.entries(storage.with).map(([name, value]): [string, WrittenValue] => [name, written(value)]);
  return {
    unlogged: storage.unlogged || undefined,
    with: parameters.length === 0 ? undefined : Object.fromEntries(parameters),
    tablespace: storage.tablespace ?? undefined,
    using: storage.using ?? undefined,
  };
}

/** Numbers and booleans as such, when that keeps every letter. */
function written(value: string): WrittenValue {
  if (value === "true" || value === "false") return value === "true";
  return /^-?\d/.test(value) && String(Number(value)) === value ? Number(value) : value;
}

/** Entries of a map without those that say nothing. */
export function said(values: Readonly<Record<string, WrittenValue | undefined>>): Record<string, WrittenValue> {
  return Object.fromEntries(Object.entries(values).filter((pair): pair is [string, WrittenValue] => pair[1] !== undefined));
}

/** Storage parameters of WITH (…) in a parse tree. */
export function parametersOf(nodes: readonly Node[] | undefined): StorageParameters {
  const named = (nodes ?? []).map((node): [string, string] => {
    const [[name = "", value = ""] = []] = Object.entries(optionsOf([node]));
    const space = node.DefElem?.defnamespace;
    return [space ? `${space}.${name}` : name, value];
  });
  return Object.fromEntries(named);
}

// catalog

/** Columns of a catalog query over pg_class `c`. */
export function storageColumns(): string {
  return `c.relpersistence = 'u' and c.relkind <> 'p' as unlogged,
      coalesce(c.reloptions, '{}') || coalesce((select array_agg('toast.' || o) from pg_class toast, unnest(toast.reloptions) o where toast.oid = c.reltoastrelid), '{}') as storage_options,
      (select ts.spcname from pg_tablespace ts where ts.oid = c.reltablespace) as tablespace,
      (select am.amname from pg_am am where am.oid = c.relam and (am.amname <> 'heap' or c.relkind = 'p')) as access_method`;
}

/** The storage that storageColumns gave. */
export function storageFromRow(row: Row): RelationStorage {
  const options = (row["storage_options"] as readonly string[]).map((option): [string, string] => {
    const equals = option.indexOf("=");
    return [option.slice(0, equals), option.slice(equals + 1)];
  });
  return {
    unlogged: row["unlogged"] === true,
    with: Object.fromEntries(options),
    tablespace: optionalText(row, "tablespace"),
    using: optionalText(row, "access_method"),
  };
}

/** The access method that must be there before. */
export function methodNeeds({ using }: RelationStorage): ObjectId[] {
  return using === null ? [] : [objectId("access_method", quoteIdentifier(using))];
}

// render

/** `fillfactor = 70, toast.autovacuum_enabled = false`. */
export function parameterList(parameters: StorageParameters): string {
  return Object.entries(parameters)
    .map(([name, value]) => `${parameterName(name)} = ${/^-?[a-z0-9.]+$/.test(value) ? value : quoteLiteral(value)}`)
    .join(", ");
}

/** A parameter's name with its namespace. */
export function parameterName(name: string): string {
  return name.startsWith("toast.") ? `toast.${quoteIdentifier(name.slice(6))}` : quoteIdentifier(name);
}

/**
 * USING, WITH and TABLESPACE of CREATE, with a space before. `inherits`: what a partition takes from its parent unless it says otherwise.
 */
export function storageClauses(storage: RelationStorage, inherits: RelationStorage = plainStorage): string {
  const method = storage.using ?? (inherits.using === null ? null : "heap");
  const tablespace = storage.tablespace ?? (inherits.tablespace === null ? null : "pg_default");
  const parameters = parameterList(storage.with);
  return [
    method === null ? "" : ` USING ${quoteIdentifier(method)}`,
    parameters === "" ? "" : ` WITH (${parameters})`,
    tablespace === null ? "" : ` TABLESPACE ${quoteIdentifier(tablespace)}`,
  ].join("");
}
