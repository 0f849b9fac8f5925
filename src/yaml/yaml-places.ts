import { isMap, isScalar, isSeq, type Node, type Pair, parseDocument, type YAMLMap } from "yaml";
import type { SourceRef } from "../model/database.ts";

/** A pair of a YAML file: where it lies and where its text ends. */
export interface PairPlace {
  readonly key: string;
  readonly pair: Pair<Node, Node | null>;
  readonly map: YAMLMap;
  /** The pair whose value the map is; null in the root map. */
  readonly parent: PairPlace | null;
  /** In `{ }` or `[ ]`: the outermost pair of which the value is a flow collection; null in block style. */
  readonly flow: PairPlace | null;
  /** Offset of the key. */
  readonly start: number;
  /** Offset behind the last character of the key, and of the value. */
  readonly keyEnd: number;
  readonly end: number;
}

/** A parsed file with all its pairs, by the offset of their keys. */
export interface YamlPlaces {
  readonly text: string;
  readonly root: YAMLMap;
  readonly pairs: ReadonlyMap<number, PairPlace>;
  /** The pairs of a map. */
  inMap(map: YAMLMap): readonly PairPlace[];
  /** The pair whose key stands there; undefined for another place. */
  at(place: SourceRef): PairPlace | undefined;
  /** The innermost pair that holds a place. */
  around(place: SourceRef): PairPlace | undefined;
}

/** Finds the pairs of a YAML file. Null when it is no YAML or no map. */
export function yamlPlaces(text: string): YamlPlaces | null {
  const document = parseDocument(text, { version: "1.2", stringKeys: true, uniqueKeys: false, prettyErrors: false });
  if (document.errors.length > 0 || !isMap(document.contents)) return null;
  const root = document.contents as YAMLMap;
  const pairs = new Map<number, PairPlace>();
  const byMap = new Map<YAMLMap, PairPlace[]>();
  const collect = (node: unknown, parent: PairPlace | null, flow: PairPlace | null): void => {
    if (isSeq(node)) for (const item of node.items) collect(item, parent, flow ?? (node.flow ? parent : null));
    if (!isMap(node)) return;
    const inside = flow ?? (node.flow ? parent : null);
    const list: PairPlace[] = [];
    byMap.set(node as YAMLMap, list);
    for (const pair of node.items as Pair<Node, Node | null>[]) {
      const place = placeOf(pair, node as YAMLMap, parent, inside, text);
      pairs.set(place.start, place);
      list.push(place);
      collect(pair.value, place, inside);
    }
  };
  collect(root, null, null);
  const offsetOf = offsets(text);
  return {
    text,
    root,
    pairs,
    inMap: (map) => byMap.get(map) ?? [],
    at: (place) => pairs.get(offsetOf(place)),
    around: (place) => innermost([...pairs.values()], offsetOf(place)),
  };
}

function placeOf(
  pair: Pair<Node, Node | null>,
  map: YAMLMap,
  parent: PairPlace | null,
  flow: PairPlace | null,
  text: string,
): PairPlace {
  const start = pair.key.range?.[0] ?? 0;
  const keyEnd = pair.key.range?.[1] ?? start;
  const key = isScalar(pair.key) ? (pair.key.source ?? String(pair.key.value)) : "";
  return { key, pair, map, parent, flow, start, keyEnd, end: Math.max(endOf(pair.value, text), keyEnd) };
}

/** Offset behind the last character of a node: without the comments and blank lines that the parser counts to it. */
function endOf(node: unknown, text: string): number {
  if (isScalar(node)) {
    const [from, to] = node.range ?? [0, 0];
    return from + text.slice(from, to).trimEnd().length;
  }
  if (!isMap(node) && !isSeq(node)) return 0;
  if (node.flow) return node.range?.[1] ?? 0;
  const ends = isMap(node)
    ? (node.items as Pair<Node, Node | null>[]).map((pair) => Math.max(endOf(pair.value, text), pair.key.range?.[1] ?? 0))
    : node.items.map((item) => endOf(item, text));
  return Math.max(0, ...ends);
}

function innermost(places: readonly PairPlace[], offset: number): PairPlace | undefined {
  let best: PairPlace | undefined;
  for (const place of places) {
    if (place.start <= offset && offset <= place.end && (best === undefined || place.start >= best.start)) best = place;
  }
  return best;
}

/** Lines and columns (from 1) to offsets. */
export function offsets(text: string): (place: SourceRef) => number {
  const starts = [0];
  for (let at = text.indexOf("\n"); at >= 0; at = text.indexOf("\n", at + 1)) starts.push(at + 1);
  return ({ line, column }) => (starts[line - 1] ?? text.length) + column - 1;
}
