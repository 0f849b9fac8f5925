import type { SourceRef } from "../model/database.ts";
import type { Diagnostic } from "../model/diagnostic.ts";

/** What was found wrong while files were read: reading goes on, so that every problem comes at once. */
export interface ProblemLog {
  /** Registers a file's text, so that problems in it can show their line. */
  addText(file: string, text: string): void;
  error(at: SourceRef, code: string, message: string, hint?: string): void;
  warning(at: SourceRef, code: string, message: string, hint?: string): void;
  /** Errors so far. */
  errorCount(): number;
  /** All problems, sorted by place. */
  sorted(): readonly Diagnostic[];
}

/** An empty log. The same problem at the same place is kept once. */
export function createProblemLog(): ProblemLog {
  const lines = new Map<string, readonly string[]>();
  const found = new Map<string, Diagnostic>();
  const add = (severity: Diagnostic["severity"], at: SourceRef, code: string, told: string, hint?: string): void => {
    const message = at.via === undefined ? told : `${told} (${at.via})`;
    const excerpt = lines.get(at.file)?.[at.line - 1];
    const key = `${at.file}\n${at.line}\n${at.column}\n${code}\n${message}`;
    if (found.has(key)) return;
    found.set(key, {
      code,
      severity,
      message,
      file: at.file,
      line: at.line,
      column: at.column,
      ...(hint === undefined ? {} : { hint }),
      ...(excerpt === undefined ? {} : { excerpt }),
    });
  };
  return {
    addText: (file, text) => lines.set(file, text.split(/\r?\n/)),
    error: (at, code, message, hint) => add("error", at, code, message, hint),
    warning: (at, code, message, hint) => add("warning", at, code, message, hint),
    errorCount: () => [...found.values()].filter((problem) => problem.severity === "error").length,
    sorted: () => [...found.values()].sort(byPlace),
  };
}

function byPlace(a: Diagnostic, b: Diagnostic): number {
  const files = (a.file ?? "") < (b.file ?? "") ? -1 : (a.file ?? "") > (b.file ?? "") ? 1 : 0;
  return files || (a.line ?? 0) - (b.line ?? 0) || (a.column ?? 0) - (b.column ?? 0);
}
