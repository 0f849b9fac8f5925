import { kindNamed } from "../kinds/registry.ts";
import type { Change } from "../model/change.ts";
import type { Fact } from "../model/database.ts";
import type { Diagnostic } from "../model/diagnostic.ts";
import type { PlanContext } from "../model/kind.ts";
import type { ObjectId } from "../model/object-id.ts";

/** What a person said about drops: pairs that are no renames, objects to drop. */
export interface DropAnswers {
  /** `--accept-drop`: all, or names (`app.users.legacy`, `table app.legacy`). */
  readonly accepted: "all" | readonly string[] | null;
  /** `dropped:` of the files. */
  readonly dropped: readonly ObjectId[];
}

/** Drops beside additions that look like a rename nobody declared. Each stops the plan, with the line to paste. */
export function suspectedRenames(changes: readonly Change[], answers: DropAnswers, context: PlanContext): Diagnostic[] {
  const drops = changes.flatMap((change) => (change.type === "drop" && !isAnswered(change.live, answers) ? [change.live] : []));
  const creates = changes.flatMap((change) => (change.type === "create" ? [change.desired] : []));
  const created = new Set(creates.map((fact) => fact.id));
  const dropped = new Set(changes.flatMap((change) => (change.type === "drop" ? [change.live.id] : [])));
  const found: Diagnostic[] = [];
  for (const live of drops) {
    const suspect = kindNamed(live.kind).suspectRename;
    // What goes or comes with its table is not looked at by itself.
    if (!suspect || (live.parent !== null && dropped.has(live.parent))) continue;
    const match = creates.find(
      (desired) =>
        desired.kind === live.kind &&
        !(desired.parent !== null && created.has(desired.parent)) &&
        suspect(live, desired, context),
    );
    if (match) found.push(diagnosticOf(live, match));
  }
  for (const change of changes) if (change.type === "alter") found.push(...suspectedParts(change, answers));
  return found;
}

function suspectedParts(change: Change & { type: "alter" }, answers: DropAnswers): Diagnostic[] {
  const pairs = kindNamed(change.desired.kind).suspectParts?.(change.live, change.desired) ?? [];
  return pairs
    .filter(({ from }) => !isNamed(`${change.live.object}.${from}`, change.live, answers))
    .map(({ from, to }) => ({
      code: "suspected-rename",
      severity: "error",
      object: change.desired.object,
      message: `${change.desired.kind} ${change.desired.object}: ${from} goes and ${to} comes; this may be a rename`,
      hint: `if it is one, write { value: ${to}, renamed_from: ${from} }; if not, run with --accept-drop=${change.live.object}.${from}`,
      ...placeOf(change.desired),
    }));
}

function diagnosticOf(live: Fact, desired: Fact): Diagnostic {
  const name = String(live.spec["name"] ?? live.object);
  return {
    code: "suspected-rename",
    severity: "error",
    object: desired.object,
    message: `${live.kind} ${live.object} goes and ${desired.kind} ${desired.object} comes; this may be a rename, and dropping it would lose what it holds`,
    hint: `if it is one, add to ${desired.object}:  renamed_from: ${name}   if not, run with --accept-drop=${live.object}`,
    ...placeOf(desired),
  };
}

function placeOf(fact: Fact): Pick<Diagnostic, "file" | "line" | "column"> {
  return fact.at ? { file: fact.at.file, line: fact.at.line, column: fact.at.column } : {};
}

/** Whether a drop was answered for: by the flag or in the files. */
export function isAnswered(fact: Fact, answers: DropAnswers): boolean {
  return answers.dropped.includes(fact.id) || isNamed(fact.object, fact, answers);
}

function isNamed(object: string, fact: Fact, answers: DropAnswers): boolean {
  if (answers.accepted === "all") return true;
  return (answers.accepted ?? []).some((name) => name === object || name === `${fact.kind} ${object}` || name === fact.id);
}
