import type { Fact } from "../../model/database.ts";
import type {
  ReadContext,
  WriteContext,
  WrittenEntry,
  WrittenValue,
  YamlEntry,
  YamlScalar,
  YamlValue,
} from "../../model/kind.ts";
import { type GrantSpec, grantFact } from "./grant-fact.ts";
import {
  canonicalPrivileges,
  columnPrivileges,
  type Privilege,
  parsePrivileges,
  privilegesOf,
  privilegeWords,
} from "./privileges.ts";
import { entryName, flagField, nestedKey, scalarField } from "./yaml-entry.ts";

/** The `grants:` of the files: `api: select`, `api: [select, { privilege: insert, by: ops }]`, there and back. */

/** An item of a list in long form, as JSON Schema; in short form it is the privilege alone. */
export const grantItemSchema = {
  type: ["string", "object"],
  properties: {
    privilege: { type: "string", description: 'A privilege, or several: select, "update (status)".' },
    grant_option: { type: "boolean", description: "The role may grant it onward." },
    by: { type: "string", description: "The role that granted it; default: the owner of the object." },
  },
  required: ["privilege"],
  additionalProperties: false,
};

interface Item {
  readonly privileges: readonly Privilege[];
  readonly by: string | null;
}

/** One role's entry: a fact for what the owner grants, which may be nothing, and one for each other grantor. */
export function readGrants(entry: YamlEntry, context: ReadContext): readonly Fact<GrantSpec>[] {
  const target = context.parent;
  if (!target) return [];
  const items = readPrivileges(entry, target.kind, context);
  if (items === null) return [];
  const role = entryName(entry.key);
  const grantors = new Set([null, ...items.map((item) => item.by)]);
  return [...grantors].map((by) => {
    const privileges = canonicalPrivileges(items.flatMap((item) => (item.by === by ? item.privileges : [])));
    return grantFact(target, role, { privileges, by, at: entry.at });
  });
}

/** The privileges of an entry on a target of a kind; null when it is wrong, which was reported. An empty list is `none`. */
export function readPrivileges(entry: YamlEntry, kind: string, context: ReadContext): readonly Item[] | null {
  const values = entry.value.type === "list" ? entry.value.items : [entry.value];
  const [only] = values;
  if (values.length === 1 && only?.type === "scalar" && only.text === "none") return [];
  const found: Item[] = [];
  for (const value of values) {
    const item = readItem(value, kind, context);
    if (item === null) return null;
    if (item !== "nothing") found.push(item);
  }
  if (found.length > 0) return found;
  const hint = "write a privilege, a list of privileges, all or none";
  context.problem(entry.at, "invalid-privilege", `no privilege is given to ${entry.key}`, hint);
  return null;
}

function readItem(value: YamlValue, kind: string, context: ReadContext): Item | null | "nothing" {
  const scalar: YamlScalar | undefined = value.type === "scalar" ? value : scalarField(value, "privilege");
  if (!scalar) return "nothing";
  const parsed = parsePrivileges(scalar.text, kind);
  if ("wrong" in parsed) {
    const message = `"${parsed.wrong}" is no privilege of a ${kind.replaceAll("_", " ")}`;
    context.problem(scalar.at, "invalid-privilege", message, wrongHint(parsed.wrong, kind));
    return null;
  }
  const grantable = flagField(value, "grant_option");
  const privileges = grantable === undefined ? parsed.privileges : parsed.privileges.map((item) => ({ ...item, grantable }));
  return { privileges, by: scalarField(value, "by")?.text ?? null };
}

function wrongHint(wrong: string, kind: string): string {
  if (wrong === "none") return "none stands alone";
  const names = privilegesOf(kind, 18);
  const named = wrong.includes("(") && names.some((privilege) => wrong.startsWith(privilege));
  if (named && names.includes("references")) return `only ${columnPrivileges.join(", ")} may name columns, in parentheses`;
  return `a ${kind.replaceAll("_", " ")} has: ${[...names, "all", "none"].join(", ")}`;
}

/** The entry of a role: what came with the object is not written, everything else is, a missing default as `none`. */
export function writeGrants(fact: Fact<GrantSpec>, context: WriteContext): WrittenEntry | null {
  const { role, by, isDefault, target } = fact.spec;
  if (by !== null) return null;
  const onward = context
    .children(target, fact.kind)
    .filter((other) => other.spec["role"] === role && other.id !== fact.id) as Fact<GrantSpec>[];
  if (isDefault && onward.length === 0) return null;
  const words = [...privilegeTexts(fact.spec), ...onward.flatMap((other) => onwardItems(other.spec))];
  const [only] = words;
  return {
    key: nestedKey(role),
    value: words.length === 0 ? "none" : words.length === 1 && typeof only === "string" ? only : words,
  };
}

/** Privileges as the files list them: `select`, `update (a, b) with grant option`, `all`. */
export function privilegeTexts({ privileges, isAll }: Pick<GrantSpec, "privileges" | "isAll">): readonly string[] {
  const option = (grantable: boolean): string => (grantable ? " with grant option" : "");
  if (isAll) return [`all${option(privileges[0]?.grantable === true)}`];
  return [false, true].flatMap((grantable) =>
    privilegeWords(privileges.filter((item) => item.grantable === grantable)).map((word) => word + option(grantable)),
  );
}

function onwardItems({ privileges, by }: GrantSpec): readonly WrittenValue[] {
  return [false, true].flatMap((grantable) =>
    privilegeWords(privileges.filter((item) => item.grantable === grantable)).map((privilege) => ({
      privilege,
      ...(grantable ? { grant_option: true } : {}),
      by,
    })),
  );
}
