import { posix } from "node:path";
import { isMap } from "yaml";
import { kindNamed, kinds } from "../kinds/registry.ts";
import type { DesiredDatabase, Fact } from "../model/database.ts";
import { fileName, settlePatterns, toRoot } from "./adopt-home.ts";
import { openWorkspace } from "./adopt-places.ts";
import { slotsIn } from "./slots.ts";
import { columnOf, leadingStart, trailingEnd, withoutBraces } from "./yaml-edits.ts";
import { type PairPlace, type YamlPlaces, yamlPlaces } from "./yaml-places.ts";
import { schemaComment } from "./yaml-text.ts";

/** Texts of files by name; null for one that goes. */
export type FileChanges = ReadonlyMap<string, string | null>;

/** The keys of the root whose entries get files of their own. */
function splitKeys(): readonly string[] {
  return slotsIn(kinds, ["root"], "schema")
    .filter(({ module }) => module.holdsRows === true)
    .map(({ slot }) => slot.key);
}

interface Cut {
  readonly start: number;
  readonly end: number;
}

/**
 * Gives each table a file under tables/, byte for byte with its comments; `include:` takes them in. A file that holds one table and
 * nothing else stays. Pure.
 */
export function splitFiles(files: ReadonlyMap<string, string>, desired: Pick<DesiredDatabase, "facts" | "config">): FileChanges {
  const main = desired.config.file;
  const made = new Map<string, string>();
  const changed = new Map<string, string>();
  for (const [file, before] of files) {
    if (!/\.ya?ml$/.test(file)) continue;
    const text = splitKeys().reduce(withoutBraces, before);
    const places = yamlPlaces(text);
    const original = yamlPlaces(before);
    if (!places || !original || (file !== main && entriesOf(places).length < 2)) continue;
    // Facts know the places of the text as it was read: the same entries in the same order.
    const facts = entriesOf(original).map((place) => factAt(place, file, before, desired.facts));
    const cuts: Cut[] = [];
    for (const [index, place] of entriesOf(places).entries()) {
      const fact = facts[index];
      if (!fact) continue;
      cuts.push(cutOf(text, place));
      const path = freePath(posix.join(posix.dirname(main), "tables", fileName(fact.object)), files, made);
      made.set(path, ownFile(text, place, toRoot(path, main)));
    }
    if (cuts.length > 0) changed.set(file, withoutKeys(without(text, cuts)));
  }
  return settled(new Map([...files, ...changed]), changed, made, files, main);
}

function entriesOf(places: YamlPlaces): readonly PairPlace[] {
  const keys = splitKeys();
  const slots = places.inMap(places.root).filter(({ key }) => keys.includes(key));
  return slots.flatMap(({ pair }) => (isMap(pair.value) ? places.inMap(pair.value as never) : []));
}

function factAt(place: PairPlace, file: string, text: string, facts: DesiredDatabase["facts"]): Fact | undefined {
  const line = text.slice(0, place.start).split("\n").length;
  const column = columnOf(text, place.start) + 1;
  const isThere = ({ at }: Fact): boolean => at?.file === file && at.line === line && at.column === column;
  return [...facts.values()].find((fact) => fact.parent === null && kindNamed(fact.kind).holdsRows === true && isThere(fact));
}

/** An entry with its comments, and the blank lines behind it. */
function cutOf(text: string, place: PairPlace): Cut {
  const end = trailingEnd(text, place);
  const blank = /^([ \t]*\r?\n)*/.exec(text.slice(end))?.[0].length ?? 0;
  return { start: leadingStart(text, place), end: end + blank };
}

function without(text: string, cuts: readonly Cut[]): string {
  return [...cuts].sort((a, b) => b.start - a.start).reduce((out, { start, end }) => out.slice(0, start) + out.slice(end), text);
}

/** Keys whose map is empty now; comments above them stay. */
function withoutKeys(text: string): string {
  const places = yamlPlaces(text);
  if (!places) return text;
  const empty = places
    .inMap(places.root)
    .filter(({ key, pair }) => splitKeys().includes(key) && !(isMap(pair.value) && pair.value.items.length > 0));
  return without(
    text,
    empty.map((place) => ({ start: place.start, end: trailingEnd(text, place) })),
  );
}

function ownFile(text: string, place: PairPlace, folder: string): string {
  const start = leadingStart(text, place);
  const body = shiftedLines(text.slice(start, trailingEnd(text, place)), 2 - columnOf(text, place.start)).trimEnd();
  return `#${schemaComment(folder)}\n${place.parent?.key}:\n${body}\n`;
}

/** Lines moved right or left by some blanks. */
export function shiftedLines(text: string, by: number): string {
  const lines = text.split("\n");
  if (by === 0) return text;
  if (by < 0) return lines.map((line) => line.replace(new RegExp(`^ {0,${-by}}`), "")).join("\n");
  return lines.map((line) => (line.trim() === "" ? line : " ".repeat(by) + line)).join("\n");
}

function freePath(base: string, files: ReadonlyMap<string, string>, made: ReadonlyMap<string, string>): string {
  const taken = new Set([...files.keys(), ...made.keys()].map((path) => path.toLowerCase()));
  let path = `${base}.yaml`;
  for (let n = 2; taken.has(path.toLowerCase()); n++) path = `${base}-${n}.yaml`;
  return path;
}

/** `include:` follows the files that came and went. */
export function settled(
  texts: ReadonlyMap<string, string>,
  changed: ReadonlyMap<string, string | null>,
  made: ReadonlyMap<string, string>,
  before: ReadonlyMap<string, string>,
  main: string,
): FileChanges {
  const workspace = openWorkspace(texts);
  const gone = [...changed].filter(([file, text]) => text === null || isEmpty(file, text, main)).map(([file]) => file);
  const after = [...before.keys(), ...made.keys()].filter((file) => !gone.includes(file));
  const wanted = [...made.keys()].map((file) => [file, "tables/*.yaml"] as const);
  settlePatterns("include", { before: [...before.keys()], after, wanted }, main, workspace);
  const own = workspace.yaml(main)?.text();
  const out = new Map<string, string | null>([...changed, ...made]);
  for (const file of gone) out.set(file, null);
  if (own !== undefined && own !== null && own !== before.get(main)) out.set(main, own);
  return out;
}

function isEmpty(file: string, text: string, main: string): boolean {
  return file !== main && text.replaceAll(/^\s*(#.*)?$/gm, "").trim() === "";
}
