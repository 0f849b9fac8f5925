import { quoteIdentifier, splitPath } from "../../base/identifier.ts";
import type { Fact, SourceRef } from "../../model/database.ts";
import type { PlanContext } from "../../model/kind.ts";
import { kindOf, type ObjectId, pathOf } from "../../model/object-id.ts";
import type { Spec } from "../../model/spec.ts";
import { isDefiner } from "./routine-signature.ts";

/** What comments, owners and grants have in common: they are facts about another object, their target. */

/**
 * What SQL calls a kind where that is not simply its name in capitals (`text_search_configuration` → TEXT SEARCH CONFIGURATION).
 * The only table of this sort: a new kind needs a line only when it is an exception.
 */
const words: Readonly<Record<string, string>> = {
  enum: "TYPE",
  composite: "TYPE",
  range: "TYPE",
  range_type: "TYPE",
  base: "TYPE",
  base_type: "TYPE",
  shell_type: "TYPE",
  not_null: "CONSTRAINT",
  view_column: "COLUMN",
  attribute: "COLUMN",
  domain_constraint: "CONSTRAINT",
};

/** Kinds whose objects have an owner that ALTER … OWNER TO changes. */
export const ownedKinds: readonly string[] = [
  ...["schema", "table", "foreign_table", "view", "materialized_view", "sequence", "function", "aggregate"],
  ...["enum", "domain", "composite", "range", "range_type", "base", "base_type", "collation", "conversion", "statistics"],
  ...["operator", "operator_class", "operator_family", "text_search_configuration", "text_search_dictionary"],
  ...["language", "publication", "subscription", "event_trigger", "foreign_data_wrapper", "server", "current_database"],
];

/** Kinds on whose objects privileges are granted. */
export const grantedKinds: readonly string[] = [
  ...["table", "foreign_table", "view", "materialized_view", "sequence", "schema", "function", "aggregate"],
  ...["enum", "domain", "composite", "range", "range_type", "base", "base_type"],
  ...["language", "foreign_data_wrapper", "server", "current_database"],
];

/** Kinds that PostgreSQL has no COMMENT ON for. */
export const uncommentedKinds: readonly string[] = ["user_mapping", "default_privileges", "setting", "membership"];

/** The database that is connected to: files do not know its name, statements get it when they are planned. */
export const currentDatabaseId: ObjectId = "current_database this";

/** A phrase with the name of the database in it where it means that. In: what targetPhrase or grantPhrase gave. */
export function namedPhrase(phrase: string, target: ObjectId, context: Pick<PlanContext, "live">): string {
  return target === currentDatabaseId ? `DATABASE ${quoteIdentifier(context.live.database)}` : phrase;
}

const relations: readonly string[] = ["table", "foreign_table", "view", "materialized_view", "sequence", "index"];

/** Parts that are named by themselves and then by what they are on: `POLICY p ON app.orders`. */
const namedOnParent: readonly string[] = ["constraint", "domain_constraint", "not_null", "policy", "trigger", "rule"];

/** Lie in another object (a partition, the sequence of a column) and are made and locked by themselves. */
const standAlone: readonly string[] = ["table", "foreign_table", "sequence", "statistics"];

type Target = Pick<Fact, "kind" | "object" | "parent" | "spec">;

/** The word by which COMMENT ON and ALTER … OWNER TO name the kind of a target. */
function targetWord(target: Pick<Fact, "kind" | "spec">): string {
  if (target.kind === "function") return routineWord(target.spec["routine"]);
  if (target.kind === "table" && typeof target.spec["server"] === "string") return "FOREIGN TABLE";
  return words[target.kind] ?? target.kind.toUpperCase().replaceAll("_", " ");
}

/** ROUTINE covers functions, procedures and aggregates alike, with plain argument types (measured on 14 to 18). */
function routineWord(routine: unknown): string {
  if (routine === "procedure") return "PROCEDURE";
  return routine === "function" || routine === "window" ? "FUNCTION" : "ROUTINE";
}

/** A target as COMMENT ON and ALTER name it: `COLUMN app.orders.status`, `POLICY p ON app.orders`, `CAST (app.a AS app.b)`. */
export function targetPhrase(target: Target): string {
  const word = targetWord(target);
  if (target.kind === "cast") return `CAST (${target.object})`;
  if (target.kind === "transform") return `TRANSFORM FOR ${target.object}`;
  if (!namedOnParent.includes(target.kind) || target.parent === null) return `${word} ${target.object}`;
  const holder = `${kindOf(target.parent) === "domain" ? "DOMAIN " : ""}${pathOf(target.parent)}`;
  return `${word} ${quoteIdentifier(splitPath(target.object).at(-1) ?? "")} ON ${holder}`;
}

/** A target as GRANT ON names it: every relation but a sequence is a TABLE. */
export function grantPhrase(target: Target): string {
  if (target.kind !== "sequence" && relations.includes(target.kind)) return `TABLE ${target.object}`;
  return target.kind === "server" ? `FOREIGN SERVER ${target.object}` : targetPhrase(target);
}

/** True for what reads or runs with the rights of its owner: views but those of the invoker, functions of the definer. */
export function runsAsOwner({ kind, spec }: Pick<Fact, "kind" | "spec">): boolean {
  if (kind === "view") return spec["security_invoker"] !== true;
  const def = spec["def"];
  return kind === "function" && typeof def === "object" && def !== null && "sql" in def && isDefiner(String(def.sql));
}

/** The object that is made with the target and locked for it: the table of a column, constraint, policy, trigger or index; else itself. */
export function rootOf(target: Pick<Fact, "kind" | "id" | "parent">): ObjectId {
  const isPart = target.parent !== null && kindOf(target.parent) !== "schema" && !standAlone.includes(target.kind);
  return isPart && target.parent !== null ? target.parent : target.id;
}

/** A fact about `target`. `suffix` tells several of one kind apart (the role of a grant). */
export function satelliteFact<S extends Spec>(
  kind: string,
  target: Pick<Fact, "id" | "object" | "schema">,
  spec: S,
  rest: { readonly suffix?: string; readonly at?: SourceRef | undefined; readonly owner?: string } = {},
): Fact<S> {
  return {
    kind,
    id: `${kind} ${target.id}${rest.suffix === undefined ? "" : ` ${rest.suffix}`}`,
    object: target.object,
    schema: target.schema,
    parent: target.id,
    spec,
    ...(rest.at ? { at: rest.at } : {}),
    ...(rest.owner === undefined ? {} : { owner: rest.owner }),
  };
}

/** The transaction of a new object and of all that is said about it; nothing for objects that stand already. */
export function familyOf(context: PlanContext, root: ObjectId): { readonly together?: string } {
  return context.isNew(root) ? { together: `family ${pathOf(root)}` } : {};
}

/** Kinds that are relations: what can be locked. */
export function isRelation(id: ObjectId): boolean {
  return relations.includes(kindOf(id));
}

/** Schema and name of a relation by its path. */
export function relationNames(path: string): { readonly schema: string; readonly name: string } {
  const [schema = "", name = ""] = splitPath(path);
  return { schema, name };
}

/** Why a step is there: the files say so, or it went with an object that is made anew. */
export function declaredBy(fact: Fact): string {
  return fact.at ? "the files declare it" : "put back as it was";
}

export const undeclared = "no longer in the files";
