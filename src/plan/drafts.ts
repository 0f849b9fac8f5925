import { kindNamed } from "../kinds/registry.ts";
import { type Change, subjectOf } from "../model/change.ts";
import type { Fact, LiveDatabase } from "../model/database.ts";
import { lookupOf } from "../model/lookup.ts";
import type { ObjectId } from "../model/object-id.ts";
import type { StepDraft } from "../model/step.ts";
import { type ContextInput, leavingIds, planContext, type RecordingContext } from "./context.ts";
import { carriedAlong, dependentsOf, inTheWay, lostInPart, type Obstacle, satellitesOf, stays } from "./rebuild.ts";

/** A statement with what the planner knows of it. */
export interface PlannedDraft {
  readonly draft: StepDraft;
  /** The fact it is about: where its dependencies come from. */
  readonly fact: Fact;
  /** Drafts of one change run in this order. */
  readonly chain: string;
  /** Ids of the changes it makes room for. */
  readonly obstacles: readonly ObjectId[];
  /** Drafts that share a key commit together. */
  readonly keys: readonly string[];
  /** Tables that it takes to be empty. */
  readonly assumesEmpty: readonly ObjectId[];
  /** `away`: takes something out of the way of a change; `back`: puts it back. */
  readonly rebuild: "away" | "back" | null;
}

export interface Drafted {
  readonly drafts: readonly PlannedDraft[];
  readonly context: RecordingContext;
  /** What is dropped and made anew, and why it is. */
  readonly replaced: ReadonlySet<ObjectId>;
  readonly actions: ReadonlyMap<ObjectId, "create" | "alter" | "replace" | "drop" | "rename">;
}

type DraftInput = Omit<ContextInput, "replaced">;

/** Turns changes into statements. What cannot be altered, and what stands in the way, is dropped and made anew. */
export function draftChanges(input: DraftInput): Drafted {
  const replaced = new Set<ObjectId>();
  for (let round = 0; round < 50; round++) {
    const context = planContext({ ...input, replaced });
    const pass = onePass(input, context, replaced);
    const more = pass.replace.filter((id) => !replaced.has(id));
    if (more.length === 0) return { drafts: pass.drafts, context, replaced, actions: actionsOf(input.changes, replaced) };
    for (const id of more) replaced.add(id);
  }
  throw new Error("replacing did not come to an end");
}

function actionsOf(changes: readonly Change[], replaced: ReadonlySet<ObjectId>): Drafted["actions"] {
  return new Map(
    changes.map((change) => [
      subjectOf(change).id,
      change.type === "alter" && replaced.has(change.desired.id) ? "replace" : change.type,
    ]),
  );
}

function onePass(
  input: DraftInput,
  context: RecordingContext,
  replaced: ReadonlySet<ObjectId>,
): { drafts: PlannedDraft[]; replace: ObjectId[] } {
  const gone = leavingIds(input.changes, lookupOf(input.desired));
  const drafts: PlannedDraft[] = [];
  const replace: ObjectId[] = [];
  let back: RecordingContext | null = null;
  const afterwards = (): RecordingContext => {
    back ??= planContext({ ...input, replaced: gone });
    return back;
  };
  for (const change of input.changes) {
    const left = leftBesides(change, context, replaced);
    if (left === null || isImplied(left, input, gone, replaced)) continue;
    const result = draftChange(left, context);
    const assumesEmpty = context.takeAssumed();
    if ("replace" in result) replace.push(subjectOf(change).id);
    else {
      const steps = change.type === "drop" ? undoneWhole(result, change.live, afterwards()) : result;
      drafts.push(...plannedOf(subjectOf(change), `change ${subjectOf(change).id}`, steps, { assumesEmpty }));
    }
  }
  const rebuilt = rebuildAll(drafts, input, context, replaced, gone);
  return { drafts: [...withKeys(drafts), ...rebuilt.drafts], replace: [...replace, ...rebuilt.ids] };
}

/** What undoes a drop brings back all that hung on the object: comment, owner, grants of every role, triggers, indexes. */
function undoneWhole(steps: readonly StepDraft[], live: Fact, context: RecordingContext): readonly StepDraft[] {
  return steps.map((step) => {
    if (!("sql" in step.undo) || !step.removes.includes(live.id)) return step;
    const more = satellitesOf(live.id, context).flatMap((fact) =>
      kindNamed(fact.kind)
        .create(fact, context)
        .map((made) => made.sql),
    );
    return { ...step, undo: { sql: [step.undo.sql, ...more].join("\n") } };
  });
}

interface PlannedExtra {
  readonly obstacles?: readonly ObjectId[];
  readonly keys?: readonly string[];
  readonly rebuild?: "away" | "back";
  readonly assumesEmpty?: readonly ObjectId[];
}

function plannedOf(fact: Fact, chain: string, drafts: readonly StepDraft[], extra: PlannedExtra): PlannedDraft[] {
  return drafts.map((draft) => ({
    draft,
    fact,
    chain,
    obstacles: extra.obstacles ?? [],
    keys: [...(draft.together ? [draft.together] : []), ...(extra.keys ?? [])],
    assumesEmpty: extra.assumesEmpty ?? [],
    rebuild: extra.rebuild ?? null,
  }));
}

/** The statement that needs room shares a transaction with what makes room for it. */
function withKeys(drafts: readonly PlannedDraft[]): PlannedDraft[] {
  return drafts.map((planned) => ({
    ...planned,
    keys: [...planned.keys, ...planned.draft.clears.map((cleared) => `rebuild ${cleared.id}`)],
  }));
}

/** True for what goes or comes with something else: inside a dropped or replaced object, or rebuilt as a whole. */
function isImplied(change: Change, input: DraftInput, gone: ReadonlySet<ObjectId>, replaced: ReadonlySet<ObjectId>): boolean {
  const fact = subjectOf(change);
  if (replaced.has(fact.id) && !(change.type === "alter" && stays(change.live))) return true;
  if (change.type === "rename" && replaced.has(change.live.id) && !kindStepsAside(fact.id)) return true;
  for (
    let at: ObjectId | null = fact.parent;
    at !== null;
    at = (input.desired.get(at) ?? input.liveFacts.get(at))?.parent ?? null
  ) {
    if (replaced.has(at) && !kindStepsAside(at)) return true;
    if (change.type === "drop" && gone.has(at) && !input.later.has(fact.id)) return true;
  }
  return false;
}

/** What is left of a change when stepping aside, and coming back as the files say, does a part of it; null for nothing. */
function leftBesides(change: Change, context: RecordingContext, replaced: ReadonlySet<ObjectId>): Change | null {
  if (change.type !== "alter" || !replaced.has(change.desired.id) || !stays(change.live)) return change;
  const done = kindNamed(change.live.kind).stepAside?.(change.live, change.desired, context).settles ?? [];
  const fields = change.fields.filter((field) => !done.includes(field));
  return fields.length === 0 ? null : { ...change, fields };
}

function kindStepsAside(id: ObjectId): boolean {
  return kindNamed(id.slice(0, id.indexOf(" "))).stepAside !== undefined;
}

function draftChange(change: Change, context: RecordingContext): readonly StepDraft[] | { readonly replace: string } {
  const kind = kindNamed(subjectOf(change).kind);
  switch (change.type) {
    case "create":
      return kind.create(change.desired, context);
    case "drop":
      return kind.drop(change.live, context);
    case "alter":
      if (leftBehind(change, context)) return kind.create(change.desired, context);
      return kind.alter(change.live, change.desired, change.fields, context);
    case "rename": {
      const steps = kind.rename(change.live, change.desired, context);
      if (steps === null) throw new Error(`${change.live.id} cannot be renamed`);
      return steps;
    }
  }
}

/** True for a name that lay in a thing which goes for good, and is to be in another (an index): the old one goes with that. */
function leftBehind({ live, desired }: Change & { type: "alter" }, context: RecordingContext): boolean {
  if (live.parent === null || live.parent === desired.parent || kindNamed(live.kind).follow !== undefined) return false;
  return context.isDropped(live.parent);
}

/** Drops and creations of all that is replaced or in the way. */
function rebuildAll(
  drafts: readonly PlannedDraft[],
  input: DraftInput,
  context: RecordingContext,
  replaced: ReadonlySet<ObjectId>,
  gone: ReadonlySet<ObjectId>,
): { drafts: PlannedDraft[]; ids: ObjectId[] } {
  const live: LiveDatabase = { ...input.live, facts: input.liveFacts };
  const cleared: Obstacle[] = drafts.flatMap((planned) => planned.draft.clears);
  const obstacles: Obstacle[] = [
    ...cleared,
    ...[...replaced].filter((id) => !kindStepsAside(id)).map((id) => ({ id, by: "replace" as const })),
  ];
  if (obstacles.length === 0) return { drafts: [], ids: [] };
  const dependents = dependentsOf(live);
  const keys = new Map<ObjectId, Set<string>>();
  const carried = new Map<ObjectId, Set<string>>();
  const note = (map: Map<ObjectId, Set<string>>, id: ObjectId, obstacle: Obstacle): void => {
    const set = map.get(id) ?? new Set<string>();
    map.set(id, set.add(`rebuild ${obstacle.id}`));
  };
  for (const obstacle of obstacles) {
    const own = replaced.has(obstacle.id) ? [obstacle.id] : [];
    const found = inTheWay([obstacle], live, dependents, gone, (table) => context.heirs("live", table));
    for (const id of [...own, ...found]) note(keys, id, obstacle);
    for (const id of carriedAlong(obstacle, found, live, dependents)) if (!gone.has(id)) note(carried, id, obstacle);
  }
  const handled = new Set(cleared.flatMap(({ id, by }) => (by === "itself" ? [] : [id])));
  const ids = [...keys.keys()].filter((id) => !handled.has(id) && !isInsideAny(id, keys, input));
  const scene: Scene = {
    input,
    context,
    asItWas: planContext({ ...input, replaced: new Set(), rebuilt: replaced }),
    changed: new Set(input.changes.map((change) => subjectOf(change).id)),
    replaced,
  };
  const again = [...carried].filter(([id]) => !ids.includes(id) || kindStepsAside(id));
  return {
    drafts: [
      ...ids.flatMap((id) => rebuildOne(id, [...(keys.get(id) ?? [])], scene)),
      ...again.flatMap(([id, set]) => sayAgain(id, [...set], scene)),
      ...drafts.flatMap((planned) => hungOn(planned, scene)),
    ],
    ids,
  };
}

/** What PostgreSQL forgets of a thing that it carries over a change of type. */
function sayAgain(id: ObjectId, keys: readonly string[], { input, context }: Scene): PlannedDraft[] {
  const live = input.liveFacts.get(id);
  const final = context.final(id);
  if (!live || !final) return [];
  const obstacles = keys.map((key) => key.slice("rebuild ".length));
  const steps = kindNamed(final.kind).afterTypeChange?.(final, context) ?? [];
  const why = "PostgreSQL forgets it when the type changes";
  return plannedOf(
    final,
    `again ${id}`,
    steps.map((step) => ({ ...step, why })),
    { keys, obstacles, rebuild: "back" },
  );
}

/** What hangs on a thing that one statement makes anew (a type that takes another's place): comment, owner, grants of all roles. */
function hungOn({ draft, fact }: PlannedDraft, scene: Scene): PlannedDraft[] {
  const { context, input } = scene;
  const isAnew = draft.provides.includes(fact.id) && draft.clears.some(({ id, by }) => id === fact.id && by === "replace");
  if (!isAnew || !input.liveFacts.has(fact.id)) return [];
  const extra = { keys: [`rebuild ${fact.id}`], obstacles: [fact.id], rebuild: "back" } as const;
  const anew = planContext({ ...input, replaced: new Set([...scene.replaced, fact.id]) });
  const whole = satellitesOf(fact.id, context).map((satellite) => ({
    fact: satellite,
    steps: kindNamed(satellite.kind).create(satellite, anew),
  }));
  return [...whole, ...sayParts(fact.id, scene)].flatMap(({ fact: satellite, steps }) => {
    const quietly = steps.map((step) => quiet(step, "it hangs on what is made anew, and is put back", false));
    return plannedOf(satellite, `put back ${satellite.id} for ${fact.id}`, quietly, extra);
  });
}

/** What lies beside a part that goes and comes back, and has lost what it said of it (grants on a column): all of it is said again. */
function sayParts(id: ObjectId, { input, context, replaced }: Scene): { fact: Fact; steps: readonly StepDraft[] }[] {
  const facts = lostInPart(id, context);
  if (facts.length === 0) return [];
  const lost = new Set(facts.map((fact) => fact.id));
  const liveFacts = new Map([...input.liveFacts].filter(([other]) => !lost.has(other)));
  const forgetful = planContext({ ...input, liveFacts, replaced });
  return facts.map((fact) => ({ fact, steps: kindNamed(fact.kind).create(fact, forgetful) }));
}

/** A thing inside another that is rebuilt comes back with it. */
function isInsideAny(id: ObjectId, keys: ReadonlyMap<ObjectId, unknown>, input: DraftInput): boolean {
  for (let at = input.liveFacts.get(id)?.parent ?? null; at !== null; at = input.liveFacts.get(at)?.parent ?? null) {
    if (keys.has(at) && !kindStepsAside(at)) return true;
  }
  return false;
}

/** What rebuilding one thing looks at. */
interface Scene {
  readonly input: DraftInput;
  readonly context: RecordingContext;
  /** The plan before anything is replaced: while a thing is taken away it is still what it was, seen and used. */
  readonly asItWas: RecordingContext;
  readonly replaced: ReadonlySet<ObjectId>;
  /** Ids that the files themselves change. */
  readonly changed: ReadonlySet<ObjectId>;
}

function rebuildOne(id: ObjectId, keys: readonly string[], scene: Scene): PlannedDraft[] {
  const { input, context, asItWas, changed } = scene;
  const live = input.liveFacts.get(id);
  const final = comingBack(id, input) ?? context.final(id);
  if (!live || !final) throw new Error(`nothing to rebuild at ${id}`);
  const kind = kindNamed(live.kind);
  const aside = kind.stepAside?.(live, final, context);
  // What lies in a thing that goes for good goes with that.
  const goesAlong = live.parent !== null && context.isDropped(live.parent);
  const before = goesAlong ? [] : (aside?.before ?? goingUnder(id, input, kind.drop, asItWas) ?? kind.drop(live, asItWas));
  const after = aside?.after ?? kind.create(final, context);
  const remains = stays(live);
  const satellites = remains ? [] : satellitesOf(final.id, context);
  const changes = changed.has(id);
  const why = changes
    ? "its definition changes in a way that needs it made anew"
    : "it stands in the way of a change and is put back";
  const obstacles = keys.map((key) => key.slice("rebuild ".length));
  const away = { keys, obstacles, rebuild: "away" } as const;
  const back = { keys, obstacles, rebuild: "back" } as const;
  const mark = (steps: readonly StepDraft[]): StepDraft[] => steps.map((step) => quiet(step, why, changes));
  return [
    ...plannedOf(live, `rebuild ${id}`, mark(before), away),
    ...plannedOf(final, `rebuild ${id}`, mark(after), back),
    ...satellites.flatMap((fact) =>
      plannedOf(fact, `put back ${fact.id}`, mark(kindNamed(fact.kind).create(fact, context)), back),
    ),
    ...(remains ? [] : sayParts(id, scene)).flatMap(({ fact, steps }) =>
      plannedOf(fact, `put back ${fact.id} for ${id}`, mark(steps), back),
    ),
  ].map((planned) => (planned.draft.transactional && planned.draft.action !== "validate" ? planned : { ...planned, keys: [] }));
}

/** What comes back under another name: a thing of equal definition, which would have been renamed. */
function comingBack(id: ObjectId, { changes }: DraftInput): Fact | undefined {
  const rename = changes.find((change) => change.type === "rename" && change.live.id === id && !kindStepsAside(id));
  return rename?.type === "rename" ? rename.desired : undefined;
}

/** The drop of what would only have been renamed: it goes under its old name, and no rename is left to do. */
function goingUnder(
  id: ObjectId,
  input: DraftInput,
  drop: (fact: Fact, context: RecordingContext) => readonly StepDraft[],
  context: RecordingContext,
): readonly StepDraft[] | null {
  const rename = input.changes.find((change) => change.type === "rename" && change.desired.id === id);
  if (rename?.type !== "rename" || kindNamed(rename.live.kind).holdsRows === true) return null;
  return drop(rename.live, context).map((step) => ({ ...step, removes: [...step.removes, id] }));
}

/** What is put back as it was loses nothing, breaks nobody and gives nobody more. */
function quiet(step: StepDraft, why: string, changes: boolean): StepDraft {
  const own = changes
    ? step
    : { ...step, access: "none" as const, accessText: null, breaks: "none" as const, dataLoss: "never" as const, probe: null };
  return { ...own, why };
}
