import { join } from "node:path";
import { pairKey } from "../catalog/state.ts";
import { type DiffResult, diff } from "../diff/diff.ts";
import type { LiveDatabase } from "../model/database.ts";
import { equality } from "../plan/equality.ts";
import { applyRenames } from "../plan/rename.ts";
import { createScratch } from "../scratch/scratch-database.ts";
import { openEqualityCache } from "./equality-cache.ts";
import type { Basis, PlanningOptions } from "./planning.ts";
import { projectFolder } from "./project-folder.ts";
import { withExcerpts } from "./with-excerpts.ts";

/** What differs between the files and a database, by the equality of plans. */
export interface Differences extends DiffResult {
  /** The live state as it is when the declared renames are made. */
  readonly renamed: LiveDatabase;
}

/** Compares files and database as planning does, without making a plan. A declared rename is no difference. */
export async function differencesOf(
  basis: Basis,
  options: Pick<PlanningOptions, "file" | "cwd" | "signal">,
): Promise<Differences> {
  const { desired, live, state } = basis;
  const folder = projectFolder(options.cwd, options.file);
  const cache = await openEqualityCache(folder);
  const scratch = createScratch({
    dataDir: join(folder, ".lockstep", "scratch"),
    ...(options.signal === undefined ? {} : { signal: options.signal }),
  });
  try {
    return await withExcerpts(options.cwd, async () => {
      const after = await applyRenames(desired.facts, live, scratch);
      const renamed: LiveDatabase = { ...live, facts: after.facts, edges: after.edges };
      const equal = equality({
        desired: desired.facts,
        live: { ...renamed, facts: after.buildable },
        config: desired.config,
        remembered: (pair) => {
          const known = state?.pairs.get(pairKey(pair.id, pair.path));
          return (known !== undefined && known.file === pair.file && known.catalog === pair.catalog) || cache.has(pair);
        },
        scratch,
      });
      const result = await diff(desired, renamed, equal.decide);
      await cache.add(equal.learned);
      return { ...result, renamed };
    });
  } finally {
    await scratch.close();
  }
}
