/**
 * Text of YAML and SQL files to the desired state, with every problem at once, and a live state back to files. The folder
 * knows the form of the files (maps of names, short and long forms, patterns); what an entry means, each kind says itself.
 */
import { kinds } from "../kinds/registry.ts";
import type { DesiredDatabase } from "../model/database.ts";
import { type LoadOptions, loadProject } from "./load-project.ts";

/**
 * Reads schema.yaml and all files it names.
 * In: the file, the folder that relative paths start from, names that the target's extensions brought. Out: the desired
 * state; its `diagnostics` are warnings.
 * @throws LockstepError with exit code 1: `no-file`, or `invalid` with every problem in its diagnostics.
 */
export function loadDesired(options: LoadOptions): Promise<DesiredDatabase> {
  return loadProject(kinds, options);
}
