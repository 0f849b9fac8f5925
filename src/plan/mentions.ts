import { kindNamed } from "../kinds/registry.ts";
import { type Change, subjectOf } from "../model/change.ts";
import type { Fact } from "../model/database.ts";
import type { Diagnostic } from "../model/diagnostic.ts";
import type { ObjectId } from "../model/object-id.ts";

/**
 * Functions whose body is a string name objects that PostgreSQL does not track (pg_depend has no edge for them): a rename or
 * drop leaves them broken until they are called. They are searched by name; a hit is a warning, not a certainty.
 */
export function brokenMentions(changes: readonly Change[], live: ReadonlyMap<ObjectId, Fact>): Diagnostic[] {
  const leaving = changes
    .flatMap((change) => (change.type === "drop" || change.type === "rename" ? [change.live] : []))
    .filter((fact) => kindNamed(fact.kind).namedInBodies === true);
  if (leaving.length === 0) return [];
  const changed = new Set(changes.map((change) => subjectOf(change).id));
  const found: Diagnostic[] = [];
  for (const fact of live.values()) {
    const text = changed.has(fact.id) ? null : (kindNamed(fact.kind).opaqueText?.(fact) ?? null);
    if (text === null) continue;
    for (const gone of leaving) {
      if (!mentions(text, gone, live)) continue;
      found.push({
        code: "mentioned-in-body",
        severity: "warning",
        object: fact.object,
        message: `the body of ${fact.kind} ${fact.object} seems to use ${gone.kind} ${gone.object}, which goes or gets another name; PostgreSQL does not track that`,
        hint: "look at the function; change it in the same plan if it does",
      });
    }
  }
  return found;
}

/** The name as a word; for a part of a table also the table's, or any column called `id` would be found everywhere. */
function mentions(text: string, fact: Fact, live: ReadonlyMap<ObjectId, Fact>): boolean {
  const parent = fact.parent === null ? undefined : live.get(fact.parent);
  const names = [String(fact.spec["name"] ?? ""), ...(parent ? [String(parent.spec["name"] ?? "")] : [])].filter(Boolean);
  return (
    names.length > 0 &&
    names.every((name) => new RegExp(`(?<![\\w$])${name.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")}(?![\\w$])`, "i").test(text))
  );
}
