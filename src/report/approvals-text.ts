import type { Phase, Step } from "../model/step.ts";

/** What has to be said so that these steps run: the values of `--approve`, general where one word answers for all, sorted. */
export function approvalsNeeded(steps: readonly Step[]): readonly string[] {
  return [...new Set(steps.flatMap((step) => step.approvals))].sort();
}

/** The command line that runs the steps of one phase, with the approvals that they need: `lockstep apply --phase contract --approve destructive`. */
export function applyCommand(phase: Phase, steps: readonly Step[], command: string): string {
  const needed = approvalsNeeded(steps);
  const approve = needed.length === 0 ? "" : ` --approve ${needed.map(shellWord).join(",")}`;
  return `lockstep ${command}${phase === "contract" ? " --phase contract" : ""}${approve}`;
}

function shellWord(text: string): string {
  return /^[\w:.,/-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}
