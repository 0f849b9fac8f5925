/**
 * Carries out a step and measures, on the real server, what it says of itself: its locks as another session sees them before the
 * commit, new files of tables (rewrite) and indexes (rebuild), and reads of whole tables by the counters of the transaction.
 */
import type { Session } from "../../src/catalog/connect.ts";
import { type LockMode, lockModes, type Step } from "../../src/model/step.ts";

interface Relation {
  readonly oid: number;
  readonly name: string;
  readonly kind: string;
  readonly file: number;
  /** The table of an index; 0 for others. */
  readonly table: number;
  /** Rows read by scans in this transaction. */
  readonly read: number;
}

type Relations = ReadonlyMap<number, Relation>;

const RELATIONS = `select c.oid::int8::float8 as oid, format('%I.%I', n.nspname, c.relname) as name, c.relkind::text as kind,
    coalesce(pg_relation_filenode(c.oid), 0)::int8::float8 as file, coalesce(i.indrelid, 0)::int8::float8 as table,
    (case when c.relkind in ('r', 'm', 'i') then pg_stat_get_xact_tuples_returned(c.oid) else 0 end)::float8 as read
  from pg_class c join pg_namespace n on n.oid = c.relnamespace left join pg_index i on i.indexrelid = c.oid
  where n.nspname !~ '^pg_' and n.nspname not in ('information_schema', 'lockstep')`;

const LOCKS = `select relation::int8::float8 as oid, mode from pg_locks
  where pid = $1 and locktype = 'relation' and granted and database = (select oid from pg_database where datname = current_database())`;

const strength = (mode: string | undefined): number => (mode === undefined ? -1 : lockModes.indexOf(mode as LockMode));
const CLAIMED_FROM = strength("ShareUpdateExclusiveLock");

/** Two sessions of one database: the second looks on. */
export interface Measuring {
  readonly session: Session;
  readonly observer: Session;
  /** Relations that were there before the plan; what the plan makes is nobody's to wait for. */
  readonly known: Set<number>;
  /** Rows by table, `schema.table`. */
  readonly rows: ReadonlyMap<string, number>;
}

/** The OIDs of all relations of users. */
export async function knownRelations(session: Session): Promise<Set<number>> {
  return new Set((await relationsOf(session)).keys());
}

/** Carries out one step, in a transaction of its own where it can, and returns what it says of itself and is not so. */
export async function runMeasured(measuring: Measuring, step: Step): Promise<string[]> {
  const { session, observer } = measuring;
  if (!step.transactional) {
    const before = await relationsOf(observer);
    await session.batch("set lock_timeout = 0; set statement_timeout = 0");
    await session.query(step.sql);
    return fileMismatches(step, measuring, before, await relationsOf(observer));
  }
  const started = await session.batch(`begin;\nset local search_path = '';\n${RELATIONS}`);
  const before = toMap((started.at(-1)?.rows ?? []) as unknown as Relation[]);
  try {
    const results = await session.batch(`${step.sql}\n;\n${RELATIONS}`);
    const after = toMap((results.at(-1)?.rows ?? []) as unknown as Relation[]);
    const { rows } = await observer.query<{ oid: number; mode: LockMode }>(LOCKS, [session.backendPid]);
    await session.query("commit");
    const problems = [
      ...lockMismatches(step, measuring, before, after, rows),
      ...fileMismatches(step, measuring, before, after),
      ...scanMismatches(step, measuring, before, after),
    ];
    followRebuilt(measuring.known, before, after);
    return problems;
  } catch (error) {
    if (session.inTransaction) await session.query("rollback");
    throw error;
  }
}

/** ALTER COLUMN TYPE makes indexes anew under another OID: for those who wait they are the same. One that was built before is not. */
function followRebuilt(known: Set<number>, before: Relations, after: Relations): void {
  for (const { oid, name, kind } of before.values()) {
    if (!["i", "I"].includes(kind) || !known.has(oid) || after.has(oid)) continue;
    for (const other of after.values()) if (other.name === name && !before.has(other.oid)) known.add(other.oid);
  }
}

async function relationsOf(session: Session): Promise<Relations> {
  return toMap((await session.query<Relation>(RELATIONS)).rows);
}

function toMap(rows: readonly Relation[]): Relations {
  return new Map(rows.map((row) => [row.oid, row]));
}

function lockMismatches(
  step: Step,
  { known }: Measuring,
  before: Relations,
  after: Relations,
  held: readonly { readonly oid: number; readonly mode: LockMode }[],
): string[] {
  const measured = new Map<number, LockMode>();
  for (const { oid, mode } of held) if (strength(mode) > strength(measured.get(oid))) measured.set(oid, mode);
  const problems: string[] = [];
  const claimed = new Map<number, LockMode>();
  for (const { relation, mode } of step.locks) {
    const found =
      [...before.values()].find(({ name }) => name === relation) ?? [...after.values()].find(({ name }) => name === relation);
    if (found === undefined || !known.has(found.oid))
      problems.push(`says ${mode} on ${relation}, which was not there before the plan`);
    else claimed.set(found.oid, mode);
  }
  for (const [oid, { name }] of before) {
    if (!known.has(oid)) continue;
    const [says, is] = [claimed.get(oid), measured.get(oid)];
    const silent = strength(is) >= CLAIMED_FROM && strength(says) < strength(is);
    if (silent || strength(says) > strength(is)) problems.push(`says ${says ?? "no lock"} on ${name}, takes ${is ?? "none"}`);
  }
  return problems;
}

function fileMismatches(step: Step, { known }: Measuring, before: Relations, after: Relations): string[] {
  const problems: string[] = [];
  const files = new Set([...before.values()].map(({ file }) => file));
  const stays = (oid: number) => known.has(oid) && after.has(oid);
  const rewritten = [...before.values()].filter(
    ({ oid, kind, file }) => (kind === "r" || kind === "m") && stays(oid) && after.get(oid)?.file !== file,
  );
  const built = [...after.values()].filter(({ kind, table, file }) => kind === "i" && stays(table) && !files.has(file));
  const names = (list: readonly Relation[]) => (list.length === 0 ? "none" : list.map(({ name }) => name).join(", "));
  if (step.rewrite !== rewritten.length > 0)
    problems.push(`says rewrite: ${step.rewrite}, tables with a new file: ${names(rewritten)}`);
  const locked = new Set(step.locks.map(({ relation }) => relation));
  const hasIndex = [...after.values()].some(({ kind, table }) => kind === "i" && locked.has(after.get(table)?.name ?? ""));
  const silent = built.length > 0 && !step.index_rebuild;
  if (silent || (step.index_rebuild && built.length === 0 && hasIndex))
    problems.push(`says index_rebuild: ${step.index_rebuild}, indexes with a new file: ${names(built)}`);
  return problems;
}

/** Only tables with rows can tell: half of them read, by a scan of the table or of an index, is a scan. */
function scanMismatches(step: Step, { known, rows }: Measuring, before: Relations, after: Relations): string[] {
  const readOf = (relation: Relation) => relation.read - (before.get(relation.oid)?.read ?? 0);
  const scanned = [...after.values()].filter((relation) => {
    const table = relation.kind === "i" ? before.get(relation.table) : before.get(relation.oid);
    const count = table !== undefined && known.has(table.oid) ? (rows.get(table.name) ?? 0) : 0;
    return count > 0 && readOf(relation) >= count / 2;
  });
  const hasRows = step.locks.some(({ relation }) => (rows.get(relation) ?? 0) > 0);
  const silent = scanned.length > 0 && !step.scan;
  if (silent || (step.scan && scanned.length === 0 && hasRows)) {
    return [`says scan: ${step.scan}, read as a whole: ${scanned.map(({ name }) => name).join(", ") || "none"}`];
  }
  return [];
}
