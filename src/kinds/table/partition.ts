import { qualifiedName } from "../../base/identifier.ts";
import type { Fact } from "../../model/database.ts";
import type { ReadContext, WriteContext, WrittenEntry, YamlEntry, YamlScalar, YamlSlot } from "../../model/kind.ts";
import type { SqlText } from "../../model/spec.ts";
import { isForeignTable } from "../shared/foreign-rows.ts";
import { rlsFact } from "../shared/rls-fact.ts";
import { readTableStorage, said, storageKeys, unloggedKey, writeStorage } from "../shared/storage-spec.ts";
import { definition, entryKey, entryNames, field, scalarField } from "../shared/yaml-entry.ts";
import { foreignProperties, readForeign, writtenForeign } from "./foreign-table.ts";
import { type Table, type TableSpec, tableFact } from "./table-spec.ts";

/** Partitions (manual, 5.12): what a table has more when it is one. */

// ---- YAML

/** A partition: its bound, or a table with `for`. */
function readPartition(entry: YamlEntry, context: ReadContext): readonly Fact[] {
  const parent = context.parent;
  if (!parent) return [];
  if (parent.spec["partitionBy"] === null) {
    const hint = "write partition_by: range (column) on it, list or hash likewise";
    context.problem(
      entry.at,
      "not-partitioned",
      `${parent.object} has partitions, but does not say what it is partitioned by`,
      hint,
    );
    return [];
  }
  const above = { schema: parent.schema ?? context.schema, table: String(parent.spec["name"]) };
  const { schema, name } = entryNames(entry.key, above);
  const scalar = scalarField(entry.value, "for") ?? definition(entry);
  if (!scalar) {
    context.problem(
      entry.at,
      "partition-bound",
      `partition ${name} does not say its bound`,
      "write for: from (…) to (…), for: in (…) or for: default",
    );
    return [];
  }
  const isDefault = scalar.text.trim().toLowerCase() === "default";
  const bound = isDefault ? null : context.sql("bound", scalar);
  if (!isDefault && (!bound || !fitsKey(parent, scalar, context))) return [];
  const partitionOf = { ...above, bound };
  const partitionBy = partitionKey(entry, context);
  const storage = readTableStorage(entry, partitionBy !== null, context);
  const fact = tableFact(
    {
      schema,
      name,
      partitionBy,
      partitionOf,
      inherits: [],
      of: null,
      ...storage,
      ...columnOrder(entry),
      ...readForeign(entry, context),
    },
    { at: entry.at },
  );
  return isForeignTable(fact) ? [fact] : [fact, rlsFact(schema, name, context.defaultRls, entry.at)];
}

const boundForms: readonly (readonly [key: RegExp, bound: RegExp, form: string])[] = [
  [/^\s*range\b/i, /^\s*from\b/i, "from (…) to (…)"],
  [/^\s*list\b/i, /^\s*in\b/i, "in (…)"],
  [/^\s*hash\b/i, /^\s*with\b/i, "with (modulus …, remainder …)"],
];

/** Whether a bound is of the sort that its parent's key asks for; the grammar takes each for any. */
function fitsKey(parent: Fact, scalar: YamlScalar, context: ReadContext): boolean {
  const key = (parent.spec as TableSpec).partitionBy?.sql ?? "";
  const form = boundForms.find(([ofKey]) => ofKey.test(key));
  if (form === undefined || form[1].test(scalar.text)) return true;
  context.problem(
    scalar.at,
    "partition-bound",
    `${parent.object} is partitioned by ${key}, and this is no such bound`,
    `write ${form[2]}, or default`,
  );
  return false;
}

/** The columns in an order that is not the parent's: of a table that was made by itself and attached. */
function columnOrder(entry: YamlEntry): Pick<TableSpec, "columnOrder"> {
  const list = field(entry.value, "column_order");
  if (list?.type !== "list") return {};
  return { columnOrder: list.items.flatMap((item) => (item.type === "scalar" ? [item.text] : [])) };
}

function writePartition(fact: Table, context: WriteContext): WrittenEntry | null {
  const of = fact.spec.partitionOf;
  if (!of) return null;
  const bound = of.bound ? lowered(of.bound.sql) : "default";
  const more = {
    ...(fact.spec.partitionBy ? { partition_by: lowered(fact.spec.partitionBy.sql) } : {}),
    ...(fact.spec.columnOrder ? { column_order: fact.spec.columnOrder } : {}),
    ...said(writeStorage(fact.spec)),
    ...writtenForeign(fact.spec),
  };
  const key = entryKey(fact.spec.schema, fact.spec.name, { ...context, schema: of.schema });
  return { key, value: Object.keys(more).length > 0 ? { for: bound, ...more } : bound };
}

/** What follows PARTITION BY, of a table or a partition; null when it is not partitioned. */
export function partitionKey(entry: YamlEntry, context: ReadContext): SqlText | null {
  const scalar = scalarField(entry.value, "partition_by");
  return scalar ? context.sql("partition_key", scalar) : null;
}

/** A partition bound or key with its keywords in lower case. */
export function lowered(sql: string): string {
  // What is neither a literal nor quoted has no capitals but in keywords.
  return sql.replace(/'(?:[^']|'')*'|"(?:[^"]|"")*"|[A-Z]+/g, (word) => (/^[A-Z]/.test(word) ? word.toLowerCase() : word));
}

/** The slot `partitions:` of a table. In: the shape of a table, whose keys a partition has too. */
export function partitionSlot(shape: YamlSlot["shape"]): YamlSlot<TableSpec> {
  return {
    parents: ["table"],
    key: "partitions",
    style: "map",
    templates: true,
    files: ["schema"],
    shape: {
      ...shape,
      description: "A partition: what follows FOR VALUES, `default`, or a table with `for`",
      scalar: true,
      properties: {
        for: { type: "string" },
        partition_by: { type: "string" },
        column_order: {
          type: "array",
          items: { type: "string" },
          description:
            "All columns in the order of this partition, where it is not its parent's: it is made by itself and attached.",
        },
        ...unloggedKey,
        ...storageKeys,
        ...foreignProperties,
      },
    },
    read: readPartition,
    write: writePartition,
  };
}

// ---- change

export const isPartition = (fact: Table): boolean => fact.spec.partitionOf !== null;
export const parentName = (fact: Table): string =>
  qualifiedName(fact.spec.partitionOf?.schema ?? "", fact.spec.partitionOf?.table ?? "");
export const forValues = (fact: Table): string =>
  fact.spec.partitionOf?.bound ? `FOR VALUES ${fact.spec.partitionOf.bound.sql}` : "DEFAULT";
