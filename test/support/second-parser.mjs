// Another parser, in a process of its own because it may end it: reads a JSON list of statements on stdin and writes, for each,
// one line of JSON: { tree } or { error }. The statement is repeated as often as the first argument says.
import { readFileSync, writeSync } from "node:fs";
import createParser from "pg-query-emscripten";

const parser = await createParser();
const times = Number(process.argv[2] ?? 1);
for (const sql of JSON.parse(readFileSync(0, "utf8"))) {
  for (let n = 0; n < times; n++) {
    const { parse_tree: tree, error } = parser.parse(sql);
    writeSync(1, `${JSON.stringify(error === null ? { tree } : { error: error.message })}\n`);
  }
}
