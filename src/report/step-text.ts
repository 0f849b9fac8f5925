import type { Lock, Step } from "../model/step.ts";
import { byteText, count, timeText } from "./quantities.ts";

const LONGEST_SQL = 90;

/** Shorter estimates are noise: every catalog change takes about that. */
const SHORTEST_ESTIMATE_MS = 10;

/** What a step does, for one line: `create table app.orders`, `alter column app.orders.id: type changes from integer to bigint`. */
export function stepTitle(step: Step): string {
  if (saysItself(step)) return shorten(oneLine(step.sql).replace(/;$/, ""));
  const what = `${verbOf(step)} ${step.kind.replaceAll("_", " ")} ${step.object}`;
  const says = step.action === "create" || step.action === "policy" ? "" : step.reason.text;
  return says === "" ? what : `${what}: ${says}`;
}

/** Grants, comments and states of row-level security hang on an object: their statement is shorter than any words about it. */
function saysItself(step: Step): boolean {
  return (
    step.action === "grant" || /^COMMENT\b/i.test(step.sql) || (step.action === "policy" && /^ALTER TABLE\b/i.test(step.sql))
  );
}

/** A policy's step has the action `policy`, whichever of create, alter and drop it is; its statement says it. */
function verbOf(step: Step): string {
  if (step.action !== "policy" && step.action !== "rows") return step.action;
  return /^\s*([a-z]+)/i.exec(withoutComments(step.sql))?.[1]?.toLowerCase() ?? step.action;
}

/** The locks of a step in words; the strongest first, the others counted. Empty when it locks nothing that exists. */
export function lockText(step: Step): string {
  const [first, ...rest] = [...step.locks].sort((a, b) => weight(b) - weight(a));
  if (first === undefined) return "";
  const others = rest.filter((lock) => lock.relation !== first.relation).length;
  const more = others === 0 ? "" : ` and ${others} more`;
  return `${first.mode.replace(/Lock$/, "")} on ${first.relation}${more}, ${durationOf(step, first)}`;
}

function durationOf(step: Step, strongest: Lock): string {
  if (strongest.blocks === "none") return "blocks nobody";
  if (!step.rewrite && !step.scan && !step.index_rebuild) return "brief";
  return strongest.blocks === "writes" ? "blocks writes while it runs" : "blocks reads and writes while it runs";
}

const BLOCKS = { none: 0, writes: 1, reads_and_writes: 2 };

function weight(lock: Lock): number {
  return BLOCKS[lock.blocks];
}

/** What a step works through and how long that may take: `1,234 rows, 8 MB, about 2 s`. Empty when nothing is known. */
export function sizeText(step: Step): string {
  const parts: string[] = [];
  if (step.rewrite) parts.push("rewrites the table");
  else if (step.scan) parts.push("scans");
  if (typeof step.rows === "string") parts.push(`rows ${step.rows}`);
  else if (step.rows !== null && step.rows >= 0) parts.push(count(step.rows, "row"));
  if (step.bytes !== null && step.bytes > 0) parts.push(byteText(step.bytes));
  if (step.estimate_ms !== null && step.estimate_ms >= SHORTEST_ESTIMATE_MS) parts.push(`about ${timeText(step.estimate_ms)}`);
  return parts.join(", ");
}

/** `schema.yaml:12`, or nothing for what no file asks for. */
export function placeText(step: Step): string {
  const { file, line } = step.reason;
  if (file === null) return "";
  return line === null ? file : `${file}:${line}`;
}

/** A statement on one line, its comments and indentation gone. For people: literals with line breaks lose them. */
function oneLine(sql: string): string {
  return withoutComments(sql).replace(/\s+/g, " ").trim();
}

function withoutComments(sql: string): string {
  return sql.replace(/^\s*--[^\n]*\n/gm, "");
}

function shorten(text: string): string {
  return text.length <= LONGEST_SQL ? text : `${text.slice(0, LONGEST_SQL - 1)}…`;
}
