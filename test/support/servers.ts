/**
 * Databases for tests. The servers were started by the global setup; a test asks for a database, fresh or cloned from a template,
 * and drops it at its end.
 */
import { randomBytes } from "node:crypto";
import { Client, escapeIdentifier, escapeLiteral } from "pg";
import { inject } from "vitest";

/** A running server of one major; `url` is its superuser's, of the database postgres. */
export interface TestServer {
  readonly major: number;
  readonly url: string;
  /** Superuser's URL of another database. */
  urlFor(database: string): string;
}

/** A database of its own for one test, and how to get rid of it (its sessions are ended). */
export interface TestDatabase {
  readonly url: string;
  readonly name: string;
  readonly major: number;
  drop(): Promise<void>;
}

/** One on the ordinary installation: `url` is that of the plain owner `role`, `adminUrl` the superuser's. */
export interface OrdinaryDatabase extends TestDatabase {
  readonly adminUrl: string;
  readonly role: string;
}

/** The majors of this run, ascending. */
export const majors: number[] = inject("servers")
  .map((server) => server.major)
  .sort((a, b) => a - b);

/** The server of a major; rejects when this run has none of it (LOCKSTEP_TEST_MAJORS). */
export async function testServer(major: number): Promise<TestServer> {
  const found = inject("servers").find((server) => server.major === major);
  if (found === undefined) throw new Error(`no PostgreSQL ${major} in this run; it has ${majors.join(", ")}`);
  return { ...found, urlFor: (database) => withDatabase(found.url, database) };
}

/** Creates a database, on the newest server of the run unless a major is given, as a copy of `template` (default: an empty one). */
export async function createDatabase(options: { template?: string; major?: number } = {}): Promise<TestDatabase> {
  const server = await testServer(options.major ?? newestMajor());
  const name = uniqueName("test");
  await execute(server.url, createStatement(name, options.template, server.major));
  return { url: server.urlFor(name), name, major: server.major, drop: () => dropDatabase(server.url, name) };
}

/**
 * Makes a database to clone from, filled by `build` (which must close its connections), once per server and run whoever asks first;
 * gives its name for createDatabase.
 */
export async function ensureTemplate(key: string, major: number, build: (url: string) => Promise<void>): Promise<string> {
  const server = await testServer(major);
  const name = `template_${key}`;
  await withClient(server.url, async (client) => {
    // Two test files may want it at once; the session's end releases the lock.
    await client.query("select pg_advisory_lock(hashtext($1))", [name]);
    const { rowCount } = await client.query("select from pg_database where datname = $1", [name]);
    if (rowCount !== 0) return;
    const unfinished = uniqueName("unfinished");
    await client.query(createStatement(unfinished, undefined, major));
    await build(server.urlFor(unfinished));
    await client.query(`alter database ${unfinished} rename to ${escapeIdentifier(name)}`);
  });
  return name;
}

/**
 * Creates a database as most people meet one: stock server configuration, a UTF-8 locale other than C, and a role that owns the
 * schema `app` and nothing else (no superuser, no CREATE on the database, no BYPASSRLS).
 */
export async function createOrdinaryDatabase(): Promise<OrdinaryDatabase> {
  const { url: server, major } = inject("ordinary");
  const name = uniqueName("ordinary");
  const role = `${name}_owner`;
  const password = randomBytes(12).toString("hex");
  const adminUrl = withDatabase(server, name);
  await execute(server, createStatement(name, undefined, major));
  await execute(server, `create role ${role} login nosuperuser nobypassrls password ${escapeLiteral(password)}`);
  await execute(adminUrl, `create schema app authorization ${role}`);
  const owner = new URL(adminUrl);
  owner.username = role;
  owner.password = password;
  const drop = async () => {
    await dropDatabase(server, name);
    await execute(server, `drop role ${role}`);
  };
  return { url: owner.href, adminUrl, role, name, major, drop };
}

/** Runs `work` with a connection and closes it whatever happens. */
async function withClient<T>(url: string, work: (client: Client) => Promise<T>): Promise<T> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

async function execute(url: string, sql: string): Promise<void> {
  await withClient(url, (client) => client.query(sql));
}

function createStatement(name: string, template: string | undefined, major: number): string {
  const source = template === undefined ? "" : ` template ${escapeIdentifier(template)}`;
  // Without fsync copying files is several times faster than writing every page to the log; before 15 it is the only way.
  return `create database ${name}${source}${major >= 15 ? " strategy file_copy" : ""}`;
}

/** A database with subscriptions cannot be dropped: they go first, without a word to their publishers. */
async function dropDatabase(server: string, name: string): Promise<void> {
  await withClient(server, async (client) => {
    const found =
      "select quote_ident(s.subname) as name from pg_subscription s join pg_database d on d.oid = s.subdbid where d.datname = $1";
    const { rows } = await client.query<{ name: string }>(found, [name]);
    for (const subscription of rows)
      for (const what of ["alter subscription % disable", "alter subscription % set (slot_name = none)", "drop subscription %"])
        await execute(withDatabase(server, name), what.replace("%", subscription.name));
  });
  await execute(server, `drop database if exists ${name} with (force)`);
}

function newestMajor(): number {
  return Math.max(...majors);
}

function uniqueName(kind: string): string {
  return `${kind}_${randomBytes(6).toString("hex")}`;
}

function withDatabase(url: string, database: string): string {
  const changed = new URL(url);
  changed.pathname = `/${encodeURIComponent(database)}`;
  return changed.href;
}
