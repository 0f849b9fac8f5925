/** A process that applies the plan of a file, to be killed by a test. Arguments: folder of the built program, URL, plan file. */
import { readFileSync } from "node:fs";
import { readTestLive } from "./apply-fixtures.ts";

const [dist, url, planFile] = process.argv.slice(2);
const { connect } = await import(`${dist}/catalog/connect.js`);
const { executePlan } = await import(`${dist}/apply/execute.js`);
const { withRunLock } = await import(`${dist}/apply/run-lock.js`);
const openSession = () => connect(url, { readOnly: false });
const session = await openSession();
const plan = JSON.parse(readFileSync(planFile ?? "", "utf8"));
await withRunLock(session, plan.project, {}, async () => {
  const read = () => readTestLive(session);
  const live = await read();
  const onProgress = (event: { type: string; step?: { id: string } }) => {
    if (event.type === "step-start") process.stdout.write(`${event.step?.id}\n`);
  };
  const limits = { lockTimeoutMs: 500, lockWaitMs: 60_000, safeStatementTimeoutMs: 5000 };
  await executePlan({ ...limits, session, openSession, plan, phase: "all", approve: [], saved: true, live, read, onProgress });
});
await session.close();
