import { quoteIdentifier } from "../../base/identifier.ts";
import type { Fact } from "../../model/database.ts";
import type { JsonSchema, PlanContext, Row, YamlEntry } from "../../model/kind.ts";
import type { LockMode, StepDraft } from "../../model/step.ts";
import { draft, noWork } from "./draft.ts";
import { lockOn } from "./locks.ts";
import { saidOfParts } from "./named-part.ts";

/** What a column of a materialized view has besides its type: how it is stored and what ANALYZE gathers (manual, ALTER MATERIALIZED VIEW). */
export type ColumnAttributes = {
  readonly statistics?: string;
  readonly storage?: string;
  readonly compression?: string;
  readonly n_distinct?: string;
  readonly n_distinct_inherited?: string;
};

/** By the names of the columns; those of which nothing is said are left out. */
export type AttributesByColumn = { readonly [column: string]: ColumnAttributes };

type Key = keyof ColumnAttributes;
type WithColumns = { readonly columnAttributes: AttributesByColumn; readonly typeStorage: { readonly [column: string]: string } };

const keys: readonly Key[] = ["statistics", "storage", "compression", "n_distinct", "n_distinct_inherited"];

/** The keys of an entry of `columns:`. */
export const columnAttributeKeys: Readonly<Record<Key, JsonSchema>> = {
  statistics: { type: "integer", minimum: -1, maximum: 10000, description: "Of materialized views: the statistics target." },
  storage: { type: "string", enum: ["plain", "external", "extended", "main"], description: "Of materialized views." },
  compression: { type: "string", enum: ["pglz", "lz4"], description: "Of materialized views." },
  n_distinct: { type: "number", description: "Of materialized views." },
  n_distinct_inherited: { type: "number", description: "Of materialized views." },
};

/** What the entry of a materialized view says of its columns. */
export function readColumnAttributes(entry: YamlEntry): AttributesByColumn {
  const found = new Map<string, Record<string, string>>();
  for (const key of keys)
    for (const [column, said] of saidOfParts(entry, "columns", key)) {
      if (key === "statistics" && Number(said.text) < 0) continue;
      found.set(column, { ...found.get(column), [key]: said.text.toLowerCase() });
    }
  return Object.fromEntries([...found].sort(([a], [b]) => (a < b ? -1 : 1)));
}

const storageName = (letter: string): string =>
  `case ${letter} when 'p' then 'plain' when 'e' then 'external' when 'm' then 'main' else 'extended' end`;

const option = (name: string): string =>
  `(select option_value from pg_options_to_table(a.attoptions) where option_name = '${name}')`;

/** The attributes of a pg_attribute `a` with its pg_type `t`, as JSON without what is not said. */
export function attributesSql(): string {
  return `json_strip_nulls(json_build_object('statistics', nullif(a.attstattarget, -1)::text,
        'storage', case when a.attstorage <> t.typstorage then ${storageName("a.attstorage")} end,
        'compression', case a.attcompression when 'p' then 'pglz' when 'l' then 'lz4' end,
        'n_distinct', ${option("n_distinct")}, 'n_distinct_inherited', ${option("n_distinct_inherited")}))`;
}

/** Columns of a catalog query over pg_class `c` of a materialized view. */
export function columnAttributesSql(): string {
  return `(select coalesce(json_agg(json_build_object('name', a.attname, 'said', ${attributesSql()}, 'own', ${storageName("t.typstorage")}) order by a.attname), '[]')
        from pg_attribute a join pg_type t on t.oid = a.atttypid where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped) as column_attributes`;
}

/** What columnAttributesSql gave. */
export function columnAttributesFromRow(row: Row): WithColumns {
  const list = row["column_attributes"] as readonly { name: string; said: ColumnAttributes; own: string }[];
  return {
    columnAttributes: Object.fromEntries(list.flatMap(({ name, said }) => (Object.keys(said).length > 0 ? [[name, said]] : []))),
    typeStorage: Object.fromEntries(list.map(({ name, own }) => [name, own])),
  };
}

interface Facet {
  readonly mode: LockMode;
  clause(value: string | undefined, own: string, major: number): string;
}

const setOption = (name: Key): Facet => ({
  mode: "ShareUpdateExclusiveLock",
  clause: (value) => (value === undefined ? `RESET (${name})` : `SET (${name} = ${value})`),
});

const facets: Readonly<Record<Key, Facet>> = {
  statistics: { mode: "ShareUpdateExclusiveLock", clause: (value) => `SET STATISTICS ${value ?? -1}` },
  storage: {
    mode: "AccessExclusiveLock",
    clause: (value, own, major) => `SET STORAGE ${(value ?? (major >= 16 ? "default" : own)).toUpperCase()}`,
  },
  compression: { mode: "AccessExclusiveLock", clause: (value) => `SET COMPRESSION ${value ?? "default"}` },
  n_distinct: setOption("n_distinct"),
  n_distinct_inherited: setOption("n_distinct_inherited"),
};

/** Steps that bring the columns from one state to another; from none after CREATE. */
export function alterColumnAttributes(
  desired: Fact<WithColumns>,
  from: WithColumns,
  context: PlanContext,
  isNew = false,
): StepDraft[] {
  const to = desired.spec.columnAttributes;
  const columns = [...new Set([...Object.keys(from.columnAttributes), ...Object.keys(to)])].sort();
  return columns.flatMap((column) =>
    keys.flatMap((key) => {
      const [before, after] = [from.columnAttributes[column]?.[key], to[column]?.[key]];
      if (before === after) return [];
      const sql = (value: string | undefined): string =>
        `ALTER MATERIALIZED VIEW ${desired.object} ALTER COLUMN ${quoteIdentifier(column)} ${facets[key].clause(value, from.typeStorage[column] ?? "extended", context.major)};`;
      return [
        draft(desired, {
          action: "alter",
          sql: sql(after),
          phase: "expand",
          why: `${key.replaceAll("_", " ")} of ${column} ${isNew ? "is not part of the query" : "changes"}`,
          locks: lockOn(context, desired.id, facets[key].mode),
          work: noWork,
          dataLoss: "never",
          undo: isNew ? { none: "it goes with the materialized view" } : { sql: sql(before) },
          ...(isNew ? { provides: [], needs: [desired.id] } : {}),
        }),
      ];
    }),
  );
}
