import { nearestName } from "../base/nearest-name.ts";
import { kindNamed } from "../kinds/registry.ts";
import type { Fact } from "../model/database.ts";
import type { Diagnostic } from "../model/diagnostic.ts";
import { LockstepError } from "../model/lockstep-error.ts";

/**
 * Roles that the steps would name and neither the server has nor the files declare.
 * In: the facts that the plan has statements for, the names of the server's roles, all that the files declare.
 * @throws LockstepError `unknown-role` (1) with a diagnostic for each fact and role.
 */
export function refuseUnknownRoles(facts: Iterable<Fact>, server: ReadonlySet<string>, desired: Iterable<Fact>): void {
  const roles = new Set([...server, ...[...desired].flatMap((fact) => kindNamed(fact.kind).makesRole?.(fact) ?? [])]);
  const found = new Map<string, Diagnostic>();
  for (const fact of facts) {
    for (const role of kindNamed(fact.kind).roles?.(fact) ?? []) {
      if (!roles.has(role)) found.set(`${fact.id}\n${role}`, diagnosticOf(fact, role, roles));
    }
  }
  if (found.size === 0) return;
  const message = "The files name roles that the server does not have; nothing was changed.";
  throw new LockstepError({ code: "unknown-role", message, diagnostics: [...found.values()] });
}

function diagnosticOf(fact: Fact, role: string, roles: ReadonlySet<string>): Diagnostic {
  const nearest = nearestName(role, [...roles].sort());
  const create = "create the role first, declare it under roles:, or correct its name";
  return {
    code: "unknown-role",
    severity: "error",
    object: fact.object,
    message: `role ${role} does not exist on this server`,
    hint: nearest === undefined ? create : `did you mean "${nearest}"? Else ${create}`,
    ...(fact.at ? { file: fact.at.file, line: fact.at.line, column: fact.at.column } : {}),
  };
}
