/** Working as another role than the one that logs in (`set_role` of a target), and granting in the name of a third. */
import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Client } from "pg";
import { afterAll, beforeAll, expect, test } from "vitest";
import { projectFolder } from "./support/project-folder.ts";
import { runCommand } from "./support/run-command.ts";
import { createOrdinaryDatabase, type OrdinaryDatabase } from "./support/servers.ts";

let database: OrdinaryDatabase;
let admin: Client;
let folder: string;
let roles: { readonly team: string; readonly lead: string; readonly reader: string };

beforeAll(async () => {
  database = await createOrdinaryDatabase();
  admin = new Client({ connectionString: database.adminUrl });
  await admin.connect();
  folder = projectFolder({});
  roles = { team: `${database.name}_team`, lead: `${database.name}_lead`, reader: `${database.name}_reader` };
  const { team, lead, reader } = roles;
  await admin.query(`create role ${team}; create role ${lead}; create role ${reader}; alter schema app owner to ${team};
    grant create on database ${database.name} to ${team}; grant usage on schema app to ${lead}`);
});

afterAll(async () => {
  const { team, lead, reader } = roles;
  await admin.query(`drop owned by ${team}, ${lead}, ${reader}; drop role ${team}, ${lead}, ${reader}`);
  await admin.end();
  await database.drop();
  rmSync(folder, { recursive: true });
});

function write(tables: string): void {
  const target = `targets: { here: { url: "${database.url}", set_role: ${roles.team} } }`;
  writeFileSync(join(folder, "schema.yaml"), `version: 1\nproject: team\nschema: app\n${target}\ntables:\n${tables}`);
}

const run = (...args: readonly string[]) => runCommand([...args, "--target", "here"], folder);
const ownerOf = async (name: string): Promise<string> =>
  (await admin.query("select relowner::regrole::text as owner from pg_class where oid = $1::regclass", [name])).rows[0].owner;

test("a role that may not become it is told so", async () => {
  write("  orders: { columns: { id: int primary key } }\n");
  const refused = await run("plan");
  expect(refused.code, refused.stderr).toBe(1);
  expect(refused.stderr).toContain(`cannot work as role "${roles.team}"`);
});

test("what is made belongs to the role, and so does the state", async () => {
  await admin.query(`grant ${roles.team} to ${database.role}`);
  const done = await run("apply", "--yes");
  expect(done.code, done.stderr).toBe(0);
  expect(await ownerOf("app.orders")).toBe(roles.team);
  expect(await ownerOf("lockstep.runs")).toBe(roles.team);
  expect((await run("plan", "--detailed-exitcode")).code).toBe(0);
});

test("grants in the name of another role need the right to become it, and leave the session as it was", async () => {
  const { lead, reader } = roles;
  const grants = `{ ${lead}: select with grant option, ${reader}: [{ privilege: select, by: ${lead} }] }`;
  write(`  orders: { columns: { id: int primary key }, grants: ${grants} }\n  more: { columns: { id: int primary key } }\n`);
  const refused = await run("apply", "--yes", "--approve", "widen");
  expect(refused.code).toBe(1);
  expect(refused.stderr).toContain(`is granted by "${lead}"`);
  // SET LOCAL ROLE goes by who logged in.
  await admin.query(`grant ${lead} to ${database.role}; grant ${lead} to ${roles.team}`);
  const done = await run("apply", "--yes", "--approve", "widen");
  expect(done.code, done.stderr).toBe(0);
  expect(await ownerOf("app.more")).toBe(roles.team);
  const { rows } = await admin.query("select relacl::text as acl from pg_class where oid = 'app.orders'::regclass");
  expect(rows[0].acl).toContain(`${reader}=r/${lead}`);
  expect((await run("plan", "--detailed-exitcode")).code).toBe(0);
});
