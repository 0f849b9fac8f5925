import { splitPath } from "../base/identifier.ts";
import { didYouMean } from "../base/nearest-name.ts";
import type { KindModule, YamlEntry, YamlValue } from "../model/kind.ts";
import type { ProblemLog } from "./problem-log.ts";
import { type SlotModule, slotsOf } from "./slots.ts";

/** Root key of the templates, and the key with which an entry takes some. */
export const templatesKey = "templates";
export const useKey = "use";

/** What the check of the shapes marked: a copy of a marked value is marked too. */
interface Marks {
  readonly broken: Set<YamlValue>;
  readonly incomplete: Set<YamlValue>;
}

interface Expanding extends Marks {
  readonly slots: readonly SlotModule[];
  readonly templates: ReadonlyMap<string, YamlEntry>;
  readonly log: ProblemLog;
}

/** The slots whose entries may use templates. */
export function templatedSlots(kinds: readonly KindModule[]): readonly SlotModule[] {
  return kinds.flatMap((module) =>
    slotsOf(module)
      .filter((slot) => slot.templates === true)
      .map((slot) => ({ module, slot })),
  );
}

/**
 * Puts what templates say into the entries that use them: after the entry's own, in the order of `use` and of the template. In
 * the keys of a template `{table}` stands for the name of the entry, where a name has to be the only one in its schema.
 * An entry and a template that say the same thing differently are a problem, as are unknown templates and circles of them.
 */
export function expandTemplates(
  documents: readonly YamlValue[],
  kinds: readonly KindModule[],
  marks: Marks,
  log: ProblemLog,
): readonly YamlValue[] {
  const templates = gather(documents, log);
  const slots = templatedSlots(kinds);
  refuseCircles(templates, log);
  const expanding: Expanding = { ...marks, slots, templates, log };
  return documents.map((document) => inMap(document, "root", expanding));
}

function gather(documents: readonly YamlValue[], log: ProblemLog): Map<string, YamlEntry> {
  const templates = new Map<string, YamlEntry>();
  for (const document of documents) {
    for (const entry of entriesUnder(document, templatesKey)) {
      const first = templates.get(entry.key);
      if (first)
        log.error(
          entry.at,
          "declared-twice",
          `template ${entry.key} is declared twice`,
          `first at ${placeOf(first)}; keep one of them`,
        );
      else templates.set(entry.key, entry);
    }
  }
  return templates;
}

function entriesUnder(map: YamlValue, key: string): readonly YamlEntry[] {
  const found = map.type === "map" ? map.entries.find((entry) => entry.key === key)?.value : undefined;
  return found?.type === "map" ? found.entries : [];
}

function usedBy(value: YamlValue): readonly YamlValue[] {
  const found = value.type === "map" ? value.entries.find((entry) => entry.key === useKey)?.value : undefined;
  return found?.type === "list" ? found.items : [];
}

/** A circle is told once, where it closes. */
function refuseCircles(templates: ReadonlyMap<string, YamlEntry>, log: ProblemLog): void {
  const done = new Set<string>();
  const visit = (name: string, path: readonly string[]): void => {
    const template = templates.get(name);
    if (!template || done.has(name)) return;
    for (const item of usedBy(template.value)) {
      if (item.type !== "scalar") continue;
      const start = [...path, name].indexOf(item.text);
      if (start < 0) visit(item.text, [...path, name]);
      else {
        const circle = [...path, name].slice(start);
        log.error(
          item.at,
          "template-circle",
          `templates use each other in a circle: ${[...circle, item.text].join(", ")}`,
          "take one of them out of `use:`",
        );
      }
    }
    done.add(name);
  };
  for (const name of templates.keys()) visit(name, []);
}

/** The entries of the slots in a map, and of those in them, with their templates. */
function inMap(map: YamlValue, parent: string, expanding: Expanding): YamlValue {
  if (map.type !== "map") return map;
  const here = expanding.slots.filter(({ slot }) => slot.parents.includes(parent));
  if (here.length === 0) return map;
  const entries = map.entries.map((found) => {
    const at = here.find(({ slot }) => slot.key === found.key);
    if (!at || found.value.type !== "map") return found;
    const inner = found.value.entries.map((entry) => inEntry(entry, at, expanding));
    return { ...found, value: copied(found.value, { ...found.value, entries: inner }, expanding) };
  });
  return copied(map, { ...map, entries }, expanding);
}

function inEntry(entry: YamlEntry, at: SlotModule, expanding: Expanding): YamlEntry {
  if (entry.value.type !== "map" || expanding.broken.has(entry.value)) return entry;
  const used = templatesOf(entry.value, expanding, new Set());
  const own = entry.value.entries.filter(({ key }) => key !== useKey);
  const merged = used.reduce((sum, template) => merge(sum, template, entry, expanding), own);
  const value = copied(entry.value, { ...entry.value, entries: merged }, expanding);
  return { ...entry, value: inMap(value, at.module.kind, expanding) };
}

/** The templates of an entry, and those that they use after them, each once. */
function templatesOf(value: YamlValue, expanding: Expanding, seen: Set<string>): readonly YamlEntry[] {
  return usedBy(value).flatMap((item) => {
    if (item.type !== "scalar" || seen.has(item.text)) return [];
    seen.add(item.text);
    const template = expanding.templates.get(item.text);
    if (template) return [template, ...templatesOf(template.value, expanding, seen)];
    const names = [...expanding.templates.keys()];
    const known = names.length > 0 ? `templates: ${names.join(", ")}` : "declare it under `templates:`";
    expanding.log.error(
      item.at,
      "unknown-template",
      `there is no template "${item.text}"`,
      didYouMean(item.text, names) ?? known,
    );
    return [];
  });
}

function merge(own: readonly YamlEntry[], template: YamlEntry, entry: YamlEntry, expanding: Expanding): YamlEntry[] {
  if (template.value.type !== "map") return [...own];
  const via = `template ${template.key}, for ${entry.key}`;
  const named = (found: YamlEntry): YamlEntry => ({ ...found, key: found.key.replaceAll("{table}", bareName(entry.key)) });
  return mergeEntries(own, template.value.entries.filter(({ key }) => key !== useKey).map(named), 1, {
    via,
    named,
    template,
    expanding,
  });
}

interface Merging {
  readonly via: string;
  readonly named: (entry: YamlEntry) => YamlEntry;
  readonly template: YamlEntry;
  readonly expanding: Expanding;
}

/** `deeper`: how many levels of maps are joined entry by entry. */
function mergeEntries(own: readonly YamlEntry[], more: readonly YamlEntry[], deeper: number, merging: Merging): YamlEntry[] {
  const out = [...own];
  for (const entry of more) {
    const index = out.findIndex(({ key }) => key === entry.key);
    const said = out[index];
    const inner = deeper > 0 && entry.value.type === "map" ? entry.value.entries.map(merging.named) : null;
    if (said === undefined) {
      const value: YamlValue =
        inner !== null && entry.value.type === "map"
          ? copied(entry.value, { ...entry.value, entries: inner }, merging.expanding)
          : entry.value;
      out.push({ key: entry.key, at: { ...entry.at, via: merging.via }, value: clone(value, merging) });
    } else if (inner !== null && said.value.type === "map") {
      const entries = mergeEntries(said.value.entries, inner, deeper - 1, merging);
      out[index] = { ...said, value: copied(said.value, { ...said.value, entries }, merging.expanding) };
    } else if (plain(said.value) !== plain(entry.value)) reportConflict(said, entry, merging);
  }
  return out;
}

function reportConflict(said: YamlEntry, entry: YamlEntry, { template, expanding }: Merging): void {
  const hint = `there at ${placeOf(entry)}; keep one of them`;
  expanding.log.error(said.at, "template-conflict", `"${said.key}" is said differently by template ${template.key}`, hint);
}

/** Name of an object by its key in a map: `app.orders` is orders. */
function bareName(key: string): string {
  const names = key.includes('"') ? splitPath(key) : key.split(".");
  return names.length > 1 ? names.slice(1).join(".") : (names[0] ?? "");
}

function placeOf({ at }: YamlEntry): string {
  return `${at.file}:${at.line}:${at.column}`;
}

/** The same value, with every place saying for whom. */
function clone(value: YamlValue, merging: Merging): YamlValue {
  const at = { ...value.at, via: merging.via };
  const done = (copy: YamlValue): YamlValue => copied(value, copy, merging.expanding);
  switch (value.type) {
    case "null":
      return done({ ...value, at });
    case "scalar":
      return done({ ...value, at, atOffset: (offset) => ({ ...value.atOffset(offset), via: merging.via }) });
    case "list":
      return done({ ...value, at, items: value.items.map((item) => clone(item, merging)) });
    case "map": {
      const entries = value.entries.map((entry) => ({
        ...entry,
        at: { ...entry.at, via: merging.via },
        value: clone(entry.value, merging),
      }));
      return done({ ...value, at, entries });
    }
  }
}

function copied(from: YamlValue, to: YamlValue, { broken, incomplete }: Marks): YamlValue {
  if (broken.has(from)) broken.add(to);
  if (incomplete.has(from)) incomplete.add(to);
  return to;
}

/** A value without its places, to compare. */
function plain(value: YamlValue): string {
  switch (value.type) {
    case "null":
      return "null";
    case "scalar":
      return JSON.stringify(value.text);
    case "list":
      return `[${value.items.map(plain).join()}]`;
    case "map":
      return `{${value.entries
        .map((entry) => `${JSON.stringify(entry.key)}:${plain(entry.value)}`)
        .sort()
        .join()}}`;
  }
}
