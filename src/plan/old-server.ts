import { kindNamed } from "../kinds/registry.ts";
import type { Change } from "../model/change.ts";
import type { LiveDatabase, ProjectConfig } from "../model/database.ts";
import type { Diagnostic } from "../model/diagnostic.ts";
import { LockstepError } from "../model/lockstep-error.ts";

/**
 * Files that say which major they need are not tried on an older one.
 * @throws LockstepError `server-too-old` (1)
 */
export function refuseOldServer({ lowestMajor, file }: ProjectConfig, live: Pick<LiveDatabase, "major">): void {
  if (live.major >= lowestMajor) return;
  const message = `${file} needs PostgreSQL ${lowestMajor} or later (postgres: ${lowestMajor}), and this server is ${live.major}`;
  throw new LockstepError({ code: "server-too-old", message });
}

/**
 * What a change would make and the server's major does not have is told before the first step, not by a statement in the middle of a run.
 * @throws LockstepError `server-too-old` (1) with a diagnostic for each
 */
export function refuseNewerFeatures(changes: readonly Change[], live: Pick<LiveDatabase, "major">): void {
  const diagnostics = changes.flatMap((change): Diagnostic[] => {
    if (change.type !== "create" && change.type !== "alter") return [];
    const fact = change.desired;
    const need = kindNamed(fact.kind).needsMajor?.(fact) ?? null;
    if (need === null || need.major <= live.major) return [];
    return [
      {
        code: "server-too-old",
        severity: "error",
        object: fact.object,
        message: `${fact.kind.replaceAll("_", " ")} ${fact.object} has ${need.what}, which PostgreSQL ${live.major} does not know`,
        hint: `it takes PostgreSQL ${need.major} or later`,
        ...(fact.at ? { file: fact.at.file, line: fact.at.line, column: fact.at.column } : {}),
      },
    ];
  });
  if (diagnostics.length === 0) return;
  throw new LockstepError({ code: "server-too-old", message: `this server is PostgreSQL ${live.major}`, diagnostics });
}
