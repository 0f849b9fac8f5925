import { LockstepError } from "../model/lockstep-error.ts";
import { diagnosticsText } from "../report/diagnostics-text.ts";
import { diagnosticDocument } from "../report/plan-json.ts";
import type { Output } from "./command-context.ts";
import { explainServerError } from "./explain-server-error.ts";

/** How an error is told: as JSON on stdout, with the stack of an internal one. */
export interface ErrorStyle {
  readonly json: boolean;
  readonly stack: boolean;
}

/** Tells an error to whoever runs the command and returns the exit code. Never throws; secrets are replaced. */
export function reportError(error: unknown, output: Output, style: ErrorStyle): number {
  const known = error instanceof LockstepError ? error : (explainServerError(error) ?? internalError(error));
  if (style.json) output.data(output.redacted(errorJson(known)));
  output.warn(errorText(known, output.colourErr));
  if (style.stack && error instanceof Error && !(error instanceof LockstepError)) output.warn(error.stack ?? String(error));
  return known.exitCode;
}

/** A message of several lines tells all there is; otherwise the diagnostics, and the message below them when it adds something. */
function errorText(error: LockstepError, colour: boolean): string {
  const { code, message, diagnostics } = error;
  if (message.includes("\n") || diagnostics.length === 0) {
    return diagnosticsText([{ code, severity: "error", message }], { colour });
  }
  const repeats = diagnostics.length === 1 && diagnostics[0]?.message === message;
  return `${diagnosticsText(diagnostics, { colour })}${repeats ? "" : `lockstep: ${message}\n`}`;
}

/** One document: `{ "error": { code, message, exit_code, diagnostics } }`. */
function errorJson(error: LockstepError): string {
  const { code, message, exitCode, diagnostics } = error;
  return `${JSON.stringify({ error: { code, message, exit_code: exitCode, diagnostics: diagnostics.map(diagnosticDocument) } }, null, 2)}\n`;
}

/** What nobody foresaw: a bug, or a server's answer that no phase explains. */
function internalError(error: unknown): LockstepError {
  const text = error instanceof Error ? error.message : String(error);
  const state = error instanceof Error && "code" in error && typeof error.code === "string" ? ` (${error.code})` : "";
  const message = `internal error: ${text === "" ? "unknown" : text}${state}`;
  const hint = "This is a bug. -v shows where it happened; please report it with that.";
  return new LockstepError({
    code: "internal",
    message,
    diagnostics: [{ code: "internal", severity: "error", message, hint }],
    cause: error,
  });
}
