import type { Node } from "./parser.ts";

/** The names in a list of String nodes: `[{String:{sval:"app"}}, …]` → `["app", …]`. */
export function namesOf(list: readonly Node[] | undefined): string[] {
  return (list ?? []).map((item) => String(item?.String?.sval ?? ""));
}

/** Walks a parse tree, parents first. `visit` gets the tag and body of each tagged node. */
export function walk(node: Node, visit: (tag: string, body: Node) => void): void {
  if (Array.isArray(node)) {
    for (const item of node) walk(item, visit);
    return;
  }
  if (node === null || typeof node !== "object") return;
  for (const key of Object.keys(node)) {
    const value = node[key];
    if (value === null || typeof value !== "object") continue;
    if (!Array.isArray(value)) visit(key, value);
    walk(value, visit);
  }
}
