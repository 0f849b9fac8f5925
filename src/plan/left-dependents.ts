import type { Edge, Fact, LiveDatabase } from "../model/database.ts";
import type { Diagnostic } from "../model/diagnostic.ts";
import { LockstepError } from "../model/lockstep-error.ts";
import { kindOf, type ObjectId, pathOf } from "../model/object-id.ts";
import type { PlannedDraft } from "./drafts.ts";

/**
 * PostgreSQL drops nothing that something else depends on, and lockstep never says CASCADE. What stays as it is while that which it
 * depends on goes, or is dropped to be made anew, is an error of the plan and none of apply. Throws `dependent-stays` (3).
 * @param changed what the plan changes, in whatever way.
 * @param heirs the tables that inherit from one, partitions included, at any depth.
 */
export function refuseLeftDependents(
  drafts: readonly PlannedDraft[],
  changed: ReadonlySet<ObjectId>,
  live: Pick<LiveDatabase, "edges" | "facts">,
  heirs: (table: ObjectId) => readonly ObjectId[],
): void {
  // What is renamed takes its dependents along.
  const drops = drafts.filter(({ draft }) => draft.action === "drop");
  const removed = new Map(drops.flatMap((planned) => planned.draft.removes.map((id) => [id, planned] as const)));
  if (removed.size === 0) return;
  const touched = new Set(drafts.flatMap(({ draft, fact }) => [fact.id, ...draft.provides, ...draft.removes]));
  const goesAlong = (id: ObjectId | null): boolean => {
    for (let at = id; at !== null; at = live.facts.get(at)?.parent ?? null) if (touched.has(at) || changed.has(at)) return true;
    return false;
  };
  const edges = live.edges.filter(({ dependent, on }) => removed.has(on) && live.facts.has(dependent));
  // What a table inherits is no fact of its own: it goes with that of the table that it inherits.
  const inherits = ({ dependent, on }: Edge): boolean =>
    edges.some((other) => {
      const parent = live.facts.get(other.dependent)?.parent ?? null;
      return other.on === on && parent !== null && goesAlong(other.dependent) && heirs(parent).includes(dependent);
    });
  const left = edges.filter((edge) => !goesAlong(edge.dependent) && !inherits(edge));
  if (left.length === 0) return;
  const diagnostics = left.flatMap(({ dependent, on }) => diagnosticOf(dependent, on, removed.get(on)?.fact));
  throw new LockstepError({
    code: "dependent-stays",
    exitCode: 3,
    message: "something depends on what has to go",
    diagnostics,
  });
}

function diagnosticOf(dependent: ObjectId, on: ObjectId, fact: Fact | undefined): Diagnostic {
  const name = (id: ObjectId): string => `${kindOf(id).replaceAll("_", " ")} ${pathOf(id)}`;
  const at = fact?.at;
  return {
    code: "dependent-stays",
    severity: "error",
    object: pathOf(dependent),
    message: `${name(on)} has to be dropped, and ${name(dependent)} depends on it and would stay as it is`,
    hint: "change the dependent first, in an apply of its own, or leave the other as it is",
    ...(at ? { file: at.file, line: at.line, column: at.column } : {}),
  };
}
