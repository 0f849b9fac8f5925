import { isMap, isScalar, isSeq, type Node, type Pair, parseDocument, type Scalar } from "yaml";

/** A comment as it is written, with its `#`; null: a blank line. */
export type Line = string | null;

/** A value of a YAML file with the comments in it. */
export type FormatNode =
  | { readonly type: "scalar"; readonly scalar: Scalar; readonly multiline: boolean }
  /** Braces with comments inside: left as they are. `column`: that of the line it starts on. */
  | { readonly type: "verbatim"; readonly text: string; readonly column: number }
  | { readonly type: "map" | "list"; readonly flow: boolean; readonly items: FormatItem[]; readonly end: Line[] };

/** A pair of a map (with `key`) or an item of a list. */
export interface FormatItem {
  readonly key: Scalar | null;
  readonly value: FormatNode | null;
  /** Comments and blank lines above. */
  readonly lead: Line[];
  /** Comment behind it on its first line. */
  trail: string | null;
}

interface Anchor {
  readonly offset: number;
  readonly column: number;
  readonly item: FormatItem;
  /** The collection that it is in, from the outside in. */
  readonly holders: readonly Holder[];
}

interface Holder {
  readonly column: number;
  readonly end: Line[];
}

/** Reads a YAML file with its comments, each where it belongs by its indentation. Null when it is no YAML or no map. */
export function formatTree(content: string): FormatNode | null {
  const text = content.replace(/^\ufeff/, "").replaceAll("\r\n", "\n");
  const document = parseDocument(text, { version: "1.2", stringKeys: true, uniqueKeys: false, prettyErrors: false });
  if (document.errors.length > 0 || !isMap(document.contents)) return null;
  const anchors: Anchor[] = [];
  const skipped: [number, number][] = [];
  const root = convert(document.contents, { text, anchors, skipped, holders: [] });
  attach(text, anchors, commentsOf(text, skipped), root);
  return root;
}

interface Reading {
  readonly text: string;
  readonly anchors: Anchor[];
  /** Where `#` starts no comment that moves: scalars, verbatim pieces. */
  readonly skipped: [number, number][];
  readonly holders: readonly Holder[];
}

function convert(node: Node, reading: Reading): FormatNode {
  if (isScalar(node)) return convertScalar(node, reading);
  if (!isMap(node) && !isSeq(node)) throw new Error("no alias passes the loader");
  const flow = node.flow === true;
  const [start, end] = [node.range?.[0] ?? 0, node.range?.[1] ?? 0];
  if (flow && hasComments(node, reading.text)) {
    reading.skipped.push([start, end]);
    const line = reading.text.lastIndexOf("\n", start - 1) + 1;
    return {
      type: "verbatim",
      text: reading.text.slice(start, end),
      column: /^ */.exec(reading.text.slice(line))?.[0].length ?? 0,
    };
  }
  const collection: FormatNode & { type: "map" | "list" } = { type: isMap(node) ? "map" : "list", flow, items: [], end: [] };
  const column = start - (reading.text.lastIndexOf("\n", start - 1) + 1);
  const holders = flow ? reading.holders : [...reading.holders, { column, end: collection.end }];
  const inside = { ...reading, holders };
  for (const each of node.items)
    collection.items.push(
      isMap(node) ? pairItem(each as Pair<Node, Node | null>, flow, inside) : listItem(each as Node, flow, inside),
    );
  return collection;
}

function pairItem(pair: Pair<Node, Node | null>, flow: boolean, reading: Reading): FormatItem {
  const key = pair.key as Scalar;
  const offset = key.range?.[0] ?? 0;
  reading.skipped.push([offset, key.range?.[1] ?? offset]);
  return anchored(offset, flow, reading, key, () =>
    pair.value === null || isEmptyNull(pair.value) ? null : convert(pair.value, reading),
  );
}

function listItem(node: Node, flow: boolean, reading: Reading): FormatItem {
  const start = node.range?.[0] ?? 0;
  // An item starts at its dash.
  const dash = flow ? start : reading.text.lastIndexOf("-", start - 1);
  return anchored(dash, flow, reading, null, () => convert(node, reading));
}

function anchored(
  offset: number,
  flow: boolean,
  reading: Reading,
  key: Scalar | null,
  value: () => FormatNode | null,
): FormatItem {
  const column = offset - (reading.text.lastIndexOf("\n", offset - 1) + 1);
  const item: { -readonly [K in keyof FormatItem]: FormatItem[K] } = { key, value: null, lead: [], trail: null };
  if (!flow) reading.anchors.push({ offset, column, item, holders: reading.holders });
  item.value = value();
  return item;
}

function isEmptyNull(node: Node): boolean {
  return isScalar(node) && node.value === null && (node.source ?? "") === "";
}

function convertScalar(node: Scalar, { text, skipped }: Reading): FormatNode {
  const [start, end] = [node.range?.[0] ?? 0, node.range?.[1] ?? 0];
  const source = text.slice(start, end).trimEnd();
  const block = node.type === "BLOCK_LITERAL" || node.type === "BLOCK_FOLDED";
  // The comment behind `|` is one; the lines below are text.
  const header = block ? source.indexOf("\n") : -1;
  skipped.push(block ? [header < 0 ? start + source.length : start + header + 1, start + source.length] : [start, end]);
  return { type: "scalar", scalar: node, multiline: source.includes("\n") };
}

function hasComments(node: Node, text: string): boolean {
  const skipped: [number, number][] = [];
  const [start, end] = [node.range?.[0] ?? 0, node.range?.[1] ?? 0];
  const visit = (inner: unknown): void => {
    if (isScalar(inner) && inner.range) skipped.push([inner.range[0], inner.range[1]]);
    else if (isMap(inner))
      for (const pair of inner.items) {
        visit(pair.key);
        visit(pair.value);
      }
    else if (isSeq(inner)) for (const item of inner.items) visit(item);
  };
  visit(node);
  return commentsOf(text, skipped).some(({ offset }) => offset >= start && offset < end);
}

interface Comment {
  readonly offset: number;
  readonly text: string;
  readonly column: number;
  /** Nothing else stands on its line. */
  readonly alone: boolean;
}

function commentsOf(text: string, skipped: readonly (readonly [number, number])[]): Comment[] {
  const ranges = [...skipped].sort((a, b) => a[0] - b[0]);
  const found: Comment[] = [];
  let next = 0;
  for (let at = text.indexOf("#"); at >= 0; at = text.indexOf("#", at)) {
    while ((ranges[next]?.[1] ?? Number.POSITIVE_INFINITY) <= at) next++;
    const range = ranges[next];
    if (range && range[0] <= at) {
      at = range[1];
      continue;
    }
    const line = text.lastIndexOf("\n", at - 1) + 1;
    const end = text.indexOf("\n", at) < 0 ? text.length : text.indexOf("\n", at);
    found.push({ offset: at, text: text.slice(at, end).trimEnd(), column: at - line, alone: text.slice(line, at).trim() === "" });
    at = end;
  }
  return found;
}

/** Gives every comment and blank line to what it stands above, or to the end of the collection it is indented like. */
function attach(text: string, anchors: readonly Anchor[], comments: readonly Comment[], root: FormatNode): void {
  const end = root.type === "map" ? root.end : [];
  const ordered = [...anchors].sort((a, b) => a.offset - b.offset);
  let index = 0;
  for (const [comment, anchor, previous] of merge(ordered, comments)) {
    index++;
    if (comment && !comment.alone) {
      if (previous) previous.item.trail ??= comment.text;
      continue;
    }
    const at = comment?.offset ?? anchor?.offset ?? 0;
    const blank = index > 1 && blankBefore(text, at);
    if (anchor) {
      if (blank) anchor.item.lead.push(null);
      continue;
    }
    if (!comment) continue;
    const next = ordered.find(({ offset }) => offset > comment.offset);
    const into = next && comment.column <= next.column ? next.item.lead : holderOf(comment, previous, end);
    if (blank) into.push(null);
    into.push(comment.text);
  }
}

function holderOf(comment: Comment, previous: Anchor | null, end: Line[]): Line[] {
  return previous?.holders.findLast(({ column }) => column <= comment.column)?.end ?? end;
}

/** Comments and anchors in the order of the text, each with the anchor before it. */
function* merge(
  anchors: readonly Anchor[],
  comments: readonly Comment[],
): Generator<[comment: Comment | null, anchor: Anchor | null, previous: Anchor | null]> {
  let previous: Anchor | null = null;
  let at = 0;
  for (const anchor of anchors) {
    for (; at < comments.length && (comments[at]?.offset ?? 0) < anchor.offset; at++)
      yield [comments[at] ?? null, null, previous];
    yield [null, anchor, previous];
    previous = anchor;
  }
  for (; at < comments.length; at++) yield [comments[at] ?? null, null, previous];
}

function blankBefore(text: string, offset: number): boolean {
  const line = text.lastIndexOf("\n", offset - 1) + 1;
  return text.slice(line, offset).trim() === "" && /(^|\n)[ \t]*\n$/.test(text.slice(0, line));
}
