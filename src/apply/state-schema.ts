import { quoteIdentifier } from "../base/identifier.ts";
import type { Session } from "../catalog/connect.ts";
import { sqlStateOf } from "../catalog/connection-error.ts";
import { LockstepError } from "../model/lockstep-error.ts";
import { STATE_VERSION, stateDdl } from "./state-ddl.ts";

interface StateFacts {
  readonly owner: string | null;
  readonly usable: boolean;
  readonly owned: boolean;
  readonly has_meta: boolean;
  readonly writable: boolean;
  readonly database_create: boolean;
}

// Names are looked up in pg_class, not with to_regclass, which is an error without USAGE on the schema.
const PROBE = `select pg_get_userbyid(n.nspowner)::text as owner, coalesce(has_schema_privilege(n.oid, 'USAGE'), false) as usable,
  coalesce(pg_has_role(n.nspowner, 'USAGE'), false) as owned, meta.oid is not null as has_meta,
  coalesce(has_table_privilege(steps.oid, 'INSERT') and has_table_privilege(steps.oid, 'UPDATE'), false) as writable,
  has_database_privilege(current_database(), 'CREATE') as database_create
from (values (1)) as one(n)
left join pg_namespace n on n.nspname = 'lockstep'
left join pg_class meta on meta.relnamespace = n.oid and meta.relname = 'meta'
left join pg_class steps on steps.relnamespace = n.oid and steps.relname = 'steps'`;

/**
 * Makes the schema `lockstep` where it is missing, in a transaction of its own, and checks that the session's role may write it.
 * Throws LockstepError `no-state-schema` (exit 1) with the SQL that somebody else has to run, `state-too-new` when a newer version
 * of the program made it.
 */
export async function ensureState(session: Session): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    const facts = await probe(session);
    if (facts.has_meta) return await checkState(session, facts);
    refuseToCreate(session, facts);
    try {
      await session.batch(`begin;\n${stateDdl({ existing: facts.owner !== null })}commit`);
      return;
    } catch (error) {
      if (session.inTransaction) await session.query("rollback");
      // A run of another project made it at the same moment.
      const state = sqlStateOf(error);
      if (state === undefined) throw error;
      if (attempt > 1 || !["42P06", "42P07", "23505"].includes(state)) throw notMade(session, error as Error);
    }
  }
}

/** True when `ensureState` would find or make a schema that it can write. Changes nothing. */
export async function canKeepState(session: Session): Promise<boolean> {
  if (session.inRecovery) return false;
  const facts = await probe(session);
  if (facts.has_meta) return facts.writable;
  return facts.owner === null ? facts.database_create : facts.owned;
}

async function probe(session: Session): Promise<StateFacts> {
  const { rows } = await session.query<StateFacts>(PROBE);
  const [facts] = rows;
  if (facts === undefined) throw new Error("the probe for the schema lockstep gave no row");
  return facts;
}

async function checkState(session: Session, facts: StateFacts): Promise<void> {
  if (!facts.usable || !facts.writable) throw notWritable(session, facts.owner ?? "its owner");
  const { rows } = await session.query<{ version: number }>("select version from lockstep.meta");
  const version = rows[0]?.version ?? STATE_VERSION;
  if (version <= STATE_VERSION) return;
  const message = `The schema lockstep in database "${session.database}" has version ${version}; this program knows version ${STATE_VERSION}. Upgrade pg-lockstep.`;
  throw new LockstepError({ code: "state-too-new", message });
}

function notMade(session: Session, error: Error): LockstepError {
  const message = `The schema lockstep, in which every step is recorded, could not be made in database "${session.database}": ${error.message}. Nothing was changed.`;
  return new LockstepError({ code: "no-state-schema", message, cause: error });
}

function notWritable(session: Session, owner: string): LockstepError {
  const user = quoteIdentifier(session.currentUser);
  const message = `Role "${session.currentUser}" may not write the schema lockstep, in which every step is recorded; it belongs to "${owner}". Nothing was changed. Apply as "${owner}", or let it run:\n  grant ${quoteIdentifier(owner)} to ${user};`;
  return new LockstepError({ code: "no-state-schema", message });
}

function refuseToCreate(session: Session, facts: StateFacts): void {
  const user = quoteIdentifier(session.currentUser);
  const role = `Role "${session.currentUser}"`;
  if (facts.owner === null && !facts.database_create) {
    const database = quoteIdentifier(session.database);
    const message = `${role} may not create the schema lockstep in database "${session.database}", in which every step is recorded. Nothing was changed. Let the owner of the database run one of:\n  create schema lockstep authorization ${user};\n  grant create on database ${database} to ${user};`;
    throw new LockstepError({ code: "no-state-schema", message });
  }
  if (facts.owner !== null && !facts.owned) {
    const message = `${role} may not create tables in the schema lockstep, which is empty and belongs to "${facts.owner}". Nothing was changed. Let "${facts.owner}" run:\n  alter schema lockstep owner to ${user};`;
    throw new LockstepError({ code: "no-state-schema", message });
  }
}
