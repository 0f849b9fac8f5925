import type { Fact } from "../../model/database.ts";
import type { PlanContext } from "../../model/kind.ts";
import type { GrantSpec } from "./grant-fact.ts";
import type { Privilege } from "./privileges.ts";

/**
 * Privileges that a role granted onward hold only as long as it has them itself with grant option. PostgreSQL refuses to take those away
 * (or takes all along, with CASCADE): what hangs on them has to be revoked first, by the role that granted it.
 */

type Grant = Fact<GrantSpec>;

/** Of what a role was granted onward, that for which its grantor will have no grant option any more. Nothing for grants of the owner. */
export function unsupported(onward: Grant, context: PlanContext): readonly Privilege[] {
  const { by, target, privileges } = onward.spec;
  if (by === null || context.isNew(target)) return [];
  const held = context
    .children("live", target, onward.kind)
    .concat(context.children("desired", target, onward.kind))
    .filter((fact) => fact.spec["role"] === by) as Grant[];
  const kept = held.flatMap((grant) => finalPrivileges(grant, context));
  return privileges.filter((item) => !kept.some((upstream) => upstream.grantable && covers(upstream, item)));
}

function finalPrivileges(grant: Grant, context: PlanContext): readonly Privilege[] {
  if (context.isDropped(grant.id)) return [];
  const final = context.desired(grant.id) as Grant | undefined;
  if (final) return final.spec.privileges;
  const gone = unsupported(grant, context);
  return grant.spec.privileges.filter((item) => !gone.includes(item));
}

/** What must be revoked before a role loses privileges (or their grant option): the deepest first, each with its privileges. */
export function hangingOn(
  grant: Grant,
  lost: readonly Privilege[],
  context: PlanContext,
): readonly { readonly fact: Grant; readonly privileges: readonly Privilege[] }[] {
  if (lost.length === 0) return [];
  const live = context.children("live", grant.spec.target, grant.kind) as readonly Grant[];
  return live.flatMap((onward) => {
    if (onward.spec.by !== grant.spec.role) return [];
    const privileges = unsupported(onward, context).filter(
      (item) => lost.some((upstream) => covers(upstream, item)) && firstSource(onward, item, live) === grant.id,
    );
    return privileges.length === 0 ? [] : [...hangingOn(onward, privileges, context), { fact: onward, privileges }];
  });
}

/** Of several grants that a privilege hangs on, the one whose end takes it along. */
function firstSource(onward: Grant, item: Privilege, live: readonly Grant[]): string | undefined {
  return live
    .filter((grant) => grant.spec.role === onward.spec.by && grant.spec.privileges.some((up) => up.grantable && covers(up, item)))
    .map((grant) => grant.id)
    .sort()[0];
}

/** A privilege on the whole covers that on a column. */
function covers(upstream: Privilege, item: Privilege): boolean {
  return upstream.privilege === item.privilege && (upstream.column === null || upstream.column === item.column);
}
