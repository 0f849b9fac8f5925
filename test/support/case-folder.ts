/**
 * A case is a folder `test/cases/<kind>/<case>/`: `before.yaml`, optional `before.sql` (what YAML cannot say) and `data.sql` (rows),
 * `after.yaml` with its `after.sql`, `then.sql` (what an application does after), policy files that the two name, `plan.golden.sql`, and `case.yaml` for what is special about it.
 */
import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parse } from "yaml";

const HOME = join(import.meta.dirname, "..", "cases");

/** What `case.yaml` may say. */
export interface CaseOptions {
  /** Majors that it is about; default: all. */
  readonly majors?: readonly number[];
  /** `--accept-drop`: its drops and additions are no renames. */
  readonly accept_drop?: boolean;
  /** Items of `--approve` that planning needs (`rebuild:…`). */
  readonly approve?: readonly string[];
  /** The files say the same in other words: the plan is empty. */
  readonly unchanged?: boolean;
  /** Why the way back is not gone. */
  readonly no_way_back?: string;
  /** Columns whose values the change is meant to change: `app.orders.total`. */
  readonly changed_values?: readonly string[];
  /** Tables that the change is meant to empty. */
  readonly lost_rows?: readonly string[];
  /** Why what pg_dump says is not that of a database made from the files alone. */
  readonly dump_differs?: string;
  /** Columns and tables that have to be dropped and made anew: PostgreSQL cannot alter them. */
  readonly recreates?: readonly string[];
  /** Also gone through by the command line, with rows and a saved plan. */
  readonly cli?: boolean;
}

/** One case. `folder` is its own; `name` is `<kind>/<case>`. */
export interface Case {
  readonly name: string;
  readonly folder: string;
  readonly options: CaseOptions;
}

const KNOWN = [
  "majors",
  "accept_drop",
  "approve",
  "unchanged",
  "no_way_back",
  "changed_values",
  "lost_rows",
  "dump_differs",
  "recreates",
  "cli",
];

/** All cases, by name. Throws on a folder without before and after, and on an unknown key of a case.yaml. */
export function findCases(): Case[] {
  const folders = (path: string) =>
    readdirSync(path, { withFileTypes: true }).flatMap((entry) => (entry.isDirectory() ? [entry.name] : []));
  const names = folders(HOME).flatMap((kind) => folders(join(HOME, kind)).map((name) => `${kind}/${name}`));
  return names.sort().map((name) => {
    const folder = join(HOME, name);
    for (const file of ["before.yaml", "after.yaml"])
      if (!existsSync(join(folder, file))) throw new Error(`${name} has no ${file}`);
    return { name, folder, options: readOptions(join(folder, "case.yaml")) };
  });
}

function readOptions(path: string): CaseOptions {
  if (!existsSync(path)) return {};
  const options = (parse(readFileSync(path, "utf8")) ?? {}) as Record<string, unknown>;
  const unknown = Object.keys(options).filter((key) => !KNOWN.includes(key));
  if (unknown.length > 0) throw new Error(`${path}: unknown ${unknown.join(", ")}; known are ${KNOWN.join(", ")}`);
  return options;
}

/** The text of a file of the case; null when it has none. */
export function textOf(subject: Case, file: string): string | null {
  const path = join(subject.folder, file);
  return existsSync(path) ? readFileSync(path, "utf8") : null;
}

/** A copy of the case's folder to run in: commands leave caches beside the files that they read. */
export function workingCopy(subject: Case): string {
  const copy = mkdtempSync(join(tmpdir(), "lockstep-case-"));
  cpSync(subject.folder, copy, { recursive: true });
  return copy;
}
