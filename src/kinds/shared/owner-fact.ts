import type { Fact, SourceRef } from "../../model/database.ts";
import { rootOf, satelliteFact, targetWord } from "./target.ts";

/** Who owns an object. `word` is what ALTER calls it, `root` what is locked: neither is compared. */
export type OwnerSpec = {
  readonly target: string;
  readonly word: string;
  readonly root: string;
  readonly role: string;
};

/** The owner of an object, as the files or the catalog say it. */
export function ownerFact(target: Fact, role: string, at?: SourceRef): Fact<OwnerSpec> {
  return satelliteFact("owner", target, { target: target.id, word: targetWord(target), root: rootOf(target), role }, { at });
}
