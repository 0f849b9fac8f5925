import { quoteIdentifier, splitPath } from "../../base/identifier.ts";

/** Privileges as data: read from the files, written for people, rendered as SQL (manual, 5.8, table 5.2). */

/** One privilege; `all` stands for every privilege of the target until the server's major is known. */
export type Privilege = {
  readonly privilege: string;
  readonly column: string | null;
  readonly grantable: boolean;
};

const relation = ["delete", "insert", "references", "select", "trigger", "truncate", "update"] as const;

/** Privileges that may be limited to columns. */
export const columnPrivileges: readonly string[] = ["insert", "references", "select", "update"];

/** Every privilege that a kind of target has on a server of `major`: what ALL grants there. Sorted. */
export function privilegesOf(kind: string, major: number): readonly string[] {
  switch (kind) {
    case "table":
    case "foreign_table":
    case "view":
    case "materialized_view":
      return major >= 17 ? [...relation.slice(0, 2), "maintain", ...relation.slice(2)] : relation;
    case "sequence":
      return ["select", "update", "usage"];
    case "schema":
      return ["create", "usage"];
    case "function":
    case "aggregate":
      return ["execute"];
    case "large_object":
      return ["select", "update"];
    case "current_database":
      return ["connect", "create", "temporary"];
    default:
      return ["usage"];
  }
}

/** Sorted, each privilege once, the grantable one where both are there. */
export function canonicalPrivileges(list: readonly Privilege[]): readonly Privilege[] {
  const best = new Map<string, Privilege>();
  for (const item of list) {
    const key = privilegeKey(item);
    best.set(key, { ...item, grantable: item.grantable || (best.get(key)?.grantable ?? false) });
  }
  return [...best.entries()].sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)).map(([, item]) => item);
}

/** Identity of a privilege within one role on one target. */
export function privilegeKey(item: Privilege): string {
  return `${item.privilege} ${item.column ?? ""}`;
}

/** `all` spelled out for the target's kind and the server's major. */
export function expandAll(list: readonly Privilege[], kind: string, major: number): readonly Privilege[] {
  return canonicalPrivileges(
    list.flatMap((item) => {
      if (item.privilege !== "all") return [item];
      const names = item.column === null ? privilegesOf(kind, major) : columnPrivileges;
      return names.map((privilege) => ({ ...item, privilege }));
    }),
  );
}

/** Whether a list is exactly what ALL grants, with or without grant option throughout. */
export function isAll(list: readonly Privilege[], kind: string, major: number): boolean {
  const names = privilegesOf(kind, major);
  const grantable = list[0]?.grantable;
  return (
    list.length === names.length &&
    list.every((item) => item.column === null && item.grantable === grantable && names.includes(item.privilege))
  );
}

const optionSuffix = /\s+with\s+grant\s+option\s*$/i;

/**
 * Reads one entry of the files: `select`, `update (a, b)`, `all`, `select, insert with grant option`.
 * Out: the privileges, or the piece that is none.
 */
export function parsePrivileges(
  text: string,
  kind: string,
): { readonly privileges: readonly Privilege[] } | { readonly wrong: string } {
  const grantable = optionSuffix.test(text);
  const found: Privilege[] = [];
  for (const piece of splitAtCommas(text.replace(optionSuffix, ""))) {
    const match = /^([a-z]+)(?:\s+privileges)?\s*(?:\((.*)\))?$/is.exec(piece);
    const name = (match?.[1]?.toLowerCase() ?? "").replace(/^temp$/, "temporary");
    const columns = match?.[2] === undefined ? null : splitAtCommas(match[2]).map((column) => splitPath(column)[0] ?? "");
    if (!isPrivilege(name, kind, columns !== null)) return { wrong: piece };
    for (const column of columns ?? [null]) found.push({ privilege: name, column, grantable });
  }
  return { privileges: canonicalPrivileges(found) };
}

function isPrivilege(name: string, kind: string, withColumns: boolean): boolean {
  if (withColumns)
    return (
      privilegesOf(kind, 18).includes("select") && kind !== "sequence" && (name === "all" || columnPrivileges.includes(name))
    );
  return name === "all" || privilegesOf(kind, 18).includes(name);
}

function splitAtCommas(text: string): string[] {
  const pieces: string[] = [];
  let depth = 0;
  let quoted = false;
  let start = 0;
  for (const [index, character] of [...text].entries()) {
    if (character === '"') quoted = !quoted;
    else if (!quoted && character === "(") depth++;
    else if (!quoted && character === ")") depth--;
    else if (!quoted && depth === 0 && character === ",") {
      pieces.push([...text].slice(start, index).join("").trim());
      start = index + 1;
    }
  }
  return [...pieces, [...text].slice(start).join("").trim()];
}

/** Privileges as the files and SQL list them, columns gathered: `select`, `update (a, b)`. All of the list must agree on the grant option. */
export function privilegeWords(list: readonly Privilege[]): readonly string[] {
  const whole = list.filter((item) => item.column === null).map((item) => item.privilege);
  const limited = new Map<string, string[]>();
  for (const item of list) {
    if (item.column !== null) limited.set(item.privilege, [...(limited.get(item.privilege) ?? []), quoteIdentifier(item.column)]);
  }
  return [...whole, ...[...limited].map(([privilege, columns]) => `${privilege} (${columns.join(", ")})`)];
}
