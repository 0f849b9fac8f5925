import { kinds } from "../kinds/registry.ts";
import type { Fact, LiveDatabase } from "../model/database.ts";
import type { WrittenValue, YamlSlot } from "../model/kind.ts";
import { policyTableKey } from "./json-schema.ts";
import { createTreeWriter, type TreeWriter } from "./written-tree.ts";
import { yamlText } from "./yaml-text.ts";

/** What of a live database is written, and how. */
export interface WriteOptions {
  readonly project?: string;
  /** Schemas whose objects are written. */
  readonly schemas: readonly string[];
  readonly manage: "listed" | "database";
  /** Schema whose names are written unqualified. */
  readonly defaultSchema: string;
}

/**
 * A live state as files: schema.yaml, and a file under policies/ for each table that has policies. Read back they declare the
 * same facts.
 * Out: text by path relative to the folder, schema.yaml first.
 */
export function writeFiles(live: LiveDatabase, options: WriteOptions): ReadonlyMap<string, string> {
  const writer = createTreeWriter(kinds, live, options.defaultSchema, wantedBy(options));
  const policies = policyFiles(live, options, writer);
  const keys: [string, WrittenValue][] = [["version", 1]];
  if (options.project !== undefined) keys.push(["project", options.project]);
  keys.push(["schema", options.defaultSchema]);
  if (options.manage !== "listed") keys.push(["manage", options.manage]);
  if (policies.size > 0) keys.push(["policies", ["policies/*.yaml"]]);
  return new Map([["schema.yaml", yamlText(keys, writer.slots(null, "schema"), "./")], ...policies]);
}

/** What belongs to others is not written: it is in the way at most, or comes with an extension. */
function wantedBy(options: WriteOptions): (fact: Fact, slot: YamlSlot) => boolean {
  const schemas = new Set(options.schemas);
  return (fact, slot) => {
    if (fact.foreign !== undefined) return false;
    if (fact.schema !== null) return schemas.has(fact.schema);
    return slot.key !== "schemas" || schemas.has(String(fact.spec.name));
  };
}

function policyFiles(live: LiveDatabase, options: WriteOptions, writer: TreeWriter): Map<string, string> {
  const files = new Map<string, string>();
  const tables = [...live.facts.values()].filter((fact) => fact.kind === policyTableKey && fact.foreign === undefined);
  for (const table of tables.sort((a, b) => (a.id < b.id ? -1 : 1))) {
    if (!options.schemas.includes(table.schema ?? "")) continue;
    const slots = writer.slots(table, "policies");
    if (slots.length > 0) files.set(freePath(table.object, files), yamlText([[policyTableKey, table.object]], slots, "../"));
  }
  return files;
}

/** `policies/app.orders.yaml`; names that a file cannot have, or that would make it a test file, are respelled. */
function freePath(object: string, taken: ReadonlyMap<string, string>): string {
  const base = object.replaceAll(/[^A-Za-z0-9_.-]/g, "_").replace(/\.test$/, ".test_");
  const lower = new Set([...taken.keys()].map((path) => path.toLowerCase()));
  let path = `policies/${base}.yaml`;
  for (let n = 2; lower.has(path.toLowerCase()); n++) path = `policies/${base}-${n}.yaml`;
  return path;
}
