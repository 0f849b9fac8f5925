import { isMap, isSeq } from "yaml";
import type { DesiredDatabase } from "../model/database.ts";
import { rootOrder } from "./adopt-home.ts";
import { matchesOf } from "./project-patterns.ts";
import { type FileChanges, settled, shiftedLines } from "./split-files.ts";
import { columnOf, leadingStart, trailingEnd, withoutBraces } from "./yaml-edits.ts";
import { type PairPlace, type YamlPlaces, yamlPlaces } from "./yaml-places.ts";

/**
 * Brings what included files say into schema.yaml, under its own keys, with their comments; the files go. Pure: `files` are all
 * files of the project.
 */
export function joinFiles(files: ReadonlyMap<string, string>, desired: Pick<DesiredDatabase, "config">): FileChanges {
  const main = desired.config.file;
  const included = matchesOf(files, main, "include").filter((file) => file !== main);
  let text = files.get(main) ?? "";
  for (const file of included) text = joined(text, files.get(file) ?? "");
  if (included.length === 0) return new Map();
  const gone = new Map<string, string | null>(included.map((file) => [file, null]));
  return settled(new Map([...files, [main, text]]), new Map([[main, text], ...gone]), new Map(), files, main);
}

function joined(main: string, included: string): string {
  let text = main;
  const source = yamlPlaces(included);
  for (const { key } of source ? source.inMap(source.root) : []) {
    const open = withoutBraces(included, key);
    const places = yamlPlaces(open);
    const pair = places?.inMap(places.root).find((candidate) => candidate.key === key);
    if (places && pair) text = withBody(withoutBraces(text, key), key, bodyOf(open, pair, places));
  }
  return text;
}

interface Body {
  readonly lines: string;
  /** Column of its entries. */
  readonly column: number;
}

/** The lines under a key, with the comments above it; null when there is nothing under it. */
function bodyOf(text: string, pair: PairPlace, places: YamlPlaces): Body | null {
  const first = firstOf(pair, places);
  if (first === null) return null;
  const lineEnd = text.indexOf("\n", pair.keyEnd) + 1;
  const column = columnOf(text, first);
  const behind = /#[^\n]*/.exec(text.slice(pair.keyEnd, lineEnd))?.[0];
  const above = text.slice(headStart(text, pair, places), pair.start).split("\n");
  const comments = [...above, ...(behind === undefined ? [] : [behind])].filter(
    (line) => /^\s*#/.test(line) && !line.includes("yaml-language-server"),
  );
  const head = comments.map((line) => `${" ".repeat(column)}${line.trim()}\n`).join("");
  return { lines: head + text.slice(lineEnd, trailingEnd(text, pair)), column };
}

/** The first key of a file has all comments above it. */
function headStart(text: string, pair: PairPlace, places: YamlPlaces): number {
  return places.inMap(places.root)[0] === pair ? 0 : leadingStart(text, pair);
}

/** Offset of the first entry under a key. */
function firstOf({ pair }: PairPlace, places: YamlPlaces): number | null {
  const { value } = pair;
  if (isMap(value)) return places.inMap(value as never)[0]?.start ?? null;
  if (!isSeq(value) || value.items.length === 0) return null;
  const start = (value.items[0] as { range?: readonly number[] | null }).range?.[0] ?? 0;
  return places.text.lastIndexOf("-", start - 1);
}

function withBody(text: string, key: string, body: Body | null): string {
  const places = yamlPlaces(text);
  if (!places || body === null) return text;
  const own = places.inMap(places.root).find((pair) => pair.key === key);
  const first = own ? firstOf(own, places) : null;
  if (own && first !== null) {
    const lines = shiftedLines(body.lines, columnOf(text, first) - body.column);
    return inserted(text, trailingEnd(text, own), lines);
  }
  const lines = `${key}:\n${shiftedLines(body.lines, 2 - body.column)}`;
  if (own)
    return inserted(text.slice(0, leadingStart(text, own)) + text.slice(trailingEnd(text, own)), leadingStart(text, own), lines);
  const order = rootOrder();
  const before = places.inMap(places.root).filter((pair) => order.indexOf(pair.key) <= order.indexOf(key));
  const last = before.at(-1);
  return inserted(text, last ? trailingEnd(text, last) : text.length, lines);
}

function inserted(text: string, at: number, lines: string): string {
  const open = at === 0 || text[at - 1] === "\n" ? "" : "\n";
  const closed = lines.endsWith("\n") ? lines : `${lines}\n`;
  return text.slice(0, at) + open + closed + text.slice(at);
}
