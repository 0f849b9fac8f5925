import { LockstepError } from "../model/lockstep-error.ts";
import type { ObjectId } from "../model/object-id.ts";
import type { Spec } from "../model/spec.ts";
import type { Session } from "./connect.ts";
import { sqlStateOf } from "./connection-error.ts";

/** What the schema `lockstep` of a database knows about a project. */
export interface State {
  readonly snapshot: Snapshot | null;
  /** What the catalog gave back for what the files said, by `pairKey`. */
  readonly pairs: ReadonlyMap<string, TextPair>;
  /** Ids of committed steps by plan hash, of the last runs. */
  readonly done: ReadonlyMap<string, ReadonlySet<string>>;
  /** Objects that a step which is not finished is making. */
  readonly inFlight: readonly InFlightObject[];
  readonly lastRun: RunSummary | null;
}

/** The managed objects as they were after the last apply. */
export interface Snapshot {
  readonly declared: readonly ObjectId[];
  readonly facts: Readonly<Record<ObjectId, SnapshotFact>>;
  /** As PostgreSQL prints a timestamptz in UTC. */
  readonly appliedAt: string;
}

export interface SnapshotFact {
  readonly kind: string;
  readonly object: string;
  readonly schema: string | null;
  readonly parent: ObjectId | null;
  readonly spec: Spec;
}

export interface TextPair {
  readonly file: string;
  readonly catalog: string;
}

export interface InFlightObject {
  readonly object: string;
  readonly kind: string;
  readonly stepId: string;
  readonly planHash: string;
  readonly since: string;
}

export interface RunSummary {
  readonly id: string;
  readonly planHash: string;
  readonly phase: string;
  readonly status: "running" | "done" | "failed" | "interrupted";
  readonly role: string;
  readonly startedAt: string;
  readonly finishedAt: string | null;
  readonly steps: number;
}

const KNOWN_VERSION = 1;
const RECENT_RUNS = 20;

/** The key of a pair: an object's id and the path of the field within its spec. */
export function pairKey(id: ObjectId, field: string): string {
  return `${id}\n${field}`;
}

/**
 * Reads what planning and drift need, with rights that PUBLIC has, in one round trip. Null where the schema is missing or not readable.
 * Not to be called within a transaction: a missing schema is noticed by an error. Throws LockstepError `state-too-new`.
 */
export async function readState(session: Session, project: string): Promise<State | null> {
  try {
    const results = await session.batch(QUERIES.join(";\n").replaceAll("PROJECT", () => `'${project.replaceAll("'", "''")}'`));
    const [meta, snapshots, pairs, steps, objects, runs] = results.map((result) => result.rows);
    refuseNewer(session, meta?.[0]?.version);
    return {
      snapshot: (snapshots?.[0] as unknown as Snapshot | undefined) ?? null,
      pairs: new Map((pairs ?? []).map((row) => [pairKey(String(row.id), String(row.field)), row as unknown as TextPair])),
      done: new Map((steps ?? []).map((row) => [String(row.plan_hash), new Set(row.ids as readonly string[])])),
      inFlight: (objects ?? []) as unknown as readonly InFlightObject[],
      lastRun: (runs?.[0] as unknown as RunSummary | undefined) ?? null,
    };
  } catch (error) {
    // invalid_schema_name, undefined_table, insufficient_privilege
    if (["3F000", "42P01", "42501"].includes(sqlStateOf(error) ?? "")) return null;
    throw error;
  }
}

const QUERIES = [
  "select version from lockstep.meta",
  `select declared, facts, applied_at::text as "appliedAt" from lockstep.snapshots where project = PROJECT`,
  "select id, field, file_text as file, catalog_text as catalog from lockstep.pairs where project = PROJECT",
  `select plan_hash, array_agg(distinct step_id) as ids from lockstep.steps where project = PROJECT and status = 'done'
   and run_id in (select id from lockstep.runs where project = PROJECT order by id desc limit ${RECENT_RUNS}) group by plan_hash`,
  `select object, kind, step_id as "stepId", plan_hash as "planHash", since::text as since from lockstep.objects
   where project = PROJECT order by object`,
  `select id::text as id, plan_hash as "planHash", phase, status, role, started_at::text as "startedAt", finished_at::text as "finishedAt", steps
   from lockstep.runs where project = PROJECT order by id desc limit 1`,
];

function refuseNewer(session: Session, version: unknown): void {
  if (typeof version !== "number" || version <= KNOWN_VERSION) return;
  const message = `The schema lockstep in database "${session.database}" has version ${version}; this program knows version ${KNOWN_VERSION}. Upgrade pg-lockstep.`;
  throw new LockstepError({ code: "state-too-new", message });
}

/** Records what was applied: replaces the project's snapshot. The schema must be there (see ensureState). */
export async function recordSnapshot(
  session: Session,
  project: string,
  snapshot: Omit<Snapshot, "appliedAt"> & { readonly planHash?: string },
): Promise<void> {
  await session.query(
    `insert into lockstep.snapshots (project, plan_hash, declared, facts) values ($1, $2, $3::jsonb, $4::jsonb)
     on conflict (project) do update set plan_hash = excluded.plan_hash, declared = excluded.declared, facts = excluded.facts, applied_at = now()`,
    [project, snapshot.planHash ?? null, JSON.stringify(snapshot.declared), JSON.stringify(snapshot.facts)],
  );
}

/** Records what the catalog gave back for texts of the files; a later pair for the same field replaces an earlier one. */
export async function recordPairs(
  session: Session,
  project: string,
  pairs: readonly (TextPair & { readonly id: ObjectId; readonly field: string })[],
): Promise<void> {
  if (pairs.length === 0) return;
  const last = new Map(pairs.map((pair) => [pairKey(pair.id, pair.field), pair]));
  await session.query(
    `insert into lockstep.pairs (project, id, field, file_text, catalog_text)
     select $1, p.id, p.field, p.file, p.catalog from jsonb_to_recordset($2::jsonb) as p(id text, field text, file text, catalog text)
     on conflict (project, id, field) do update set file_text = excluded.file_text, catalog_text = excluded.catalog_text
     where (pairs.file_text, pairs.catalog_text) is distinct from (excluded.file_text, excluded.catalog_text)`,
    [project, JSON.stringify([...last.values()])],
  );
}
