import type { SourceRef } from "../model/database.ts";
import { everyPairing, type Pairing } from "./adopt-trees.ts";
import { policyTableKey } from "./json-schema.ts";
import { type SqlEdits, sqlEdits } from "./sql-edits.ts";
import { useKey } from "./templates.ts";
import { type YamlEdits, yamlEdits } from "./yaml-edits.ts";
import { type PairPlace, yamlPlaces } from "./yaml-places.ts";

/** Where an entry stands in the files. */
export type Location =
  | { readonly type: "pair"; readonly file: string; readonly place: PairPlace }
  | { readonly type: "statement"; readonly file: string; readonly at: SourceRef }
  /** Said by a template, for this entry and others. */
  | { readonly type: "template" }
  /** Said inside the fragment of another entry: the primary key of a column. */
  | { readonly type: "fragment"; readonly file: string; readonly place: PairPlace }
  /** Nowhere: a default, an implied schema. */
  | { readonly type: "none" };

/** The files while they are changed. */
export interface Workspace {
  readonly files: ReadonlyMap<string, string>;
  yaml(file: string): YamlEdits | null;
  sql(file: string): SqlEdits;
  locate(pairing: Pairing): Location;
  /** YAML files that were opened. */
  opened(): Iterable<string>;
  /** Files that were opened, with their texts now: null for one that says nothing any more. */
  texts(): ReadonlyMap<string, string | null>;
}

/** Opens files for change; nothing is read or written. */
export function openWorkspace(files: ReadonlyMap<string, string>): Workspace {
  const yamls = new Map<string, YamlEdits | null>();
  const sqls = new Map<string, SqlEdits>();
  const known = new Map<Pairing, Location>();
  const yaml = (file: string): YamlEdits | null => {
    const open = yamls.get(file);
    if (open !== undefined) return open;
    const places = yamlPlaces(withoutMark(files.get(file) ?? ""));
    const edits = places && yamlEdits(places);
    yamls.set(file, edits);
    return edits;
  };
  const sql = (file: string): SqlEdits => {
    const edits = sqls.get(file) ?? sqlEdits(withoutMark(files.get(file) ?? ""));
    sqls.set(file, edits);
    return edits;
  };
  return {
    files,
    yaml,
    sql,
    locate: (pairing) => {
      const found = known.get(pairing) ?? locate(pairing, yaml);
      known.set(pairing, found);
      return found;
    },
    opened: () => [...yamls.keys()],
    texts: () => {
      const out = new Map<string, string | null>();
      for (const [file, edits] of yamls) if (edits) out.set(file, saysNothing(edits) ? null : edits.text());
      for (const [file, edits] of sqls) out.set(file, edits.text());
      return out;
    },
  };
}

/** A policy file that only names its table. */
function saysNothing({ places, isRemoved, isFilled }: YamlEdits): boolean {
  const left = places.inMap(places.root).filter((pair) => !isRemoved(pair));
  return left.length === 1 && left[0]?.key === policyTableKey && !isFilled(places.root) && places.inMap(places.root).length > 1;
}

const withoutMark = (text: string): string => (text.startsWith("\ufeff") ? text.slice(1) : text);

function locate({ before, slot }: Pairing, yaml: Workspace["yaml"]): Location {
  const at = before?.fact.at;
  if (!at) return { type: "none" };
  if (at.file.endsWith(".sql")) return { type: "statement", file: at.file, at };
  if (at.via !== undefined) return { type: "template" };
  const places = yaml(at.file)?.places;
  const exact = places?.at(at);
  const own = exact && (slot.style === "map" ? exact.parent?.key === slot.key : exact.key === slot.key);
  if (exact && own) return { type: "pair", file: at.file, place: exact };
  // What a table implies about itself (its row-level security) and a schema that follows from its objects stand nowhere.
  if (slot.style === "value" || before.fact.parent === null) return { type: "none" };
  const around = places?.around(at);
  return around ? { type: "fragment", file: at.file, place: around } : { type: "none" };
}

/** Whether the entry at a place uses templates. */
export function usesTemplates(place: PairPlace, edits: YamlEdits): boolean {
  return pairsOf(place, edits).some(({ key }) => key === useKey);
}

/** The pairs in the value of a pair. */
export function pairsOf(place: PairPlace, edits: YamlEdits): readonly PairPlace[] {
  return edits.places.inMap(place.pair.value as never);
}

/** Entries of a fragment, by the pair that holds it. */
export function byFragment(pairings: readonly Pairing[], workspace: Workspace): ReadonlyMap<PairPlace, readonly Pairing[]> {
  const found = new Map<PairPlace, Pairing[]>();
  for (const pairing of everyPairing(pairings)) {
    const location = workspace.locate(pairing);
    if (location.type !== "fragment") continue;
    found.set(location.place, [...(found.get(location.place) ?? []), pairing]);
  }
  return found;
}
