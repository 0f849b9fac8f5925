import { kinds } from "../kinds/registry.ts";
import type { Fact, LiveDatabase, Unmanaged } from "../model/database.ts";
import type { CatalogContext, KindModule, Row } from "../model/kind.ts";
import { LockstepError } from "../model/lockstep-error.ts";
import type { ObjectId } from "../model/object-id.ts";
import { loadParser } from "../sql/parser.ts";
import { blockedRead } from "./blocked-read.ts";
import { edgesFrom, edgesSql } from "./dependencies.ts";
import { providedSql, recognise } from "./provided.ts";
import type { Session } from "./session.ts";
import {
  castsFrom,
  castsSql,
  extensionNamesFrom,
  extensionNamesSql,
  sizesFrom,
  sizesSql,
  versionSql,
  volatileSql,
} from "./surroundings.ts";
import { unmanagedSql } from "./unmanaged.ts";

/** Attempts at a read during which the catalog stands still (pg_get_* ignore the snapshot: postgres manual, 9.27). */
const attempts = 3;

type Reader = KindModule & { readonly catalog: NonNullable<KindModule["catalog"]> };

/**
 * Reads the whole live state in one round trip (more only when the catalog changed meanwhile).
 * Needs nothing but CONNECT and readable catalogs; works on a standby.
 * @throws LockstepError exit 5 when the catalog changes during each of three reads, or when another session's lock keeps it from being read.
 */
export async function readLive(session: Session): Promise<LiveDatabase> {
  await loadParser();
  const readers = kinds.filter((kind): kind is Reader => kind.catalog !== null);
  const queries = [
    ...readers.map((kind) => kind.catalog.sql(session.major)),
    edgesSql,
    sizesSql,
    extensionNamesSql,
    castsSql,
    unmanagedSql(session.major),
    `select nspname as name from pg_namespace where nspname !~ '^pg_' and nspname not in ('information_schema', 'lockstep') order by 1`,
    "select rolname as name, rolsuper or rolbypassrls as exempt from pg_roles",
    volatileSql,
    providedSql,
    "select name::text as name from pg_available_extensions",
  ];
  const sql = [versionSql, ...queries, versionSql].join(";\n");
  let vanished: unknown;
  for (let attempt = 0; attempt < attempts; attempt++) {
    try {
      const results = (await session.batch(sql)).map((result) => result.rows as Row[]);
      const [before, after] = [results[0]?.[0]?.["version"], results.at(-1)?.[0]?.["version"]];
      if (before === after) return assemble(session, readers, results.slice(1, -1));
    } catch (error) {
      if (!isVanished(error)) throw await blockedRead(session, error);
      vanished = error;
    }
  }
  throw new LockstepError({
    code: "catalog-moving",
    exitCode: 5,
    message: "the catalog changed during each of three reads: someone else runs DDL; try again when it is done",
    cause: vanished,
  });
}

/** What was dropped while it was read: a NULL of pg_get_*, or "cache lookup failed". */
function isVanished(error: unknown): boolean {
  return (
    error instanceof Error &&
    (error.name === "VanishedError" || /cache lookup failed|could not open relation with OID/.test(error.message))
  );
}

function assemble(session: Session, readers: readonly Reader[], results: readonly (readonly Row[])[]): LiveDatabase {
  const facts = new Map<ObjectId, Fact>();
  const implied = new Map<ObjectId, Fact>();
  const addresses = new Map<string, ObjectId>();
  const context: CatalogContext = {
    major: session.major,
    idOf: (classId, objectId, subId) => addresses.get(`${classId}/${objectId}/${subId}`),
    fact: (id) => facts.get(id),
  };
  // In order of rank: facts about other facts (comment, owner, grant, row security) come after those and share their address.
  readers.forEach((reader, index) => {
    for (const row of results[index] ?? []) {
      const fact = reader.catalog.fromRow(row, context);
      if (!fact) continue;
      if (fact.implied) {
        implied.set(fact.id, fact);
        continue;
      }
      facts.set(fact.id, fact);
      const at = `${row["class_id"]}/${row["object_id"]}/${row["sub_id"]}`;
      if (!addresses.has(at)) addresses.set(at, fact.id);
    }
  });
  const [edges, sizes, names, casts, unmanaged, schemas, roles, volatile, provided, available] = results.slice(readers.length);
  const others = recognise(provided ?? [], (classId, objectId) => context.idOf(classId, objectId, 0));
  others.mark(facts);
  return {
    facts: sorted(facts),
    implied,
    serverVersion: session.serverVersion,
    major: session.major,
    database: session.database,
    edges: edgesFrom(edges ?? [], context.idOf),
    sizes: sizesFrom(sizes ?? []),
    extensionNames: extensionNamesFrom(names ?? []),
    availableExtensions: new Set((available ?? []).map((row) => String(row["name"]))),
    casts: castsFrom(casts ?? []),
    unmanaged: [
      ...((unmanaged ?? []) as unknown as Unmanaged[]).filter(({ schema }) => !others.schemas.has(schema ?? "")),
      ...others.unmanaged,
    ],
    provided: others.provided,
    volatile: new Set((volatile ?? []).map((row) => String(row["name"]))),
    schemas: (schemas ?? []).map((row) => String(row["name"])).filter((name) => !others.schemas.has(name)),
    roles: new Set((roles ?? []).map((row) => String(row["name"]))),
    exemptRoles: new Set((roles ?? []).flatMap((row) => (row["exempt"] === true ? [String(row["name"])] : []))),
  };
}

function sorted(facts: Map<ObjectId, Fact>): Map<ObjectId, Fact> {
  return new Map([...facts].sort(([a], [b]) => (a < b ? -1 : 1)));
}
