import { type DiffResult, diff } from "../diff/diff.ts";
import { kindNamed } from "../kinds/registry.ts";
import { type Change, subjectOf } from "../model/change.ts";
import type { DesiredDatabase, Fact, LiveDatabase } from "../model/database.ts";
import type { Diagnostic } from "../model/diagnostic.ts";
import { LockstepError } from "../model/lockstep-error.ts";
import { kindOf, type ObjectId } from "../model/object-id.ts";
import type { Plan } from "../model/plan.ts";
import type { Scratch } from "../model/scratch.ts";
import type { Phase } from "../model/step.ts";
import { assemblePlan } from "./assemble-plan.ts";
import { hasRowsElsewhere, planContext } from "./context.ts";
import { orderWithCycles } from "./creation-script.ts";
import { draftChanges, type PlannedDraft } from "./drafts.ts";
import { equality, type KnownPair } from "./equality.ts";
import { withFollowers } from "./followers.ts";
import { precedence } from "./graph.ts";
import { refuseLeftDependents } from "./left-dependents.ts";
import { refuseNewerFeatures, refuseOldServer } from "./old-server.ts";
import { orderDrafts } from "./order.ts";
import { type Asker, DataQuestions, tableOf } from "./probes.ts";
import { applyRenames, type Renamed } from "./rename.ts";
import { suspectedRenames } from "./suspects.ts";
import { refuseUnknownRoles } from "./unknown-roles.ts";

/** What a plan is made from. */
export interface PlanInput {
  readonly desired: DesiredDatabase;
  readonly live: LiveDatabase;
  /** What the applied state knows; null when the database has none. */
  readonly state: { readonly snapshot: { readonly declared: readonly ObjectId[] } | null } | null;
  /** Whether a pair of texts was found equal before (tier 2). */
  readonly remembered: (pair: KnownPair) => boolean;
  /** Session for questions to the data, read-only. */
  readonly session: Asker;
  readonly scratch: Scratch;
  readonly acceptDrop: "all" | readonly string[] | null;
  /** Approvals that let a plan rebuild what is not managed: `rebuild:reporting.v`. */
  readonly approve?: readonly string[];
  /** False: no query on table data, the worst case is assumed. */
  readonly dataChecks: boolean;
  readonly phases?: readonly Phase[];
  readonly version: string;
  readonly policiesOnly: boolean;
}

/** A plan, and the pairs of texts that a scratch server found equal on the way. */
export interface PlanResult {
  readonly plan: Plan;
  readonly learned: readonly KnownPair[];
}

/**
 * Makes the plan that leads from the live to the desired state. Writes nothing.
 * @throws LockstepError exit 3: suspected renames, dependents that are not managed; exit 1: roles that the server does not have, dependencies in a circle.
 */
export async function makePlan(input: PlanInput): Promise<PlanResult> {
  refuseOldServer(input.desired.config, input.live);
  const renamed = await applyRenames(input.desired.facts, input.live, input.scratch);
  const { live, desired, moved } = withFollowers(input.desired.facts, {
    ...input.live,
    facts: renamed.facts,
    edges: renamed.edges,
  });
  const equal = equality({
    desired: input.desired.facts,
    live: { ...live, facts: new Map([...renamed.buildable, ...moved]) },
    config: input.desired.config,
    remembered: input.remembered,
    scratch: input.scratch,
  });
  const result = await diff({ ...input.desired, facts: desired }, live, equal.decide, moved);
  const all: Change[] = [...settled(renamed.changes, result.desired), ...result.changes];
  const changes = input.policiesOnly ? all.filter((change) => isSecurity(subjectOf(change), input.desired)) : all;
  refuseNewerFeatures(changes, live);
  const base = { live, liveFacts: live.facts, desired: result.desired, changes, canonical: equal.canonical };
  refuseSuspects(changes, input, planContext({ ...base, replaced: new Set(), empty: new Set(), later: new Set() }));
  const questions = new DataQuestions(input.session);
  const asks = input.dataChecks && changes.length > 0;
  const empty = asks ? await questions.emptyTables(touchedTables(changes, live), live) : new Set<ObjectId>();
  const finalFacts = new Map([...live.facts, ...result.desired]);
  const ordered = inOrder(() => draftedInOrder({ ...base, empty }, live, finalFacts));
  const { drafts } = ordered.drafted;
  refuseDrafts(drafts, input, result);
  const changed = new Set(changes.map((change) => subjectOf(change).id));
  refuseLeftDependents(drafts, changed, live, (table) => ordered.drafted.context.heirs("live", table));
  const plan = await assemblePlan({
    input,
    live,
    result,
    changes,
    ordered,
    questions,
    empty,
    finalFacts,
    undecided: input.policiesOnly ? result.undecided.filter(({ fact }) => isSecurity(fact, input.desired)) : result.undecided,
  });
  return { plan, learned: equal.learned };
}

/** Renames to what the files say as it is compared: settled for the server's major. */
function settled(renames: Renamed["changes"], desired: ReadonlyMap<ObjectId, Fact>): Change[] {
  return renames.map((rename) => ({ ...rename, desired: desired.get(rename.desired.id) ?? rename.desired }));
}

/** The statements of all changes, in an order that can be run. */
function draftedInOrder(
  base: Omit<Parameters<typeof draftChanges>[0], "later">,
  live: LiveDatabase,
  finalFacts: ReadonlyMap<ObjectId, Fact>,
) {
  return orderWithCycles((later) => {
    const drafted = draftChanges({ ...base, later });
    const before = precedence({ drafts: drafted.drafts, edges: live.edges, liveFacts: live.facts, finalFacts });
    return { drafted, units: orderDrafts(drafted.drafts, before, drafted.context) };
  }, live);
}

function inOrder<T>(body: () => T): T {
  try {
    return body();
  } catch (error) {
    if (error instanceof Error && error.name === "CycleError")
      throw new LockstepError({ code: "dependency-cycle", message: error.message, cause: error });
    throw error;
  }
}

/** Policies, row-security states, and grants and comments that policy files say. */
function isSecurity(fact: Fact, desired: DesiredDatabase): boolean {
  if (kindNamed(fact.kind).security === true) return true;
  if (fact.parent !== null && kindNamed(kindOf(fact.parent)).security === true) return true;
  const file = fact.at?.file;
  return file !== undefined && desired.policyFiles.has(file);
}

function refuseSuspects(changes: readonly Change[], input: PlanInput, context: Parameters<typeof suspectedRenames>[2]): void {
  const diagnostics = suspectedRenames(changes, { accepted: input.acceptDrop, dropped: input.desired.config.dropped }, context);
  if (diagnostics.length === 0) return;
  const message =
    diagnostics.length === 1
      ? "one drop and one addition look like a rename"
      : `${diagnostics.length} drops and additions look like renames`;
  throw new LockstepError({ code: "suspected-rename", exitCode: 3, message, diagnostics });
}

/** What rebuilds objects of others, or names roles that are not there, stops the plan. */
function refuseDrafts(drafts: readonly PlannedDraft[], input: PlanInput, result: DiffResult): void {
  const rebuilt = drafts.filter((planned) => planned.rebuild !== null).map((planned) => planned.fact);
  refuseOutside(rebuilt, result.scope.managed, input.approve ?? []);
  const touched = drafts.map((planned) => planned.fact);
  refuseUnknownRoles(touched, input.live.roles, result.desired.values());
}

/** A dependent outside the managed schemas stops the plan unless it was approved by name. */
function refuseOutside(rebuilt: readonly Fact[], managed: ReadonlySet<string>, approve: readonly string[]): void {
  const outside = new Map(
    rebuilt.filter((fact) => fact.schema !== null && !managed.has(fact.schema)).map((fact) => [fact.id, fact]),
  );
  const open = [...outside.values()].filter(
    (fact) =>
      !approve.includes("rebuild") &&
      !approve.includes(`rebuild:${fact.object}`) &&
      !approve.includes(`rebuild:${fact.parent?.slice(fact.parent.indexOf(" ") + 1)}`),
  );
  if (open.length === 0) return;
  const diagnostics: Diagnostic[] = open.map((fact) => ({
    code: "outside-dependent",
    severity: "error",
    object: fact.object,
    message: `${fact.kind.replaceAll("_", " ")} ${fact.object} is not managed by these files, and stands in the way of a change`,
    hint: `--approve rebuild:${fact.object} drops it and puts it back as it stands, in the same transaction`,
  }));
  throw new LockstepError({
    code: "outside-dependent",
    exitCode: 3,
    message: "objects that are not managed depend on what would change",
    diagnostics,
  });
}

/** Tables whose rows decide how a change is made. */
function touchedTables(changes: readonly Change[], live: LiveDatabase): ObjectId[] {
  const holdsRows = (kind: string): boolean => kindNamed(kind).holdsRows === true;
  const found = new Set<ObjectId>();
  const note = (id: ObjectId): void => {
    const table = tableOf(id, live, holdsRows);
    if (table !== null) found.add(table);
  };
  const changed = new Set<ObjectId>();
  for (const change of changes) {
    const fact = subjectOf(change);
    if (kindNamed(fact.kind).security === true || kindNamed(fact.kind).scope === "declared") continue;
    changed.add(fact.id);
    note(fact.id);
    if (fact.parent !== null) note(fact.parent);
  }
  for (const edge of live.edges) if (changed.has(edge.on)) note(edge.dependent);
  // Nobody wants to wait for another server: a partitioned table that reaches there counts as one with rows.
  const reaching = new Set<ObjectId>();
  for (const fact of live.facts.values())
    if (hasRowsElsewhere(fact))
      for (let at: Fact | undefined = fact; at; at = at.parent === null ? undefined : live.facts.get(at.parent))
        reaching.add(at.id);
  return [...found].filter((id) => !reaching.has(id)).sort();
}
