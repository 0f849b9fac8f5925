import { paintFor } from "./paint.ts";
import { count } from "./quantities.ts";

/**
 * One difference. Drift is told from the database's side: `added` is live and not in the baseline. `pending` is told from the files'
 * side: `added` is what apply would create.
 */
export interface Difference {
  readonly kind: string;
  readonly object: string;
  readonly what: "added" | "removed" | "changed";
  /** The parts that differ; empty where the whole object does. */
  readonly fields: readonly string[];
  /** Where the files declare it; null where they do not. */
  readonly file: string | null;
  readonly line: number | null;
}

/** What the live database is compared with, and what came of it. */
export interface DriftReport {
  /** Live against the baseline. */
  readonly drift: readonly Difference[];
  /** What the files say beyond what was last applied: not drift. Empty when the files are the baseline. */
  readonly pending: readonly Difference[];
  /** The state last applied, or the files where none is on record. */
  readonly baseline: "snapshot" | "files";
}

/** Drift for people. `database` and `file` are for the words. */
export function driftText(
  report: DriftReport,
  options: { readonly colour: boolean; readonly database: string; readonly file: string },
): string {
  const paint = paintFor(options.colour);
  const [against, as] =
    report.baseline === "snapshot" ? ["what was last applied", "it was last applied"] : [options.file, `${options.file} says`];
  const sections = [
    ...(report.baseline === "files" ? [`Nothing applied is on record; ${options.file} is the baseline.`] : []),
    report.drift.length === 0
      ? paint.green(`No drift. Database ${options.database} is as ${as}.`)
      : [
          paint.bold(`Drift: ${count(report.drift.length, "difference")} between database ${options.database} and ${against}`),
          ...report.drift.map((each) => differenceLine(each, paint.red)),
        ].join("\n"),
    ...(report.pending.length === 0
      ? []
      : [
          [
            paint.bold(`Pending, no drift: ${options.file} says more than was applied (see: lockstep plan)`),
            ...report.pending.map((each) => differenceLine(each, paint.yellow)),
          ].join("\n"),
        ]),
  ];
  return `${sections.join("\n\n")}\n`;
}

/** Drift as its JSON document. */
export function driftJson({ drift, pending, baseline }: DriftReport): string {
  return `${JSON.stringify({ drift, pending, baseline }, null, 2)}\n`;
}

const MARKS = { added: "+", removed: "-", changed: "~" };

function differenceLine(difference: Difference, mark: (text: string) => string): string {
  const { kind, object, what, fields, file, line } = difference;
  const parts = fields.length === 0 ? "" : ` (${fields.map((field) => field.replaceAll("_", " ")).join(", ")})`;
  const place = file === null ? "" : `  ${file}${line === null ? "" : `:${line}`}`;
  return `  ${mark(MARKS[what])} ${kind.replaceAll("_", " ")} ${object} ${what}${parts}${place}`;
}
