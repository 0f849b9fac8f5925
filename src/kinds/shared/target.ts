import { splitPath } from "../../base/identifier.ts";
import type { Fact, SourceRef } from "../../model/database.ts";
import type { PlanContext } from "../../model/kind.ts";
import { kindOf, type ObjectId, pathOf } from "../../model/object-id.ts";
import type { Spec } from "../../model/spec.ts";

/** What comments, owners and grants have in common: they are facts about another object, their target. */

const words: Readonly<Record<string, string>> = {
  schema: "SCHEMA",
  extension: "EXTENSION",
  enum: "TYPE",
  composite: "TYPE",
  domain: "DOMAIN",
  sequence: "SEQUENCE",
  table: "TABLE",
  column: "COLUMN",
  constraint: "CONSTRAINT",
  index: "INDEX",
  policy: "POLICY",
  trigger: "TRIGGER",
  rule: "RULE",
  view: "VIEW",
  materialized_view: "MATERIALIZED VIEW",
};

/**
 * The word by which COMMENT ON, ALTER … OWNER TO and GRANT ON name the kind of a target.
 * ROUTINE covers functions, procedures and aggregates alike, with plain argument types (measured on 14 to 18).
 */
export function targetWord(target: Pick<Fact, "kind" | "spec">): string {
  if (target.kind === "function") return routineWord(target.spec["routine"]);
  const word = words[target.kind];
  if (word === undefined) throw new Error(`no word of SQL for a ${target.kind}`);
  return word;
}

function routineWord(routine: unknown): string {
  if (routine === "procedure") return "PROCEDURE";
  return routine === "function" || routine === "window" ? "FUNCTION" : "ROUTINE";
}

/** The object that is made with the target and locked for it: the table of a column, constraint, policy, trigger or index; else itself. */
export function rootOf(target: Pick<Fact, "kind" | "id" | "parent">): ObjectId {
  const part = ["column", "constraint", "index", "policy", "trigger", "rule"].includes(target.kind);
  return part && target.parent !== null ? target.parent : target.id;
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
  return ["table", "view", "materialized_view", "sequence", "index"].includes(kindOf(id));
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
