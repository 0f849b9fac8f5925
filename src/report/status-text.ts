import { paintFor } from "./paint.ts";
import { count } from "./quantities.ts";

/** One run on record. Times are as PostgreSQL prints them, in UTC. */
interface RunStatus {
  readonly id: string;
  readonly phase: string;
  readonly status: string;
  readonly role: string;
  readonly started_at: string;
  readonly finished_at: string | null;
  readonly steps: number;
  readonly steps_done: number;
}

/** What is on record about a project in a database. `recorded` is false where there is no record that this role can read. */
export interface ProjectStatus {
  readonly project: string;
  readonly database: string;
  readonly recorded: boolean;
  /** When a run last came to an end that was recorded; null when none did. */
  readonly applied_at: string | null;
  readonly last_run: RunStatus | null;
  /** Made by a step that is not finished. */
  readonly in_flight: readonly { readonly kind: string; readonly object: string; readonly since: string }[];
}

/** The status of a project for people. */
export function statusText(status: ProjectStatus, options: { readonly colour: boolean }): string {
  const paint = paintFor(options.colour);
  const head = paint.bold(`Project ${status.project} in database ${status.database}`);
  if (!status.recorded) return `${head}\n\nNothing is on record: no apply has run here yet, or this role may not read it.\n`;
  const flight = status.in_flight.map(({ kind, object, since }) => `  ${kind.replaceAll("_", " ")} ${object} since ${since}`);
  const lines = [
    head,
    `  last applied  ${status.applied_at ?? "never"}`,
    ...(status.last_run === null ? ["  no runs"] : runLines(status.last_run)),
    ...(flight.length === 0
      ? ["  nothing in flight"]
      : ["", `In flight (${count(flight.length, "object")}), finished by the next apply:`, ...flight]),
  ];
  return `${lines.join("\n")}\n`;
}

/** The status of a project as its JSON document. */
export function statusJson(status: ProjectStatus): string {
  return `${JSON.stringify(status, null, 2)}\n`;
}

function runLines(run: RunStatus): readonly string[] {
  const ended = run.finished_at === null ? "not ended" : `ended ${run.finished_at}`;
  return [
    `  last run      ${run.id}: ${run.status}, ${run.phase}, ${run.steps_done} of ${count(run.steps, "step")}, by ${run.role}`,
    `                started ${run.started_at}, ${ended}`,
  ];
}
