/**
 * Policies change while others read. Every answer a reader gets has to be, row for row, what the policies before a change or those after
 * it show: never a row beyond, never nothing in between. What each state shows is computed here, not asked of the server.
 */
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Worker } from "node:worker_threads";
import { Client } from "pg";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { ApplyError, apply } from "../src/index.ts";
import { projectFolder } from "./support/project-folder.ts";
import { runCommand } from "./support/run-command.ts";
import { createDatabase, type TestDatabase } from "./support/servers.ts";

interface Row {
  readonly id: number;
  readonly status: string;
  readonly team: string;
}

/** Row 1 is in sight whatever the policies say, row 9 never is. */
const rows: readonly Row[] = [
  { id: 1, status: "open", team: "red" },
  { id: 2, status: "open", team: "blue" },
  { id: 3, status: "late", team: "red" },
  { id: 4, status: "late", team: "blue" },
  { id: 5, status: "done", team: "red" },
  { id: 6, status: "done", team: "green" },
  { id: 7, status: "open", team: "green" },
  { id: 8, status: "gone", team: "red" },
  { id: 9, status: "void", team: "none" },
];

interface Condition {
  readonly sql: string;
  readonly holds: (row: Row) => boolean;
}

const broken: Condition = { sql: "id = 'x'::text", holds: () => false };
const conditions: readonly Condition[] = [
  { sql: "status = 'open'", holds: ({ status }) => status === "open" },
  { sql: "id <= 4", holds: ({ id }) => id <= 4 },
  { sql: "team = 'red' and id < 9", holds: ({ team, id }) => team === "red" && id < 9 },
  { sql: "status in ('open', 'late', 'gone')", holds: ({ status }) => ["open", "late", "gone"].includes(status) },
  { sql: "id between 1 and 6", holds: ({ id }) => id <= 6 },
  { sql: "team <> 'none'", holds: ({ team }) => team !== "none" },
];
const limits: readonly Condition[] = [
  { sql: "id <= 5", holds: ({ id }) => id <= 5 },
  { sql: "status <> 'gone'", holds: ({ status }) => status !== "gone" },
  { sql: "team in ('red', 'green')", holds: ({ team }) => ["red", "green"].includes(team) },
];

interface Policy {
  readonly as?: "restrictive";
  readonly for: "all" | "select";
  readonly to: readonly string[];
  readonly using: Condition;
  readonly check?: Condition;
  readonly renamed_from?: string;
}

interface TableState {
  readonly rls: "enabled" | "forced";
  readonly policies: Readonly<Record<string, Policy>>;
}

type State = Readonly<Record<string, TableState>>;

/** Ids in sight for a role that each list of roles in these tests names, except for [other]. */
function visible({ policies }: TableState): string {
  const all = Object.values(policies).filter(({ to }) => to.some((role) => !role.endsWith("_other")));
  const permissive = all.filter((policy) => policy.as === undefined);
  const restrictive = all.filter((policy) => policy.as === "restrictive");
  return rows
    .filter((row) => permissive.some(({ using }) => using.holds(row)) && restrictive.every(({ using }) => using.holds(row)))
    .map(({ id }) => id)
    .join(",");
}

const tables = ["app.archive", "app.notes", "app.zones"];

describe("readers while policies change", () => {
  let database: TestDatabase;
  let folder: string;
  let admin: Client;
  let reader: string;
  let team: string;
  let other: string;
  let readerUrl: URL;

  beforeAll(async () => {
    database = await createDatabase();
    reader = database.name;
    team = `${reader}_team`;
    other = `${reader}_other`;
    folder = projectFolder({ "schema.yaml": schemaYaml });
    writeState(folder, initial());
    admin = new Client({ connectionString: database.url });
    await admin.connect();
    readerUrl = new URL(database.url);
    await admin.query(
      `create role ${team}; create role ${other}; create role ${reader} login in role ${team} password '${readerUrl.password}'`,
    );
    readerUrl.username = reader;
    await apply({ url: database.url, cwd: folder, phase: "all" });
    const values = rows.map(({ id, status, team: of }) => `(${id}, '${status}', '${of}')`).join(", ");
    for (const table of tables) await admin.query(`insert into ${table} values ${values}; grant select on ${table} to ${reader}`);
    await admin.query(`grant usage on schema app to ${reader}`);
  });

  afterAll(async () => {
    await admin.end();
    await database.drop();
    const server = new Client({ connectionString: new URL("/postgres", database.url).href });
    await server.connect();
    await server.query(`drop role ${reader}, ${team}, ${other}`);
    await server.end();
    rmSync(folder, { recursive: true });
  });

  function initial(): State {
    const see: Policy = { for: "all", to: [reader], using: pick(conditions, 0), check: pick(conditions, 0) };
    return Object.fromEntries(tables.map((table) => [table, { rls: "enabled", policies: { see } }]));
  }

  /** One round of changes to a table, each from the state before. */
  function round(n: number, start: TableState): readonly TableState[] {
    const using = pick(conditions, n + 1);
    const states: TableState[] = [];
    let { rls, policies } = start;
    const next = (change: Readonly<Record<string, Policy | null>>) => {
      const merged = Object.entries({ ...policies, ...change }).filter((entry): entry is [string, Policy] => entry[1] !== null);
      policies = Object.fromEntries(merged);
      states.push({ rls, policies });
    };
    const [name, again] = "see" in policies ? ["see", "look"] : ["look", "see"];
    const see = { for: "all", to: [reader], using, check: using } as const;
    const limit = { as: "restrictive", for: "select", to: [reader], using: pick(limits, n) } as const;
    const more = { for: "select", to: [team], using: pick(conditions, n + 2) } as const;
    next({ [name]: see }); // expression
    next({ [name]: { ...see, to: [team] } }); // roles
    next({ [name]: { ...see, to: [reader, other] } });
    next({ [name]: { for: "all", to: [reader], using } }); // a clause goes: made anew
    next({ [name]: see }); // and comes
    next({ limit }); // restrictive
    next({ more });
    const tighter = n % 2 === 0 ? { ...limit, using: pick(limits, n + 1) } : { ...limit, to: ["public"] };
    next({ limit: tighter });
    next({ limit: { ...tighter, to: [reader, other] } });
    rls = rls === "enabled" ? "forced" : "enabled";
    next({});
    next({ [name]: { for: "select", to: [reader], using } }); // another command: made anew
    next({ limit: null, [name]: null, [again]: { for: "select", to: [reader], using, renamed_from: name } }); // renamed, beside a drop
    next({ more: null, most: { ...more, using: pick(conditions, n + 3) } }); // one goes, one comes
    next({ most: { as: "restrictive", for: "select", to: [reader], using: pick(conditions, n + 3) } }); // what added rows takes some away
    next({ most: null, [again]: { for: "select", to: [reader], using } });
    return states;
  }

  test("a hundred changes: never a row too many, never nothing", { timeout: 300_000 }, async () => {
    const history: State[] = [initial()];
    const clock = new Int32Array(new SharedArrayBuffer(12));
    const worker = new Worker(new URL("./support/policy-reader.mjs", import.meta.url), {
      workerData: { url: readerUrl.href, tables, clock },
    });
    const answers = new Promise<Map<string, number>>((resolve, reject) => worker.once("message", resolve).once("error", reject));
    answers.catch(() => undefined);
    const commit = () => Atomics.store(clock, 0, history.length - 1);
    const change = async (wanted: State, outcome: State = wanted) => {
      history.push(outcome);
      Atomics.store(clock, 1, history.length - 1);
      writeState(folder, wanted);
      try {
        return (await apply({ url: database.url, cwd: folder, policiesOnly: true, approve: ["widen"] })).result.ran;
      } finally {
        commit();
      }
    };
    for (let n = 0; history.length <= 100; n++) {
      const table = n % 2 === 0 ? "app.notes" : "app.zones";
      const before = history.at(-1) as State;
      for (const state of round(n, before[table] as TableState)) {
        const ran = await change({ ...(history.at(-1) as State), [table]: state });
        expect(ran.length, JSON.stringify(state)).toBeGreaterThan(0);
      }
      const ended = await failBeside(n, history.at(-1) as State, change);
      expect((await change(ended)).length).toBeGreaterThan(0);
    }
    Atomics.store(clock, 2, 1);
    checkAnswers(await answers, history);
  });

  test("nothing changed: no statement, no lock, whoever holds the table", async () => {
    writeState(folder, initial());
    await apply({ url: database.url, cwd: folder, policiesOnly: true, approve: ["widen"] });
    await admin.query(`create function public.refuse() returns event_trigger language plpgsql as $$ begin raise exception 'no DDL, said the test'; end $$;
      create event trigger no_ddl on ddl_command_start execute function public.refuse()`);
    const journal =
      "select (select count(*)::int from lockstep.runs) as runs, (select applied_at from lockstep.snapshots) as applied_at";
    const before = await admin.query(journal);
    const holder = new Client({ connectionString: database.url });
    await holder.connect();
    try {
      await holder.query(`begin; lock table ${tables.join(", ")} in access share mode`);
      const shared = ["--url", database.url, "--yes"];
      const idle = await runCommand(["policies", "apply", ...shared, "--lock-timeout", "100ms", "--lock-wait", "100ms"], folder);
      expect({ code: idle.code, stderr: idle.stderr }).toMatchObject({
        code: 0,
        stderr: expect.stringContaining("Nothing to do"),
      });
      expect((await runCommand(["policies", "plan", "--url", database.url, "--detailed-exitcode"], folder)).code).toBe(0);
      expect((await admin.query(journal)).rows).toEqual(before.rows);
    } finally {
      await holder.end();
      await admin.query("drop event trigger no_ddl; drop function public.refuse()");
    }
  });

  test("a plan has an exit code, leaves the rest of the files alone, and asks before more is shown", async () => {
    writeState(folder, initial());
    const yaml = schemaYaml.replace("  zones:", "  later:\n    columns: { id: int }\n  zones:");
    writeFileSync(join(folder, "schema.yaml"), yaml);
    const table = { table: "app.notes", rls: "enabled", policies: { see: { for: "select", to: [reader], using: true } } };
    writeFileSync(join(folder, "policies", "app.notes.yaml"), JSON.stringify({ ...table, grants: { [other]: "select" } }));
    const url = ["--url", database.url];
    const planned = await runCommand(["policies", "plan", ...url, "--detailed-exitcode", "--json"], folder);
    expect(planned.code, planned.stderr).toBe(2);
    const { steps } = JSON.parse(planned.stdout) as { steps: { kind: string; object: string; access: string }[] };
    expect(steps.map(({ kind, object }) => `${kind} ${object}`)).toEqual([
      "policy app.notes.see",
      "policy app.notes.see",
      `grant app.notes`,
    ]);
    const refused = await runCommand(["policies", "apply", ...url, "--yes"], folder);
    expect(refused.code, refused.stderr).toBe(3);
    expect(refused.stderr).toContain("--approve widen:app.notes.see");
    expect((await runCommand(["policies", "apply", ...url, "--yes", "--approve", "widen"], folder)).code).toBe(0);
    expect((await runCommand(["policies", "plan", ...url, "--detailed-exitcode"], folder)).code).toBe(0);
    const { rows: after } = await admin.query(
      "select has_table_privilege($1, 'app.notes', 'select') as granted, to_regclass('app.later') as later",
      [other],
    );
    expect(after).toEqual([{ granted: true, later: null }]);
    await admin.query(`revoke all on app.notes from ${other}`);
  });

  /** A change to app.notes beside one that fails: of a table that comes before it, or after. Out: what repairs it. */
  async function failBeside(
    n: number,
    state: State,
    change: (wanted: State, outcome: State) => Promise<unknown>,
  ): Promise<State> {
    const [bad, first] = n % 2 === 0 ? ["app.zones", "app.notes"] : ["app.archive", null];
    const { rls, policies } = state[bad] as TableState;
    const own = state["app.notes"] as TableState;
    const kept = Object.fromEntries(Object.entries(own.policies).filter(([name]) => !name.startsWith("extra")));
    const extra: Policy = { for: "select", to: [reader], using: pick(conditions, n + 4) };
    const changed: State = { ...state, "app.notes": { ...own, policies: { ...kept, [`extra_${n}`]: extra } } };
    const replaced = Object.fromEntries(
      Object.keys(policies).map((name) => [`${name}_new`, { for: "select", to: [reader], using: broken } as const]),
    );
    const wanted: State = { ...changed, [bad]: { rls, policies: replaced } };
    const failed = await change(wanted, first === null ? state : changed).then(
      () => null,
      (error: unknown) => error,
    );
    expect(failed).toBeInstanceOf(ApplyError);
    expect((failed as ApplyError).step?.object).toMatch(`${bad}.`);
    expect((failed as ApplyError).message).toContain("operator does not exist: integer = text");
    const ran = (failed as ApplyError).result.ran.map((step) => step.object);
    expect(ran.every((object) => object.startsWith("app.notes.extra_"))).toBe(true);
    expect(ran.length > 0).toBe(first !== null);
    return first === null ? changed : { ...changed, "app.notes": { ...own, policies: kept } };
  }

  function checkAnswers(answers: ReadonlyMap<string, number>, history: readonly State[]): void {
    const during = new Set<number>();
    const wrong: string[] = [];
    let reads = 0;
    for (const [key, times] of answers) {
      const [table = "", over, begun, ids = ""] = key.split("|");
      reads += times;
      const possible = history.slice(Number(over), Number(begun) + 1).map((state) => visible(state[table] as TableState));
      if (!possible.includes(ids)) wrong.push(`${key}, of ${possible.join(" or ")}`);
      if (over !== begun) during.add(Number(begun));
    }
    for (const state of history) {
      for (const table of tables) expect(visible(state[table] as TableState)).toMatch(/^1(,[2-8])*$/);
    }
    expect(wrong).toEqual([]);
    expect(history.length).toBeGreaterThan(100);
    // Somebody read during each change.
    expect(during.size).toBe(history.length - 1);
    expect(reads).toBeGreaterThan(20 * history.length);
  }

  function writeState(to: string, state: State): void {
    mkdirSync(join(to, "policies"), { recursive: true });
    for (const [table, { rls, policies }] of Object.entries(state)) {
      const entries = Object.entries(policies).map(([name, { using, check, ...rest }]) => {
        return [name, { ...rest, using: using.sql, ...(check === undefined ? {} : { check: check.sql }) }];
      });
      writeFileSync(join(to, "policies", `${table}.yaml`), JSON.stringify({ table, rls, policies: Object.fromEntries(entries) }));
    }
  }
});

const schemaYaml = `version: 1
project: readers
schema: app
schemas: { app: {} }
tables:
${["archive", "notes", "zones"].map((name) => `  ${name}:\n    columns: { id: int primary key, status: text not null, team: text not null }\n`).join("")}
policies: [policies/*.yaml]
`;

function pick<T>(list: readonly T[], n: number): T {
  return list[n % list.length] as T;
}
