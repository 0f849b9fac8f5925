/**
 * A thread that reads tables without pause, on several connections, and counts what it saw. Its data: `url`, `tables`, and `clock`, an
 * Int32Array over shared memory: [changes that are over, changes that were begun, 1 to stop]. What it posts at its end: for each
 * "table|over before the read|begun after it|ids" how often that was the answer.
 */
import { setTimeout as pause } from "node:timers/promises";
import { parentPort, workerData } from "node:worker_threads";
import pg from "pg";

const { url, tables, clock } = workerData;
const seen = new Map();
const query = (table) => `select coalesce(string_agg(id::text, ',' order by id), '') as ids from ${table}`;

/** How a connection asks: as text, with a nameless statement, with a prepared one. */
const ways = [
  (client, table) => client.query(query(table)),
  (client, table) => client.query(`${query(table)} where id > $1`, [0]),
  (client, table) => client.query({ name: table, text: `${query(table)} where id > $1`, values: [0] }),
];

async function readOn(way) {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  while (Atomics.load(clock, 2) === 0) {
    for (const table of tables) {
      const over = Atomics.load(clock, 0);
      const { rows } = await way(client, table);
      const key = [table, over, Atomics.load(clock, 1), rows[0].ids].join("|");
      seen.set(key, (seen.get(key) ?? 0) + 1);
    }
    await pause(4); // Leaves the machine some room for what is tested.
  }
  await client.end();
}

await Promise.all(ways.map(readOn));
parentPort.postMessage(seen);
