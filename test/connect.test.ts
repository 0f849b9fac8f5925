import { createServer, type Server } from "node:net";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type ConnectOptions, connect, type Session } from "../src/catalog/connect.ts";
import { sqlStateOf } from "../src/catalog/connection-error.ts";
import { multiplexesTransactions, READ_MARK, type SessionMark, sharesSession } from "../src/catalog/pooler.ts";
import { LockstepError } from "../src/model/lockstep-error.ts";
import { createDatabase, createOrdinaryDatabase, majors, type OrdinaryDatabase, type TestDatabase } from "./support/servers.ts";

async function withSession<T>(
  url: string,
  work: (session: Session) => Promise<T>,
  options: Partial<ConnectOptions> = {},
): Promise<T> {
  const session = await connect(url, { readOnly: true, ...options });
  try {
    return await work(session);
  } finally {
    await session.close();
  }
}

async function failure(promise: Promise<unknown>): Promise<LockstepError> {
  try {
    await promise;
  } catch (error) {
    if (error instanceof LockstepError) return error;
    throw error;
  }
  throw new Error("nothing was thrown");
}

describe.each(majors)("a session on PostgreSQL %i", (major) => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await createDatabase({ major });
  });
  afterAll(() => database.drop());

  it("pins its settings in one round trip, whatever the database says", async () => {
    await withSession(
      database.url,
      async (admin) => {
        for (const setting of [
          "timezone to 'Asia/Tokyo'",
          "datestyle to 'German'",
          "search_path to pg_temp, public",
          "session_replication_role to replica",
        ]) {
          await admin.query(`alter database ${database.name} set ${setting}`);
        }
      },
      { readOnly: false },
    );
    await withSession(database.url, async (session) => {
      expect(session.roundTrips).toBe(1);
      const names = [
        "TimeZone",
        "DateStyle",
        "search_path",
        "session_replication_role",
        "default_transaction_read_only",
        "lock_timeout",
      ];
      const watched = [...names, "client_connection_check_interval", "row_security", "jit"];
      const { rows } = await session.query<{ v: string }>("select current_setting(n) as v from unnest($1::text[]) as n", [
        watched,
      ]);
      expect(rows.map((row) => row.v)).toEqual(["UTC", "ISO, MDY", '""', "origin", "on", "10s", "500ms", "off", "off"]);
      expect(session.roundTrips).toBe(2);
      expect(session).toMatchObject({
        major,
        database: database.name,
        isSuperuser: true,
        bypassRls: true,
        inRecovery: false,
        diagnostics: [],
      });
      expect(sqlStateOf(await session.query("create table t ()").catch((error: unknown) => error))).toBe("25006");
    });
  });

  it("returns exact values", async () => {
    await withSession(database.url, async (session) => {
      const { rows } = await session.query(
        `select 9007199254740993::int8 as big, 1.10::numeric as num, date '2026-01-02' as d, timestamptz '2026-01-02 03:04:05+00' as ts, interval '1 day' as i,
           '{a,NULL,"b c"}'::text[] as texts, '{x,y}'::name[] as names, '{1,2}'::int2[] as smalls, '{t,f}'::bool[] as bools, '{"a":[1]}'::jsonb as j, true as b, 7 as n, '(1,2)'::point as p`,
      );
      expect(rows[0]).toEqual({
        big: "9007199254740993",
        num: "1.10",
        d: "2026-01-02",
        ts: "2026-01-02 03:04:05+00",
        i: "1 day",
        texts: ["a", null, "b c"],
        names: ["x", "y"],
        smalls: [1, 2],
        bools: [true, false],
        j: { a: [1] },
        b: true,
        n: 7,
        p: "(1,2)",
      });
    });
  });
});

describe("a session", () => {
  let database: OrdinaryDatabase;
  beforeAll(async () => {
    database = await createOrdinaryDatabase();
  });
  afterAll(() => database.drop());

  it("works for a plain role, batches, and passes notices on", async () => {
    const notices: string[] = [];
    const work = async (session: Session) => {
      expect(session).toMatchObject({ currentUser: database.role, isSuperuser: false, bypassRls: false });
      const results = await session.batch("begin; do $$ begin raise notice 'hello'; end $$; select 1 as one");
      expect(results.map((result) => result.command)).toEqual(["BEGIN", "DO", "SELECT"]);
      expect(results[2]?.rows).toEqual([{ one: 1 }]);
      expect(session.inTransaction).toBe(true);
      const [a, b] = await Promise.all([session.query("select 1 as x"), session.query("rollback")]);
      expect([a.rows, b.command, session.inTransaction, session.roundTrips]).toEqual([[{ x: 1 }], "ROLLBACK", false, 4]);
    };
    await withSession(database.url, work, { readOnly: false, onNotice: (notice) => notices.push(notice.message) });
    expect(notices).toEqual(["hello"]);
  });

  it("warns when replicas' mode cannot be taken back", async () => {
    const set = (value: string) =>
      withSession(database.adminUrl, (admin) => admin.query(`alter role ${database.role} ${value}`), { readOnly: false });
    await set("set session_replication_role = replica");
    await withSession(database.url, async (session) => {
      expect(session.diagnostics).toMatchObject([{ code: "replication-role", severity: "warning" }]);
    });
    await set("reset session_replication_role");
  });

  it("cancels what runs when the signal aborts, and closes", async () => {
    const abort = new AbortController();
    const session = await connect(database.url, { readOnly: true, signal: abort.signal });
    const started = Date.now();
    const running = session.query("select pg_sleep(30)").catch((error: unknown) => error);
    setTimeout(() => abort.abort(), 50);
    expect(sqlStateOf(await running)).toBe("57014");
    expect(Date.now() - started).toBeLessThan(5000);
    expect(await failure(session.query("select 1"))).toMatchObject({ code: "session-closed" });
    await session.close();
    expect(await failure(connect(database.url, { readOnly: true, signal: abort.signal }))).toMatchObject({ exitCode: 130 });
  });

  it("says that the connection was lost", async () => {
    const session = await connect(database.url, { readOnly: true });
    await withSession(database.adminUrl, (admin) => admin.query("select pg_terminate_backend($1)", [session.backendPid]));
    expect(await failure(session.query("select 1"))).toMatchObject({ code: "connection-lost", exitCode: 1 });
    await session.close();
  });

  it("explains what kept it from connecting", async () => {
    const bad = (change: (url: URL) => void) => {
      const url = new URL(database.url);
      change(url);
      return failure(connect(url.href, { readOnly: true }));
    };
    const cases: [string, number, LockstepError][] = [
      ["wrong-password", 1, await bad((url) => (url.password = "hunter2"))],
      ["wrong-password", 1, await bad((url) => (url.username = "no_such_role"))],
      ["wrong-password", 1, await bad((url) => (url.password = ""))],
      ["no-such-database", 1, await bad((url) => (url.pathname = "/nowhere"))],
      ["server-down", 1, await bad((url) => (url.port = "1"))],
      ["unknown-host", 1, await bad((url) => (url.hostname = "no-such-host.invalid"))],
      ["tls-refused", 1, await bad((url) => (url.search = "?sslmode=require"))],
      ["bad-url", 1, await bad((url) => (url.search = "?sslmode=verify-full&sslrootcert=/no/such/file"))],
      ["wrong-session", 1, await bad((url) => (url.search = "?target_session_attrs=standby"))],
    ];
    for (const [code, exitCode, error] of cases) {
      expect([error.code, error.exitCode]).toEqual([code, exitCode]);
      expect(error.message).not.toContain("hunter2");
      expect(error.message).not.toContain(new URL(database.url).password);
    }
    expect(cases[0]?.[2].message).toContain(`"${database.role}"`);
  });

  it("says try again when the role has no connection left", async () => {
    const limit = (n: number) =>
      withSession(database.adminUrl, (admin) => admin.query(`alter role ${database.role} connection limit ${n}`), {
        readOnly: false,
      });
    await limit(0);
    expect(await failure(connect(database.url, { readOnly: true }))).toMatchObject({ code: "too-many-connections", exitCode: 5 });
    await limit(-1);
  });

  it("tries the hosts in order", async () => {
    const { host, username, password, pathname } = new URL(database.url);
    await withSession(
      `postgresql://${username}:${password}@127.0.0.1:1,${host}${pathname}?target_session_attrs=read-write`,
      async (session) => {
        expect(session.database).toBe(database.name);
      },
    );
  });

  it("tells one session from two", async () => {
    const marked = async (session: Session): Promise<SessionMark> => {
      const [mark] = (await session.query<SessionMark>(READ_MARK)).rows;
      if (mark === undefined) throw new Error("no row");
      return mark;
    };
    await withSession(database.url, async (one) => {
      await withSession(database.url, async (two) => {
        const [first, second] = [await marked(one), await marked(two)];
        expect(first.mark).toMatch(/^[0-9a-f]{24}$/);
        expect([sharesSession(first, second), sharesSession(first, await marked(one))]).toEqual([false, true]);
        const open = (session: Session) => async () => ({ read: () => marked(session), close: async () => {} });
        const own = () => marked(one);
        expect(await multiplexesTransactions(first, own, open(two))).toBe(false);
        expect(await multiplexesTransactions(first, own, open(one))).toBe(true);
        expect(await multiplexesTransactions(first, () => marked(two), open(two))).toBe(true);
        expect(await multiplexesTransactions(first, own, () => Promise.reject(new Error("the pool is full")))).toBe(false);
      });
    });
  });
});

describe("what is no PostgreSQL", () => {
  const servers: Server[] = [];
  afterAll(() => {
    for (const server of servers) server.close();
  });

  /** A listener that answers the first bytes of every connection with `answer`, or never. */
  function listen(answer: string | undefined): Promise<number> {
    const server = createServer((socket) => {
      socket.on("error", () => undefined);
      socket.on("data", () => answer !== undefined && socket.end(answer));
    });
    servers.push(server);
    return new Promise((resolve) => {
      server.listen(0, "127.0.0.1", () => {
        const address = server.address();
        resolve(address !== null && typeof address === "object" ? address.port : 0);
      });
    });
  }

  it.each(["HTTP/1.1 400 Bad Request\r\n\r\n", ""])("is said to be none: %j", async (answer) => {
    const port = await listen(answer);
    const error = await failure(connect(`postgres://u:hunter2@127.0.0.1:${port}/d`, { readOnly: true }));
    expect([error.code, error.exitCode]).toEqual(["connection-lost", 1]);
  });

  it("is given up on", async () => {
    const port = await listen(undefined);
    const url = `postgres://u@127.0.0.1:${port}/d?connect_timeout=2`;
    expect(await failure(connect(url, { readOnly: true }))).toMatchObject({ code: "connection-timeout" });
    const abort = new AbortController();
    setTimeout(() => abort.abort(), 50);
    expect(await failure(connect(url, { readOnly: true, signal: abort.signal }))).toMatchObject({ code: "interrupted" });
  });

  it("refuses a pooler before it connects", async () => {
    expect(await failure(connect("postgres://u@no-such-host.invalid:6543/d", { readOnly: true }))).toMatchObject({
      code: "pooler",
    });
  });
});
