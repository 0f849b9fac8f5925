import { secretsOfUrl } from "../catalog/redact.ts";
import { LockstepError } from "../model/lockstep-error.ts";
import type { Step } from "../model/step.ts";

/** Variables by name, as the caller of the run has them. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** Refuses a run some of whose steps wait for variables that are not set, before the first one. Throws `unset-variable` (1). */
export function requireVariables(steps: readonly Step[], env: Environment): void {
  const missing = steps.flatMap((step) =>
    (step.env ?? []).filter((name) => env[name] === undefined).map((name) => ({ step, name })),
  );
  if (missing.length === 0) return;
  const names = [...new Set(missing.map(({ name }) => name))].sort();
  throw new LockstepError({
    code: "unset-variable",
    message: `The environment lacks ${names.join(", ")}; nothing was changed. Set ${names.length === 1 ? "it" : "them"}, or put ${names.length === 1 ? "it" : "them"} into .env, and run apply again.`,
    diagnostics: missing.map(({ step, name }) => ({
      code: "unset-variable",
      severity: "error",
      object: step.object,
      message: `${step.kind.replaceAll("_", " ")} ${step.object} takes a secret from ${name}, which is not set`,
      ...(step.reason.file ? { file: step.reason.file } : {}),
      ...(step.reason.line ? { line: step.reason.line } : {}),
    })),
  });
}

/** The SQL of a step as it is sent: `${NAME}` of the variables that the step says it waits for, inside of literals. */
export function filledIn(step: Step, env: Environment): string {
  return (step.env ?? []).reduce((sql, name) => sql.replaceAll(`\${${name}}`, (env[name] ?? "").replaceAll("'", "''")), step.sql);
}

/** What must not be shown of the variables that steps take in. */
export function secretsOf(steps: readonly Step[], env: Environment): readonly string[] {
  const values = steps.flatMap((step) => (step.env ?? []).flatMap((name) => env[name] ?? []));
  return [...new Set(values.flatMap((value) => [value, value.replaceAll("'", "''"), ...secretsOfUrl(value)]))];
}
