/**
 * An independent judge: what pg_dump says about a database. It must be at least as new as the server, so a test first asks
 * whether there is one and says so when not.
 */
import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { Client } from "pg";

const run = promisify(execFile);

/** The pg_dump to judge with: that of PG_DUMP, else the one on the PATH; null when there is none as new as the server. */
export async function findPgDump(serverMajor: number): Promise<string | null> {
  for (const candidate of [process.env.PG_DUMP, "pg_dump"]) {
    if (candidate === undefined || candidate === "") continue;
    const major = await majorOf(candidate);
    if (major !== null && major >= serverMajor) return candidate;
  }
  return null;
}

async function majorOf(program: string): Promise<number | null> {
  try {
    const { stdout } = await run(program, ["--version"]);
    const major = /\(PostgreSQL\) (\d+)/.exec(stdout)?.[1];
    return major === undefined ? null : Number(major);
  } catch {
    return null;
  }
}

/**
 * The schema of a database as pg_dump -s writes it, one entry per object, sorted, without the noise that differs between runs
 * (comments, session settings, restrict keys). Throws when findPgDump finds none.
 */
export async function dumpSchema(url: string): Promise<string[]> {
  const program = await findPgDump(await serverMajor(url));
  if (program === null) throw new Error("no pg_dump as new as the server: set PG_DUMP or put one on the PATH");
  const bare = new URL(url);
  const password = decodeURIComponent(bare.password);
  bare.password = "";
  const env = { ...process.env, PGPASSWORD: password };
  const { stdout } = await run(program, ["--schema-only", "--exclude-schema=lockstep", `--dbname=${bare.href}`], {
    env,
    maxBuffer: 256 * 1024 * 1024,
  });
  return entries(stdout).sort();
}

async function serverMajor(url: string): Promise<number> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    const { rows } = await client.query<{ major: number }>("select current_setting('server_version_num')::int / 10000 as major");
    const [row] = rows;
    if (row === undefined) throw new Error("the server did not tell its version");
    return row.major;
  } finally {
    await client.end();
  }
}

/** Every entry follows a comment of three lines with its name; what comes before the first is settings only. */
function entries(dump: string): string[] {
  const body = dump.replaceAll(/^\\(un)?restrict .*\n/gm, "").replace(/^--\n-- PostgreSQL database dump complete\n--\n/m, "");
  return body
    .split(/^--\n-- Name: .*\n--\n/m)
    .slice(1)
    .map(placed())
    .flatMap(statementsOf)
    .map(sortParameters);
}

/** Writes tablespace and access method, which pg_dump sets for what follows, beside what they are said of. */
function placed(): (chunk: string) => string {
  const now: Record<string, string> = { default_tablespace: "''", default_table_access_method: "heap" };
  const usual = { ...now };
  return (chunk) => {
    const creates =
      /^(CREATE (UNLOGGED |UNIQUE )?(TABLE|MATERIALIZED|INDEX)|ALTER TABLE ONLY [^;]* ADD CONSTRAINT [^;]*(UNIQUE|PRIMARY|EXCLUDE))/m.test(
        chunk,
      );
    const said = Object.entries(now).filter(
      ([name, value]) => creates && usual[name] !== value && !(name.endsWith("method") && /INDEX|CONSTRAINT/.test(chunk)),
    );
    for (const [, name = "", value = ""] of chunk.matchAll(/^SET (default_(?:tablespace|table_access_method)) = (.*);$/gm))
      now[name] = value;
    if (said.length === 0) return chunk;
    return [
      chunk.replaceAll(/^SET default_\w+ = .*;\n/gm, "").trim(),
      ...said.map(([name, value]) => `-- ${name} = ${value}`),
    ].join("\n");
  };
}

/** Storage parameters have no order of their own: one that is set again comes last. */
function sortParameters(statement: string): string {
  return statement.replace(
    /\bWITH \(((?:[\w.]+=(?:'[^']*'|\w+)(?:, )?)+)\)/g,
    (_, list: string) => `WITH (${list.split(", ").sort().join(", ")})`,
  );
}

/** An entry is kept whole, as bodies of functions cannot be split simply; lists of grants and the like have one per line. */
function statementsOf(chunk: string): string[] {
  const text = chunk.replaceAll(/^SET default_(tablespace|table_access_method) = .*;\n/gm, "").trim();
  const lines = text.split("\n").filter((line) => line !== "");
  const simple = lines.every((line) => /^(ALTER|COMMENT|GRANT|RESET|REVOKE|SELECT|SET)\b.*;$/.test(line));
  return simple ? withGrantors(lines) : [text];
}

/** Grants of a list have no order: each line says itself in whose name it runs. */
function withGrantors(lines: readonly string[]): string[] {
  let grantor = "";
  return lines.flatMap((line) => {
    const set = /^SET SESSION AUTHORIZATION (.*);$/.exec(line)?.[1];
    if (set === undefined && line !== "RESET SESSION AUTHORIZATION;") return [`${line}${grantor}`];
    grantor = set === undefined ? "" : ` -- by ${set}`;
    return [];
  });
}

/** As dumpSchema, with the columns of a table in any order, because an added one comes last. */
export async function dumpComparable(url: string): Promise<string[]> {
  return (await dumpSchema(url)).map(sortColumns).sort();
}

function sortColumns(statement: string): string {
  const found = /^(CREATE (?:UNLOGGED |FOREIGN )?TABLE [^\n]* \()\n([\s\S]*?)\n(\)[^\n]*)/.exec(statement);
  if (found === null) return statement;
  const [whole, head, body = "", tail] = found;
  const columns = body.split("\n").map((line) => line.replace(/,$/, ""));
  return `${head}\n${columns.sort().join("\n")}\n${tail}${statement.slice(whole.length)}`;
}
