/**
 * The database of everything: for each area a base (SQL that makes at least one object of every kind and attribute) and changes (the
 * SQL a person would type to change one attribute). Parts of a file begin with a line `--- title; from 15; to 17; replaces; one way: why`.
 */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { Client } from "pg";

const folder = fileURLToPath(new URL("../everything/", import.meta.url));

/** One part of a file. */
export interface Part {
  readonly area: string;
  readonly title: string;
  readonly sql: string;
  readonly from: number;
  readonly to: number;
  /** The object has to be dropped and made anew: PostgreSQL cannot alter it. */
  readonly replaces: boolean;
  /** Why there is no way back. */
  readonly oneWay: string | null;
}

/** Areas of this run: all, or those that EVERYTHING names. */
export const areas: readonly string[] = readdirSync(folder, { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => name)
  .filter((name) => process.env.EVERYTHING === undefined || process.env.EVERYTHING.split(",").includes(name))
  .sort();

/** The parts of `base` or `changes` that hold for a major: of one area, or of all. */
export function partsOf(file: "base" | "changes", major: number, one?: string): readonly Part[] {
  return areas
    .filter((area) => one === undefined || area === one)
    .flatMap((area) => {
      const path = join(folder, area, `${file}.sql`);
      return existsSync(path) ? parse(area, readFileSync(path, "utf8")) : [];
    })
    .filter((part) => part.from <= major && major <= part.to);
}

function parse(area: string, text: string): Part[] {
  const [head = "", ...rest] = text.split(/^--- /m);
  const first = head.trim() === "" ? [] : [partOf(area, `\n${head}`)];
  return [...first, ...rest.map((part) => partOf(area, part))];
}

function partOf(area: string, text: string): Part {
  const end = text.indexOf("\n");
  const [title = "", ...flags] = text
    .slice(0, end)
    .split(";")
    .map((flag) => flag.trim());
  const part = { area, title, sql: text.slice(end + 1), from: 14, to: 99, replaces: false, oneWay: null as string | null };
  for (const flag of flags.flatMap((item) => item.split(/ (?=to \d)/))) {
    const [word, value = ""] = [flag.split(/[ :]/)[0], flag.replace(/^(from|to|one way:?) */, "")];
    if (word === "from") part.from = Number(value);
    else if (word === "to") part.to = Number(value);
    else if (word === "replaces") part.replaces = true;
    else if (flag.startsWith("one way:")) part.oneWay = value;
    else throw new Error(`${area}: "${flag}" of "${title}" is no flag of a part`);
  }
  if (Number.isNaN(part.from) || Number.isNaN(part.to)) throw new Error(`${area}: the majors of "${title}" are no numbers`);
  return part;
}

/** Roles that the parts may use. They belong to the whole server. */
export const roles: readonly string[] = ["ev_owner", "ev_reader", "ev_writer"];

/** Runs texts one after the other, each as a batch of its own. */
export async function execute(url: string, ...texts: readonly string[]): Promise<void> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    for (const text of texts) await client.query(text);
  } finally {
    await client.end();
  }
}

/** A tablespace that the parts may use. It belongs to the whole server, as roles do, and lies in the server's own directory. */
export async function makeTablespace(url: string): Promise<void> {
  await execute(url, "set allow_in_place_tablespaces = on", "create tablespace ev_tablespace location ''").catch((error) => {
    if (!/already exists|duplicate key/.test(String(error))) throw error;
  });
}
