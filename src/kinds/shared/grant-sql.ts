import { quoteIdentifier } from "../../base/identifier.ts";
import { type Privilege, privilegeKey, privilegeWords } from "./privileges.ts";

/** Who gets what, as SQL names it: `TABLE app.orders`, `authenticated`. */
export interface Grantee {
  readonly on: string;
  readonly role: string;
}

export interface GrantChange {
  /** Statements in the order in which they must run, in one transaction. */
  readonly sql: readonly string[];
  readonly added: readonly Privilege[];
  readonly removed: readonly Privilege[];
}

/**
 * From one list of privileges to another. Revokes come first: one on the table wipes the same privilege on columns
 * (manual, REVOKE; measured), so columns that stay are granted again. `all`: the new list is everything there is.
 */
export function grantChange(grantee: Grantee, from: readonly Privilege[], to: readonly Privilege[], all = false): GrantChange {
  const before = byKey(from);
  const after = byKey(to);
  const removed = from.filter((item) => !after.has(privilegeKey(item)));
  const reduced = from.filter((item) => item.grantable && after.get(privilegeKey(item))?.grantable === false);
  const added = to.filter(
    (item) => !before.has(privilegeKey(item)) || (item.grantable && before.get(privilegeKey(item))?.grantable === false),
  );
  const wiped = new Set([...removed, ...reduced].filter((item) => item.column === null).map((item) => item.privilege));
  const again = to.filter((item) => item.column !== null && wiped.has(item.privilege) && !added.includes(item));
  const nothingLeft = to.length === 0 && removed.length > 0;
  return {
    sql: [
      ...revokeSql(grantee, reduced, "GRANT OPTION FOR "),
      ...(nothingLeft ? [revokeAllSql(grantee)] : revokeSql(grantee, removed, "")),
      ...grantSql(grantee, [...added, ...again], all && added.length === to.length),
    ],
    added,
    removed: [...removed, ...reduced],
  };
}

const byKey = (list: readonly Privilege[]): ReadonlyMap<string, Privilege> =>
  new Map(list.map((item) => [privilegeKey(item), item]));

const words = (list: readonly Privilege[]): string =>
  privilegeWords(list)
    .map((word) => word.replace(/^[a-z]+/, (name) => name.toUpperCase()))
    .join(", ");

function revokeSql(grantee: Grantee, list: readonly Privilege[], what: string): readonly string[] {
  return list.length === 0 ? [] : [`REVOKE ${what}${words(list)} ON ${grantee.on} FROM ${grantee.role};`];
}

/** Statements as the role that grants: GRANTED BY takes the current user alone (manual, GRANT). `by`: null for the owner. */
export function asGrantor(by: string | null, sql: readonly string[]): readonly string[] {
  return by === null || sql.length === 0 ? sql : [`SET LOCAL ROLE ${quoteIdentifier(by)};`, ...sql, "SET LOCAL ROLE NONE;"];
}

/** Takes everything from a role, columns too. */
export function revokeAllSql(grantee: Grantee): string {
  return `REVOKE ALL ON ${grantee.on} FROM ${grantee.role};`;
}

/** GRANT statements: those with grant option are apart. `all`: the list is everything there is, and ALL says it shorter. */
export function grantSql(grantee: Grantee, list: readonly Privilege[], all = false): readonly string[] {
  return [false, true].flatMap((grantable) => {
    const part = list.filter((item) => item.grantable === grantable);
    return part.length === 0
      ? []
      : [`GRANT ${all ? "ALL" : words(part)} ON ${grantee.on} TO ${grantee.role}${grantable ? " WITH GRANT OPTION" : ""};`];
  });
}
