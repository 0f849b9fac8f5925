import { qualifiedName, quoteIdentifier, splitPath } from "../base/identifier.ts";
import { kindNamed, kinds } from "../kinds/registry.ts";
import type { Change } from "../model/change.ts";
import type { Edge, Fact, LiveDatabase } from "../model/database.ts";
import { LockstepError } from "../model/lockstep-error.ts";
import { lookupOf } from "../model/lookup.ts";
import { type ObjectId, objectId } from "../model/object-id.ts";
import type { Scratch } from "../model/scratch.ts";
import type { Spec, SpecValue } from "../model/spec.ts";
import type { StepDraft } from "../model/step.ts";
import { closureOf } from "./closure.ts";
import { planContext, type RecordingContext } from "./context.ts";
import { scratchScript } from "./creation-script.ts";
import { factsInside, inRenamedSchema, isSchemaRename, mapSchemas } from "./rename-schema.ts";

/**
 * Declared renames (`renamed_from`). PostgreSQL carries a rename into everything that names the object: the live state is
 * compared as it will be after it, so that only what else differs is a change.
 */

export interface Renamed {
  readonly changes: readonly (Change & { readonly type: "rename" })[];
  /** The live facts as they are after the renames. */
  readonly facts: ReadonlyMap<ObjectId, Fact>;
  readonly edges: readonly Edge[];
  /** The same with renamed parts too, which are still to be planned: what elsewhere can be built from. */
  readonly buildable: ReadonlyMap<ObjectId, Fact>;
}

/** Finds the renames to make: old there and new not. Both there is an error that names the file's line. */
function declaredRenames(
  desired: ReadonlyMap<ObjectId, Fact>,
  live: ReadonlyMap<ObjectId, Fact>,
): (Change & { type: "rename" })[] {
  const renames: (Change & { type: "rename" })[] = [];
  for (const fact of desired.values()) {
    if (!fact.renamedFrom || fact.renamedFrom === fact.id) continue;
    const old = live.get(followParent(fact.renamedFrom, fact, renames));
    if (!old) continue;
    if (live.has(fact.id)) {
      const place = fact.at ? { file: fact.at.file, line: fact.at.line, column: fact.at.column } : {};
      throw new LockstepError({
        code: "rename-both-exist",
        exitCode: 3,
        message: `${fact.id} is renamed from ${old.object}, but both exist`,
        diagnostics: [
          {
            code: "rename-both-exist",
            severity: "error",
            message: `${fact.kind} ${fact.object} is renamed from ${old.object}, but the database has both`,
            hint: "move what the old one holds, drop it, or take renamed_from out",
            object: fact.object,
            ...place,
          },
        ],
      });
    }
    if (desired.has(old.id)) continue;
    renames.push({ type: "rename", live: old, desired: fact });
  }
  return renames;
}

/** A column renamed in a table that is renamed too has its old name in the old table. */
function followParent(id: ObjectId, fact: Fact, renames: readonly (Change & { type: "rename" })[]): ObjectId {
  const parent = renames.find((rename) => rename.desired.id === fact.parent);
  return parent ? id.replace(`${fact.kind} ${parent.desired.object}.`, `${fact.kind} ${parent.live.object}.`) : id;
}

/**
 * The live facts under their new names: first those of schemas, then those of what lies in them, which is looked for there. What
 * PostgreSQL would print of them after is asked of a scratch server.
 */
export async function applyRenames(desired: ReadonlyMap<ObjectId, Fact>, live: LiveDatabase, scratch: Scratch): Promise<Renamed> {
  const schemas = declaredRenames(desired, live.facts).filter(isSchemaRename);
  const moved = await applied(schemas, [], live, scratch);
  const there = schemas.length === 0 ? live : { ...live, facts: moved.buildable, edges: moved.edges };
  const inside = declaredRenames(desired, there.facts);
  const last = await applied(inside, partRenames(desired, there), there, scratch);
  return { ...last, changes: [...schemas, ...inside] };
}

async function applied(
  renames: Renamed["changes"],
  parts: readonly PartRename[],
  live: LiveDatabase,
  scratch: Scratch,
): Promise<Renamed> {
  if (renames.length === 0 && parts.length === 0)
    return { changes: renames, facts: live.facts, edges: live.edges, buildable: live.facts };
  const mapping = idMapping(renames, live.facts);
  const facts = new Map<ObjectId, Fact>();
  for (const fact of live.facts.values()) {
    const moved = moveFact(fact, mapping);
    facts.set(moved.id, moved);
  }
  const buildable = new Map(facts);
  for (const fact of await reprinted(renames, parts, live, scratch)) {
    const known = facts.get(fact.id);
    if (!known) continue;
    const printed = { ...known, spec: { ...fact.spec, ...kept(known) } };
    buildable.set(fact.id, printed);
    if (!parts.some((part) => part.id === fact.id)) facts.set(fact.id, printed);
  }
  const ids = new Map([...live.facts.values()].map((fact) => [fact.id, moveFact(fact, mapping).id]));
  const edges = live.edges.map((edge) => ({
    dependent: ids.get(edge.dependent) ?? edge.dependent,
    on: ids.get(edge.on) ?? edge.on,
  }));
  return { changes: renames, facts, edges, buildable };
}

/** What is a fact of this very database or server stays: places of columns, names of NOT NULLs, tablespaces. */
function kept(fact: Fact): Spec {
  const { notCompared, serverFields = [], majorFields = [] } = kindNamed(fact.kind);
  return Object.fromEntries(
    [...notCompared, ...serverFields, ...majorFields]
      .filter((name) => !identityFields.has(name))
      .flatMap((name) => (name in fact.spec ? [[name, fact.spec[name]]] : [])),
  );
}

const identityFields: ReadonlySet<string> = new Set(["schema", "table", "name"]);

interface PartRename {
  readonly id: ObjectId;
  readonly steps: readonly StepDraft[];
}

/** Objects whose parts are renamed in place. */
function partRenames(desired: ReadonlyMap<ObjectId, Fact>, live: LiveDatabase): PartRename[] {
  const context = bareContext(live);
  return [...desired.values()].flatMap((fact) => {
    const before = live.facts.get(fact.id);
    const steps = before ? (kindNamed(fact.kind).partRenames?.(before, fact, context) ?? []) : [];
    return steps.length > 0 ? [{ id: fact.id, steps }] : [];
  });
}

function bareContext(live: LiveDatabase): RecordingContext {
  return planContext({
    live,
    liveFacts: live.facts,
    desired: new Map(),
    changes: [],
    replaced: new Set(),
    empty: new Set(),
    later: new Set(),
    canonical: new Map(),
  });
}

/** Old id → new id of the renamed objects and all that lies in them. */
function idMapping(renames: Renamed["changes"], facts: ReadonlyMap<ObjectId, Fact>): Map<ObjectId, ObjectId> {
  const mapping = new Map<ObjectId, ObjectId>();
  for (const { live, desired } of renames) {
    for (const fact of facts.values()) {
      if (fact.id === live.id) mapping.set(fact.id, desired.id);
      else if (fact.object.startsWith(`${live.object}.`) && isWithin(fact, live.id, facts)) {
        const path = `${desired.object}${fact.object.slice(live.object.length)}`;
        mapping.set(fact.id, mapping.get(fact.id) ?? objectId(fact.kind, path));
      } else if (fact.object === live.object && fact.parent === live.id && !mapping.has(fact.id)) {
        mapping.set(
          fact.id,
          fact.id
            .replace(live.id, desired.id)
            .replace(new RegExp(`^${fact.kind} ${escapedPattern(live.object)}$`), `${fact.kind} ${desired.object}`),
        );
      } else if (fact.parent === live.id && desired.schema !== null && live.schema !== desired.schema && isIndex(fact)) {
        // The indexes of a relation lie beside it, and go where it goes.
        mapping.set(fact.id, objectId(fact.kind, qualifiedName(desired.schema, String(fact.spec["name"]))));
      }
    }
  }
  // What ends in the name of something else may lie in a thing that is renamed too.
  for (const { live, desired } of renames)
    for (const fact of facts.values())
      if (kindNamed(fact.kind).belongsTo?.(fact) === live.id) {
        const path = pathOfId(mapping.get(fact.id) ?? fact.id);
        mapping.set(fact.id, objectId(fact.kind, `${path.slice(0, -live.object.length)}${desired.object}`));
      }
  mapSchemas(renames, facts, mapping);
  return mapping;
}

/** True for an index, whose name is one of the schema's. */
function isIndex(fact: Fact): boolean {
  return kindNamed(fact.kind).indexName?.(fact).includes(fact.object) === true;
}

function escapedPattern(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
}

function isWithin(fact: Fact, ancestor: ObjectId, facts: ReadonlyMap<ObjectId, Fact>): boolean {
  for (let at = fact.parent; at !== null; at = facts.get(at)?.parent ?? null) if (at === ancestor) return true;
  return false;
}

function moveFact(fact: Fact, mapping: ReadonlyMap<ObjectId, ObjectId>): Fact {
  return inRenamedSchema(underNewName(fact, mapping), mapping);
}

function underNewName(fact: Fact, mapping: ReadonlyMap<ObjectId, ObjectId>): Fact {
  const own = mapping.get(fact.id);
  const parent = fact.parent === null ? null : (mapping.get(fact.parent) ?? fact.parent);
  let id = own ?? fact.id;
  // Facts about others carry the id of their target inside their own.
  if (!own && fact.parent !== null && parent !== fact.parent) id = fact.id.replace(fact.parent, parent ?? "");
  if (id === fact.id && parent === fact.parent) return fact;
  // What is said of a thing as a whole has its path.
  const isAbout = fact.parent !== null && parent !== null && fact.object === pathOfId(fact.parent);
  const moved = pathOfId(isAbout ? parent : id);
  return {
    ...fact,
    id,
    object: moved,
    schema: schemaOf(fact, moved),
    parent,
    spec: rephrased(replaceIds(fact.spec, mapping) as Spec, fact.parent, parent),
  };
}

/** The schema of a fact whose path is another now. */
function schemaOf({ schema, object }: Fact, moved: string): string | null {
  const begins = schema !== null && object.startsWith(`${quoteIdentifier(schema)}.`);
  return begins ? (splitPath(moved)[0] ?? schema) : schema;
}

/** A fact about another may carry how SQL names that (`STATISTICS app.st`): by the new name. */
function rephrased(spec: Spec, before: ObjectId | null, after: ObjectId | null): Spec {
  if (before === null || after === null || before === after) return spec;
  const old = ` ${pathOfId(before)}`;
  const entries = Object.entries(spec).map(([key, value]) => [
    key,
    typeof value === "string" && value.endsWith(old) ? `${value.slice(0, -old.length)} ${pathOfId(after)}` : value,
  ]);
  return Object.fromEntries(entries);
}

function pathOfId(id: ObjectId): string {
  return id.slice(id.indexOf(" ") + 1);
}

function replaceIds(value: SpecValue, mapping: ReadonlyMap<ObjectId, ObjectId>): SpecValue {
  if (typeof value === "string") return mapping.get(value) ?? value;
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.map((item) => replaceIds(item as SpecValue, mapping));
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, replaceIds(item as SpecValue, mapping)]));
}

/** Builds what is renamed and what depends on it elsewhere, renames there, and reads it back. */
async function reprinted(
  renames: Renamed["changes"],
  parts: readonly PartRename[],
  live: LiveDatabase,
  scratch: Scratch,
): Promise<Fact[]> {
  const look = lookupOf(live.facts);
  const roots = [
    ...parts.map((part) => part.id),
    ...renames.flatMap(({ live: fact }) => (fact.parent === null ? [fact.id] : [fact.id, fact.parent])),
    ...factsInside(renames, live.facts),
  ];
  const inside = (id: ObjectId): ObjectId[] =>
    kinds.flatMap((kind) =>
      kind.scope === "exact" ? look.children(id, kind.kind).flatMap((child) => [child.id, ...inside(child.id)]) : [],
    );
  const affected = new Set(roots.flatMap((id) => [id, ...inside(id)]));
  for (let size = 0; size !== affected.size; ) {
    size = affected.size;
    for (const edge of live.edges) if (affected.has(edge.on)) affected.add(edge.dependent);
  }
  for (const fact of live.facts.values()) if (kindNamed(fact.kind).bringsNames === true) affected.add(fact.id);
  const facts = closureOf(affected, live.facts, live.facts);
  const context = bareContext(live);
  const steps = [
    ...parts.flatMap((part) => part.steps),
    ...renames.flatMap((rename) => kindNamed(rename.live.kind).rename(rename.live, rename.desired, context) ?? []),
  ];
  // Where something moves to may hold nothing else.
  const places = new Set(renames.flatMap(({ desired }) => (desired.schema === null ? [] : [desired.schema])));
  const schemas = [...places].sort().map((schema) => `CREATE SCHEMA IF NOT EXISTS ${quoteIdentifier(schema)};`);
  const statements = [...schemas, ...steps.map((step) => step.sql)].map((sql) => ({ sql, provides: [] }));
  const built = await scratch.build([...scratchScript(facts, live.major, () => ""), ...statements]);
  // Only what was built can be read back: the rest has the state of a table nobody set up.
  const mapping = idMapping(renames, live.facts);
  const made = new Set([...facts.values()].map((fact) => moveFact(fact, mapping).id));
  return [...built.live.facts.values()].filter(
    (fact) => made.has(fact.id) && !built.failed.has(fact.id) && kindNamed(fact.kind).scope === "exact",
  );
}
