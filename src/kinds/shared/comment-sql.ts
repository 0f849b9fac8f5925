import { quoteLiteral } from "../../base/literal.ts";
import type { Fact } from "../../model/database.ts";
import type { PlanContext } from "../../model/kind.ts";
import { objectId } from "../../model/object-id.ts";
import { targetPhrase } from "./target.ts";

/** COMMENT ON; null takes the comment away. In: what targetPhrase gave. */
export function commentSql(on: string, text: string | null): string {
  return `COMMENT ON ${on} IS ${text === null ? "NULL" : quoteLiteral(text)};`;
}

/** The comment an object will have, as a statement to run after it was dropped and made anew; none when it has none. */
export function keptComment(target: Fact, context: Pick<PlanContext, "final">): readonly string[] {
  const text = context.final(objectId("comment", target.id))?.spec["text"];
  return typeof text === "string" ? [commentSql(targetPhrase(target), text)] : [];
}
