/**
 * Hand-made plans and a small reading of the schema `app` (tables, columns, indexes), for tests of how plans are carried out.
 * Imports types only, so that a child process can run it after a plain translation.
 */
import type { Session } from "../../src/catalog/connect.ts";
import type { Fact, LiveDatabase } from "../../src/model/database.ts";
import type { ObjectId } from "../../src/model/object-id.ts";
import type { Plan } from "../../src/model/plan.ts";
import type { Lock, LockMode, Step } from "../../src/model/step.ts";

/** A step with the properties that matter to a test; the rest is a safe create in expand, each in a transaction of its own. */
export function makeStep(id: string, kind: string, object: string, sql: string, rest: Partial<Step> = {}): Step {
  return {
    id,
    phase: "expand",
    class: "safe",
    kind,
    object,
    action: "create",
    sql,
    breaks: "none",
    locks: [],
    rewrite: false,
    scan: false,
    index_rebuild: false,
    transactional: true,
    group: Number(id.replace(/\D/g, "")),
    rows: null,
    bytes: null,
    estimate_ms: null,
    access: "none",
    access_text: null,
    reason: { text: "the files declare it", file: "schema.yaml", line: 7 },
    undo: { none: "a test" },
    safer: null,
    rollout: null,
    approvals: [],
    assumes_empty: [],
    ...rest,
  };
}

export function lockOn(relation: string, mode: LockMode = "AccessExclusiveLock"): Lock {
  return { relation, mode, blocks: mode === "AccessExclusiveLock" ? "reads_and_writes" : "writes" };
}

/** A plan for a live state that relies on the given objects being as they are there. */
export function makePlan(
  live: LiveDatabase,
  hash: string,
  steps: readonly Step[],
  reliesOn: Plan["target"]["relies_on"] = {},
): Plan {
  return {
    format_version: 1,
    lockstep_version: "0.0.0",
    created_at: "2026-01-01T00:00:00.000Z",
    plan_hash: hash,
    phases: ["expand", "backfill", "contract"],
    target: { server_version: live.serverVersion, database: live.database, fingerprint: "", relies_on: reliesOn },
    project: "shop",
    summary: { steps: steps.length, safe: 0, locking: 0, destructive: 0, expand: 0, backfill: 0, contract: 0, widens: 0 },
    changes: [],
    steps,
    rollouts: [],
    unmanaged: [],
    diagnostics: [],
    declared: [],
    texts: [],
  };
}

const FACTS = `select 'schema' as kind, quote_ident(n.nspname) as object, null as parent, null as def, pg_get_userbyid(n.nspowner)::text as owner
  from pg_namespace n where n.nspname = 'app'
union all select 'table', 'app.' || quote_ident(c.relname), null, c.relkind::text, pg_get_userbyid(c.relowner)::text
  from pg_class c where c.relnamespace = 'app'::regnamespace and c.relkind = 'r'
union all select 'column', 'app.' || quote_ident(c.relname) || '.' || quote_ident(a.attname), 'table app.' || quote_ident(c.relname),
    format_type(a.atttypid, a.atttypmod) || a.attnotnull::text, null
  from pg_class c join pg_attribute a on a.attrelid = c.oid
  where c.relnamespace = 'app'::regnamespace and c.relkind = 'r' and a.attnum > 0 and not a.attisdropped
union all select 'index', 'app.' || quote_ident(x.relname), 'table app.' || quote_ident(t.relname), pg_get_indexdef(i.indexrelid) || i.indisvalid::text, null
  from pg_index i join pg_class x on x.oid = i.indexrelid join pg_class t on t.oid = i.indrelid where x.relnamespace = 'app'::regnamespace
order by 1, 2`;

/** Reads tables, columns and indexes of the schema `app`, which must exist. */
export async function readTestLive(session: Session): Promise<LiveDatabase> {
  const { rows } = await session.query<{
    kind: string;
    object: string;
    parent: string | null;
    def: string;
    owner: string | null;
  }>(FACTS);
  const facts = new Map<ObjectId, Fact>();
  for (const { kind, object, parent, def, owner } of rows) {
    const id = `${kind} ${object}`;
    const schema = kind === "schema" ? null : "app";
    facts.set(id, { kind, id, object, schema, parent, spec: { def }, ...(owner === null ? {} : { owner }) });
  }
  return {
    facts,
    serverVersion: session.serverVersion,
    major: session.major,
    database: session.database,
    edges: [],
    unmanaged: [],
    provided: [],
    extensionNames: new Map(),
    sizes: new Map(),
    schemas: ["app"],
    volatile: new Set(),
    roles: new Set(),
    exemptRoles: new Set(),
    casts: new Map(),
  };
}
