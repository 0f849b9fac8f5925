import { qualifiedName, splitPath, withoutArguments } from "../base/identifier.ts";
import type { Fact } from "../model/database.ts";
import type { KindModule, ReadContext, SqlStatement, YamlEntry, YamlValue } from "../model/kind.ts";
import { SqlSyntaxError } from "../sql/parser.ts";
import type { FactCollection, Origin } from "./fact-collection.ts";
import { type ReadSettings, readContext } from "./read-context.ts";
import { definedElsewhere, type SlotModule, slotsIn } from "./slots.ts";

/** What reading needs: the kinds, the settings, and where facts go. */
export interface Reader {
  readonly kinds: readonly KindModule[];
  readonly settings: ReadSettings;
  readonly collection: FactCollection;
  readonly broken: ReadonlySet<YamlValue>;
  readonly incomplete: ReadonlySet<YamlValue>;
  /** Paths (`app.orders`) that are missing or not whole, because what declares them has problems of its own. */
  readonly gaps: Set<string>;
  /** Long forms without a definition: their object must come from a `.sql` file. */
  readonly pending: PendingEntry[];
}

export interface PendingEntry {
  readonly entry: YamlEntry;
  readonly at: SlotModule;
  readonly parent: Fact | null;
}

/** Where entries lie. The entries of one parent share a context: kinds number unnamed constraints and columns by it. */
interface Place {
  readonly parent: Fact | null;
  readonly within: readonly object[];
  readonly context: ReadContext;
  readonly sort: Origin["sort"];
}

/** Reads the maps of schema files, kind by kind, so that a kind finds what it builds on already read. */
export function readDocuments(documents: readonly YamlValue[], reader: Reader): void {
  const place: Place = { parent: null, within: [], context: readContext(reader.settings, null), sort: "schema" };
  const slots = slotsIn(reader.kinds, ["root"], "schema");
  for (const slot of slots) {
    for (const document of documents) readSlot(slot, document, place, reader);
  }
  for (const document of documents) reportOfNone(slots, document, place.context);
}

/** A parent whose parts are to be read, and the entries that it was read from. */
export interface Parent {
  readonly fact: Fact;
  readonly within: readonly object[];
  readonly sort: Origin["sort"];
}

/** Reads the slots of one map as parts of a parent. */
export function readParts(map: YamlValue, slots: readonly SlotModule[], parent: Parent, reader: Reader): void {
  const place: Place = {
    parent: parent.fact,
    within: parent.within,
    context: readContext(reader.settings, parent.fact),
    sort: parent.sort,
  };
  for (const slot of slots) readSlot(slot, map, place, reader);
  reportOfNone(slots, map, place.context);
}

/** Where each kind of a key takes only definitions of its own: entries that none of them takes. */
function reportOfNone(slots: readonly SlotModule[], map: YamlValue, context: ReadContext): void {
  for (const key of new Set(slots.flatMap(({ slot }) => (slot.accepts ? [slot.key] : [])))) {
    const alike = slots.filter(({ slot }) => slot.key === key);
    const found = map.type === "map" ? map.entries.find((entry) => entry.key === key) : undefined;
    const [first] = alike;
    if (!found || !first) continue;
    for (const entry of entriesOf(found, first)) {
      if (alike.some((at) => isOf(entry, at))) continue;
      context.problem(
        entry.value.at,
        "unknown-definition",
        `nothing under ${key}: is defined like this`,
        first.slot.shape.description,
      );
    }
  }
}

function readSlot(at: SlotModule, map: YamlValue, place: Place, reader: Reader): void {
  const found = map.type === "map" ? map.entries.find((entry) => entry.key === at.slot.key) : undefined;
  if (!found) return;
  for (const entry of entriesOf(found, at)) if (isOf(entry, at)) readEntry(entry, at, place, reader);
  if (reader.broken.has(found.value)) addGap(found.key, place, reader);
}

/** Where kinds share a key, the definition tells which one an entry is of; the first that has one reads it. */
function isOf(entry: YamlEntry, at: SlotModule): boolean {
  if (at.slot.accepts === undefined) return true;
  const def = entry.value.type === "map" ? entry.value.entries.find(({ key }) => key === "def")?.value : entry.value;
  return at.slot.accepts(def?.type === "scalar" ? def.text : "");
}

function entriesOf(found: YamlEntry, at: SlotModule): readonly YamlEntry[] {
  const { value } = found;
  switch (at.slot.style) {
    case "value":
      return [found];
    case "map":
      return value.type === "map" ? value.entries : [];
    case "list":
      return value.type === "list"
        ? value.items.map((item, index) => ({ key: String(index + 1), at: item.at, value: item }))
        : [];
  }
}

function readEntry(entry: YamlEntry, at: SlotModule, place: Place, reader: Reader): void {
  const nestedKeys = new Set(slotsIn(reader.kinds, [at.module.kind], "schema").map((nested) => nested.slot.key));
  if (holds(entry.value, reader.broken, nestedKeys)) {
    addGap(entry.key, place, reader);
    return;
  }
  if (definedElsewhere(at) && entry.value.type === "map" && !entry.value.entries.some(({ key }) => key === "def")) {
    reader.pending.push({ entry, at, parent: place.parent });
    return;
  }
  const errors = reader.settings.log?.errorCount() ?? 0;
  const facts = readGuarded(entry, at, place, reader);
  if (!addFacts(facts, entry, at, place, isBare(entry.value, nestedKeys), reader)) return;
  const failed = (reader.settings.log?.errorCount() ?? 0) > errors;
  if (failed) addGap(entry.key, place, reader);
  const [first] = facts;
  // Nothing to declare: an empty comment, an extension that every database has.
  if (!first) return;
  if (holds(entry.value, reader.incomplete, nestedKeys)) reader.gaps.add(first.object);
  readNested(entry, at, { fact: first, within: [entry, ...place.within], sort: place.sort }, reader);
}

/** False when the entry's object was declared before: its parts would only be repeated complaints. */
function addFacts(
  facts: readonly Fact[],
  entry: YamlEntry,
  at: SlotModule,
  place: Place,
  bare: boolean,
  reader: Reader,
): boolean {
  const origin = { said: entry, within: place.within, sort: place.sort, shared: at.slot.files.length > 1, bare };
  for (const [index, fact] of facts.entries()) {
    if (!reader.collection.add(fact, { ...origin, primary: index === 0 }) && index === 0) {
      reader.gaps.add(fact.object);
      return false;
    }
  }
  return true;
}

function isBare(value: YamlValue, nestedKeys: ReadonlySet<string>): boolean {
  return value.type === "map" && value.entries.every((entry) => nestedKeys.has(entry.key));
}

/** Reads what lies in an entry: comment, grants, columns, … of its object. */
export function readNested(entry: YamlEntry, at: SlotModule, parent: Parent, reader: Reader): void {
  readParts(entry.value, slotsIn(reader.kinds, [at.module.kind, parent.fact.kind], "schema"), parent, reader);
}

function readGuarded(entry: YamlEntry, at: SlotModule, place: Place, reader: Reader): readonly Fact[] {
  const { log, reading } = reader.settings;
  reading.at = entry.at;
  try {
    return at.slot.read(entry, place.context);
  } catch (error) {
    // The first pass gathers names from SQL that nobody has checked yet.
    if (log === null) return [];
    if (!(error instanceof SqlSyntaxError)) throw error;
    log.error(entry.value.at, "sql-syntax", error.message);
    return [];
  }
}

/** Whether a value, or anything in it besides nested slots, is one of the marked ones. */
function holds(value: YamlValue, marked: ReadonlySet<YamlValue>, nestedKeys: ReadonlySet<string>): boolean {
  if (marked.has(value)) return true;
  if (value.type === "list") return value.items.some((item) => holds(item, marked, new Set()));
  if (value.type !== "map") return false;
  return value.entries.some((entry) => !nestedKeys.has(entry.key) && holds(entry.value, marked, new Set()));
}

function addGap(key: string, place: Place, reader: Reader): void {
  reader.gaps.add(place.parent ? place.parent.object : keyPath(key, reader.settings.schema));
}

/** Path of a key of the root maps: `orders` → `app.orders`; arguments of a function aside. */
export function keyPath(key: string, schema: string): string {
  const bare = key.includes('"') ? withoutArguments(key) : key.replace(/\(.*$/s, "");
  const names = bare.includes('"') ? splitPath(bare) : bare.split(".");
  return names.length > 1 ? qualifiedName(names[0] ?? "", names.slice(1).join(".")) : qualifiedName(schema, names[0] ?? "");
}

/** Reads statements of `.sql` files. What no kind declares itself with is a problem. */
export function readStatements(statements: readonly SqlStatement[], reader: Reader): void {
  const context = readContext(reader.settings, null);
  for (const statement of statements) {
    const tag = Object.keys(statement.node)[0] ?? "";
    const readers = reader.kinds.filter((module) => module.statements[tag] !== undefined);
    if (readers.length === 0) reportForeign(statement, reader);
    const errors = reader.settings.log?.errorCount() ?? 0;
    const found = readers.map((module) => readStatement(statement, tag, module, context, reader));
    // One tag stands for several kinds of statements (CREATE AGGREGATE, COLLATION, OPERATOR): some kind must know this one.
    const silent = found.every((count) => count === 0) && (reader.settings.log?.errorCount() ?? 0) === errors;
    if (readers.length > 1 && silent) reportForeign(statement, reader);
  }
}

function reportForeign(statement: SqlStatement, reader: Reader): void {
  const words = /^\s*\w+(\s+\w+)?/.exec(statement.scalar.text)?.[0].trim().toUpperCase() ?? "this";
  const hint = "only statements that create managed objects belong here; data changes and drops do not";
  reader.settings.log?.error(statement.scalar.at, "foreign-statement", `${words} declares no object`, hint);
}

/** Out: how many facts it gave. */
function readStatement(statement: SqlStatement, tag: string, module: KindModule, context: ReadContext, reader: Reader): number {
  const { log, reading } = reader.settings;
  const errors = log?.errorCount() ?? 0;
  reading.at = statement.scalar.at;
  let facts: readonly Fact[] = [];
  try {
    facts = module.statements[tag]?.(statement, context) ?? [];
  } catch (error) {
    if (log !== null && !(error instanceof SqlSyntaxError)) throw error;
    log?.error(statement.scalar.at, "sql-syntax", (error as Error).message);
  }
  if ((log?.errorCount() ?? 0) > errors) reader.gaps.add("");
  for (const fact of facts) {
    const parent = fact.parent === null ? undefined : reader.collection.originOf(fact.parent);
    const within = parent ? [parent.said, ...parent.within] : [];
    const shared = (module.yaml?.files.length ?? 0) > 1;
    reader.collection.add(fact, {
      said: statement,
      within,
      sort: "sql",
      shared,
      primary: true,
      bare: false,
      combine: combineOf(module),
    });
  }
  return facts.length;
}

/** Kinds of which one object takes several statements join them. */
function combineOf(module: KindModule): Origin["combine"] {
  return (module as { combine?: Origin["combine"] }).combine;
}
