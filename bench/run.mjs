/**
 * What lockstep costs beside what the machine and the server cost anyway: each line is a ratio to a baseline that was measured in the same
 * run, turn by turn, so that a busy machine slows both. Needs a build (`npm run bench` makes one) and starts a server of its own.
 * Chinook (LOCKSTEP_REAL, else `../shared/real`) where it is there; the big schema is generated.
 */
import { spawn } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { connect } from "../dist/catalog/connect.js";
import { readLive } from "../dist/catalog/read-live.js";
import { planWith } from "../dist/commands/planning.js";
import { apply } from "../dist/index.js";
import { startEmbeddedServer } from "../dist/scratch/embedded-server.js";
import { writeFiles } from "../dist/yaml/write-files.js";

const root = join(import.meta.dirname, "..");
const chinook = join(process.env.LOCKSTEP_REAL ?? join(root, "..", "shared", "real"), "chinook.sql");
const TABLES = 300;

/** Milliseconds that `work` takes. */
async function timed(work) {
  const begun = performance.now();
  await work();
  return performance.now() - begun;
}

const median = (times) => times.sort((a, b) => a - b)[Math.floor(times.length / 2)];

/** Runs both in turn, the first turn unmeasured, and prints medians, difference and ratio. */
async function compare(name, rounds, baseline, subject) {
  const times = { baseline: [], subject: [] };
  for (let round = 0; round <= rounds; round++) {
    const pair = [await timed(() => baseline.run()), await timed(() => subject())];
    if (round === 0 && rounds > 1) continue;
    times.baseline.push(pair[0]);
    times.subject.push(pair[1]);
  }
  const [base, own] = [median(times.baseline), median(times.subject)];
  const cells = [name.padEnd(34), `${own.toFixed(0)} ms`.padStart(9), `${base.toFixed(0)} ms`.padStart(9)];
  console.log(
    `${cells.join("")}  ${`+${(own - base).toFixed(0)} ms`.padStart(9)}${(own / base).toFixed(1).padStart(7)}  ${baseline.name}`,
  );
}

function node(...args) {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, args, { stdio: "ignore" });
    child.once("error", reject);
    child.once("close", (code) => (code === 0 ? resolve() : reject(new Error(`node ${args.join(" ")} ended with ${code}`))));
  });
}

async function withSession(url, body, readOnly = true) {
  const session = await connect(url, { readOnly });
  try {
    return await body(session);
  } finally {
    await session.close();
  }
}

/** The text of the queries that one reading of the catalog sends. */
async function catalogQueries(url) {
  const texts = [];
  await withSession(url, (session) => {
    const spy = { major: session.major, serverVersion: session.serverVersion, database: session.database };
    return readLive({ ...spy, batch: (text) => texts.push(text) && session.batch(text) });
  });
  return texts.join(";\n");
}

async function pull(url, folder) {
  const live = await withSession(url, readLive);
  for (const [path, text] of writeFiles(live, { schemas: live.schemas, manage: "database", defaultSchema: "public" })) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
}

async function compareReading(url, folder) {
  const queries = await catalogQueries(url);
  const baseline = { name: "the catalog queries alone", run: () => withSession(url, (session) => session.batch(queries)) };
  await compare("pull of Chinook", 9, baseline, () => pull(url, folder));
  const options = { file: "schema.yaml", cwd: folder, version: "0.0.0" };
  await compare("plan over unchanged Chinook", 9, baseline, () => withSession(url, (session) => planWith(session, options)));
}

/** A schema of many tables, each with a key, a foreign key and an index. */
function bigSchema(tables) {
  const table = (n) => `  t${n}:
    columns:
      id: bigint generated always as identity primary key
      name: text not null
      parent_id: bigint references t${(n * 7) % Math.max(n, 1)}
      amount: numeric(12,2) not null default 0
      created_at: timestamptz not null default now()
    indexes: { t${n}_parent_idx: (parent_id) }
`;
  return `version: 1\nschema: app\nschemas: { app: {} }\ntables:\n${Array.from({ length: tables }, (_, n) => table(n)).join("")}`;
}

async function compareApplying(folder, fresh) {
  writeFileSync(join(folder, "schema.yaml"), bigSchema(TABLES));
  const options = { file: "schema.yaml", cwd: folder, version: "0.0.0" };
  const { plan } = await withSession(await fresh(), (session) => planWith(session, options));
  const groups = [...groupsOf(plan.steps)];
  const plain = async () => {
    const url = await fresh();
    await withSession(
      url,
      async (session) => {
        for (const steps of groups) await session.batch(`begin;${steps.map((step) => step.sql).join("\n")};commit`);
      },
      false,
    );
  };
  await compare(`apply of ${TABLES} tables`, 3, { name: "the same statements alone", run: plain }, async () => {
    await apply({ url: await fresh(), cwd: folder });
  });
}

function groupsOf(steps) {
  const groups = new Map();
  for (const step of steps) groups.set(step.group, [...(groups.get(step.group) ?? []), step]);
  return groups.values();
}

const home = mkdtempSync(join(tmpdir(), "lockstep-bench-"));
const server = await startEmbeddedServer({ dataDir: join(home, "server"), durable: false });
let databases = 0;
const fresh = async (sql) => {
  const name = `bench_${databases++}`;
  await withSession(server.url, (session) => session.query(`create database ${name}`), false);
  if (sql !== undefined)
    await withSession(server.urlFor(name), (session) => session.batch(`set search_path = public;${sql}`), false);
  return server.urlFor(name);
};
try {
  console.log(`${"".padEnd(34)}${"lockstep".padStart(9)}${"baseline".padStart(9)}  ${"more".padStart(9)}${"ratio".padStart(7)}`);
  await compare("lockstep --help", 15, { name: "node -e 0", run: () => node("-e", "0") }, () =>
    node(join(root, "dist", "cli.js"), "--help"),
  );
  if (existsSync(chinook)) await compareReading(await fresh(readFileSync(chinook, "utf8")), join(home, "chinook"));
  else console.log(`no ${chinook}: set LOCKSTEP_REAL`);
  const big = join(home, "big");
  mkdirSync(big);
  await compareApplying(big, fresh);
} finally {
  await server.stop();
  rmSync(home, { recursive: true, force: true });
}
