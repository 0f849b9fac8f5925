/** Whether rows survive a change: a checksum for each column of each table, compared by name, else by identity (renamed things). */
import type { Session } from "../../src/catalog/connect.ts";

interface ColumnSum {
  readonly attnum: number;
  readonly sum: string;
}

interface TableSums {
  readonly oid: number;
  readonly rows: number;
  readonly columns: ReadonlyMap<string, ColumnSum>;
}

/** Checksums by `schema.table`. */
export type RowSums = ReadonlyMap<string, TableSums>;

const COLUMNS = `select c.oid::int8::float8 as oid, format('%I.%I', n.nspname, c.relname) as table, a.attnum::int as attnum, quote_ident(a.attname) as column
  from pg_class c join pg_namespace n on n.oid = c.relnamespace
  left join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped and a.attgenerated = ''
  where c.relkind = 'r' and n.nspname !~ '^pg_' and n.nspname not in ('information_schema', 'lockstep') order by 1, 3`;

/** Reads the checksums of all tables that hold rows themselves (partitions, not what they are partitions of). */
export async function readRowSums(session: Session): Promise<RowSums> {
  type Row = { oid: number; table: string; attnum: number | null; column: string | null };
  const { rows } = await session.query<Row>(COLUMNS);
  const sums = new Map<string, TableSums>();
  for (const table of new Set(rows.map((row) => row.table))) {
    const own = rows.filter((row) => row.table === table);
    const columns = own.flatMap(({ attnum, column }) => (attnum === null || column === null ? [] : [{ attnum, column }]));
    const lists = columns.map(
      ({ column }) => `md5(string_agg(coalesce(t.${column}::text, '<null>'), '|' order by t.${column}::text collate "C"))`,
    );
    const read = await session.query<{ n: number; sums: (string | null)[] }>(
      `select count(*)::int as n, array[${lists.join(", ")}]::text[] as sums from ${table} t`,
    );
    const found = read.rows[0];
    if (found === undefined) throw new Error(`no answer about ${table}`);
    sums.set(table, {
      oid: own[0]?.oid ?? 0,
      rows: found.n,
      columns: new Map(columns.map(({ attnum, column }, index) => [column, { attnum, sum: found.sums[index] ?? "" }])),
    });
  }
  return sums;
}

/** What was lost or changed of what is on both sides, one line each. `meant`: columns (`app.t.c`) and tables that were to change. */
export function lostRows(before: RowSums, after: RowSums, meant: ReadonlySet<string>): string[] {
  const problems: string[] = [];
  for (const [name, table] of before) {
    const now = after.get(name) ?? [...after.values()].find((other) => other.oid === table.oid);
    if (now === undefined || meant.has(name)) continue;
    if (now.rows !== table.rows) problems.push(`${name} had ${table.rows} rows and has ${now.rows}`);
    for (const [column, { attnum, sum }] of table.columns) {
      const same =
        now.columns.get(column) ??
        (now.oid === table.oid ? [...now.columns.values()].find((other) => other.attnum === attnum) : undefined);
      if (same !== undefined && same.sum !== sum && !meant.has(`${name}.${column}`))
        problems.push(`values of ${name}.${column} changed`);
    }
  }
  return problems;
}
