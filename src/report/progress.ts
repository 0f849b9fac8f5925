import { timeText } from "./quantities.ts";

const WIDTH = 24;
const CLEAR_LINE = "\r\u001b[2K";

/** How far something is: `done` of `total` steps, and what is being done now. `fraction` (0 to 1) is the part of the present step. */
export interface Progress {
  readonly done: number;
  readonly total: number;
  readonly title: string;
  readonly fraction?: number;
}

/** One redrawn line of a terminal: a bar, the count and what runs now, cut to the terminal's width. */
export function progressBar(progress: Progress, columns: number): string {
  const { done, total, title, fraction = 0 } = progress;
  const part = total === 0 ? 1 : Math.min(1, (done + fraction) / total);
  const filled = Math.round(part * WIDTH);
  const line = `${"█".repeat(filled)}${"░".repeat(WIDTH - filled)} ${done}/${total} ${title}`;
  return `${CLEAR_LINE}${line.length < columns ? line : `${line.slice(0, Math.max(0, columns - 2))}…`}`;
}

/** Takes a progress bar away, so that a message can stand in its place. */
export function clearProgress(): string {
  return CLEAR_LINE;
}

/** The line for a finished step where nobody watches a terminal: `[2/5] create index app.orders_idx (1.2 s)`; without a time when it is null. */
export function progressLine(progress: Progress, ms: number | null): string {
  return `[${progress.done}/${progress.total}] ${progress.title}${ms === null ? "" : ` (${timeText(ms)})`}`;
}
