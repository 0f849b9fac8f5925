import { qualifiedName, quoteIdentifier, splitPath } from "../../base/identifier.ts";
import type {
  ReadContext,
  WriteContext,
  WrittenEntry,
  WrittenValue,
  YamlEntry,
  YamlScalar,
  YamlValue,
} from "../../model/kind.ts";

/**
 * Schema and name of a root entry. Keys are names as they are (`Orders` is "Orders"), a dot separates the schema;
 * a key with double quotes is read as SQL would: `"a.b"`.
 */
export function entryNames(key: string, context: Pick<ReadContext, "schema">): { schema: string; name: string } {
  const names = key.includes('"') ? splitPath(key) : key.split(".");
  if (names.length === 1) return { schema: context.schema, name: names[0] ?? "" };
  return { schema: names[0] ?? "", name: names.slice(1).join(".") };
}

/** Name of a nested entry (column, index): no schema, dots belong to it. */
export function entryName(key: string): string {
  return key.startsWith('"') && key.endsWith('"') && key.length > 1 ? (splitPath(key)[0] ?? key) : key;
}

/** The key under which an object of a schema is written: unqualified in the default schema. */
export function entryKey(schema: string, name: string, context: WriteContext): string {
  const odd = name.includes(".") || name.includes('"') || schema.includes(".") || schema.includes('"');
  if (odd) return schema === context.schema ? quoteAlways(name) : `${quoteAlways(schema)}.${quoteAlways(name)}`;
  return schema === context.schema ? name : `${schema}.${name}`;
}

/** The key of a nested entry. */
export function nestedKey(name: string): string {
  return name.startsWith('"') ? quoteAlways(name) : name;
}

function quoteAlways(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

/** A key of a long form; undefined when the entry is in short form or lacks it. */
export function field(value: YamlValue, key: string): YamlValue | undefined {
  return value.type === "map" ? value.entries.find((entry) => entry.key === key)?.value : undefined;
}

/** A key of a long form as a scalar; undefined when absent. The shape was checked before. */
export function scalarField(value: YamlValue, key: string): YamlScalar | undefined {
  const found = field(value, key);
  return found?.type === "scalar" ? found : undefined;
}

/** A boolean key of a long form; undefined when absent. */
export function flagField(value: YamlValue, key: string): boolean | undefined {
  const scalar = scalarField(value, key);
  return scalar ? scalar.text === "true" : undefined;
}

/** The definition of an entry: the scalar itself in short form, `def` in long form. */
export function definition(entry: YamlEntry): YamlScalar | undefined {
  return entry.value.type === "scalar" ? entry.value : scalarField(entry.value, "def");
}

/** An entry in short form when there is nothing but the definition, else in long form. */
export function shortOrLong(key: string, def: string, more: Readonly<Record<string, WrittenValue | undefined>>): WrittenEntry {
  const extra = Object.entries(more).filter((pair): pair is [string, WrittenValue] => pair[1] !== undefined);
  return { key, value: extra.length === 0 ? def : { def, ...Object.fromEntries(extra) } };
}

/** A `renamed_from` of a root entry as the id's path, in the same schema unless it names one. */
export function renamedFromPath(value: YamlValue, schema: string): string | undefined {
  const scalar = scalarField(value, "renamed_from");
  if (!scalar) return undefined;
  const names = scalar.text.includes('"') ? splitPath(scalar.text) : scalar.text.split(".");
  return names.length > 1 ? qualifiedName(...names) : qualifiedName(schema, names[0] ?? "");
}

/** A role name as SQL writes it; `public` is the keyword. */
export function roleName(role: string): string {
  return role === "public" ? "PUBLIC" : quoteIdentifier(role);
}
