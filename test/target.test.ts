import { describe, expect, it } from "vitest";
import { type ConnectionConfig, parseConnectionUrl } from "../src/catalog/connection-url.ts";
import { mergeDotEnv, parseDotEnv } from "../src/catalog/dot-env.ts";
import { refusePoolerUrl } from "../src/catalog/pooler.ts";
import { redactSecrets, secretsOfUrl } from "../src/catalog/redact.ts";
import { resolveTarget, type TargetInput } from "../src/catalog/target.ts";
import { LockstepError } from "../src/model/lockstep-error.ts";

const url = (name: string) => `postgresql://u:p@${name}/d`;

function choose(input: Partial<TargetInput>): string {
  const choice = resolveTarget({ env: {}, isTty: false, ...input });
  return choice.kind === "url" ? `${choice.from}: ${choice.url}` : `embedded: ${choice.why}`;
}

function failure(run: () => unknown): LockstepError {
  try {
    run();
  } catch (error) {
    if (error instanceof LockstepError) return error;
    throw error;
  }
  throw new Error("nothing was thrown");
}

describe("which database", () => {
  const env = {
    LOCKSTEP_DATABASE_URL: url("a"),
    DATABASE_URL_MIGRATIONS: url("b"),
    DATABASE_URL_DIRECT: url("c"),
    DATABASE_URL: url("d"),
    PGHOST: "e",
  };

  it("goes by --url, --target, the URL variables, PG*", () => {
    const targets = { prod: { url: url("t") } };
    expect(choose({ url: url("x"), targets, env })).toBe(`--url: ${url("x")}`);
    expect(choose({ target: "prod", targets, env })).toBe(`--target prod: ${url("t")}`);
    const left: Record<string, string> = { ...env };
    for (const name of Object.keys(env).slice(0, 4)) {
      expect(choose({ env: left })).toBe(`${name}: ${left[name]}`);
      left[name] = "";
    }
    expect(choose({ env: left })).toBe("PGHOST: postgresql://?host=e");
  });

  it("fills from PG* what a URL leaves open, as psql does", () => {
    const filled = choose({
      env: { DATABASE_URL: "postgres://me@db/x?a=1", PGPASSWORD: "a&b", PGSSLMODE: "require", PGDATABASE: "other" },
    });
    expect(filled).toBe("DATABASE_URL: postgres://me@db/x?a=1&password=a%26b&sslmode=require");
    const keywords = choose({ url: "host=db dbname=x", env: { PGPASSWORD: "it's" } });
    expect(keywords).toBe("--url: host=db dbname=x password='it\\'s'");
  });

  it("takes the embedded server on a terminal or when asked", () => {
    expect(choose({ isTty: true })).toMatch(/^embedded/);
    expect(choose({ embedded: true, env: { CI: "true", DATABASE_URL: url("d") } })).toBe("embedded: --embedded");
    for (const input of [{ env: { CI: "1" }, isTty: true }, { isTty: false }]) {
      expect(failure(() => choose(input))).toMatchObject({ code: "no-database", exitCode: 1 });
    }
    expect(failure(() => choose({})).message).toContain("DATABASE_URL");
    expect(failure(() => choose({ embedded: true, url: url("x") })).exitCode).toBe(64);
  });

  it("expands a target's variables and names the missing one", () => {
    const targets = { prod: { url: "postgres://u:${" + "PW}@h/d" } };
    expect(choose({ target: "prod", targets, env: { PW: "x" } })).toBe("--target prod: postgres://u:x@h/d");
    expect(failure(() => choose({ target: "prod", targets })).message).toMatch(/target prod needs .* PW/);
    expect(failure(() => choose({ target: "prd", targets }))).toMatchObject({
      exitCode: 64,
      message: expect.stringContaining("prod"),
    });
    expect(failure(() => choose({ target: "toString", targets })).exitCode).toBe(64);
  });
});

describe(".env", () => {
  it("reads quotes, exports, comments", () => {
    const text = `\uFEFF# a comment\r\nA=1\r\nexport B = two words # note\nC='single #1' # x\nD="a\\nb\\"c"\nE=pa#ss\nF=\nG="two\nlines"\nnot a line\nA=2\n H=\`x\`#y\nI=#nothing`;
    expect(parseDotEnv(text)).toEqual({
      A: "2",
      B: "two words",
      C: "single #1",
      D: 'a\nb"c',
      E: "pa#ss",
      F: "",
      G: "two\nlines",
      H: "x",
      I: "",
    });
  });

  it("yields to the real environment", () => {
    expect(mergeDotEnv("A=file\nB=file\nC=file", { A: "real", B: "", C: undefined })).toEqual({ A: "real", B: "", C: "file" });
  });
});

describe("connection URLs", () => {
  const shown = (config: ConnectionConfig) => [
    config.user,
    config.password,
    config.hosts.map(({ host, port }) => `${host}:${port}`).join(),
    config.database,
    config.ssl.mode,
  ];

  it.each([
    ["postgres://u:p@h:5433/d", ["u", "p", "h:5433", "d", "prefer"]],
    ["postgresql+asyncpg://u:p@h/d?ssl=require&prepared_statement_cache_size=0", ["u", "p", "h:5432", "d", "require"]],
    ["postgres+psycopg://u:p@h/d?sslmode=verify-full", ["u", "p", "h:5432", "d", "verify-full"]],
    ["postgresql+psycopg2://u@/d?host=/var/run/pg", ["u", undefined, "/var/run/pg:5432", "d", "prefer"]],
    ["jdbc:postgresql://h:1/d?user=u&password=p%26q&ssl=true", ["u", "p&q", "h:1", "d", "require"]],
    ["postgresql://%2Ftmp%2Fpg:6000/d?user=u", ["u", undefined, "/tmp/pg:6000", "d", "prefer"]],
    ["postgresql://u:p@[::1]:5433/d", ["u", "p", "::1:5433", "d", "prefer"]],
    ["postgresql://u:p@a:1,b:2,c/d", ["u", "p", "a:1,b:2,c:5432", "d", "prefer"]],
    ["postgresql+psycopg://u:p@/d?host=a:1&host=b:2", ["u", "p", "a:1,b:2", "d", "prefer"]],
    ["postgres://u:p%40s%2Fs@h/my%20db", ["u", "p@s/s", "h:5432", "my db", "prefer"]],
    ["postgres://u:p@s@h/d", ["u", "p@s", "h:5432", "d", "prefer"]],
    ["postgres://u:pa/ss?w#d%@h:5/d?sslmode=disable", ["u", "pa/ss?w#d%", "h:5", "d", "disable"]],
    ["postgres://u:12/3@h/d", ["u", "12/3", "h:5432", "d", "prefer"]],
    ["postgres://u:a:b@h", ["u", "a:b", "h:5432", "u", "prefer"]],
    ["postgres://me@server:p@h/d", ["me@server", "p", "h:5432", "d", "prefer"]],
    ["host=h port=1 dbname='my db' user=u password='it\\'s'", ["u", "it's", "h:1", "my db", "prefer"]],
    ["host=::1 user=u dbname=d sslmode=allow", ["u", undefined, "::1:5432", "d", "allow"]],
    ["'postgres://u:p@h/d'", ["u", "p", "h:5432", "d", "prefer"]],
  ])("%s", (text, expected) => {
    const config = parseConnectionUrl(text);
    expect(shown(config)).toEqual(expected);
    expect(config.ignored).toEqual([]);
    if (config.password !== undefined && config.password.length > 1) expect(config.redacted).not.toContain(config.password);
    expect(shown({ ...parseConnectionUrl(config.redacted), ...present(config) })).toEqual(expected);
  });

  const present = ({ password }: ConnectionConfig) => (password === undefined ? {} : { password });

  it("reads what is said beside the place", () => {
    const config = parseConnectionUrl(
      "postgres://u@h/d?pgbouncer=true&connection_limit=1&schema=app&pool_timeout=3&connect_timeout=1&application_name=x&options=-c%20a%3Db&target_session_attrs=read-write&sslmod=require",
    );
    expect(config).toMatchObject({
      pgbouncer: true,
      connectTimeout: 2,
      applicationName: "x",
      options: "-c a=b",
      sessionAttributes: "read-write",
      ignored: ["sslmod"],
    });
    expect(parseConnectionUrl("postgresql:///d").hosts.at(-1)).toEqual({ host: "localhost", port: 5432 });
    expect(parseConnectionUrl("host=h hostaddr=10.0.0.1").hosts).toEqual([{ host: "10.0.0.1", port: 5432, tlsName: "h" }]);
  });

  it.each([
    "mysql://u:hunter2@h/d",
    "postgres://u:hunter2@h:port/d",
    "postgres://u:hunter2@h:99999/d",
    "postgres://u:hunter2@h/d?sslmode=no",
    "postgres://u:hunter2@a,b:1:2/d",
    "postgres://u:hunter2@h/d?connect_timeout=soon",
    "host=h password=hunter2 =",
    "u:hunter2@h/d",
    "prisma://u:hunter2@h/d",
    "service=x password=hunter2",
    "",
  ])("refuses %s without the password", (text) => {
    const flag = failure(() => parseConnectionUrl(text));
    expect(flag).toMatchObject({ code: "bad-url", exitCode: 64 });
    expect(flag.message).not.toContain("hunter2");
    expect(failure(() => parseConnectionUrl(text, "DATABASE_URL"))).toMatchObject({
      exitCode: 1,
      message: expect.stringMatching(/^DATABASE_URL: /),
    });
  });
});

describe("poolers by URL", () => {
  it.each([
    ["postgres://u:hunter2@h:6543/d?pgbouncer=true", "postgresql://u:***@h:5432/d"],
    ["postgres://u:hunter2@h/d?pgbouncer=true", "postgresql://u:***@h:5432/d"],
    [
      "postgres://u:hunter2@ep-a-1-pooler.eu.aws.neon.tech/d?sslmode=require",
      "postgresql://u:***@ep-a-1.eu.aws.neon.tech:5432/d?sslmode=require",
    ],
    [
      "postgres://postgres.abc:hunter2@aws-0-eu.pooler.supabase.com:6543/postgres",
      "postgresql://postgres:***@db.abc.supabase.co:5432/postgres",
    ],
  ])("%s", (text, direct) => {
    const error = failure(() => refusePoolerUrl(parseConnectionUrl(text)));
    expect(error).toMatchObject({ code: "pooler", exitCode: 1 });
    expect(error.message).toContain(`likely ${direct}`);
    expect(error.message).not.toContain("hunter2");
  });

  it.each([
    "postgres://u@aws-0-eu.pooler.supabase.com:5432/d",
    "postgres://u@h-pooler-x/d",
    "postgresql:///d?host=/tmp&port=6543",
  ])("lets %s pass", (text) => {
    refusePoolerUrl(parseConnectionUrl(text));
  });
});

describe("redaction", () => {
  it("hides the secrets of a URL in every form", () => {
    const text = "postgres://u:p%40ss@h/d";
    expect(secretsOfUrl(text)).toEqual(["p%40ss", "p@ss"]);
    expect(redactSecrets(`${text} p@ss p%40ss xp@ssx`, secretsOfUrl(text))).toBe("postgres://u:***@h/d *** *** x***x");
    expect(redactSecrets("password='a b' x, PGPASSWORD=abc y", [])).toBe("password=*** x, PGPASSWORD=*** y");
    expect(secretsOfUrl("postgres://u:b%ad/p#w?@h:x/d")).toContain("b%ad/p#w?");
  });

  it("leaves words that only contain the secret, and names that are shown anyway", () => {
    expect(redactSecrets("secret secrets, postgresql://u:secret@h", ["secret"])).toBe("*** secrets, postgresql://u:***@h");
    expect(secretsOfUrl("postgres://postgres:postgres@h/postgres")).toEqual([]);
    expect(redactSecrets("postgres://postgres:postgres@h/postgres", [])).toBe("postgres://postgres:***@h/postgres");
  });
});
