import { sqlStateOf } from "../catalog/connection-error.ts";
import { LockstepError } from "../model/lockstep-error.ts";

/**
 * What a server refused while lockstep read it or kept its records, in words; null for what did not come from a server. The steps of a
 * plan explain their own failures.
 */
export function explainServerError(error: unknown): LockstepError | null {
  const state = sqlStateOf(error);
  if (state === undefined || !(error instanceof Error)) return null;
  const said = `${error.message} (SQLSTATE ${state})`;
  switch (state) {
    case "55P03":
    case "40P01":
      return refused(
        "lock-timeout",
        5,
        `Another session holds a lock on something that has to be read: ${said}. Try again when it has ended.`,
      );
    case "57014":
      return refused("statement-timeout", 5, `A query was stopped: ${said}. Try again, or raise the role's statement_timeout.`);
    case "42501":
      return refused("missing-privilege", 1, `This role may not read what planning needs: ${said}.`);
    case "53100":
    case "53200":
    case "53300":
      return refused("server-exhausted", 5, `The server has run out of something: ${said}. Try again later.`);
    default:
      return refused(
        "server-error",
        1,
        `The server refused a statement of lockstep's own: ${said}. -v shows where; please report it.`,
      );
  }

  function refused(code: string, exitCode: 1 | 5, message: string): LockstepError {
    return new LockstepError({ code, message, exitCode, cause: error });
  }
}
