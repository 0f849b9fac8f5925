import { quoteIdentifier } from "../base/identifier.ts";
import type { Session } from "../catalog/connect.ts";
import type { Fact, LiveDatabase } from "../model/database.ts";
import { LockstepError } from "../model/lockstep-error.ts";
import type { LockMode, Step } from "../model/step.ts";

/** One right that a step needs. `name` is a role, or a schema for `create`; empty for the database. */
interface Need {
  readonly right: "owner" | "create" | "database" | "set" | "rights";
  readonly name: string;
  readonly object: string;
  readonly step: Step;
}

type Missing = Need & { readonly ofSuperuser: boolean };

/**
 * Checks before the first step, with one query, that the session's role has the rights that the steps need: membership of the owners of
 * what exists, CREATE on schemas for what is new there, CREATE on the database for new schemas, and from PostgreSQL 16 the SET option
 * for new owners. Superusers have them all. Extensions are left to the server: who may create which is the provider's affair.
 * Throws LockstepError `missing-privilege` (exit 1) that names each right that is missing and the GRANT to run.
 */
export async function requirePrivileges(session: Session, steps: readonly Step[], live: LiveDatabase): Promise<void> {
  if (session.isSuperuser) return;
  const needs = neededRights(steps, live);
  if (needs.length === 0) return;
  const { rows } = await session.query<{ n: number; of_superuser: boolean }>(QUERY, [
    JSON.stringify(needs.map(({ right, name }, n) => ({ n, right, name }))),
  ]);
  const missing = rows.flatMap((row): Missing[] => {
    const need = needs[row.n];
    return need === undefined ? [] : [{ ...need, ofSuperuser: row.of_superuser }];
  });
  if (missing.length > 0) throw missingPrivilege(session, missing);
}

// A role or schema that does not exist (yet) has no row and is not missing a right: the step that needs it says so.
const actsAsOther = (step: Step): boolean => /^set local role /i.test(step.sql);

/** Whoever grants as another role has to become it; default privileges are changed by who has the rights of the role that they are of. */
function actingNeeds(step: Step): readonly Need[] {
  const named = (pattern: RegExp): readonly string[] =>
    [...step.sql.matchAll(pattern)].map(([, quoted, bare = ""]) => quoted?.replaceAll('""', '"') ?? bare.toLowerCase());
  const needs = (right: "set" | "rights", names: readonly string[]): Need[] =>
    [...new Set(names)].map((name) => ({ right, name, object: step.object, step }));
  return [
    ...needs("set", named(/^set local role (?!none;)(?:"((?:[^"]|"")+)"|([\w$]+));$/gim)),
    ...needs("rights", named(/^alter default privileges for role (?:"((?:[^"]|"")+)"|([\w$]+)) /gim)),
  ];
}

const QUERY = `select x.n, coalesce(r.rolsuper, false) as of_superuser from jsonb_to_recordset($1::jsonb) as x(n integer, "right" text, name text)
left join pg_roles r on r.rolname = x.name and x."right" in ('owner', 'set', 'rights')
left join pg_namespace s on s.nspname = x.name and x."right" = 'create'
where not case x."right"
  when 'owner' then coalesce(pg_has_role(r.oid, 'USAGE'), true)
  when 'rights' then coalesce(pg_has_role(r.oid, 'USAGE'), true)
  when 'set' then coalesce(pg_has_role(r.oid, case when current_setting('server_version_num')::int >= 160000 then 'SET' else 'MEMBER' end), true)
  when 'create' then coalesce(has_schema_privilege(s.oid, 'CREATE'), true)
  else has_database_privilege(current_database(), 'CREATE') end
order by x.n`;

function neededRights(steps: readonly Step[], live: LiveDatabase): readonly Need[] {
  const known = indexByPath(live);
  const madeHere = new Set(steps.filter((step) => step.action === "create").map((step) => step.object));
  const seen = new Set<string>();
  const needs = steps.flatMap((step) => [
    ...(actsAsOther(step) ? [] : objectNeeds(step, known, live, madeHere)),
    ...newOwnerNeeds(step),
    ...actingNeeds(step),
  ]);
  return needs.filter((need) => {
    const key = `${need.right} ${need.name} ${need.right === "owner" ? need.object : ""}`;
    if (seen.has(key)) return false;
    seen.add(key);
    return true;
  });
}

/** Facts by path. Where several kinds share one, any of them knows the owner. */
function indexByPath(live: LiveDatabase): ReadonlyMap<string, Fact> {
  const known = new Map<string, Fact>();
  for (const fact of live.facts.values()) {
    if (!known.has(fact.object) || known.get(fact.object)?.owner === undefined) known.set(fact.object, fact);
  }
  return known;
}

function objectNeeds(
  step: Step,
  known: ReadonlyMap<string, Fact>,
  live: LiveDatabase,
  madeHere: ReadonlySet<string>,
): readonly Need[] {
  const names = leadingNames(step.object);
  const own = known.get(step.object);
  if (own !== undefined) return ownerNeed(own.object, own, step, live);
  // `app.orders.status` is part of the relation `app.orders`; a function's path ends with its argument types.
  const parentPath = names.slice(0, -1).map(quoteIdentifier).join(".");
  if (names.length > 2) {
    const parent = known.get(parentPath);
    return parent === undefined ? [] : ownerNeed(parentPath, parent, step, live);
  }
  const [schema] = names;
  if (names.length === 2 && schema !== undefined) {
    const create = live.schemas.includes(schema) && !madeHere.has(parentPath) && step.action === "create";
    return [
      ...(create ? [{ right: "create" as const, name: schema, object: step.object, step }] : []),
      ...lockedNeeds(step, known, live),
    ];
  }
  return /^\s*create\s+schema\b/i.test(step.sql) ? [{ right: "database", name: "", object: step.object, step }] : [];
}

function ownerNeed(object: string, fact: Fact, step: Step, live: LiveDatabase): readonly Need[] {
  for (let at: Fact | undefined = fact; at !== undefined; at = at.parent === null ? undefined : live.facts.get(at.parent)) {
    if (at.owner !== undefined) return [{ right: "owner", name: at.owner, object, step }];
  }
  return [];
}

/** A table that is only referenced is locked in SHARE ROW EXCLUSIVE mode and need not be owned; one that gets an index or a partition must. */
const ownersModes: ReadonlySet<LockMode> = new Set(["ShareUpdateExclusiveLock", "ShareLock", "AccessExclusiveLock"]);

function lockedNeeds(step: Step, known: ReadonlyMap<string, Fact>, live: LiveDatabase): readonly Need[] {
  return step.locks
    .filter((lock) => ownersModes.has(lock.mode))
    .flatMap((lock) => {
      const fact = known.get(lock.relation);
      return fact === undefined ? [] : ownerNeed(lock.relation, fact, step, live);
    });
}

function newOwnerNeeds(step: Step): readonly Need[] {
  const match = /^\s*alter\s[^;]*?\sowner\s+to\s+("(?:[^"]|"")+"|[\w$]+)\s*;?\s*$/i.exec(step.sql);
  const written = match?.[1];
  if (written === undefined || /^(current_user|current_role|session_user)$/i.test(written)) return [];
  const name = written.startsWith('"') ? written.slice(1, -1).replaceAll('""', '"') : written.toLowerCase();
  return [{ right: "set", name, object: step.object, step }];
}

/** The names at the head of a path, up to the argument types of a function. */
function leadingNames(path: string): readonly string[] {
  const names: string[] = [];
  const part = /(?:"((?:[^"]|"")*)"|([^".(\s]+))(\.?)/y;
  for (let match = part.exec(path); match !== null; match = part.exec(path)) {
    names.push(match[1] !== undefined ? match[1].replaceAll('""', '"') : (match[2] ?? ""));
    if (match[3] === "") break;
  }
  return names;
}

function missingPrivilege(session: Session, missing: readonly Missing[]): LockstepError {
  const user = quoteIdentifier(session.currentUser);
  const lines = missing.map((need) => `  step ${need.step.id}, ${need.object}: ${explain(need, session.database)}`);
  const grants = [...new Set(missing.flatMap((need) => grantFor(need, user, session)))];
  const remedy =
    grants.length === 0
      ? "Apply as a role that has it."
      : `Apply as a role that has it, or let somebody who may run:\n${grants.map((grant) => `  ${grant}`).join("\n")}`;
  const message = `Role "${session.currentUser}" lacks what the plan needs; nothing was changed.\n${lines.join("\n")}\n${remedy}`;
  return new LockstepError({ code: "missing-privilege", message });
}

function explain(need: Missing, database: string): string {
  switch (need.right) {
    case "owner":
      return need.ofSuperuser
        ? `belongs to "${need.name}", a superuser, who has to give it to another role`
        : `belongs to "${need.name}"`;
    case "create":
      return `needs CREATE on schema "${need.name}"`;
    case "database":
      return `needs CREATE on database "${database}"`;
    case "rights":
      return `is changed with the rights of "${need.name}"`;
    case "set":
      if (actsAsOther(need.step)) return `is granted by "${need.name}", which the role must be able to become`;
      return `is to belong to "${need.name}", which the role must be able to become`;
  }
}

/** A superuser is never granted to anybody. */
function grantFor(need: Missing, user: string, session: Session): readonly string[] {
  switch (need.right) {
    case "owner":
    case "rights":
    case "set":
      return need.ofSuperuser ? [] : [`grant ${quoteIdentifier(need.name)} to ${user};`];
    case "create":
      return [`grant create on schema ${quoteIdentifier(need.name)} to ${user};`];
    case "database":
      return [`grant create on database ${quoteIdentifier(session.database)} to ${user};`];
  }
}
