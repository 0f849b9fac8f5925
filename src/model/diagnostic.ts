/** Something a person should know about their input or database. `code` is stable; lines and columns count from 1. */
export interface Diagnostic {
  readonly code: string;
  readonly severity: "error" | "warning" | "info";
  readonly message: string;
  readonly file?: string;
  readonly line?: number;
  readonly column?: number;
  readonly object?: string;
  readonly hint?: string;
  /** The source line that `column` points into, for the caret. */
  readonly excerpt?: string;
}
