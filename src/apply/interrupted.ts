import { LockstepError } from "../model/lockstep-error.ts";

/**
 * The error of a run that a signal ended. Its exit code is that of the signal's reason where that is a LockstepError (143 for SIGTERM),
 * else 130.
 */
export function interrupted(signal: AbortSignal | undefined, message: string): LockstepError {
  const exitCode = signal?.reason instanceof LockstepError ? signal.reason.exitCode : 130;
  return new LockstepError({ code: "interrupted", message, exitCode });
}
