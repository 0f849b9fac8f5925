import { qualifiedName, quoteIdentifier } from "../base/identifier.ts";
import type { Fact } from "../model/database.ts";
import type { KindModule, PlanContext, ReadContext, Reference, Row, WrittenEntry, YamlEntry } from "../model/kind.ts";
import { objectId } from "../model/object-id.ts";
import { type SqlText, sqlText } from "../model/spec.ts";
import type { StepDraft } from "../model/step.ts";
import { type Node, parseFragment, scanTokens } from "../sql/parser.ts";
import { columnNames, references } from "../sql/references.ts";
import { address, notExtensionOwned, text, userSchema } from "./shared/catalog.ts";
import { draft, indexWork, noWork } from "./shared/draft.ts";
import { makeFact } from "./shared/fact.ts";
import { lock, lockOn, lockOnTree } from "./shared/locks.ts";
import { attachedIndexes, type PartIndex } from "./shared/part-index.ts";
import { isBuiltFor, sameIndex } from "./shared/ready-index.ts";
import { temporaryName } from "./shared/temporary-name.ts";
import { definition, entryName, scalarField, shortOrLong } from "./shared/yaml-entry.ts";

/** Indexes that stand for themselves; those of constraints belong to them (manual, CREATE INDEX). */
export type IndexSpec = {
  readonly schema: string;
  readonly name: string;
  readonly table: string;
  /** What follows `ON table`. */
  readonly definition: SqlText;
  readonly unique: boolean;
  /** False for what a failed concurrent build leaves behind. */
  readonly valid: boolean;
  /** Live indexes of partitioned tables: those of the partitions beneath. */
  readonly attached: readonly PartIndex[];
};

type Index = Fact<IndexSpec>;

function indexFact(spec: IndexSpec, parent: string, rest: Pick<Fact, "at"> & { renamedFrom?: string }): Index {
  return makeFact({
    kind: "index",
    names: [spec.schema, spec.name],
    schema: spec.schema,
    parent,
    spec,
    at: rest.at,
    ...(rest.renamedFrom ? { renamedFrom: objectId("index", qualifiedName(spec.schema, rest.renamedFrom)) } : {}),
  });
}

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
    definition: parsed,
    unique: unique > 0,
    valid: true,
    attached: [],
  };
  const renamed = scalarField(entry.value, "renamed_from")?.text;
  return [indexFact(spec, table.id, { at: entry.at, ...(renamed ? { renamedFrom: renamed } : {}) })];
}

function write(fact: Index): WrittenEntry {
  const def = fact.spec.definition.sql.replace(/^USING btree /, "").replace(/^USING /, "using ");
  return shortOrLong(fact.spec.name, `${fact.spec.unique ? "unique " : ""}${def}`, {});
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
    definition: parsed,
    unique: node.unique === true,
    valid: true,
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

function catalogSql(): string {
  return `select ${address("pg_class", "i.oid")}, n.nspname as schema, i.relname as name, t.relname as table, tn.nspname as table_schema, t.relkind::text as table_kind,
    pg_get_indexdef(i.oid) as definition, x.indisunique as is_unique, (x.indisvalid and x.indisready or i.relkind = 'I') as valid, ${attachedIndexes("i.oid")} as attached
  from pg_index x join pg_class i on i.oid = x.indexrelid join pg_namespace n on n.oid = i.relnamespace join pg_class t on t.oid = x.indrelid join pg_namespace tn on tn.oid = t.relnamespace
  where ${userSchema("n.nspname")} and t.relkind in ('r', 'p', 'm') and not i.relispartition
    and not exists (select from pg_constraint con where con.conindid = i.oid and con.contype in ('p', 'u', 'x')) and ${notExtensionOwned("pg_class", "t.oid")}`;
}

function fromRow(row: Row): Index {
  const sql = text(row, "definition");
  const spec = {
    schema: text(row, "schema"),
    name: text(row, "name"),
    table: text(row, "table"),
    definition: sqlText("index", sql.slice(afterRelation(sql))),
    unique: row["is_unique"] === true,
    valid: row["valid"] === true,
    attached: row["attached"] as readonly PartIndex[],
  };
  const kind = row["table_kind"] === "m" ? "materialized_view" : "table";
  return indexFact(spec, objectId(kind, qualifiedName(text(row, "table_schema"), spec.table)), {});
}

// ---- identity

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

// ---- change and render

const relation = (fact: Index): string => qualifiedName(fact.spec.schema, fact.spec.table);
const isPartitioned = (fact: Index, context: PlanContext): boolean =>
  (context.final(fact.parent ?? "")?.spec["partitionBy"] ?? null) !== null;

function createSql(fact: Index, concurrently: boolean, name = fact.spec.name): string {
  const unique = fact.spec.unique ? "UNIQUE " : "";
  return `CREATE ${unique}INDEX ${concurrently ? "CONCURRENTLY " : ""}${quoteIdentifier(name)} ON ${relation(fact)} ${fact.spec.definition.sql};`;
}

/** A unique index is a promise about rows that the old application may break: contract, as UNIQUE. */
function phaseOf(fact: Index, context: PlanContext): "expand" | "contract" {
  if (!fact.spec.unique || context.isNew(fact.parent ?? "")) return "expand";
  const columns = dependsOn(fact).filter((id) => id.startsWith("column "));
  return columns.length > 0 && columns.every((id) => context.isNew(id)) ? "expand" : "contract";
}

function create(fact: Index, context: PlanContext): StepDraft[] {
  const table = fact.parent ?? "";
  // Rebuilt in the transaction of a change: no moment without it, and no phase between.
  const plain = context.isNew(table) || context.isRebuilt(fact.id) || context.isEmpty(table) || isPartitioned(fact, context);
  return [
    plain
      ? createPlain(fact, context)
      : createConcurrently(fact, context, fact.spec.name, `the files declare index ${fact.spec.name}`),
  ];
}

function createPlain(fact: Index, context: PlanContext): StepDraft {
  const table = fact.parent ?? "";
  const isNew = context.isNew(table);
  const hint = isPartitioned(fact, context) && !isNew && !context.isEmpty(table);
  return draft(fact, {
    action: "create",
    sql: createSql(fact, false),
    phase: phaseOf(fact, context),
    why: `the files declare index ${fact.spec.name}`,
    locks: lockOnTree(context, table, "ShareLock"),
    work: isNew ? noWork : indexWork,
    dataLoss: "never",
    undo: { sql: `DROP INDEX ${fact.object};` },
    relation: relation(fact),
    alone: !isNew,
    ...(hint
      ? {
          safer:
            "build the index on each partition concurrently, then attach: CREATE INDEX CONCURRENTLY does not work on a partitioned table",
        }
      : {}),
  });
}

function createConcurrently(fact: Index, context: PlanContext, name: string, why: string): StepDraft {
  return draft(fact, {
    action: "create",
    sql: createSql(fact, true, name),
    phase: phaseOf(fact, context),
    why,
    locks: lockOn(context, fact.parent ?? "", "ShareUpdateExclusiveLock"),
    work: indexWork,
    dataLoss: "never",
    transactional: false,
    undo: { sql: `DROP INDEX CONCURRENTLY ${qualifiedName(fact.spec.schema, name)};` },
    breaks: fact.spec.unique ? "old" : "none",
    relation: relation(fact),
    provides: [objectId("index", qualifiedName(fact.spec.schema, name))],
  });
}

function drop(fact: Index, context: PlanContext): StepDraft[] {
  if (takenUp(fact, context)) return [];
  return [
    isPartitioned(fact, context) || context.isNew(fact.parent ?? "") || context.isRebuilt(fact.id)
      ? dropPlain(fact, context)
      : dropConcurrently(fact, context, `index ${fact.spec.name} is no longer in the files`),
  ];
}

/** What a run that was killed left ready for the next step is used, not dropped. */
function takenUp(fact: Index, context: PlanContext): boolean {
  if (!fact.spec.valid || fact.parent === null) return false;
  const key = context.desired(objectId("constraint", qualifiedName(fact.spec.schema, fact.spec.table, fact.spec.name)));
  if (key && isBuiltFor(key.spec, fact)) return true;
  const kinds = ["index", "constraint"];
  return kinds.some((kind) =>
    context.children("desired", fact.parent ?? "", kind).some((other) => {
      const path = qualifiedName(fact.spec.schema, String(other.spec["name"]));
      if (temporaryName("index", path) !== fact.spec.name) return false;
      return kind === "constraint" ? isBuiltFor(other.spec, fact) : sameIndex(other.spec, fact.spec);
    }),
  );
}

function dropPlain(fact: Index, context: PlanContext): StepDraft {
  return draft(fact, {
    action: "drop",
    sql: `DROP INDEX ${fact.object};`,
    phase: "expand",
    why: `index ${fact.spec.name} is no longer in the files`,
    locks: [
      ...lockOnTree(context, fact.parent ?? "", "AccessExclusiveLock"),
      ...[fact.object, ...fact.spec.attached.map(({ index }) => index)].map((name) => lock(name, "AccessExclusiveLock")),
    ],
    work: noWork,
    dataLoss: "never",
    undo: { sql: createSql(fact, false) },
  });
}

function dropConcurrently(fact: Index, context: PlanContext, why: string, removes: readonly string[] = [fact.id]): StepDraft {
  return draft(fact, {
    action: "drop",
    sql: `DROP INDEX CONCURRENTLY ${fact.object};`,
    phase: "expand",
    why,
    // The index itself is locked only once nobody uses it any more: nobody waits (measured).
    locks: [
      ...lockOn(context, fact.parent ?? "", "ShareUpdateExclusiveLock"),
      { relation: fact.object, mode: "AccessExclusiveLock", blocks: "none" },
    ],
    work: noWork,
    dataLoss: "never",
    transactional: false,
    undo: { sql: createSql(fact, true) },
    removes,
  });
}

/** The new index is there before the old one goes. */
function alter(live: Index, desired: Index, fields: readonly string[], context: PlanContext): StepDraft[] {
  const table = desired.parent ?? "";
  const phase = phaseOf(desired, context);
  if (fields.length === 1 && fields[0] === "valid") {
    return [
      dropConcurrently(live, context, "a build that failed left it invalid", []),
      { ...createConcurrently(desired, context, desired.spec.name, "built anew"), phase },
    ].map((step) => ({ ...step, phase }));
  }
  if (context.isEmpty(table) || isPartitioned(desired, context)) {
    const gone = { ...dropPlain(live, context), removes: [], phase, together: `index ${desired.object}` };
    return [gone, { ...createPlain(desired, context), together: `index ${desired.object}` }];
  }
  const name = temporaryName("index", desired.object);
  const ready = context.live.facts.get(objectId("index", qualifiedName(desired.spec.schema, name)));
  const built = ready !== undefined && ready.spec["valid"] === true && sameIndex(ready.spec, desired.spec);
  return [
    ...(built
      ? []
      : [
          createConcurrently(
            desired,
            context,
            name,
            `the definition of ${desired.spec.name} changes; the new one is built first`,
          ),
        ]),
    { ...dropConcurrently(live, context, "the new one is ready", []), phase },
    { ...renameStep(desired, name, desired.spec.name), phase, ...(built ? {} : { locks: [] }) },
  ];
}

function renameStep(fact: Index, from: string, to: string): StepDraft {
  const sql = (old: string, next: string): string =>
    `ALTER INDEX ${qualifiedName(fact.spec.schema, old)} RENAME TO ${quoteIdentifier(next)};`;
  return draft(fact, {
    action: "rename",
    sql: sql(from, to),
    phase: "expand",
    why: "same definition under another name",
    locks: [lock(qualifiedName(fact.spec.schema, from), "ShareUpdateExclusiveLock")],
    work: noWork,
    dataLoss: "never",
    undo: { sql: sql(to, from) },
  });
}

export const index: KindModule<IndexSpec> = {
  kind: "index",
  rank: 70,
  scope: "exact",
  notCompared: ["attached"],
  rebuiltBy: ["replace"],
  renameByDefinition: true,
  catalog: { sql: catalogSql, fromRow },
  yaml: {
    parents: ["table", "materialized_view"],
    key: "indexes",
    style: "map",
    files: ["schema"],
    shape: {
      description: "What follows ON table in CREATE INDEX, optionally `unique` first: (a, b desc) where …, using gin (…)",
      scalar: true,
      properties: { def: { type: "string" }, renamed_from: { type: "string" } },
      required: ["def"],
    },
    read,
    write,
  },
  statements: { IndexStmt: readStatement },
  indexName: (fact) => [fact.object],
  partIndexes: (fact) => fact.spec.attached,
  needsMajor: ({ spec }) =>
    parseFragment("index", spec.definition.sql).IndexStmt?.nulls_not_distinct === true
      ? { major: 15, what: "NULLS NOT DISTINCT" }
      : null,
  answersTo: (fact) => [`relation ${fact.object}`],
  dependsOn,
  inline: () => null,
  create,
  alter,
  rename: (live, desired) => [{ ...renameStep(desired, live.spec.name, desired.spec.name), removes: [live.id] }],
  drop,
};
