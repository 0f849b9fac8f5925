import { qualifiedName } from "../base/identifier.ts";
import type { Fact } from "../model/database.ts";
import type { KindModule, Lookup, ReadContext, Reference, Row, WriteContext, WrittenEntry, YamlEntry } from "../model/kind.ts";
import { objectId } from "../model/object-id.ts";
import { sqlText } from "../model/spec.ts";
import { type Node, parseFragment, scanTokens } from "../sql/parser.ts";
import { columnNames, references } from "../sql/references.ts";
import { address, notExtensionOwned, optionalText, text, userSchema } from "./shared/catalog.ts";
import {
  attributeColumns,
  attributeKeys,
  readAttributes,
  targetsAgain,
  tidyDefinition,
  writeAttributes,
} from "./shared/index-attributes.ts";
import { alterIndex, createIndex, dropIndex, renameIndex } from "./shared/index-change.ts";
import { isNumberedName, partitionIndexName, sameKeys } from "./shared/index-names.ts";
import { type Index, type IndexSpec, indexFact, textOf } from "./shared/index-spec.ts";
import { afterLeaving } from "./shared/leaving-heirs.ts";
import { attachedIndexes, type PartIndex } from "./shared/part-index.ts";
import { tablesAbove } from "./shared/partition-tree.ts";
import { definition, entryName, flagField, nestedKey, scalarField, shortOrLong } from "./shared/yaml-entry.ts";

// ---- YAML

function read(entry: YamlEntry, context: ReadContext): readonly Fact[] {
  const scalar = definition(entry);
  const table = context.parent;
  if (!scalar || !table) return [];
  const unique = /^\s*unique\b/i.exec(scalar.text)?.[0].length ?? 0;
  const parsed = context.sql("index", scalar, unique);
  if (!parsed) return [];
  const spec = {
    schema: table.schema ?? context.schema,
    name: entryName(entry.key),
    table: String(table.spec["name"]),
    ...readAttributes(parsed, entry.value),
    unique: unique > 0,
    valid: flagField(entry.value, "only") !== true,
    attachedTo: flagField(entry.value, "attached") === false ? null : undefined,
    attached: [],
  };
  const renamed = scalarField(entry.value, "renamed_from")?.text;
  return [indexFact(spec, table.id, { at: entry.at, ...(renamed ? { renamedFrom: renamed } : {}) })];
}

function write(fact: Index, context: WriteContext): WrittenEntry {
  const def = tidyDefinition(fact)
    .replace(/^USING btree /, "")
    .replace(/^USING /, "using ");
  const apart = fact.spec.attachedTo === null && indexAbove(fact, context) !== null;
  return shortOrLong(nestedKey(fact.spec.name), `${fact.spec.unique ? "unique " : ""}${def}`, {
    only: !fact.spec.valid && isOnPartitioned(fact, context) ? true : undefined,
    attached: apart ? false : undefined,
    ...writeAttributes(fact.spec),
  });
}

function isOnPartitioned(fact: Index, look: Pick<Lookup, "fact">): boolean {
  return (look.fact(fact.parent ?? "")?.spec["partitionBy"] ?? null) !== null;
}

/** The index of a table above a partition that one of these keys hangs on: that of the highest table. */
function indexAbove(fact: Index, look: Lookup): string | null {
  const found = tablesAbove(fact.parent ?? "", look.fact).flatMap(
    (table) => look.children(table, "index").find((candidate) => sameKeys(textOf(candidate), textOf(fact))) ?? [],
  );
  return found.at(-1)?.object ?? null;
}

/** CREATE INDEX of a .sql file: what follows `ON table`. */
function readStatement(
  statement: { node: Node; scalar: Parameters<ReadContext["sql"]>[1] },
  context: ReadContext,
): readonly Fact[] {
  const node = statement.node.IndexStmt;
  const schema = node.relation.schemaname ?? context.resolve("relation", node.relation.relname) ?? context.schema;
  if (!node.idxname) {
    context.problem(statement.scalar.at, "unnamed-index", "an index in a .sql file needs a name", "create index NAME on …");
    return [];
  }
  const parsed = context.sql("index", statement.scalar, afterRelation(statement.scalar.text));
  if (!parsed) return [];
  const spec = {
    schema,
    name: node.idxname,
    table: node.relation.relname,
    ...readAttributes(parsed, null),
    unique: node.unique === true,
    valid: true,
    attachedTo: undefined,
    attached: [],
  };
  return [indexFact(spec, objectId("table", qualifiedName(schema, spec.table)), { at: statement.scalar.at })];
}

/** Offset in a CREATE INDEX statement of what follows `ON [ONLY] table`. */
function afterRelation(sql: string): number {
  const tokens = scanTokens(sql);
  let at = tokens.findIndex((token) => token.text.toLowerCase() === "on") + 1;
  if (tokens[at]?.text.toLowerCase() === "only") at++;
  while (tokens[at + 1]?.text === ".") at += 2;
  return tokens[at]?.end ?? 0;
}

// ---- catalog

/** What the index of a partition says that the one it hangs on does not: a name, storage parameters, a tablespace, a comment. */
const saysMore = `above.oid is not null and (i.reloptions is distinct from above.reloptions or i.reltablespace <> above.reltablespace
    or exists (select from pg_description d where d.classoid = 'pg_class'::regclass and d.objoid = i.oid and d.objsubid = 0)
    or exists (select from pg_attribute a where a.attrelid = i.oid and a.attstattarget >= 0))`;

function catalogSql(): string {
  return `select ${address("pg_class", "i.oid")}, n.nspname as schema, i.relname as name, t.relname as table, tn.nspname as table_schema, t.relkind::text as table_kind,
    pg_get_indexdef(i.oid) as definition, x.indisunique as is_unique, x.indisvalid and x.indisready as valid, ${attachedIndexes("i.oid")} as attached,
    (select quote_ident(rn.nspname) || '.' || quote_ident(r.relname) from pg_class r join pg_namespace rn on rn.oid = r.relnamespace where r.oid = pg_partition_root(i.oid) and i.relispartition) as attached_to,
    coalesce(ax.indisvalid, false) as above_valid, ${saysMore} as says_more,
    ${attributeColumns()}
  from pg_index x join pg_class i on i.oid = x.indexrelid join pg_namespace n on n.oid = i.relnamespace join pg_class t on t.oid = x.indrelid join pg_namespace tn on tn.oid = t.relnamespace
    left join pg_inherits h on h.inhrelid = i.oid and i.relispartition left join pg_class above on above.oid = h.inhparent left join pg_index ax on ax.indexrelid = above.oid
  where ${userSchema("n.nspname")} and t.relkind in ('r', 'p', 'm')
    and not exists (select from pg_constraint con where con.conindid = i.oid and con.contype in ('p', 'u', 'x')) and ${notExtensionOwned("pg_class", "t.oid")}`;
}

function fromRow(row: Row): Index {
  const sql = text(row, "definition");
  const spec = {
    schema: text(row, "schema"),
    name: text(row, "name"),
    table: text(row, "table"),
    ...readAttributes(sqlText("index", sql.slice(afterRelation(sql))), null),
    tablespace: optionalText(row, "tablespace"),
    statistics: row["statistics"] as IndexSpec["statistics"],
    unique: row["is_unique"] === true,
    valid: row["valid"] === true,
    attachedTo: optionalText(row, "attached_to"),
    attached: row["attached"] as readonly PartIndex[],
  };
  const kind = row["table_kind"] === "m" ? "materialized_view" : "table";
  const fact = indexFact(spec, objectId(kind, qualifiedName(text(row, "table_schema"), spec.table)), {});
  if (row["above_valid"] !== true || row["says_more"] === true) return fact;
  if (spec.name === partitionIndexName(spec.table, spec.definition.sql)) return { ...fact, implied: true };
  return isNumberedName(spec.name, spec.table, spec.definition.sql) ? { ...fact, spec: { ...spec, numbered: true } } : fact;
}

// ---- identity

/** Where the files do not say otherwise, the index of a partition is that of its parent's index of the same keys. */
function settle(fact: Index, _major: number, look: Lookup): Index {
  if (fact.spec.attachedTo !== undefined) return fact;
  return { ...fact, spec: { ...fact.spec, attachedTo: indexAbove(fact, look) } };
}

function dependsOn(fact: Index): Reference[] {
  const spec = fact.spec;
  const names = new Set(columnNames("index", spec.definition.sql));
  const statement = parseFragment("index", spec.definition.sql).IndexStmt;
  for (const element of statement.indexIncludingParams ?? []) names.add(element.IndexElem?.name ?? "");
  const isTable = fact.parent?.startsWith("table ");
  const columns = isTable
    ? [...names].filter(Boolean).map((name) => objectId("column", qualifiedName(spec.schema, spec.table, name)))
    : [];
  return [...columns, ...references("index", spec.definition.sql)];
}

export const index: KindModule<IndexSpec> = {
  kind: "index",
  rank: 70,
  scope: "exact",
  serverFields: ["tablespace"],
  notCompared: ["attached", "numbered"],
  undeclared: (live) => (live.spec.numbered === true && typeof live.spec.attachedTo === "string" ? "keep" : "drop"),
  rebuiltBy: ["replace"],
  renameByDefinition: true,
  mayBeNamed: () => true,
  catalog: { sql: catalogSql, fromRow },
  yaml: {
    parents: ["table", "materialized_view"],
    key: "indexes",
    style: "map",
    files: ["schema"],
    shape: {
      description: "What follows ON table in CREATE INDEX, optionally `unique` first: (a, b desc) where …, using gin (…)",
      scalar: true,
      properties: {
        def: { type: "string" },
        renamed_from: { type: "string" },
        only: {
          type: "boolean",
          description: "On the partitioned table alone: invalid until every partition has its own (ON ONLY).",
        },
        attached: {
          type: "boolean",
          description: "false: an index of its own of a partition, beside the one of the same keys it has from its parent.",
        },
        ...attributeKeys,
      },
      required: ["def"],
    },
    read,
    write,
  },
  statements: { IndexStmt: readStatement },
  settle,
  indexName: (fact) => [fact.object],
  partIndexes: (fact) => fact.spec.attached,
  needsMajor: ({ spec }) =>
    parseFragment("index", spec.definition.sql).IndexStmt?.nulls_not_distinct === true
      ? { major: 15, what: "NULLS NOT DISTINCT" }
      : null,
  answersTo: (fact) => [`relation ${fact.object}`],
  dependsOn,
  inline: () => null,
  create: (fact, context) => afterLeaving(createIndex(fact, context), fact.parent ?? "", context),
  alter: (live, desired, fields, context) => {
    const steps = alterIndex(live, desired, fields, context);
    return "replace" in steps ? steps : afterLeaving(steps, desired.parent ?? "", context);
  },
  rename: renameIndex,
  drop: (fact, context) => afterLeaving(dropIndex(fact, context), fact.parent ?? "", context),
  afterTypeChange: targetsAgain,
};
