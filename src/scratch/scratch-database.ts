import { randomUUID } from "node:crypto";
import { quoteIdentifier } from "../base/identifier.ts";
import { connect } from "../catalog/connect.ts";
import { sqlStateOf } from "../catalog/connection-error.ts";
import { readLive } from "../catalog/read-live.ts";
import type { Session } from "../catalog/session.ts";
import type { LiveDatabase } from "../model/database.ts";
import { LockstepError } from "../model/lockstep-error.ts";
import type { ObjectId } from "../model/object-id.ts";
import type { Scratch, ScratchBuild, ScratchStatement } from "../model/scratch.ts";
import { type EmbeddedServer, startEmbeddedServer } from "./embedded-server.ts";

/**
 * A throw-away database on an embedded server of our own: it answers what two texts mean by building both. Never the target.
 */

/** How often a missing role is made before a build is taken apart. */
const maxRoles = 200;

/** Opens scratch databases; the server starts with the first build and stops with `close`. */
export function createScratch(options: { readonly dataDir: string; readonly signal?: AbortSignal }): Scratch {
  let server: Promise<EmbeddedServer> | null = null;
  const start = (): Promise<EmbeddedServer> => {
    server ??= started({
      dataDir: options.dataDir,
      durable: false,
      ...(options.signal ? { signal: options.signal } : {}),
    });
    return server;
  };
  return {
    async build(statements) {
      const running = await start();
      const name = `scratch_${randomUUID().replaceAll("-", "")}`;
      await administer(running, `CREATE DATABASE ${name} TEMPLATE template0`);
      return await buildIn(running, name, statements);
    },
    async close() {
      // One that never started has nothing to stop, and its failure was told when it was needed.
      const running = await server?.catch(() => null);
      await running?.stop();
      server = null;
    },
  };
}

/** A server that cannot start leaves questions open, it is no failure of the program. */
async function started(options: Parameters<typeof startEmbeddedServer>[0]): Promise<EmbeddedServer> {
  try {
    return await startEmbeddedServer(options);
  } catch (cause) {
    if (options.signal?.aborted === true) throw cause;
    const message = `no scratch server: ${cause instanceof Error ? cause.message : String(cause)}`;
    throw new LockstepError({ code: "no-scratch-server", message, cause });
  }
}

async function administer(server: EmbeddedServer, sql: string): Promise<void> {
  const session = await connect(server.url, unhurried);
  try {
    await session.query(sql);
  } finally {
    await session.close();
  }
}

/** Nobody queues behind what a scratch server waits for: another command of the same folder that builds too. */
const unhurried = { readOnly: false, applicationName: "lockstep scratch", lockTimeout: 0, statementTimeout: 0 } as const;

async function buildIn(server: EmbeddedServer, name: string, statements: readonly ScratchStatement[]): Promise<ScratchBuild> {
  const session = await connect(server.urlFor(name), unhurried);
  try {
    const failed = await runAll(session, statements);
    const live: LiveDatabase = await readLive(session);
    return { live, failed };
  } finally {
    await withoutSubscriptions(session).catch(() => undefined);
    await session.close();
    await administer(server, `DROP DATABASE IF EXISTS ${name} WITH (FORCE)`);
  }
}

/** A database with a subscription cannot be dropped, and a subscription that has a slot would ask another server for it. */
async function withoutSubscriptions(session: Session): Promise<void> {
  const { rows } = await session.query<{ name: string }>(
    "select quote_ident(subname) as name from pg_subscription where subdbid = (select oid from pg_database where datname = current_database())",
  );
  for (const { name } of rows)
    for (const sql of ["DISABLE", "SET (slot_name = NONE)"]
      .map((what) => `ALTER SUBSCRIPTION ${name} ${what}`)
      .concat(`DROP SUBSCRIPTION ${name}`))
      await session.query(sql);
}

/** All in one round trip; one by one only when something in it does not work here. */
async function runAll(session: Session, statements: readonly ScratchStatement[]): Promise<Map<ObjectId, string>> {
  const all = `BEGIN;\n${statements.map((statement) => statement.sql).join("\n")}\nCOMMIT;`;
  for (let roles = 0; roles < maxRoles; roles++) {
    const error = await attempt(session, all);
    if (error === null) return new Map();
    if (!(await makeMissingRole(session, error))) break;
  }
  return await runSingly(session, statements);
}

async function attempt(session: Session, sql: string): Promise<Error | null> {
  try {
    await session.batch(sql);
    return null;
  } catch (error) {
    if (!(error instanceof Error) || sqlStateOf(error) === undefined) throw error;
    await session.query("ROLLBACK");
    return error;
  }
}

/** Policies and grants name roles, which belong to the whole server: the scratch one makes them up. */
async function makeMissingRole(session: Session, error: Error): Promise<boolean> {
  const role = /role "(.+)" does not exist/.exec(error.message)?.[1];
  if (role === undefined) return false;
  const failure = await attempt(session, `CREATE ROLE ${quoteIdentifier(role)}`);
  // Another command may have made it meanwhile: unique_violation while both are at it, duplicate_object afterwards.
  return failure === null || ["23505", "42710"].includes(sqlStateOf(failure) ?? "");
}

async function runSingly(session: Session, statements: readonly ScratchStatement[]): Promise<Map<ObjectId, string>> {
  const failed = new Map<ObjectId, string>();
  for (const statement of statements) {
    let error = await attempt(session, `BEGIN;\n${statement.sql}\nCOMMIT;`);
    for (let roles = 0; roles < maxRoles && error !== null && (await makeMissingRole(session, error)); roles++)
      error = await attempt(session, `BEGIN;\n${statement.sql}\nCOMMIT;`);
    if (error !== null) for (const id of statement.provides) failed.set(id, error.message);
  }
  return failed;
}
