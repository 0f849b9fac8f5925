import { quoteIdentifier, splitPath } from "../../base/identifier.ts";
import { quoteLiteral } from "../../base/literal.ts";
import type { Fact } from "../../model/database.ts";
import type { PlanContext } from "../../model/kind.ts";
import { kindOf, objectId, pathOf } from "../../model/object-id.ts";
import { targetWord } from "./target.ts";

/** What a comment is on, as COMMENT ON writes it: `COLUMN app.orders.status`, `POLICY p ON app.orders`. */
export function commentTarget(target: Pick<Fact, "kind" | "object" | "parent" | "spec">): string {
  const word = targetWord(target);
  if (!["constraint", "policy", "trigger", "rule"].includes(target.kind) || target.parent === null)
    return `${word} ${target.object}`;
  const holder = `${kindOf(target.parent) === "domain" ? "DOMAIN " : ""}${pathOf(target.parent)}`;
  return `${word} ${quoteIdentifier(splitPath(target.object).at(-1) ?? "")} ON ${holder}`;
}

/** COMMENT ON; null takes the comment away. In: what commentTarget gave. */
export function commentSql(on: string, text: string | null): string {
  return `COMMENT ON ${on} IS ${text === null ? "NULL" : quoteLiteral(text)};`;
}

/** The comment an object will have, as a statement to run after it was dropped and made anew; none when it has none. */
export function keptComment(target: Fact, context: Pick<PlanContext, "final">): readonly string[] {
  const text = context.final(objectId("comment", target.id))?.spec["text"];
  return typeof text === "string" ? [commentSql(commentTarget(target), text)] : [];
}
