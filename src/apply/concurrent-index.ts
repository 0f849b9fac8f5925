import { qualifiedName } from "../base/identifier.ts";
import { quoteLiteral } from "../base/literal.ts";
import type { Session } from "../catalog/connect.ts";
import { loadParser, parseStatements } from "../sql/parser.ts";

/** The index that a CONCURRENTLY statement makes or drops. */
export interface ConcurrentIndex {
  readonly action: "create" | "drop";
  readonly schema: string;
  readonly name: string;
  /** `schema.name`, quoted where needed. */
  readonly path: string;
}

/** What the catalog says of an index. `beingBuilt`: another session holds the lock of a build on its table. */
export interface IndexState {
  readonly valid: boolean;
  readonly beingBuilt: boolean;
}

/**
 * The index a statement is about, read from its parse tree; null when it is no CREATE or DROP INDEX CONCURRENTLY of one named index.
 * An index lies in the schema of its table.
 */
export async function concurrentIndexOf(sql: string): Promise<ConcurrentIndex | null> {
  if (!/\bconcurrently\b/i.test(sql)) return null;
  await loadParser();
  const statements = parseStatements(sql);
  const node = statements.length === 1 ? statements[0]?.node : undefined;
  const create = node?.IndexStmt;
  if (create?.concurrent === true && create.idxname && create.relation?.schemaname) {
    return index("create", create.relation.schemaname, create.idxname);
  }
  const drop = node?.DropStmt;
  if (drop?.concurrent !== true || drop.removeType !== "OBJECT_INDEX" || drop.objects?.length !== 1) return null;
  const names: readonly unknown[] =
    drop.objects[0]?.List?.items?.map((item: { String?: { sval?: string } }) => item.String?.sval) ?? [];
  const [schema, name] = names;
  return typeof schema === "string" && typeof name === "string" ? index("drop", schema, name) : null;
}

function index(action: ConcurrentIndex["action"], schema: string, name: string): ConcurrentIndex {
  return { action, schema, name, path: qualifiedName(schema, name) };
}

/** Looks an index up; null when there is none of that name. */
export async function probeIndex(session: Session, target: ConcurrentIndex): Promise<IndexState | null> {
  // Autovacuum and ANALYZE take the same lock as a build; the progress view of another role's session is not to be read.
  const { rows } = await session.query<{ valid: boolean; being_built: boolean }>(
    `select i.indisvalid and i.indisready as valid, exists (
       select from pg_locks l left join pg_stat_activity a on a.pid = l.pid
       where l.relation = i.indrelid and l.database = (select oid from pg_database where datname = current_database())
         and l.mode = 'ShareUpdateExclusiveLock' and l.granted and l.pid <> pg_backend_pid()
         and coalesce(a.backend_type, '') <> 'autovacuum worker') as being_built
     from pg_index i join pg_class c on c.oid = i.indexrelid join pg_namespace n on n.oid = c.relnamespace
     where n.nspname = $1 and c.relname = $2`,
    [target.schema, target.name],
  );
  const [row] = rows;
  return row === undefined ? null : { valid: row.valid, beingBuilt: row.being_built };
}

/**
 * Drops what a build left, without blocking anybody. Gives up after `limitMs` (0: never): it waits for the same transactions that the
 * build waited for, and an INVALID index is still one when its drop was cancelled. True when it is gone.
 */
export async function dropRemnant(session: Session, target: ConcurrentIndex, limitMs: number): Promise<boolean> {
  await session.query(`select set_config('statement_timeout', ${quoteLiteral(String(limitMs))}, false)`);
  try {
    await session.query(`drop index concurrently if exists ${target.path}`);
    return true;
  } catch {
    return (await probeIndex(session, target)) === null;
  } finally {
    await session.query("select set_config('statement_timeout', '0', false)");
  }
}
