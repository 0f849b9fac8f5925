import { LockstepError } from "../model/lockstep-error.ts";
import type { Step } from "../model/step.ts";

const words: ReadonlySet<string> = new Set(["locking", "destructive", "widen", "undeclared", "rebuild"]);

/** An approval that a step needs and the item of `--approve` that gave it. */
export interface GivenApproval {
  readonly step: Step;
  readonly approval: string;
  readonly given: string;
}

/**
 * Matches what steps need with what `--approve` gave: a word covers every step, `word:object` one. Returns each need with its answer.
 * Throws LockstepError `needs-approval` (exit 3) that lists every step without an answer and the flag that gives it, and `usage` (64)
 * for an item whose word is none.
 */
export function requiredApprovals(steps: readonly Step[], approve: readonly string[]): readonly GivenApproval[] {
  for (const item of approve) refuseUnknown(item);
  const given: GivenApproval[] = [];
  const missing: { step: Step; approval: string }[] = [];
  for (const step of steps) {
    for (const approval of step.approvals) {
      const item = approve.find((each) => covers(each, approval, step));
      if (item === undefined) missing.push({ step, approval });
      else given.push({ step, approval, given: item });
    }
  }
  if (missing.length > 0) throw needsApproval(missing, approve);
  return given;
}

function refuseUnknown(item: string): void {
  const word = item.split(":", 1)[0] ?? "";
  if (words.has(word) && !item.endsWith(":")) return;
  const message = `--approve does not know "${item}". It takes ${[...words].join(", ")}, alone or followed by ":" and an object (destructive:app.users.legacy).`;
  throw new LockstepError({ code: "usage", message, exitCode: 64 });
}

function covers(item: string, approval: string, step: Step): boolean {
  const word = approval.split(":", 1)[0];
  return item === word || item === exactForm(approval, step);
}

/** A need may carry its own object: `rebuild:reporting.v` on a step of the table under that view. */
function exactForm(approval: string, step: Step): string {
  return approval.includes(":") ? approval : `${approval}:${step.object}`;
}

function needsApproval(missing: readonly { step: Step; approval: string }[], approve: readonly string[]): LockstepError {
  const lines = missing.map(({ step, approval }) => {
    const why = `${whatOf(step)}: ${step.reason.text}${placeOf(step)}`;
    return `  ${step.id} ${why}\n    --approve ${shellWord(exactForm(approval, step))}`;
  });
  const exact = [...new Set([...approve, ...missing.map(({ step, approval }) => exactForm(approval, step))])];
  const count = new Set(missing.map(({ step }) => step.id)).size;
  const message = `${count} ${count === 1 ? "step needs" : "steps need"} approval; nothing was changed.\n${lines.join("\n")}\nAll of them: --approve ${shellWord(exact.join(","))}`;
  const diagnostics = missing.map(({ step, approval }) => ({
    code: "needs-approval",
    severity: "error" as const,
    message: `step ${step.id} (${whatOf(step)}) needs --approve ${exactForm(approval, step)}`,
    object: step.object,
    ...(step.reason.file === null ? {} : { file: step.reason.file }),
    ...(step.reason.line === null ? {} : { line: step.reason.line }),
  }));
  return new LockstepError({ code: "needs-approval", message, exitCode: 3, diagnostics });
}

/** `drop column app.users.legacy`; for what is action and kind at once (a policy, a grant) the word once. */
function whatOf(step: Step): string {
  return step.action === step.kind ? `${step.kind} ${step.object}` : `${step.action} ${step.kind} ${step.object}`;
}

/** ` (schema.yaml:12)`, or nothing for a step that no line of a file asks for. */
export function placeOf(step: Step): string {
  if (step.reason.file === null) return "";
  return ` (${step.reason.file}${step.reason.line === null ? "" : `:${step.reason.line}`})`;
}

function shellWord(text: string): string {
  return /^[\w.:,@/-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}
