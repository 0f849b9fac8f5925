import type { SqlText } from "../../model/spec.ts";
import type { Access } from "../../model/step.ts";
import { normalForm } from "../../sql/normal-form.ts";
import { parseFragment } from "../../sql/parser.ts";
import type { PolicySpec } from "./policy-spec.ts";

/** What a change of a policy does to the rows that roles can reach: a fact where it can be known, else `unknown`. */

/** A policy that comes: a permissive one adds rows, a restrictive one takes some away. */
export function accessOfCreate(spec: PolicySpec): Access {
  return spec.permissive ? "widens" : "narrows";
}

/** A policy that goes: the other way round. */
export function accessOfDrop(spec: PolicySpec): Access {
  return spec.permissive ? "narrows" : "widens";
}

/** A policy that changes in `fields`. */
export function accessOfAlter(live: PolicySpec, desired: PolicySpec, fields: readonly string[]): Access {
  if (live.permissive !== desired.permissive) return live.permissive ? "narrows" : "widens";
  const effects = [
    commandEffect(live, desired),
    roleEffect(live, desired),
    usingEffect(live, desired, fields),
    checkEffect(live, desired, fields),
  ];
  return combine(effects);
}

function combine(effects: readonly Access[]): Access {
  const kinds = [...new Set(effects)].filter((effect) => effect !== "none");
  return kinds.length === 0 ? "none" : kinds.length === 1 ? (kinds[0] ?? "none") : "unknown";
}

const more = (spec: PolicySpec): Access => (spec.permissive ? "widens" : "narrows");
const less = (spec: PolicySpec): Access => (spec.permissive ? "narrows" : "widens");

function commandEffect(live: PolicySpec, desired: PolicySpec): Access {
  if (live.command === desired.command) return "none";
  if (live.command === "all") return less(live);
  return desired.command === "all" ? more(live) : "unknown";
}

function roleEffect(live: PolicySpec, desired: PolicySpec): Access {
  // PUBLIC is every role: going to it adds, leaving it takes away.
  const isIn = (roles: readonly string[], role: string): boolean => roles.includes(role) || roles.includes("public");
  const added = desired.roles.some((role) => !isIn(live.roles, role));
  const removed = live.roles.some((role) => !isIn(desired.roles, role));
  return combine([added ? more(live) : "none", removed ? less(live) : "none"]);
}

/** What stands for a clause that is not written: a permissive policy lets nothing pass, a restrictive one everything. */
const absent = (spec: PolicySpec): string => (spec.permissive ? "false" : "true");

function usingEffect(live: PolicySpec, desired: PolicySpec, fields: readonly string[]): Access {
  return fields.includes("using")
    ? clauseEffect(meaning(live.using) ?? absent(live), meaning(desired.using) ?? absent(desired))
    : "none";
}

/** Without CHECK the new row is held against USING (manual, CREATE POLICY). */
function checkEffect(live: PolicySpec, desired: PolicySpec, fields: readonly string[]): Access {
  if (!fields.includes("check")) return "none";
  const effective = (spec: PolicySpec): string => meaning(spec.check) ?? meaning(spec.using) ?? absent(spec);
  return clauseEffect(effective(live), effective(desired));
}

function clauseEffect(live: string, desired: string): Access {
  if (live === desired) return "none";
  if (live === "true" || desired === "false") return "narrows";
  return desired === "true" || live === "false" ? "widens" : "unknown";
}

/** `true` and `false` for these constants, else the expression in canonical form. */
function meaning(clause: SqlText | null): string | null {
  if (clause === null) return null;
  const constant = parseFragment("expression", clause.sql)?.SelectStmt?.targetList?.[0]?.ResTarget?.val?.A_Const?.boolval;
  if (constant !== undefined) return String(constant.boolval === true);
  return normalForm("expression", clause.sql);
}

const verbs = { all: "read or change", select: "read", insert: "insert", update: "update", delete: "delete" } as const;
const amounts = { none: null, widens: "more", narrows: "fewer", unknown: "more or other" } as const;

/** The effect as a sentence: "authenticated can read more or other rows of app.orders". */
export function accessSentence(access: Access, spec: PolicySpec, table: string): { readonly accessText?: string } {
  const amount = amounts[access];
  if (amount === null) return {};
  const roles = spec.roles.map((role) => (role === "public" ? "every role" : role)).join(", ");
  return { accessText: `${roles} can ${verbs[spec.command]} ${amount} rows of ${table}` };
}
