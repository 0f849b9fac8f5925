import { readFile, writeFile } from "node:fs/promises";
import { longHash } from "../model/fingerprint.ts";
import { LockstepError } from "../model/lockstep-error.ts";
import type { Plan } from "../model/plan.ts";

/** SHA-256 over all of a plan but its own hash and the time it was made. */
export function planHash(plan: Omit<Plan, "plan_hash">): string {
  const { created_at: _made, ...content } = plan as Omit<Plan, "plan_hash"> & { plan_hash?: string };
  delete content.plan_hash;
  return longHash(content);
}

/** Writes a plan file. @throws LockstepError when the file cannot be written */
export async function writePlanFile(path: string, plan: Plan): Promise<void> {
  try {
    await writeFile(path, `${JSON.stringify(plan, null, 2)}\n`);
  } catch (error) {
    throw new LockstepError({ code: "plan-file", message: `cannot write ${path}: ${(error as Error).message}`, cause: error });
  }
}

/** Reads a plan file; one of another format, or whose content is not what was saved, is refused. @throws LockstepError */
export async function readPlanFile(path: string): Promise<Plan> {
  const plan = parse(await read(path), path);
  if (plan.format_version !== 1) {
    throw new LockstepError({
      code: "plan-format",
      message: `${path} has plan format ${String(plan.format_version)}; this version of lockstep reads format 1: make the plan anew`,
    });
  }
  if (planHash(plan) !== plan.plan_hash) {
    throw new LockstepError({
      code: "plan-edited",
      message: `${path} is not as it was saved: its content does not match its plan_hash. Make the plan anew; a reviewed plan is never edited by hand`,
    });
  }
  return plan;
}

async function read(path: string): Promise<string> {
  try {
    return await readFile(path, "utf8");
  } catch (error) {
    throw new LockstepError({
      code: "plan-file",
      message: `cannot read the plan ${path}: ${reasonOf(error)}. Make one with: lockstep plan --out FILE`,
      cause: error,
    });
  }
}

function reasonOf(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  return code === "ENOENT" ? "there is no such file" : code === "EISDIR" ? "it is a folder" : message;
}

function parse(text: string, path: string): Plan {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === "object" && value !== null && "format_version" in value) return value as Plan;
  } catch (error) {
    throw new LockstepError({
      code: "plan-file",
      message: `${path} is no plan file: ${(error as Error).message}. Make one with: lockstep plan --out FILE`,
      cause: error,
    });
  }
  throw new LockstepError({
    code: "plan-file",
    message: `${path} is no plan file: it has no format_version. Make one with: lockstep plan --out FILE`,
  });
}
