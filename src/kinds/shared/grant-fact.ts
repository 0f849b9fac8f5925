import { quoteIdentifier } from "../../base/identifier.ts";
import type { Fact, SourceRef } from "../../model/database.ts";
import type { ObjectId } from "../../model/object-id.ts";
import type { Privilege } from "./privileges.ts";
import { grantPhrase, satelliteFact } from "./target.ts";

/**
 * What one role may do with one object, as one grantor granted it (manual, 5.8). No privileges: the role has none, which is a fact for
 * functions and types, where PUBLIC has some from the start, and for the owner, who has all.
 */
export type GrantSpec = {
  readonly target: ObjectId;
  /** How GRANT ON names the target. */
  readonly on: string;
  readonly role: string;
  /** The role that granted it onward; null for the owner of the object. */
  readonly by: string | null;
  readonly privileges: readonly Privilege[];
  /** Live only: nobody granted it, it came with the object. */
  readonly isDefault: boolean;
  /** Live only: what ALL grants on this server. */
  readonly isAll: boolean;
};

interface FactInput {
  readonly by?: string | null;
  readonly privileges: readonly Privilege[];
  readonly isDefault?: boolean;
  readonly isAll?: boolean;
  readonly at?: SourceRef;
}

/** What a role has on a target from one grantor. */
export function grantFact(target: Fact, role: string, input: FactInput): Fact<GrantSpec> {
  const by = input.by ?? null;
  const spec: GrantSpec = {
    target: target.id,
    on: grantPhrase(target),
    role,
    by,
    privileges: input.privileges,
    isDefault: input.isDefault ?? false,
    isAll: input.isAll ?? false,
  };
  return satelliteFact("grant", target, spec, { suffix: grantSuffix(role, by), at: input.at });
}

/** What tells the grants on one object apart: `reader`, `reader by "Some One"`. */
function grantSuffix(role: string, by: string | null): string {
  return quoteIdentifier(role) + (by === null ? "" : ` by ${quoteIdentifier(by)}`);
}
