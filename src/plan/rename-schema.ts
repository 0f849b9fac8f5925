import { splitPath } from "../base/identifier.ts";
import { kindNamed } from "../kinds/registry.ts";
import type { Change } from "../model/change.ts";
import type { Fact } from "../model/database.ts";
import { type ObjectId, objectId, pathOf, schemaId } from "../model/object-id.ts";

/** A schema under another name: everything in it, and what names something in it, has another id. */

type Rename = Change & { readonly type: "rename" };

/** Whether what is renamed is a schema in which something lies, or could. */
export function isSchemaRename({ live }: Rename): boolean {
  return live.id === schemaId(String(live.spec["name"]));
}

/** Adds the ids of all facts whose paths name a renamed schema, by their old ids. Those of what is said about others follow these. */
export function mapSchemas(
  renames: readonly Rename[],
  facts: ReadonlyMap<ObjectId, Fact>,
  mapping: Map<ObjectId, ObjectId>,
): void {
  for (const { live, desired } of renames.filter(isSchemaRename)) {
    for (const fact of facts.values()) {
      const id = movedId(fact, live.object, desired.object);
      if (id !== fact.id && fact.id !== live.id) mapping.set(fact.id, id);
    }
    // The name of what hangs on an object (a user mapping, a member of a publication) begins with that object's.
    for (const fact of facts.values()) {
      const parent = startsWithParent(fact) ? mapping.get(fact.parent ?? "") : undefined;
      if (parent !== undefined && fact.parent !== null)
        mapping.set(fact.id, objectId(fact.kind, pathOf(parent) + fact.object.slice(pathOf(fact.parent).length)));
    }
  }
}

/** A fact of a renamed schema says the schema by its new name, also outside its path. */
export function inRenamedSchema(fact: Fact, mapping: ReadonlyMap<ObjectId, ObjectId>): Fact {
  if (fact.schema === null) return fact;
  const to = mapping.get(schemaId(fact.schema));
  if (to === undefined) return fact;
  const schema = splitPath(pathOf(to))[0] ?? fact.schema;
  const spec = fact.spec["schema"] === fact.schema ? { ...fact.spec, schema } : fact.spec;
  return { ...fact, schema, spec };
}

/** All that lies in a schema that is renamed. */
export function factsInside(renames: readonly Rename[], facts: ReadonlyMap<ObjectId, Fact>): ObjectId[] {
  const schemas = new Set(renames.filter(isSchemaRename).map(({ live }) => live.id));
  if (schemas.size === 0) return [];
  return [...facts.values()].flatMap((fact) => (fact.schema !== null && schemas.has(schemaId(fact.schema)) ? [fact.id] : []));
}

function movedId(fact: Fact, from: string, to: string): ObjectId {
  const [schema = "", renamed = ""] = [splitPath(from)[0], splitPath(to)[0]];
  const own = kindNamed(fact.kind).underSchemaName?.(fact, schema, renamed);
  if (own) return own.id;
  if (startsWithParent(fact)) return fact.id;
  return objectId(fact.kind, requalified(pathOf(fact.id), from, to));
}

/** What belongs to no schema, and has the name of what it hangs on before its own. */
function startsWithParent(fact: Fact): boolean {
  return fact.schema === null && fact.parent !== null && fact.object.startsWith(`${pathOf(fact.parent)}.`);
}

/** A path, or several in a text, under another name of the schema: only where the name stands before a dot, and not behind one. */
function requalified(text: string, from: string, to: string): string {
  return text.replaceAll(/"(?:[^"]|"")*"|[\p{L}_][\p{L}\p{N}_$]*/gu, (word, offset: number) =>
    word === from && text[offset + word.length] === "." && text[offset - 1] !== "." ? to : word,
  );
}
