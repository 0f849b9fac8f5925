import type { Diagnostic } from "./diagnostic.ts";

/**
 * What the process answers with: 1 error, 2 differences, 3 refused (approval, answer, gate, guard), 4 stale plan,
 * 5 try again, 64 usage, 130 and 143 signals. 0 is no error and has no place here.
 */
export type ExitCode = 1 | 2 | 3 | 4 | 5 | 64 | 130 | 143;

/** `exitCode` is 1 unless given; `diagnostics` is the message alone unless given. */
export interface LockstepErrorOptions {
  readonly code: string;
  readonly message: string;
  readonly exitCode?: ExitCode;
  readonly diagnostics?: readonly Diagnostic[];
  readonly cause?: unknown;
}

/** An outcome that a person caused or has to act on. Everything else that is thrown is a bug. */
export class LockstepError extends Error {
  override readonly name = "LockstepError";
  readonly code: string;
  readonly exitCode: ExitCode;
  readonly diagnostics: readonly Diagnostic[];

  constructor(options: LockstepErrorOptions) {
    super(options.message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = options.code;
    this.exitCode = options.exitCode ?? 1;
    this.diagnostics = options.diagnostics ?? [{ code: options.code, severity: "error", message: options.message }];
  }
}
