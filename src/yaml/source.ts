import {
  isAlias,
  isMap,
  isScalar,
  isSeq,
  type Node,
  type Pair,
  parseDocument,
  type Scalar,
  type YAMLMap,
  type YAMLSeq,
} from "yaml";
import type { SourceRef } from "../model/database.ts";
import type { YamlEntry, YamlScalar, YamlValue } from "../model/kind.ts";
import type { ProblemLog } from "./problem-log.ts";
import { type ScalarStyle, scalarOffsets } from "./scalar-offsets.ts";
import { sourcePlaces } from "./source-places.ts";
import { reportYamlErrors } from "./yaml-errors.ts";

/** A YAML file as values with places. */
export interface Source {
  /** Null when the text is no YAML; its problems are in the log then. */
  readonly root: YamlValue | null;
  /** Values that a problem was reported for already: nothing more is to be said about them. */
  readonly broken: ReadonlySet<YamlValue>;
}

interface Reading {
  readonly text: string;
  readonly placeOf: (offset: number) => SourceRef;
  readonly log: ProblemLog;
  readonly broken: Set<YamlValue>;
}

/** Deeper than anything in these files, far from the limits of the stack. */
const deepest = 60;
/** Blanks that look like indentation and are none (YAML 1.2, 6.1: only the space is). */
const falseIndent = /^[\u00a0\u1680\u2000-\u200b\u202f\u205f\u3000\ufeff]/;

/**
 * Parses one file of YAML 1.2 strictly: no tabs, tags, anchors, merge keys, duplicate keys or second documents, and none of
 * the forms in which YAML silently changes SQL. Problems go to the log, each with its place and a remedy.
 */
export function parseSource(file: string, content: string, log: ProblemLog): Source {
  const text = content.startsWith("\ufeff") ? content.slice(1) : content;
  log.addText(file, text);
  const placeOf = sourcePlaces(file, text);
  const document = parseDocument(text, {
    version: "1.2",
    stringKeys: true,
    uniqueKeys: false,
    strict: true,
    prettyErrors: false,
  });
  const errors = [...document.errors, ...document.warnings];
  if (errors.length > 0) {
    reportYamlErrors(errors, text, placeOf, log);
    return { root: null, broken: new Set() };
  }
  const reading: Reading = { text, placeOf, log, broken: new Set() };
  return { root: convert(document.contents, 0, reading, 0), broken: reading.broken };
}

function convert(node: Node | null, offset: number, reading: Reading, depth: number): YamlValue {
  const at = reading.placeOf(node?.range?.[0] ?? offset);
  if (isAlias(node))
    return broken(
      { type: "null", at },
      reading,
      "yaml-alias",
      `the alias \`*${node.source}\` is not supported`,
      "write the value out; quote a value that starts with `*`",
    );
  if (depth > deepest) return broken({ type: "null", at }, reading, "yaml-depth", "nested too deeply");
  const value = isMap(node)
    ? convertMap(node, reading, depth)
    : isSeq(node)
      ? convertList(node, reading, depth)
      : convertScalar(node, at, reading);
  const anchor = isMap(node) || isSeq(node) || isScalar(node) ? node.anchor : undefined;
  if (anchor !== undefined)
    broken(
      value,
      reading,
      "yaml-alias",
      `the anchor \`&${anchor}\` is not supported`,
      "write values out; quote a value that starts with `&`",
    );
  return value;
}

function broken(value: YamlValue, reading: Reading, code: string, message: string, hint?: string): YamlValue {
  reading.log.error(value.at, code, message, hint);
  reading.broken.add(value);
  return value;
}

function convertScalar(node: Node | null, at: SourceRef, reading: Reading): YamlValue {
  if (!isScalar(node)) return { type: "null", at };
  const plain = node.type === "PLAIN" || node.type === undefined;
  if (plain && node.value === null) return { type: "null", at };
  const text = node.source ?? String(node.value);
  const value = scalar(node, text, at, reading);
  reportTruncation(node, value, reading);
  return value;
}

function scalar(node: Scalar, text: string, at: SourceRef, reading: Reading): YamlScalar {
  const styles: Readonly<Record<string, ScalarStyle>> = {
    QUOTE_SINGLE: "single",
    QUOTE_DOUBLE: "double",
    BLOCK_LITERAL: "block",
    BLOCK_FOLDED: "block",
  };
  const style = styles[node.type ?? ""] ?? "plain";
  let offsets: number[] | undefined;
  return {
    type: "scalar",
    text,
    quoted: style !== "plain",
    at,
    atOffset: (offset) => {
      offsets ??= scalarOffsets(reading.text, node.range?.[0] ?? 0, text, style);
      return reading.placeOf(offsets[Math.max(0, Math.min(offset, text.length))] ?? 0);
    },
  };
}

/** ` #` starts a comment, also in `data #>> '{a}'`: the rest of the SQL would be gone without a word. */
function reportTruncation(node: Scalar, value: YamlScalar, reading: Reading): void {
  if (node.type === "BLOCK_LITERAL" || node.type === "BLOCK_FOLDED") return;
  const rest = reading.text.slice(node.range?.[1] ?? 0);
  const operator = /^[ \t]+(#>>?|#-(?!-))/.exec(rest) ?? /^[ \t]*\r?\n[ \t]*(#>>?)[ \t]*'/.exec(rest);
  if (!operator) return;
  const at = reading.placeOf((node.range?.[1] ?? 0) + operator[0].indexOf("#"));
  reading.log.error(
    at,
    "yaml-truncated",
    `\` ${operator[1]}\` starts a comment here: the value ends before it`,
    "quote it: the whole value in quotes, or as a block after `|`",
  );
  reading.broken.add(value);
}

function convertMap(node: YAMLMap, reading: Reading, depth: number): YamlValue {
  const entries: YamlEntry[] = [];
  const at = reading.placeOf(node.range?.[0] ?? 0);
  const map: YamlValue = { type: "map", entries, at };
  for (const pair of node.items as Pair<Node, Node | null>[]) {
    const entry = convertPair(pair, reading, depth);
    const first = entries.find((other) => other.key === entry.key);
    if (first) reportDuplicate(entry, first, reading);
    else if (!reportKey(pair, entry, reading)) entries.push(entry);
    else reading.broken.add(map);
  }
  if (node.flow)
    reportSplit(
      entries.flatMap((entry) => [keyScalar(entry), entry.value]),
      map,
      reading,
    );
  return map;
}

function convertPair(pair: Pair<Node, Node | null>, reading: Reading, depth: number): YamlEntry {
  const key = pair.key;
  const offset = key.range?.[0] ?? 0;
  const text = isScalar(key) ? (key.source ?? String(key.value)) : isAlias(key) ? `*${key.source}` : "";
  return { key: text, at: reading.placeOf(offset), value: convert(pair.value, key.range?.[1] ?? offset, reading, depth + 1) };
}

function keyScalar(entry: YamlEntry): YamlValue {
  return { type: "scalar", text: entry.key, quoted: false, at: entry.at, atOffset: () => entry.at };
}

function reportDuplicate(entry: YamlEntry, first: YamlEntry, reading: Reading): void {
  const place = `${first.at.file}:${first.at.line}:${first.at.column}`;
  reading.log.error(entry.at, "duplicate-key", `"${entry.key}" stands twice in this map`, `first at ${place}; keep one of them`);
}

/** True when the key itself is wrong. */
function reportKey(pair: Pair<Node, Node | null>, entry: YamlEntry, reading: Reading): boolean {
  const plain = isScalar(pair.key) && pair.key.type === "PLAIN";
  if (isAlias(pair.key)) reading.log.error(entry.at, "yaml-alias", "an alias cannot be a key", "write it out, or quote it");
  else if (plain && entry.key === "<<")
    reading.log.error(entry.at, "yaml-merge", "merge keys (`<<`) are not supported", "write the keys out");
  else if (plain && falseIndent.test(entry.key))
    reading.log.error(entry.at, "yaml-indent", "a no-break space is used for indentation", "indent with ordinary spaces");
  else return false;
  return true;
}

function convertList(node: YAMLSeq, reading: Reading, depth: number): YamlValue {
  const items = (node.items as Node[]).map((item) => convert(item, node.range?.[0] ?? 0, reading, depth + 1));
  const list: YamlValue = { type: "list", items, at: reading.placeOf(node.range?.[0] ?? 0) };
  if (node.flow) reportSplit(items, list, reading);
  return list;
}

/** Commas separate in `{ }` and `[ ]`, also those in `numeric(12,2)`: one side has an open bracket, the other closes it. */
function reportSplit(parts: readonly YamlValue[], whole: YamlValue, reading: Reading): void {
  const split = parts.find((part) => part.type === "scalar" && !part.quoted && unbalanced(part.text));
  if (!split || reading.broken.has(whole)) return;
  reading.log.error(
    split.at,
    "yaml-split",
    "the comma inside the parentheses ends this value",
    "quote it: in `{ }` and `[ ]` a comma separates entries",
  );
  reading.broken.add(whole);
}

function unbalanced(text: string): boolean {
  const bare = text.replaceAll(/'[^']*'|"[^"]*"/g, "");
  return bare.split("(").length !== bare.split(")").length;
}
