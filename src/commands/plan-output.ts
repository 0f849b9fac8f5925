import { writeFile } from "node:fs/promises";
import { resolve } from "node:path";
import type { ProjectConfig } from "../model/database.ts";
import { LockstepError } from "../model/lockstep-error.ts";
import type { Plan } from "../model/plan.ts";
import { writePlanFile } from "../plan/plan-file.ts";
import { planJson } from "../report/plan-json.ts";
import { planSql } from "../report/plan-sql.ts";
import { planText } from "../report/plan-text.ts";
import type { CommandContext, CommonOptions } from "./command-context.ts";

export type PlanFormat = "text" | "json" | "sql";

/** The flags that say what is written of a plan, and where. */
export interface PlanOutputOptions extends CommonOptions {
  readonly format?: PlanFormat;
  readonly out?: string;
}

/** The format that `--format` and `--json` ask for together. Throws `usage` (64) when they contradict each other. */
export function formatOf(options: PlanOutputOptions): PlanFormat {
  if (options.json && options.format !== undefined && options.format !== "json") {
    const message = `--json and --format ${options.format} ask for two formats. Leave one of them out.`;
    throw new LockstepError({ code: "usage", message, exitCode: 64 });
  }
  return options.json ? "json" : (options.format ?? "text");
}

/** What is planned, in the words of the empty plan: the managed schemas or the database, or their row-level security. */
export function subjectOf(config: ProjectConfig, policiesOnly: boolean): string {
  const whole = config.manage === "database" || config.managedSchemas.length === 0;
  const schemas = config.managedSchemas.length > 5 ? `${config.managedSchemas.length} schemas` : config.managedSchemas.join(", ");
  if (policiesOnly) return `Row-level security of ${whole ? "the database" : schemas}`;
  return whole ? "The database" : schemas;
}

/** Prints a plan in the format asked for. */
export function printPlan(
  context: CommandContext,
  options: PlanOutputOptions,
  plan: Plan,
  shown: { readonly subject: string; readonly source: string; readonly where: string; readonly command?: string | null },
): void {
  const { output } = context;
  const format = formatOf(options);
  if (format === "json") output.data(planJson(plan));
  else if (format === "sql") output.data(planSql(plan));
  else output.data(planText(plan, { colour: output.colourOut, verbose: options.verbose === true, ...shown }));
}

/** Saves the plan file that `--out` names. */
export async function savePlan(context: CommandContext, out: string | undefined, plan: Plan): Promise<void> {
  if (out === undefined) return;
  await writePlanFile(resolve(context.cwd, out), plan);
  context.output.note(`Plan saved to ${out}. Run it with: lockstep apply ${out}`);
}

/** Writes a text to the file that `--out` names, replacing what is there. */
export async function saveText(context: CommandContext, out: string, text: string): Promise<void> {
  try {
    await writeFile(resolve(context.cwd, out), text);
  } catch (error) {
    const message = `${out} cannot be written: ${error instanceof Error ? error.message : String(error)}`;
    throw new LockstepError({ code: "cannot-write", message, cause: error });
  }
}
