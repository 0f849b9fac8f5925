import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { describeHolder, type LockHolder } from "../apply/run-lock.ts";
import type { ProjectConfig } from "../model/database.ts";
import { LockstepError } from "../model/lockstep-error.ts";
import type { Plan } from "../model/plan.ts";
import type { Step } from "../model/step.ts";
import { readPlanFile } from "../plan/plan-file.ts";
import { applyCommand as applyLine } from "../report/approvals-text.ts";
import { count, timeText } from "../report/quantities.ts";
import { loadDesired } from "../yaml/load-desired.ts";
import { progressView } from "./apply-progress.ts";
import { type Applied, type ApplyingOptions, applyWith } from "./applying.ts";
import type { CommandContext, CommonOptions } from "./command-context.ts";
import { type OpenTarget, withTarget } from "./open-target.ts";
import { acceptedPairs } from "./plan.ts";
import { printPlan, subjectOf } from "./plan-output.ts";
import { type PhaseChoice, refuseUnmanaged } from "./planning.ts";

/** The flags of `lockstep apply` and `lockstep policies apply`. Durations are milliseconds. */
export interface ApplyCommandOptions extends CommonOptions {
  readonly phase?: PhaseChoice;
  readonly approve?: readonly string[];
  readonly acceptDrop?: readonly string[];
  readonly lockTimeout?: number;
  readonly lockWait?: number;
  readonly buildWait?: number;
  readonly wait?: number;
  readonly yes?: boolean;
  readonly dataChecks?: boolean;
}

/** `lockstep apply [PLAN]`: runs a saved plan, or plans and runs. */
export async function applyCommand(
  context: CommandContext,
  options: ApplyCommandOptions,
  args: readonly string[],
): Promise<number> {
  const [file] = args;
  if (file !== undefined && options.acceptDrop !== undefined) {
    const message =
      "--accept-drop belongs to planning, and a saved plan is not planned again. Leave it out, or plan anew with it.";
    throw new LockstepError({ code: "usage", message, exitCode: 64 });
  }
  const saved = file === undefined ? undefined : await readPlanFile(resolve(context.cwd, file));
  return await runApply(context, options, { policiesOnly: false, ...(saved === undefined ? {} : { saved, source: file }) });
}

/** What is run: everything or row-level security alone, freshly planned or from a file (`source`). */
export interface ApplyRequest {
  readonly policiesOnly: boolean;
  readonly saved?: Plan;
  readonly source?: string | undefined;
}

/** Plans and runs, or runs, and tells what came of it. */
export async function runApply(context: CommandContext, options: ApplyCommandOptions, request: ApplyRequest): Promise<number> {
  const config = await configOf(context, options, request.saved);
  const targets = config === undefined ? {} : { targets: config.targets };
  return await withTarget(context, options, { readOnly: false, cancelOnSignal: false, ...targets }, async (target) => {
    const view = progressView(context);
    const begun = performance.now();
    try {
      const applied = await applyWith(target, {
        ...planningPart(context, options, request),
        ...timingPart(options),
        ...(config === undefined ? {} : { config }),
        onProgress: (event) => view.show(event),
        onWait: (holder) => tellWait(context, holder),
        onPlan: (plan) => present(context, options, request, { plan, target, config }),
        // A saved plan was looked at when it was made: it is run without a question, as Terraform does.
        ...(options.yes === true || request.saved !== undefined
          ? {}
          : { confirm: (steps: readonly Step[]) => confirm(context, steps) }),
        secrets: target.secrets,
        env: context.env,
      });
      view.end();
      reportApplied(context, options, applied, { command: commandOf(request), ms: performance.now() - begun });
      return 0;
    } finally {
      view.end();
    }
  });
}

/** A saved plan runs without files too; what they say about waiting and targets counts where they are there. */
async function configOf(
  context: CommandContext,
  options: ApplyCommandOptions,
  saved: Plan | undefined,
): Promise<ProjectConfig | undefined> {
  if (saved !== undefined && !existsSync(resolve(context.cwd, options.file))) return undefined;
  return (await loadDesired({ file: options.file, cwd: context.cwd })).config;
}

function planningPart(
  context: CommandContext,
  options: ApplyCommandOptions,
  request: ApplyRequest,
): Omit<ApplyingOptions, "config"> {
  return {
    file: options.file,
    cwd: context.cwd,
    version: context.version,
    acceptDrop: acceptedPairs(options.acceptDrop),
    dataChecks: options.dataChecks !== false,
    policiesOnly: request.policiesOnly,
    signal: context.signal,
    approve: options.approve ?? [],
    ...(request.saved === undefined ? {} : { saved: request.saved }),
    ...(options.phase === undefined ? {} : { phase: options.phase }),
  };
}

function timingPart({ lockTimeout, lockWait, buildWait, wait }: ApplyCommandOptions): Partial<ApplyingOptions> {
  return {
    ...(lockTimeout === undefined ? {} : { lockTimeout }),
    ...(lockWait === undefined ? {} : { lockWait }),
    ...(buildWait === undefined ? {} : { buildWait }),
    ...(wait === undefined ? {} : { wait }),
  };
}

function tellWait(context: CommandContext, holder: LockHolder | null): void {
  context.output.note(
    `Another run works on this project${holder === null ? "" : `: ${describeHolder(holder)}`}. Waiting for it to end.`,
  );
}

/** Shows the plan that is about to be run. */
function present(
  context: CommandContext,
  options: ApplyCommandOptions,
  request: ApplyRequest,
  shown: { readonly plan: Plan; readonly target: OpenTarget; readonly config: ProjectConfig | undefined },
): void {
  const { plan, target, config } = shown;
  if (options.strict) refuseUnmanaged(plan);
  if (options.json || options.quiet) return;
  printPlan(context, options, plan, {
    subject: config === undefined ? "The database" : subjectOf(config, request.policiesOnly),
    source: request.source ?? options.file,
    where: target.where,
    command: null,
  });
}

async function confirm(context: CommandContext, steps: readonly Step[]): Promise<boolean> {
  if (!context.canAsk) {
    const message = `${count(steps.length, "step")} would be applied, and there is nobody to ask. Nothing was changed. Answer with --yes.`;
    throw new LockstepError({ code: "needs-yes", message, exitCode: 3 });
  }
  const answer = await context.ask(`\nApply this plan: ${count(steps.length, "step")}? (y/N) `);
  return /^y(es)?$/i.test(answer.trim());
}

/** The command that goes on where this one stops. */
function commandOf({ policiesOnly, source }: ApplyRequest): string {
  if (policiesOnly) return "policies apply";
  return source === undefined ? "apply" : `apply ${source}`;
}

function reportApplied(
  { output }: CommandContext,
  options: ApplyCommandOptions,
  applied: Applied,
  { command, ms }: { readonly command: string; readonly ms: number },
): void {
  const { result, phase, plan } = applied;
  if (options.json) output.data(appliedJson(applied));
  const nothing = plan.steps.length === 0 ? "Nothing to do." : `Nothing to do in this phase (${phase}).`;
  output.note(result.ran.length === 0 ? nothing : `Applied ${count(result.ran.length, "step")} in ${timeText(ms)}.`);
  if (result.pending.length === 0) return;
  const contract = result.pending.filter((step) => step.phase === "contract");
  const [which, steps] = contract.length > 0 ? (["contract", contract] as const) : (["expand", result.pending] as const);
  const when = which === "contract" ? ", for when the new application is everywhere" : "";
  output.note(`${count(steps.length, `${which} step`)} pending${when}: ${applyLine(which, steps, command)}`);
}

function appliedJson({ plan, phase, result }: Applied): string {
  const brief = ({ id, phase: of, class: stepClass, kind, object, action }: Step) => ({
    id,
    phase: of,
    class: stepClass,
    kind,
    object,
    action,
  });
  const document = {
    status: result.ran.length === 0 ? "nothing to do" : "applied",
    project: plan.project,
    database: plan.target.database,
    plan_hash: plan.plan_hash,
    phase,
    ran: result.ran.map(brief),
    skipped: result.skipped.map(brief),
    pending: result.pending.map(brief),
  };
  return `${JSON.stringify(document, null, 2)}\n`;
}
