import { kindNamed, kinds } from "../kinds/registry.ts";
import type { Fact, IgnoreRule, LiveDatabase } from "../model/database.ts";
import type { WrittenValue, YamlSlot } from "../model/kind.ts";
import { fileName } from "./adopt-home.ts";
import { policyTableKey } from "./json-schema.ts";
import { definedElsewhere } from "./slots.ts";
import { tidyFact } from "./tidy-facts.ts";
import { createTreeWriter, type TreeWriter, type WrittenNode, type WrittenSlot } from "./written-tree.ts";
import { longForm, yamlText } from "./yaml-text.ts";

/** What of a live database is written, and how. */
export interface WriteOptions {
  readonly project?: string;
  /** Schemas whose objects are written. */
  readonly schemas: readonly string[];
  readonly manage: "listed" | "database";
  /** Schema whose names are written unqualified. */
  readonly defaultSchema: string;
  /** The objects that are written, by their facts; default: all. */
  readonly only?: (fact: Fact) => boolean;
  /** Rules for what is not written and must not be dropped. */
  readonly ignore?: readonly IgnoreRule[];
  /** CREATE statement of a fact, for files under sql/; null when it has none. Without it all is YAML. */
  readonly statementOf?: (fact: Fact) => string | null;
}

/** With more objects that hold rows than this, each gets a file of its own. */
const inOneFile = 30;

/**
 * A live state as files: schema.yaml, and a file under policies/ for each table that has policies. Beyond 30 tables each has a file
 * under tables/, and functions and views of several lines stand under sql/. Read back they declare the same facts.
 * The parser has to be loaded.
 * Out: text by path relative to the folder, schema.yaml first.
 */
export function writeFiles(database: LiveDatabase, options: WriteOptions): ReadonlyMap<string, string> {
  const live = { ...database, facts: new Map([...database.facts].map(([id, fact]) => [id, tidyFact(fact)])) };
  const writer = createTreeWriter(kinds, live, options.defaultSchema, wantedBy(options));
  const policies = policyFiles(live, options, writer);
  const all = writer.slots(null, "schema");
  const layout = all.some(isCrowded) ? spread(all, options) : { slots: all, tables: new Map(), sql: new Map() };
  const text = yamlText(mainKeys(options, { ...layout, policies }), layout.slots, "./");
  return new Map([["schema.yaml", text], ...layout.tables, ...layout.sql, ...policies]);
}

type Files = ReadonlyMap<string, string>;

function mainKeys(options: WriteOptions, files: { tables: Files; sql: Files; policies: Files }): [string, WrittenValue][] {
  const keys: [string, WrittenValue][] = [["version", 1]];
  if (options.project !== undefined) keys.push(["project", options.project]);
  keys.push(["schema", options.defaultSchema]);
  if (options.manage !== "listed") keys.push(["manage", options.manage]);
  if (files.tables.size > 0) keys.push(["include", ["tables/*.yaml"]]);
  if (files.sql.size > 0) keys.push(["sql", ["sql/*.sql"]]);
  if (files.policies.size > 0) keys.push(["policies", ["policies/*.yaml"]]);
  if (options.ignore && options.ignore.length > 0)
    keys.push(["ignore", options.ignore.map(({ object, reason }) => ({ object, reason }))]);
  return keys;
}

/** What belongs to others is not written: it is in the way at most, or comes with an extension. */
function wantedBy(options: WriteOptions): (fact: Fact, slot: YamlSlot) => boolean {
  const schemas = new Set(options.schemas);
  return (fact, slot) => {
    if (fact.foreign !== undefined || options.only?.(fact) === false) return false;
    if (fact.schema !== null) return schemas.has(fact.schema);
    return slot.key !== "schemas" || schemas.has(String(fact.spec.name));
  };
}

const holdsRows = ({ fact }: WrittenNode): boolean => kindNamed(fact.kind).holdsRows === true;
const isCrowded = ({ entries }: WrittenSlot): boolean => entries.filter(holdsRows).length > inOneFile;

interface Layout {
  readonly slots: readonly WrittenSlot[];
  readonly tables: Files;
  readonly sql: Files;
}

/** A file for each table, and for the functions and views of each name. */
function spread(all: readonly WrittenSlot[], options: WriteOptions): Layout {
  const tables = new Map<string, string>();
  const sql = new Map<string, string>();
  const slots = all.flatMap((slot): WrittenSlot[] => {
    if (isCrowded(slot)) {
      for (const entry of slot.entries) {
        const text = yamlText([], [{ ...slot, entries: [entry] }], "../");
        tables.set(freePath("tables", fileName(entry.fact.object), "yaml", tables), text);
      }
      return [];
    }
    const entries = slot.entries.flatMap((entry) => {
      const statement = statementOf(entry, options);
      if (statement === null) return [entry];
      const name = `sql/${fileName(entry.fact.object)}.sql`;
      const path = [...sql.keys()].find((taken) => taken.toLowerCase() === name.toLowerCase()) ?? name;
      sql.set(path, `${sql.has(path) ? `${sql.get(path)}\n` : ""}${statement}\n`);
      return entry.parts.length > 0 ? [{ ...entry, value: {} }] : [];
    });
    return entries.length > 0 ? [{ ...slot, entries }] : [];
  });
  return { slots, tables, sql };
}

/** The statement of an object of which the definition is all, over several lines. */
function statementOf(entry: WrittenNode, options: WriteOptions): string | null {
  if (!definedElsewhere({ module: kindNamed(entry.fact.kind), slot: entry.slot })) return null;
  const [definition, ...more] = longForm(entry);
  const isLong = definition?.[0] === "def" && String(definition[1]).includes("\n");
  if (!isLong || more.length > 0) return null;
  return options.statementOf?.(entry.fact) ?? null;
}

function policyFiles(live: Pick<LiveDatabase, "facts">, options: WriteOptions, writer: TreeWriter): Map<string, string> {
  const files = new Map<string, string>();
  const tables = [...live.facts.values()].filter((fact) => fact.kind === policyTableKey && fact.foreign === undefined);
  for (const table of tables.sort((a, b) => (a.id < b.id ? -1 : 1))) {
    if (!options.schemas.includes(table.schema ?? "")) continue;
    const slots = writer.slots(table, "policies");
    if (slots.length === 0) continue;
    const text = yamlText([[policyTableKey, table.object]], slots, "../");
    files.set(freePath("policies", fileName(table.object), "yaml", files), text);
  }
  return files;
}

/** `policies/app.orders.yaml`; names that would make it a test file are respelled. */
function freePath(folder: string, name: string, extension: string, taken: ReadonlyMap<string, string>): string {
  const base = name.replace(/\.test$/, ".test_");
  const lower = new Set([...taken.keys()].map((path) => path.toLowerCase()));
  let path = `${folder}/${base}.${extension}`;
  for (let n = 2; lower.has(path.toLowerCase()); n++) path = `${folder}/${base}-${n}.${extension}`;
  return path;
}
