import type { Unmanaged } from "../model/database.ts";
import type { Plan } from "../model/plan.ts";
import type { Phase, Step } from "../model/step.ts";
import { applyCommand, approvalsNeeded } from "./approvals-text.ts";
import { diagnosticsText } from "./diagnostics-text.ts";
import { type Paint, paintFor } from "./paint.ts";
import { count, versionText } from "./quantities.ts";
import { lockText, placeText, sizeText, stepTitle } from "./step-text.ts";

/** How a plan is shown. `subject` and `source` fill "No changes. <subject> matches <source>."; `where` names the server. */
export interface PlanTextOptions {
  readonly colour: boolean;
  readonly verbose: boolean;
  readonly subject: string;
  readonly source: string;
  readonly where?: string;
  /** The command that runs it: `apply`, `policies apply`, or null where it runs already. */
  readonly command?: string | null;
}

const PHASES: readonly Phase[] = ["expand", "backfill", "contract"];
const UNMANAGED_SHOWN = 20;
const WIDEST_TITLE = 80;

/** A plan for people: what needs a look first, then every step by phase and transaction, then sums, approvals, leftovers. */
export function planText(plan: Plan, options: PlanTextOptions): string {
  const paint = paintFor(options.colour);
  const sections = [
    headerText(plan, paint, options),
    ...(plan.steps.length === 0
      ? [nothingToDo(plan, options)]
      : [...firstText(plan.steps, paint), ...phaseTexts(plan, paint, options), summaryText(plan, paint, options)]),
    ...unmanagedText(plan.unmanaged, options.verbose),
    ...(plan.diagnostics.length === 0 ? [] : [diagnosticsText(plan.diagnostics, options).trimEnd()]),
  ];
  return `${sections.join("\n\n")}\n`;
}

function headerText(plan: Plan, paint: Paint, { where }: PlanTextOptions): string {
  const server = `PostgreSQL ${versionText(plan.target.server_version)}${where === undefined ? "" : ` on ${where}`}`;
  const fingerprint = `fingerprint ${plan.target.fingerprint.slice(0, 12)}`;
  return `${paint.bold(`Plan for database ${plan.target.database}`)} ${paint.dim(`(${server}, project ${plan.project}, ${fingerprint})`)}`;
}

/** Destructive, locking and access-changing steps, before anything else; none, no section. */
function firstText(steps: readonly Step[], paint: Paint): readonly string[] {
  const marked = steps.flatMap((step) => {
    const marks = marksOf(step);
    return marks.length === 0 ? [] : [{ step, mark: marks.join(", ") }];
  });
  if (marked.length === 0) return [];
  const width = Math.max(...marked.map(({ mark }) => mark.length));
  const lines = marked.map(({ step, mark }) => {
    const loud = step.class === "destructive" ? paint.red : paint.yellow;
    const detail = [
      step.access_text ?? "",
      typeof step.rows === "number" ? count(step.rows, "row") : (step.rows ?? ""),
      placeText(step),
    ];
    const facts = detail.filter((text) => text !== "").join(" · ");
    return `  ${loud(mark.padEnd(width))}  ${step.id.padStart(3)}  ${stepTitle(step)}${facts === "" ? "" : paint.dim(`  ${facts}`)}`;
  });
  return [[paint.bold("Look at these first:"), ...lines].join("\n")];
}

function marksOf(step: Step): readonly string[] {
  const marks: string[] = step.class === "safe" ? [] : [step.class];
  if (step.access === "widens" || step.access === "narrows") marks.push(`${step.access} access`);
  if (step.access === "unknown") marks.push("may widen access");
  if (step.breaks !== "none") marks.push(`breaks the ${step.breaks} application`);
  return marks;
}

function phaseTexts(plan: Plan, paint: Paint, options: PlanTextOptions): readonly string[] {
  const widest = (text: (step: Step) => string) => Math.max(...plan.steps.map((step) => text(step).length));
  const widths = {
    id: Math.max(
      2,
      widest((step) => step.id),
    ),
    title: Math.min(72, widest(stepTitle)),
  };
  return PHASES.flatMap((phase) => {
    const steps = plan.steps.filter((step) => step.phase === phase);
    if (steps.length === 0) return [];
    const lines = steps.flatMap((step, index) => stepLines(step, bracketOf(steps, index), widths, paint, options.verbose));
    return [[paint.bold(phase), ...lines].join("\n")];
  });
}

/** Widths of the columns of a plan, in characters. */
interface Widths {
  readonly id: number;
  readonly title: number;
}

/** What stands left of a step: steps of one transaction are held together by a bracket. */
function bracketOf(steps: readonly Step[], index: number): string {
  const group = (at: number) => steps[at]?.group;
  const before = group(index - 1) === group(index);
  const after = group(index + 1) === group(index);
  if (before && after) return "│";
  if (after) return "┌";
  return before ? "└" : " ";
}

function stepLines(step: Step, bracket: string, width: Widths, paint: Paint, verbose: boolean): readonly string[] {
  const loud = step.class === "destructive" ? paint.red : step.class === "locking" ? paint.yellow : paint.green;
  const facts = [lockText(step), sizeText(step), step.transactional ? "" : "outside a transaction"];
  const tail = facts.filter((text) => text !== "").join(" · ");
  const title = tail === "" ? shortTitle(step) : shortTitle(step).padEnd(width.title);
  const head = `  ${paint.dim(bracket)} ${step.id.padStart(width.id)}  ${loud(step.class.padEnd(11))}  ${title}${tail === "" ? "" : `  ${paint.dim(tail)}`}`;
  if (!verbose) return [head];
  const inner = bracket === "┌" || bracket === "│" ? "│" : " ";
  const margin = `  ${paint.dim(inner)} ${" ".repeat(width.id)}  `;
  return [head, ...detailLines(step, paint).map((line) => `${margin}${line}`.trimEnd())];
}

/** The whole title stands in the reason, which -v shows, and in the list of what needs a look. */
function shortTitle(step: Step): string {
  const title = stepTitle(step);
  return title.length <= WIDEST_TITLE ? title : `${title.slice(0, WIDEST_TITLE - 1)}…`;
}

function detailLines(step: Step, paint: Paint): readonly string[] {
  const place = placeText(step);
  return [
    ...step.sql.split("\n").map((line) => paint.cyan(line)),
    `${paint.dim("because")} ${step.reason.text}${place === "" ? "" : ` (${place})`}`,
    ...("sql" in step.undo ? labelled("undo", step.undo.sql, paint) : labelled("no undo:", step.undo.none, paint)),
    ...(step.safer === null ? [] : labelled("safer", step.safer, paint)),
  ];
}

function labelled(label: string, text: string, paint: Paint): readonly string[] {
  const [first = "", ...rest] = text.split("\n");
  return [`${paint.dim(label)} ${first}`, ...rest.map((line) => `${" ".repeat(label.length)} ${line}`)];
}

function summaryText(plan: Plan, paint: Paint, options: PlanTextOptions): string {
  const { command = "apply" } = options;
  return [paint.bold(summaryLine(plan)), ...(command === null ? [] : commandLines(plan, command))].join("\n");
}

/** `5 steps: 3 safe, 1 locking, 1 destructive · 4 expand, 1 contract`; what counts zero is left out. */
export function summaryLine(plan: Plan): string {
  const { summary } = plan;
  const some = (parts: readonly (readonly [number, string])[]) =>
    parts.flatMap(([amount, word]) => (amount === 0 ? [] : [`${amount} ${word}`])).join(", ");
  const classes = some([
    [summary.safe, "safe"],
    [summary.locking, "locking"],
    [summary.destructive, "destructive"],
  ]);
  const phases = some([
    [summary.expand, "expand"],
    [summary.backfill, "backfill"],
    [summary.contract, "contract"],
  ]);
  const widens =
    summary.widens === 0 ? "" : ` · ${count(summary.widens, "step")} ${summary.widens === 1 ? "widens" : "widen"} access`;
  return `${count(summary.steps, "step")}: ${classes} · ${phases}${widens}`;
}

function commandLines(plan: Plan, command: string): readonly string[] {
  const now = plan.steps.filter((step) => step.phase !== "contract");
  const later = plan.steps.filter((step) => step.phase === "contract");
  const asks = approvalsNeeded(plan.steps).length > 0;
  return [
    asks ? "To run it, with the approvals that it needs:" : "To run it:",
    ...(now.length === 0 ? [] : [`  ${applyCommand("expand", now, command)}`]),
    ...(later.length === 0 ? [] : [`  ${applyCommand("contract", later, command)}`]),
  ];
}

function unmanagedText(unmanaged: readonly Unmanaged[], verbose: boolean): readonly string[] {
  if (unmanaged.length === 0) return [];
  const shown = verbose ? unmanaged : unmanaged.slice(0, UNMANAGED_SHOWN);
  const lines = shown.map(({ kind, object, why }) => `  ${kind.replaceAll("_", " ")} ${object}: ${why}`);
  const rest = unmanaged.length - shown.length;
  const more = rest === 0 ? [] : [`  … and ${rest} more (-v lists them)`];
  return [[`Unmanaged, left alone (${unmanaged.length}):`, ...lines, ...more].join("\n")];
}

/** An empty plan says that both sides match only where that is known. */
function nothingToDo(plan: Plan, options: PlanTextOptions): string {
  const unknown = plan.diagnostics.filter(({ severity }) => severity === "error").length;
  if (unknown > 0)
    return `No changes that are certain: ${unknown} ${unknown === 1 ? "question is" : "questions are"} open, see below.`;
  return `No changes. ${options.subject} matches ${options.source}.`;
}
