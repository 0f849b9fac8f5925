/**
 * Random schemas: flat lists of items, each with SQL that makes it and the items it needs, so that a schema shrinks by leaving items
 * out. A transition takes items away, gives others another form and adds some.
 */
import { type Maker, makers } from "./makers.ts";
import type { Random } from "./random.ts";

/** One way to make an item. */
export interface Form {
  readonly sql: string;
  /** Keys of items that must be there. */
  readonly needs: readonly string[];
}

/** One thing of a schema. */
export interface Item {
  readonly key: string;
  readonly kind: string;
  /** SQL name, qualified. */
  readonly name: string;
  readonly forms: readonly Form[];
  readonly form: number;
  /** The item that it lies in (the table of a column), whose rows it must suit. */
  readonly inside: string | null;
  /** Columns: the value of row `i` in SQL; null when nobody writes one. */
  readonly value: string | null;
  /** Stays as it is in a transition: rows stand in the way. */
  readonly fixed: boolean;
}

export type Schema = readonly Item[];

/** What makers look at. */
export interface World {
  readonly random: Random;
  readonly items: Schema;
  readonly major: number;
  /** A name that was not used, with a prefix. */
  fresh(prefix: string): string;
  /** An item of a kind; null when there is none. */
  some(...kinds: string[]): Item | null;
  /** Items in another, by kind. */
  inside(key: string, kind: string): readonly Item[];
  /** True for tables that hold rows by now. */
  hasRows(key: string): boolean;
}

export const formOf = (item: Item): Form => item.forms[item.form] ?? { sql: "", needs: [] };

/** The SQL that makes a schema, in an order in which it can be made. */
export function schemaSql(schema: Schema): string {
  return schema.map((item) => formOf(item).sql).join("\n");
}

/** The items that remain when some are taken away: not those either that need them. */
export function without(schema: Schema, gone: ReadonlySet<string>): Schema {
  const kept: Item[] = [];
  const here = new Set<string>();
  for (const item of schema) {
    const form = formOf(item);
    if (gone.has(item.key) || (item.inside !== null && !here.has(item.inside)) || !form.needs.every((key) => here.has(key)))
      continue;
    kept.push(item);
    here.add(item.key);
  }
  return kept;
}

/** A schema of about `size` items. */
export function randomSchema(random: Random, major: number, size: number): Schema {
  return grow([], { random, major, size, rows: new Set(), counter: { next: 1 } });
}

interface Growth {
  readonly random: Random;
  readonly major: number;
  readonly size: number;
  readonly rows: ReadonlySet<string>;
  readonly counter: { next: number };
}

function grow(from: Schema, growth: Growth): Schema {
  const items: Item[] = [...from];
  const possible = makers.filter((maker) => (maker.from ?? 14) <= growth.major);
  const weighted = possible.flatMap((maker) => Array<Maker>(maker.weight ?? 1).fill(maker));
  for (let n = 0; n < growth.size; n++) {
    const { random, major, rows, counter } = growth;
    const made = random.pick(weighted).make({
      random,
      items,
      major,
      fresh: (prefix) => `${prefix}${counter.next++}`,
      some: (...kinds) => {
        const found = items.filter((item) => kinds.includes(item.kind));
        return found.length === 0 ? null : random.pick(found);
      },
      inside: (key, kind) => items.filter((item) => item.inside === key && item.kind === kind),
      hasRows: (key) => rows.has(key),
    });
    const here = new Set([...items, ...made].map(({ key }) => key));
    items.push(...made.map((item) => (item.fixed || item.form > 0 ? item : { ...item, form: someForm(random, item, here) })));
  }
  return items;
}

/** A form of an item whose needs are there; the one it has when none is. */
function someForm(random: Random, item: Item, here: ReadonlySet<string>): number {
  const possible = item.forms.map((_, index) => index).filter((index) => item.forms[index]?.needs.every((key) => here.has(key)));
  return possible.length === 0 ? item.form : random.pick(possible);
}

/** Another schema that grew out of this one. */
export function randomTransition(random: Random, major: number, from: Schema): Schema {
  const gone = new Set(from.filter(() => random.chance(0.12)).map(({ key }) => key));
  const rest = without(from, gone);
  const here = new Set<string>();
  const changed = rest.map((item) => {
    const form = !item.fixed && random.chance(0.35) ? someForm(random, item, here) : item.form;
    here.add(item.key);
    return { ...item, form };
  });
  const rows = new Set(changed.filter(({ kind }) => kind === "table").map(({ key }) => key));
  const numbers = from.map(({ key }) => Number(/\d+$/.exec(key)?.[0] ?? 0));
  return grow(changed, { random, major, size: 2 + random.int(8), rows, counter: { next: Math.max(0, ...numbers) + 1 } });
}

/** Three rows for every table: row `i` of one is what row `i` of another points at. */
export function rowsSql(schema: Schema): string {
  const tables = schema.filter(({ kind }) => kind === "table");
  const inserts = tables.map((table) => {
    const columns = schema.filter((item) => item.inside === table.key && item.kind === "column" && item.value !== null);
    const names = columns.map(({ name }) => name).join(", ");
    const values = columns.map(({ value }) => value).join(", ");
    return columns.length === 0
      ? `insert into ${table.name} select from generate_series(1, 3) i;`
      : `insert into ${table.name} (${names}) select ${values} from generate_series(1, 3) i;`;
  });
  return ["set session_replication_role = replica;", ...inserts, "reset session_replication_role;"].join("\n");
}
