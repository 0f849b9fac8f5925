import type { Fact } from "../model/database.ts";
import type { KindModule } from "../model/kind.ts";
import type { ProblemLog } from "./problem-log.ts";

/**
 * Reports what the files use and the lowest major that they say they run on does not have. SQL inside the bodies of functions is
 * text to PostgreSQL until it runs, and is not looked at.
 */
export function checkMajors(
  facts: Iterable<Fact>,
  lowest: number,
  kindNamed: (kind: string) => KindModule | undefined,
  log: ProblemLog,
): void {
  for (const fact of facts) {
    const need = kindNamed(fact.kind)?.needsMajor?.(fact) ?? null;
    if (need === null || need.major <= lowest || fact.at === undefined) continue;
    log.error(
      fact.at,
      "needs-newer-postgres",
      `${fact.kind.replaceAll("_", " ")} ${fact.object} has ${need.what}, which PostgreSQL ${lowest} does not know`,
      `it takes PostgreSQL ${need.major} or later: do without, or write \`postgres: ${need.major}\` when no server is older`,
    );
  }
}
