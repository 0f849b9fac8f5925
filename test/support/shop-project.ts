/** A small project with a database it was applied to, for tests of what commands do to each other. */
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Client } from "pg";
import { stringify } from "yaml";
import { apply } from "../../src/index.ts";
import type { CliRun } from "./built-cli.ts";
import { type CliChild, startCli } from "./cli-child.ts";
import { projectFolder } from "./project-folder.ts";
import { runCommand } from "./run-command.ts";
import { createDatabase, ensureTemplate, majors, type TestDatabase } from "./servers.ts";

type Tables = Record<string, Record<string, unknown>>;

/** What the database holds at first: orders with five rows, and items with none. */
export const base: Tables = {
  orders: {
    rls: "enabled",
    columns: { id: "int primary key", code: "text not null", note: "text" },
    policies: { mine: { for: "select", to: "public", using: "id > 0" } },
  },
  items: { columns: { id: "int primary key", label: "text" } },
  others: { columns: { id: "int primary key" } },
};

export interface ShopProject {
  readonly database: TestDatabase;
  readonly folder: string;
  /** The superuser's connection. */
  readonly admin: Client;
  /** Writes the files: `tables` over those of the base, whole tables at a time; null takes one away. */
  write(tables?: Record<string, Record<string, unknown> | null>, rest?: Record<string, unknown>): void;
  /** Runs a command on the database, in this process; `url` for another role. */
  run(args: readonly string[], url?: string): Promise<CliRun>;
  /** Starts a command in a process of its own. */
  start(args: readonly string[]): CliChild;
  /** A further connection, closed at the end. */
  open(): Promise<Client>;
  remove(): Promise<void>;
}

/** Makes a project over a database of its own. `script` is the program that `start` runs, for tests that do. */
export async function shopProject(script = ""): Promise<ShopProject> {
  const template = await ensureTemplate("shop_project", Math.max(...majors), buildTemplate);
  const database = await createDatabase({ template });
  const folder = projectFolder({});
  writeProject(folder, base);
  const clients: Client[] = [];
  const open = async () => {
    const client = new Client({ connectionString: database.url });
    client.on("error", () => undefined); // Dropping the database ends it.
    await client.connect();
    clients.push(client);
    return client;
  };
  const admin = await open();
  return {
    database,
    folder,
    admin,
    open,
    write: (tables = {}, rest = {}) => {
      const wanted = Object.entries({ ...base, ...tables });
      writeProject(
        folder,
        Object.fromEntries(wanted.filter((entry): entry is [string, Tables[string]] => entry[1] !== null)),
        rest,
      );
    },
    run: (args, url = database.url) => runCommand([...args, "--url", url], folder),
    start: (args) => startCli(script, [...args, "--url", database.url], folder),
    remove: async () => {
      await Promise.all(clients.map((client) => client.end()));
      await database.drop();
      rmSync(folder, { recursive: true });
    },
  };
}

/** Writes a project: policies, which stand with their tables here, go to a file of their own. */
function writeProject(folder: string, tables: Tables, rest: Record<string, unknown> = {}): void {
  const plain = Object.fromEntries(Object.entries(tables).map(([name, { policies: _, ...table }]) => [name, table]));
  const policies = Object.values(tables).some((table) => table.policies !== undefined) ? ["policies/*.yaml"] : [];
  const head = { version: 1, project: "shop", schema: "app", schemas: { app: {} }, policies };
  const text = (value: unknown) => stringify(value, { aliasDuplicateObjects: false });
  writeFileSync(join(folder, "schema.yaml"), text({ ...head, ...rest, tables: plain }));
  rmSync(join(folder, "policies"), { recursive: true, force: true });
  mkdirSync(join(folder, "policies"));
  for (const [name, { policies: own }] of Object.entries(tables)) {
    if (own !== undefined) writeFileSync(join(folder, "policies", `${name}.yaml`), text({ table: `app.${name}`, policies: own }));
  }
}

async function buildTemplate(url: string): Promise<void> {
  const cwd = projectFolder({});
  writeProject(cwd, base);
  await apply({ url, cwd });
  rmSync(cwd, { recursive: true });
  const client = new Client({ connectionString: url });
  await client.connect();
  await client.query("insert into app.orders select n, 'code' || n, 'note' from generate_series(1, 5) n; analyze");
  await client.end();
}
