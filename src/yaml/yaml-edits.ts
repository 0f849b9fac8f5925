import { Document, isMap, isScalar, isSeq, Pair, Scalar, YAMLMap, type YAMLSeq } from "yaml";
import { unfoldWide } from "./unfold-wide.ts";
import { type PairPlace, type YamlPlaces, yamlPlaces } from "./yaml-places.ts";
import { fitsOnLine, keyPair } from "./yaml-text.ts";

/** Changes to the text of one YAML file. What no change touches keeps every byte: comments, order, quoting. */
export interface YamlEdits {
  readonly places: YamlPlaces;
  /** Gives a pair another value: a node of the `yaml` package. */
  replace(place: PairPlace, value: unknown): void;
  /** Takes a pair out, with the comments right above it and behind it. */
  remove(place: PairPlace): void;
  /** Puts a pair into a map that has others: behind `after`, or first. */
  insert(map: YAMLMap, key: string, value: unknown, after: PairPlace | null): void;
  /** Whether a pair was taken out. */
  isRemoved(place: PairPlace): boolean;
  /** Whether anything was put into a map. */
  isFilled(map: YAMLMap): boolean;
  /** The text with all changes; null when no pair is left. */
  text(): string | null;
}

interface TextEdit {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/** Widest line that stays one when an entry in `{ }` changes. */
const widest = 110;

/** Starts changing a file. */
export function yamlEdits(places: YamlPlaces): YamlEdits {
  const edits: TextEdit[] = [];
  const removed = new Set<PairPlace>();
  const filled = new Set<YAMLMap>();
  const flows = new Set<PairPlace>();
  const { text } = places;
  return {
    places,
    isRemoved: (place) => removed.has(place),
    isFilled: (map) => filled.has(map),
    replace: (place, value) => {
      if (place.flow === null || place.flow === place) edits.push(replacement(text, place, value));
      else {
        place.pair.value = value as never;
        flows.add(place.flow);
      }
    },
    remove: (place) => {
      removed.add(place);
      if (place.flow === null) edits.push({ ...removal(text, place), text: "" });
      else {
        place.map.items.splice(place.map.items.indexOf(place.pair), 1);
        flows.add(place.flow);
      }
    },
    insert: (map, key, value, after) => {
      filled.add(map);
      const siblings = places.inMap(map);
      const flow = siblings[0]?.flow ?? null;
      if (flow === null) edits.push(insertion(text, siblings, key, value, after));
      else {
        const index = after === null ? 0 : map.items.indexOf(after.pair) + 1;
        map.items.splice(index, 0, keyPair(key, value) as never);
        flows.add(flow);
      }
    },
    text: () => {
      for (const flow of flows) if (!removed.has(flow)) edits.push(reflow(text, flow));
      const left = places.inMap(places.root).some((place) => !removed.has(place)) || filled.has(places.root);
      return left ? applied(text, edits) : null;
    },
  };
}

/** Edits of equal place in the order in which they were made; what lies inside a removed or replaced piece is gone with it. */
function applied(text: string, edits: readonly TextEdit[]): string {
  const ordered = edits
    .map((edit, index) => ({ ...edit, index }))
    .sort((a, b) => a.start - b.start || b.end - a.end || a.index - b.index);
  const crlf = /\r\n/.test(text);
  let out = "";
  let at = 0;
  for (const edit of ordered) {
    if (edit.start < at && edit.end > edit.start) continue;
    out += text.slice(at, Math.max(at, edit.start)) + (crlf ? edit.text.replaceAll(/\r?\n/g, "\r\n") : edit.text);
    at = Math.max(at, edit.end);
  }
  const all = out + text.slice(at);
  // What stood last may be gone, and the blank lines before it with it.
  return /\n[ \t]*\r?\n$/.test(text) ? all : all.replace(/(\r?\n)(?:[ \t]*\r?\n)+$/, "$1");
}

/** A pair's text as it stands behind a key of the given indentation: `: value`, or `:` and lines below. */
function renderedValue(value: unknown, indent: number): string {
  const map = new YAMLMap();
  map.items.push(new Pair(new Scalar("k"), value as never));
  unfoldWide(map, indent);
  return shifted(documentText(map), indent).slice(indent + 1);
}

function renderedPair(key: string, value: unknown, indent: number): string {
  const map = new YAMLMap();
  map.items.push(keyPair(key, value));
  unfoldWide(map, indent);
  return shifted(documentText(map), indent);
}

function documentText(map: YAMLMap): string {
  const document = new Document();
  document.contents = map as never;
  return document.toString({ lineWidth: 0 }).replace(/\n$/, "");
}

function shifted(text: string, indent: number): string {
  const blank = " ".repeat(indent);
  return text
    .split("\n")
    .map((line) => (line === "" ? "" : blank + line))
    .join("\n");
}

/** Blanks before a place on its line. */
export function columnOf(text: string, offset: number): number {
  return offset - (text.lastIndexOf("\n", offset - 1) + 1);
}

function lineEnd(text: string, offset: number): number {
  const end = text.indexOf("\n", offset);
  return end < 0 ? text.length : end;
}

/** The new value behind the old key; a comment on the line of the old value goes to the line of the key. */
function replacement(text: string, place: PairPlace, value: unknown): TextEdit {
  const rendered = renderedValue(value, columnOf(text, place.start));
  const [first = "", ...rest] = rendered.split("\n");
  const onKeyLine = !text.slice(place.keyEnd, place.end).includes("\n");
  const comment = onKeyLine ? (/^[ \t]+#[^\n\r]*/.exec(text.slice(place.end))?.[0] ?? "") : "";
  if (comment === "" || rest.length === 0) return { start: place.keyEnd, end: place.end, text: rendered };
  return { start: place.keyEnd, end: place.end + comment.length, text: [first + comment, ...rest].join("\n") };
}

/** From the comments right above a pair to the end of its last line, and one of two blank lines around it. */
function removal(text: string, place: PairPlace): { start: number; end: number } {
  const start = leadingStart(text, place);
  let end = trailingEnd(text, place);
  const before = text.slice(0, start);
  const blankBefore = before === "" || /\n[ \t]*\r?\n$/.test(before) || /^[ \t]*\r?\n$/.test(before);
  const blankAfter = /^[ \t]*\r?\n/.exec(text.slice(end));
  if (blankBefore && blankAfter) end += blankAfter[0].length;
  if (end >= text.length && blankBefore) return { start: before.trimEnd().length + (before.trimEnd() === "" ? 0 : 1), end };
  return { start, end };
}

/** Start of the line of a pair, or of the comments of its column that stand right above it. */
export function leadingStart(text: string, place: PairPlace): number {
  let start = text.lastIndexOf("\n", place.start - 1) + 1;
  const column = place.start - start;
  for (;;) {
    if (start === 0) return start;
    const above = text.lastIndexOf("\n", start - 2) + 1;
    const line = text.slice(above, start);
    const comment = /^([ \t]*)#/.exec(line);
    // The header of a file is no comment on its first entry.
    if (!comment || (comment[1] ?? "").length !== column || /yaml-language-server/.test(line)) return start;
    start = above;
  }
}

/** Behind the line end of a pair, and of the comments below it that are indented more than its key. */
export function trailingEnd(text: string, place: PairPlace): number {
  const column = columnOf(text, place.start);
  let end = Math.min(text.length, lineEnd(text, place.end) + 1);
  for (;;) {
    const more = /^(?:[ \t]*\r?\n)*([ \t]*)#[^\n]*(?:\n|$)/.exec(text.slice(end));
    if (!more || (more[1] ?? "").length <= column) return end;
    end += more[0].length;
  }
}

function insertion(text: string, siblings: readonly PairPlace[], key: string, value: unknown, after: PairPlace | null): TextEdit {
  const [first] = siblings;
  const last = siblings.at(-1);
  if (first === undefined || last === undefined) throw new Error("nothing is put into an empty map: its pair is replaced");
  const rendered = `${renderedPair(key, value, columnOf(text, first.start))}\n`;
  if (after === null) {
    const start = leadingStart(text, first);
    return { start, end: start, text: rendered };
  }
  const at = trailingEnd(text, after);
  const spaced =
    siblings.length > 1 && siblings.slice(1).every((place) => /\n[ \t]*\r?\n$/.test(text.slice(0, leadingStart(text, place))));
  const open = text[at - 1] === "\n" ? "" : "\n";
  return { start: at, end: at, text: `${open}${spaced ? "\n" : ""}${rendered}` };
}

/** A changed `{ }`: on one line where it fits, else in block style as far as needed. */
function reflow(text: string, place: PairPlace): TextEdit {
  const { value } = place.pair;
  const indent = columnOf(text, place.start);
  quoteWhereCommasSeparate(value);
  // The comment behind it stays where it is in the text.
  if (value) value.comment = null;
  const line = renderedValue(value, indent);
  if (!line.includes("\n") && indent + place.keyEnd - place.start + line.length <= widest)
    return { start: place.keyEnd, end: place.end, text: line };
  unfold(value);
  return replacement(text, place, value);
}

/** A file in which a root key's map or list has no braces, so that lines can be put into it and taken out. */
export function withoutBraces(text: string, key: string): string {
  const places = yamlPlaces(text);
  const pair = places?.inMap(places.root).find((candidate) => candidate.key === key);
  const value = pair?.pair.value;
  if (!pair || !(isMap(value) || isSeq(value)) || !value.flow || value.items.length === 0) return text;
  value.comment = null;
  quoteWhereCommasSeparate(value);
  unfold(value);
  return applied(text, [replacement(text, pair, value)]);
}

/** Takes the braces off what does not fit on a line, from the outside in. */
function unfold(node: unknown): void {
  if (!isMap(node) && !isSeq(node)) return;
  node.flow = false;
  for (const item of node.items) {
    const inner = isMap(node) ? (item as Pair).value : item;
    if ((isMap(inner) || isSeq(inner)) && inner.items.length > 0 && !fitsOnLine(inner)) unfold(inner);
  }
}

function quoteWhereCommasSeparate(node: unknown): void {
  if (isScalar(node)) {
    if (typeof node.value === "string" && node.value.includes("\n")) node.type = "QUOTE_DOUBLE";
  } else if (isMap(node)) for (const item of node.items) quoteWhereCommasSeparate(item.value);
  else if (isSeq(node)) for (const item of (node as YAMLSeq).items) quoteWhereCommasSeparate(item);
}
