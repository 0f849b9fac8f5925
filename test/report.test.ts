import { describe, expect, test } from "vitest";
import type { Diagnostic } from "../src/model/diagnostic.ts";
import type { Plan } from "../src/model/plan.ts";
import type { Step } from "../src/model/step.ts";
import { diagnosticsText } from "../src/report/diagnostics-text.ts";
import { driftJson, driftText } from "../src/report/drift-text.ts";
import { planJson } from "../src/report/plan-json.ts";
import { planSql } from "../src/report/plan-sql.ts";
import { planText } from "../src/report/plan-text.ts";
import { progressBar, progressLine } from "../src/report/progress.ts";
import { byteText, timeText, versionText } from "../src/report/quantities.ts";
import { statusText } from "../src/report/status-text.ts";

const SHOWN = { colour: false, verbose: false, subject: "app", source: "schema.yaml", where: "localhost:5432" };

function step(id: string, more: Partial<Step>): Step {
  return {
    id,
    phase: "expand",
    class: "safe",
    kind: "table",
    object: "app.orders",
    action: "create",
    sql: "create table app.orders ();",
    breaks: "none",
    locks: [],
    rewrite: false,
    scan: false,
    index_rebuild: false,
    transactional: true,
    group: Number(id),
    rows: null,
    bytes: null,
    estimate_ms: null,
    access: "none",
    access_text: null,
    reason: { text: "the files declare it", file: "schema.yaml", line: 12 },
    undo: { sql: "drop table app.orders;" },
    safer: null,
    rollout: null,
    assumes_empty: [],
    approvals: [],
    ...more,
  };
}

function plan(steps: readonly Step[], more: Partial<Plan> = {}): Plan {
  const tally = (test: (each: Step) => boolean) => steps.filter(test).length;
  return {
    format_version: 1,
    lockstep_version: "0.1.0",
    created_at: "2026-01-02T03:04:05.000Z",
    plan_hash: "cafe",
    phases: ["expand", "backfill", "contract"],
    target: { server_version: 180004, database: "shop", fingerprint: "0123456789abcdef", relies_on: {} },
    project: "shop",
    summary: {
      steps: steps.length,
      safe: tally((each) => each.class === "safe"),
      locking: tally((each) => each.class === "locking"),
      destructive: tally((each) => each.class === "destructive"),
      expand: tally((each) => each.phase === "expand"),
      backfill: tally((each) => each.phase === "backfill"),
      contract: tally((each) => each.phase === "contract"),
      widens: tally((each) => each.access === "widens" || each.access === "unknown"),
    },
    changes: [],
    steps,
    rollouts: [],
    unmanaged: [],
    diagnostics: [],
    declared: [],
    texts: [],
    ...more,
  };
}

const MIXED = plan(
  [
    step("1", { group: 1 }),
    step("2", {
      group: 1,
      kind: "policy",
      object: "app.orders.orders_read",
      action: "policy",
      sql: "create policy orders_read on app.orders\n  for select to public using (true);",
      locks: [{ relation: "app.orders", mode: "AccessExclusiveLock", blocks: "reads_and_writes" }],
      access: "widens",
      access_text: "public reads rows where true",
      reason: { text: "the files declare it", file: "policies/app.orders.yaml", line: 3 },
      undo: { sql: "drop policy orders_read on app.orders;" },
      approvals: ["widen"],
    }),
    step("3", {
      kind: "index",
      object: "app.orders_idx",
      sql: "create index concurrently orders_idx on app.orders (id);",
      locks: [{ relation: "app.orders", mode: "ShareUpdateExclusiveLock", blocks: "none" }],
      transactional: false,
      rows: 1_200_000,
      bytes: 356_515_840,
      estimate_ms: 4200,
    }),
    step("4", {
      kind: "column",
      object: "app.orders.id",
      action: "alter",
      class: "locking",
      sql: "alter table app.orders alter column id type bigint;",
      locks: [{ relation: "app.orders", mode: "AccessExclusiveLock", blocks: "reads_and_writes" }],
      rewrite: true,
      rows: "not checked: permission denied",
      reason: { text: "type changes from integer to bigint", file: "schema.yaml", line: 20 },
      undo: { none: "values above the range of integer would not fit" },
      approvals: ["locking"],
    }),
    step("5", {
      phase: "contract",
      kind: "column",
      object: "app.orders.legacy",
      action: "drop",
      class: "destructive",
      sql: "alter table app.orders drop column legacy;",
      locks: [{ relation: "app.orders", mode: "AccessExclusiveLock", blocks: "reads_and_writes" }],
      rows: 12_345,
      breaks: "old",
      reason: { text: "no longer in the files", file: null, line: null },
      approvals: ["destructive"],
    }),
  ],
  { unmanaged: [{ kind: "rule", object: "app.orders.r", why: "rules are not managed" }] },
);

describe("plan as text", () => {
  test("what needs a look comes first, then steps by phase and transaction, sums and commands", () => {
    expect(planText(MIXED, SHOWN)).toMatchInlineSnapshot(`
      "Plan for database shop (PostgreSQL 18.4 on localhost:5432, project shop, fingerprint 0123456789ab)

      Look at these first:
        widens access                              2  create policy app.orders.orders_read  public reads rows where true · policies/app.orders.yaml:3
        locking                                    4  alter column app.orders.id: type changes from integer to bigint  not checked: permission denied · schema.yaml:20
        destructive, breaks the old application    5  drop column app.orders.legacy: no longer in the files  12,345 rows

      expand
        ┌  1  safe         create table app.orders
        └  2  safe         create policy app.orders.orders_read                             AccessExclusive on app.orders, brief
           3  safe         create index app.orders_idx                                      ShareUpdateExclusive on app.orders, blocks nobody · 1,200,000 rows, 340 MB, about 4.2 s · outside a transaction
           4  locking      alter column app.orders.id: type changes from integer to bigint  AccessExclusive on app.orders, blocks reads and writes while it runs · rewrites the table, rows not checked: permission denied

      contract
           5  destructive  drop column app.orders.legacy: no longer in the files            AccessExclusive on app.orders, brief · 12,345 rows

      5 steps: 3 safe, 1 locking, 1 destructive · 4 expand, 1 contract · 1 step widens access
      To run it, with the approvals that it needs:
        lockstep apply --approve locking,widen
        lockstep apply --phase contract --approve destructive

      Unmanaged, left alone (1):
        rule app.orders.r: rules are not managed
      "
    `);
  });

  test("verbose adds SQL, reason and undo", () => {
    expect(
      planText(plan([step("1", { undo: { none: "it is made for good" } })]), { ...SHOWN, verbose: true }),
    ).toMatchInlineSnapshot(`
      "Plan for database shop (PostgreSQL 18.4 on localhost:5432, project shop, fingerprint 0123456789ab)

      expand
           1  safe         create table app.orders
              create table app.orders ();
              because the files declare it (schema.yaml:12)
              no undo: it is made for good

      1 step: 1 safe · 1 expand
      To run it:
        lockstep apply
      "
    `);
  });

  test("an empty plan says what matches what", () => {
    expect(planText(plan([]), SHOWN)).toContain("\n\nNo changes. app matches schema.yaml.\n");
  });

  test("colours only when asked", () => {
    expect(planText(MIXED, SHOWN)).not.toContain("\u001b");
    expect(planText(MIXED, { ...SHOWN, colour: true })).toContain("\u001b[31m");
  });
});

test("plan as SQL: transactions, phases, an empty search_path", () => {
  expect(planSql(MIXED)).toMatchInlineSnapshot(`
    "-- lockstep 0.1.0: plan for database shop, PostgreSQL 18.4
    -- made 2026-01-02T03:04:05.000Z, fingerprint 0123456789ab
    -- 5 steps: 3 safe, 1 locking, 1 destructive · 4 expand, 1 contract · 1 step widens access
    -- run: psql --set ON_ERROR_STOP=1 --file <this file>

    set search_path = '';
    set check_function_bodies = off;
    -- Rather fail than let the application queue behind a lock that is waited for; then plan again.
    set lock_timeout = '2s';

    -- phase: expand

    begin;

    -- 1: safe · schema.yaml:12
    create table app.orders ();

    -- 2: safe · AccessExclusive on app.orders, brief · access: widens · policies/app.orders.yaml:3
    create policy orders_read on app.orders
      for select to public using (true);

    commit;

    set lock_timeout = 0;  -- a lock that is waited for here makes nobody else wait
    -- 3: safe · ShareUpdateExclusive on app.orders, blocks nobody · 1,200,000 rows, 340 MB, about 4.2 s · schema.yaml:12
    create index concurrently orders_idx on app.orders (id);
    set lock_timeout = '2s';

    begin;

    -- 4: locking · AccessExclusive on app.orders, blocks reads and writes while it runs · rewrites the table, rows not checked: permission denied · schema.yaml:20
    alter table app.orders alter column id type bigint;

    commit;

    -- phase: contract

    begin;

    -- 5: destructive · AccessExclusive on app.orders, brief · 12,345 rows
    alter table app.orders drop column legacy;

    commit;
    "
  `);
});

test("plan as JSON keeps everything, in the documented order", () => {
  const printed = JSON.parse(planJson(MIXED)) as Record<string, unknown>;
  expect(printed).toEqual(JSON.parse(JSON.stringify(MIXED)));
  expect(Object.keys(printed).slice(0, 12)).toEqual([
    "format_version",
    "lockstep_version",
    "created_at",
    "plan_hash",
    "phases",
    "target",
    "summary",
    "changes",
    "steps",
    "rollouts",
    "unmanaged",
    "diagnostics",
  ]);
  expect(Object.keys((printed.steps as Record<string, unknown>[])[0] ?? {}).join(" ")).toBe(
    "id phase class kind object action sql breaks locks rewrite scan index_rebuild transactional group rows bytes estimate_ms access access_text reason undo safer rollout assumes_empty approvals",
  );
});

test("diagnostics: sorted by place, with the line, a caret under the column and the hint", () => {
  const found: Diagnostic[] = [
    { code: "late", severity: "warning", message: "without a place" },
    {
      code: "sql-syntax",
      severity: "error",
      message: 'syntax error at or near ")"',
      file: "schema.yaml",
      line: 12,
      column: 9,
      excerpt: "\tnet: int)",
      hint: "Remove it.\nOr open one.",
    },
    { code: "unknown-key", severity: "error", message: "unknown key colums", file: "a.yaml", line: 3 },
  ];
  expect(diagnosticsText(found, { colour: false })).toBe(
    [
      "a.yaml:3: error[unknown-key]: unknown key colums",
      'schema.yaml:12:9: error[sql-syntax]: syntax error at or near ")"',
      "   12 | \tnet: int)",
      "      | \t       ^",
      "  help: Remove it.",
      "        Or open one.",
      "warning[late]: without a place",
      "",
    ].join("\n"),
  );
});

test("drift: marks, what is pending, and the baseline", () => {
  const place = { file: "schema.yaml", line: 7 };
  const report = {
    drift: [
      { kind: "index", object: "app.hotfix_idx", what: "added", fields: [], file: null, line: null },
      { kind: "column", object: "app.orders.id", what: "changed", fields: ["type", "not_null"], ...place },
    ],
    pending: [{ kind: "table", object: "app.invoices", what: "added", fields: [], ...place }],
    baseline: "snapshot",
  } as const;
  const options = { colour: false, database: "shop", file: "schema.yaml" };
  expect(driftText(report, options)).toMatchInlineSnapshot(`
    "Drift: 2 differences between database shop and what was last applied
      + index app.hotfix_idx added
      ~ column app.orders.id changed (type, not null)  schema.yaml:7

    Pending, no drift: schema.yaml says more than was applied (see: lockstep plan)
      + table app.invoices added  schema.yaml:7
    "
  `);
  expect(driftText({ drift: [], pending: [], baseline: "files" }, options)).toMatchInlineSnapshot(`
    "Nothing applied is on record; schema.yaml is the baseline.

    No drift. Database shop is as schema.yaml says.
    "
  `);
  expect(Object.keys(JSON.parse(driftJson(report)))).toEqual(["drift", "pending", "baseline"]);
});

test("status: the last run and what is in flight", () => {
  const status = {
    project: "shop",
    database: "shop",
    recorded: true,
    applied_at: "2026-01-02T03:04:05Z",
    last_run: {
      id: "2",
      phase: "expand",
      status: "failed",
      role: "deploy",
      started_at: "2026-01-03 00:00:00+00",
      finished_at: "2026-01-03 00:00:09+00",
      steps: 3,
      steps_done: 1,
    },
    in_flight: [{ kind: "index", object: "app.orders_idx", since: "2026-01-03T00:00:01Z" }],
  };
  expect(statusText(status, { colour: false })).toMatchInlineSnapshot(`
    "Project shop in database shop
      last applied  2026-01-02T03:04:05Z
      last run      2: failed, expand, 1 of 3 steps, by deploy
                    started 2026-01-03 00:00:00+00, ended 2026-01-03 00:00:09+00

    In flight (1 object), finished by the next apply:
      index app.orders_idx since 2026-01-03T00:00:01Z
    "
  `);
  expect(statusText({ ...status, recorded: false }, { colour: false })).toContain("no apply has run here yet");
});

test("progress: a bar that fits the terminal, a line elsewhere", () => {
  const progress = { done: 2, total: 4, title: "create index app.orders_idx" };
  expect(progressBar(progress, 80)).toBe(`\r\u001b[2K${"█".repeat(12)}${"░".repeat(12)} 2/4 create index app.orders_idx`);
  expect(progressBar(progress, 40).length).toBeLessThanOrEqual(40 + "\r\u001b[2K".length);
  expect(progressLine(progress, 1234)).toBe("[2/4] create index app.orders_idx (1.2 s)");
});

test("quantities in words", () => {
  expect([byteText(0), byteText(8192), byteText(1_610_612_736)]).toEqual(["0 B", "8 kB", "1.5 GB"]);
  expect([timeText(0), timeText(12), timeText(3400), timeText(300_000), timeText(9_000_000)]).toEqual([
    "1 ms",
    "12 ms",
    "3.4 s",
    "5 min",
    "2.5 h",
  ]);
  expect(versionText(140022)).toBe("14.22");
});
