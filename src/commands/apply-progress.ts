import { type ApplyProgress, describeBlocker } from "../apply/progress.ts";
import type { Step } from "../model/step.ts";
import { clearProgress, type Progress, progressBar, progressLine } from "../report/progress.ts";
import { timeText } from "../report/quantities.ts";
import { stepTitle } from "../report/step-text.ts";
import type { CommandContext } from "./command-context.ts";

const WAIT_LINE_EVERY_MS = 5000;

/** What a run told so far. */
export interface ProgressView {
  /** Takes each event of a run and shows it on stderr: a bar on a terminal, lines elsewhere. */
  show(event: ApplyProgress): void;
  /** Takes the bar away; to be called before anything else is written. */
  end(): void;
}

/** Shows the progress of a run: on a terminal one bar that is redrawn, elsewhere a line for each step that ended. */
export function progressView(context: CommandContext): ProgressView {
  return context.isTty ? barView(context) : lineView(context);
}

function lineView({ output }: CommandContext): ProgressView {
  const isNews = newsFilter();
  let steps: readonly Step[] = [];
  const show = (event: ApplyProgress) => {
    if (event.type === "start") steps = event.steps;
    const line = isNews(event) ? lineOf(event, steps) : null;
    if (line !== null) output.note(line);
  };
  return { show, end: () => undefined };
}

function barView({ output }: CommandContext): ProgressView {
  const isNews = newsFilter();
  let state: Progress = { done: 0, total: 0, title: "" };
  const draw = () => {
    if (state.total > 0) output.progress(progressBar(state, output.columns));
  };
  const show = (event: ApplyProgress) => {
    state = barOf(event, state);
    const line = event.type === "step-done" || event.type === "build" || !isNews(event) ? null : lineOf(event, []);
    if (line !== null) output.progress(`${clearProgress()}${line}\n`);
    draw();
  };
  const end = () => {
    if (state.total > 0) output.progress(clearProgress());
    state = { ...state, total: 0 };
  };
  return { show, end };
}

/** Waiting and building are told twice a second; a line for each would be noise. */
function newsFilter(): (event: ApplyProgress) => boolean {
  let last = "";
  const isNew = (key: string) => {
    const news = key !== last;
    last = key;
    return news;
  };
  return (event) => {
    if (event.type === "waiting") return isNew(`${event.step.id} ${Math.floor(event.waitedMs / WAIT_LINE_EVERY_MS)}`);
    if (event.type === "build") return isNew(`${event.step.id} ${event.phase} ${Math.floor((event.fraction ?? 0) * 4)}`);
    return true;
  };
}

function barOf(event: ApplyProgress, before: Progress): Progress {
  switch (event.type) {
    case "step-start":
      return { done: event.index - 1, total: event.total, title: stepTitle(event.step) };
    case "step-done":
      return { done: event.index, total: event.total, title: stepTitle(event.step) };
    case "build":
      return { ...before, fraction: event.fraction ?? 0 };
    case "start":
    case "waiting":
    case "retry":
    case "note":
      return before;
  }
}

function lineOf(event: ApplyProgress, steps: readonly Step[]): string | null {
  switch (event.type) {
    case "start":
    case "step-start":
      return null;
    case "step-done":
      return doneLine(event, steps[event.index]);
    case "waiting":
      return waitingLine(event);
    case "retry":
      return `  step ${event.step.id}: attempt ${event.attempt} gave up its place in the queue, next one in ${timeText(event.nextInMs)}`;
    case "build": {
      const part = event.fraction === null ? "" : ` ${Math.floor(event.fraction * 100)} %`;
      return `  step ${event.step.id}: ${event.phase}${part}`;
    }
    case "note":
      return event.step === null ? event.message : `  step ${event.step.id}: ${event.message}`;
  }
}

/** The time is that of a whole transaction: the last of its steps tells it. */
function doneLine({ step, index, total, ms }: Extract<ApplyProgress, { type: "step-done" }>, next: Step | undefined): string {
  const isLast = next === undefined || next.group !== step.group;
  return progressLine({ done: index, total, title: stepTitle(step) }, isLast ? ms : null);
}

function waitingLine(event: Extract<ApplyProgress, { type: "waiting" }>): string {
  const on = event.relation === null ? "older transactions" : `a lock on ${event.relation}`;
  const held = event.blockers.map((blocker) => `\n    held by ${describeBlocker(blocker)}`).join("");
  return `  step ${event.step.id} waits for ${on} (${timeText(event.waitedMs)})${held}`;
}
