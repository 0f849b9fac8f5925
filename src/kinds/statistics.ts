import { qualifiedName, quoteIdentifier } from "../base/identifier.ts";
import type { Fact } from "../model/database.ts";
import type {
  KindModule,
  PlanContext,
  ReadContext,
  Reference,
  Row,
  SqlStatement,
  WrittenEntry,
  YamlEntry,
} from "../model/kind.ts";
import { type ObjectId, objectId } from "../model/object-id.ts";
import { type SqlText, sqlText } from "../model/spec.ts";
import type { StepDraft } from "../model/step.ts";
import { columnNames, references } from "../sql/references.ts";
import { address, notExtensionOwned, text, userSchema } from "./shared/catalog.ts";
import { draft, noWork } from "./shared/draft.ts";
import { makeFact } from "./shared/fact.ts";
import { lockOn } from "./shared/locks.ts";
import {
  needsParentheses,
  type ObjectName,
  readStatisticsBody,
  readStatisticsStatement,
  statisticsName,
} from "./shared/statistics-text.ts";
import { declaredBy, familyOf, relationNames, undeclared } from "./shared/target.ts";
import { definition, scalarField, shortOrLong } from "./shared/yaml-entry.ts";

/** Extended statistics: what the planner is to know of several columns or of expressions (manual, CREATE STATISTICS). */
export type StatisticsSpec = ObjectName & {
  /** Relation that it is about. */
  readonly table: string;
  /** Sorted; all of them where nothing is said; none for a single expression, which has no kinds. */
  readonly kinds: readonly string[];
  /** Sorted: PostgreSQL keeps them in the order of the table. */
  readonly columns: readonly string[];
  readonly expressions: readonly SqlText[];
  /** How much ANALYZE gathers; null for that of the columns. */
  readonly target: number | null;
  /** The columns as they are written. */
  readonly order: readonly string[];
};

type Statistics = Fact<StatisticsSpec>;

function statisticsFact(spec: StatisticsSpec, parent: ObjectId, rest: Pick<Fact, "at" | "renamedFrom" | "owner">): Statistics {
  return makeFact({ kind: "statistics", names: [spec.schema, spec.name], schema: spec.schema, parent, spec, ...rest });
}

// ---- YAML

function read(entry: YamlEntry, context: ReadContext): readonly Fact[] {
  const parent = context.parent;
  const scalar = definition(entry);
  if (!parent || !scalar) return [];
  const place = relationNames(parent.object);
  const name = statisticsName(entry.key, place.schema);
  const body = readStatisticsBody(scalar, context);
  if (!body) return [];
  const target = Number(scalarField(entry.value, "statistics")?.text ?? -1);
  const renamed = scalarField(entry.value, "renamed_from")?.text;
  const old = renamed === undefined ? null : statisticsName(renamed, place.schema);
  const spec = { ...name, table: place.name, ...body, target: target < 0 ? null : target };
  const renamedFrom = old === null ? undefined : objectId("statistics", qualifiedName(old.schema, old.name));
  return [statisticsFact(spec, parent.id, { at: entry.at, ...(renamedFrom ? { renamedFrom } : {}) })];
}

function write(fact: Statistics): WrittenEntry {
  const { spec } = fact;
  const home = relationNames((fact.parent ?? "").replace(/^\w+ /, "")).schema;
  const plain = spec.schema === home && !/[."]/.test(spec.name);
  const key = plain ? spec.name : spec.schema === home ? `"${spec.name.replaceAll('"', '""')}"` : fact.object;
  const about = [...spec.order.map(quoteIdentifier), ...spec.expressions.map(expressionSql)].join(", ");
  return shortOrLong(key, `${kindsText(spec)}on ${about}`, { statistics: spec.target ?? undefined });
}

function readStatement(statement: SqlStatement, context: ReadContext): readonly Fact[] {
  const found = readStatisticsStatement(statement, context);
  if (!found) return [];
  const { name, relation, body } = found;
  const parent = objectId("table", qualifiedName(relation.schema, relation.name));
  return [statisticsFact({ ...name, table: relation.name, ...body, target: null }, parent, { at: statement.scalar.at })];
}

// ---- catalog

const kindNames: Readonly<Record<string, string>> = { d: "ndistinct", f: "dependencies", m: "mcv" };

function catalogSql(): string {
  return `select ${address("pg_statistic_ext", "s.oid")}, n.nspname as schema, s.stxname as name, c.relname as table, s.stxrelid::int8::float8 as relation,
    s.stxkind::text[] as kinds, (select coalesce(array_agg(a.attname::text order by a.attnum), '{}') from pg_attribute a where a.attrelid = s.stxrelid and a.attnum = any(s.stxkeys::int2[])) as columns,
    coalesce(pg_get_statisticsobjdef_expressions(s.oid), '{}') as expressions, nullif(s.stxstattarget, -1)::int4 as target, pg_get_userbyid(s.stxowner) as owner,
    'pg_class'::regclass::oid::int8::float8 as relation_class
  from pg_statistic_ext s join pg_namespace n on n.oid = s.stxnamespace join pg_class c on c.oid = s.stxrelid
  where ${userSchema("n.nspname")} and ${notExtensionOwned("pg_statistic_ext", "s.oid")}`;
}

const catalog: NonNullable<KindModule<StatisticsSpec>["catalog"]> = {
  sql: catalogSql,
  fromRow(row: Row, context) {
    const parent = context.idOf(Number(row["relation_class"]), Number(row["relation"]), 0);
    if (parent === undefined) return null;
    const order = row["columns"] as string[];
    const expressions = (row["expressions"] as string[]).map((sql) => sqlText("expression", sql));
    const single = order.length === 0 && expressions.length === 1;
    const kinds = (row["kinds"] as string[]).flatMap((letter) => kindNames[letter] ?? []).sort();
    const spec: StatisticsSpec = {
      schema: text(row, "schema"),
      name: text(row, "name"),
      table: text(row, "table"),
      kinds: single ? [] : kinds,
      columns: [...order].sort(),
      expressions,
      target: typeof row["target"] === "number" ? row["target"] : null,
      order,
    };
    return statisticsFact(spec, parent, { owner: text(row, "owner") });
  },
};

// ---- identity

function dependsOn(fact: Statistics): Reference[] {
  const { spec } = fact;
  const parent = fact.parent ?? "";
  const names = [...spec.columns, ...spec.expressions.flatMap(({ sql }) => columnNames("expression", sql))];
  const path = relationNames(parent.replace(/^\w+ /, ""));
  // The columns of a materialized view are no facts of their own.
  const own = parent.startsWith("materialized_view ")
    ? []
    : names.map((name) => objectId("column", qualifiedName(path.schema, path.name, name)));
  return [...own, ...spec.expressions.flatMap(({ sql }) => references("expression", sql))];
}

// ---- change and render

const expressionSql = ({ sql }: SqlText): string => (needsParentheses(sql) ? `(${sql})` : sql);

/** `(ndistinct) `; nothing where all kinds are meant, or a single expression. */
function kindsText(spec: StatisticsSpec): string {
  return spec.kinds.length === 0 || spec.kinds.length === 3 ? "" : `(${spec.kinds.join(", ")}) `;
}

function createSql(fact: Statistics): string {
  const { spec } = fact;
  const about = [...spec.order.map(quoteIdentifier), ...spec.expressions.map(expressionSql)].join(", ");
  return `CREATE STATISTICS ${fact.object} ${kindsText(spec)}ON ${about} FROM ${(fact.parent ?? "").replace(/^\w+ /, "")};`;
}

const targetSql = (fact: Statistics, target: number | null): string =>
  `ALTER STATISTICS ${fact.object} SET STATISTICS ${target ?? -1};`;

function create(fact: Statistics, context: PlanContext): readonly StepDraft[] {
  const made = draft(fact, {
    action: "create",
    sql: createSql(fact),
    phase: "expand",
    why: declaredBy(fact),
    locks: lockOn(context, fact.parent ?? "", "ShareUpdateExclusiveLock"),
    work: noWork,
    dataLoss: "never",
    undo: { sql: `DROP STATISTICS ${fact.object};` },
  });
  return fact.spec.target === null ? [made] : [made, { ...setTarget(fact, null, context), provides: [], needs: [fact.id] }];
}

function setTarget(fact: Statistics, from: number | null, context: PlanContext): StepDraft {
  return draft(fact, {
    action: "alter",
    sql: targetSql(fact, fact.spec.target),
    phase: "expand",
    why: from === null && context.isNew(fact.id) ? declaredBy(fact) : "the statistics target changes",
    locks: [],
    work: noWork,
    dataLoss: "never",
    undo: { sql: targetSql(fact, from) },
    ...familyOf(context, fact.id),
  });
}

function drop(fact: Statistics, context: PlanContext): readonly StepDraft[] {
  const target = fact.spec.target === null ? [] : [targetSql(fact, fact.spec.target)];
  return [
    draft(fact, {
      action: "drop",
      sql: `DROP STATISTICS ${fact.object};`,
      phase: "expand",
      why: undeclared,
      locks: lockOn(context, fact.parent ?? "", "ShareUpdateExclusiveLock"),
      work: noWork,
      dataLoss: "never",
      undo: { sql: [createSql(fact), ...target].join("\n") },
    }),
  ];
}

function rename(live: Statistics, desired: Statistics): readonly StepDraft[] {
  const sql = (from: ObjectName, to: ObjectName): string =>
    [
      ...(from.schema === to.schema
        ? []
        : [`ALTER STATISTICS ${qualifiedName(from.schema, from.name)} SET SCHEMA ${quoteIdentifier(to.schema)};`]),
      ...(from.name === to.name
        ? []
        : [`ALTER STATISTICS ${qualifiedName(to.schema, from.name)} RENAME TO ${quoteIdentifier(to.name)};`]),
    ].join("\n");
  return [
    draft(desired, {
      action: "rename",
      sql: sql(live.spec, desired.spec),
      phase: "expand",
      why: desired.renamedFrom ? `renamed from ${live.object}` : "same definition under another name",
      locks: [],
      work: noWork,
      dataLoss: "never",
      undo: { sql: sql(desired.spec, live.spec) },
      removes: [live.id],
    }),
  ];
}

export const statistics: KindModule<StatisticsSpec> = {
  kind: "statistics",
  rank: 95,
  scope: "exact",
  notCompared: ["schema", "table", "order"],
  // PostgreSQL carries them over a change of type, but their target and their owner are lost on the way (measured, 14 to 18).
  rebuiltBy: ["column", "replace"],
  renameByDefinition: true,
  catalog,
  yaml: {
    parents: ["table", "materialized_view", "foreign_table"],
    key: "statistics",
    style: "map",
    files: ["schema"],
    shape: {
      description: "What follows CREATE STATISTICS name, without FROM: (ndistinct, mcv) on a, b, lower(c)",
      scalar: true,
      properties: {
        def: { type: "string" },
        renamed_from: { type: "string" },
        statistics: { type: "integer", minimum: -1, maximum: 10000, description: "How much ANALYZE gathers for it." },
      },
      required: ["def"],
    },
    read,
    write,
  },
  statements: { CreateStatsStmt: readStatement },
  answersTo: (fact) => [fact.id],
  dependsOn,
  inline: () => null,
  create,
  alter: (live, desired, fields, context) =>
    fields.every((field) => field === "target")
      ? [setTarget(desired, live.spec.target, context)]
      : { replace: "PostgreSQL cannot alter what a statistics object is about" },
  rename,
  drop,
};
