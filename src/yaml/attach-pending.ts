import { qualifiedName, splitPath, withoutArguments } from "../base/identifier.ts";
import { didYouMean } from "../base/nearest-name.ts";
import type { Fact } from "../model/database.ts";
import type { WriteContext } from "../model/kind.ts";
import { objectId } from "../model/object-id.ts";
import { canonicalTypeText } from "../sql/type-name.ts";
import type { ProblemLog } from "./problem-log.ts";
import { keyPath, type PendingEntry, type Reader, readNested } from "./read-facts.ts";
import { sharing, slotsIn } from "./slots.ts";

/**
 * Entries without a definition carry what the CREATE of a `.sql` file cannot say: owner, grants, comment, the old name. Finds
 * the object whose entry would have the same key, and reads the rest of the entry as parts of it.
 */
export function attachPending(reader: Reader, log: ProblemLog): void {
  for (const pending of reader.pending.splice(0)) {
    const candidates = candidatesOf(pending, reader);
    const found = candidates.get(canonicalKey(pending.entry.key, reader.settings.schema));
    if (found) attach(pending, found, reader, log);
    else {
      reader.gaps.add(pending.parent?.object ?? keyPath(pending.entry.key, reader.settings.schema));
      const hint = didYouMean(pending.entry.key, candidates.keys()) ?? "write it under `def:`, or as CREATE in a .sql file";
      log.error(pending.entry.at, "no-definition", `"${pending.entry.key}" has no definition`, hint);
    }
  }
}

function attach({ entry, at }: PendingEntry, found: Fact, reader: Reader, log: ProblemLog): void {
  const origin = reader.collection.originOf(found.id);
  if (!origin || entry.value.type !== "map") return;
  const nested = new Set(slotsIn(reader.kinds, [at.module.kind], "schema").map(({ slot }) => slot.key));
  for (const own of entry.value.entries.filter(({ key }) => !nested.has(key))) {
    if (own.key === "renamed_from" && own.value.type === "scalar") {
      const renamedFrom = objectId(found.kind, oldPath(own.value.text, found));
      reader.collection.add({ ...found, renamedFrom }, { ...origin, within: [origin.said] });
    } else
      log.error(
        own.at,
        "not-here",
        `"${own.key}" belongs to the definition in the .sql file`,
        "write it there, or the definition here under `def:`",
      );
  }
  readNested(entry, at, { fact: found, within: [entry, origin.said, ...origin.within], sort: "schema" }, reader);
}

/** Path of an old name: in the object's schema, with its arguments, unless it says others. */
function oldPath(text: string, found: Fact): string {
  const names = splitPath(withoutArguments(text));
  const qualified = qualifiedName(...(names.length > 1 ? names : [found.schema ?? "", ...names]));
  const own = text.slice(withoutArguments(text).length) || found.object.slice(withoutArguments(found.object).length);
  return qualified + own;
}

/** Objects of the entry's kind in `.sql` files, by the key they would have. */
function candidatesOf({ at, parent }: PendingEntry, reader: Reader): Map<string, Fact> {
  const { facts } = reader.collection;
  const context: WriteContext = {
    schema: reader.settings.schema,
    children: (id, kind) => [...facts.values()].filter((fact) => fact.parent === id && fact.kind === kind),
    fact: (id) => facts.get(id),
    ofKind: (kind) => [...facts.values()].filter((fact) => fact.kind === kind),
  };
  const alike = sharing(reader.kinds, at.slot);
  const found = new Map<string, Fact>();
  for (const fact of facts.values()) {
    const own = alike.find(({ module }) => module.kind === fact.kind);
    if (!own || (parent !== null && fact.parent !== parent.id)) continue;
    if (reader.collection.originOf(fact.id)?.sort !== "sql") continue;
    const key = own.slot.write(fact, context)?.key;
    if (key !== undefined) found.set(canonicalKey(key, context.schema), fact);
  }
  return found;
}

/** One spelling of a key: without the default schema, types of arguments as PostgreSQL prints them. */
function canonicalKey(key: string, schema: string): string {
  const bare = key.startsWith(`${schema}.`) ? key.slice(schema.length + 1) : key;
  const parts = /^([^(]*)\((.*)\)$/s.exec(bare.trim());
  if (!parts) return bare;
  return `${parts[1]?.trim()}(${splitArguments(parts[2] ?? "")
    .map(typeOf)
    .join(", ")})`;
}

function splitArguments(text: string): string[] {
  if (text.trim() === "") return [];
  return text.split(/,(?![^(]*\))/).map((part) => part.trim());
}

function typeOf(text: string): string {
  try {
    return canonicalTypeText(text);
  } catch {
    return text;
  }
}
