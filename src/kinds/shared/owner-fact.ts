import type { Fact, SourceRef } from "../../model/database.ts";
import { kindOf, type ObjectId } from "../../model/object-id.ts";
import { rootOf, satelliteFact, targetPhrase } from "./target.ts";

/** Who owns an object. `alters` is how ALTER names it, `root` what is locked: neither is compared. */
export type OwnerSpec = {
  readonly target: ObjectId;
  readonly alters: string;
  readonly root: ObjectId;
  readonly role: string;
  /** Live only: nobody gave it this owner, it came with the database. */
  readonly isGiven: boolean;
};

interface Rest {
  readonly at?: SourceRef | undefined;
  readonly isGiven?: boolean;
}

/** The owner of an object, as the files or the catalog say it; null for what belongs to the owner of something else (a column's sequence). */
export function ownerFact(target: Fact, role: string, rest: Rest = {}): Fact<OwnerSpec> | null {
  if (target.kind === "sequence" && target.parent !== null && kindOf(target.parent) !== "schema") return null;
  const spec: OwnerSpec = {
    target: target.id,
    alters: targetPhrase(target),
    root: rootOf(target),
    role,
    isGiven: rest.isGiven ?? false,
  };
  return satelliteFact("owner", target, spec, { at: rest.at });
}
