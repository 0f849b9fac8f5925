import { quoteIdentifier } from "../../base/identifier.ts";
import type { Fact } from "../../model/database.ts";
import type { JsonSchema, PlanContext, WrittenValue, YamlValue } from "../../model/kind.ts";
import { objectId, pathOf } from "../../model/object-id.ts";
import { type SqlText, sqlText } from "../../model/spec.ts";
import type { StepDraft } from "../../model/step.ts";
import { parseFragment, scanTokens } from "../../sql/parser.ts";
import { keptComment } from "./comment-sql.ts";
import { draft, noWork, type Work } from "./draft.ts";
import { withIndexClauses, withoutIndexClauses } from "./exclude-text.ts";
import { type IndexOptions, optionChanges, optionList, optionsOf } from "./index-options.ts";
import { lock, lockOn } from "./locks.ts";
import type { PartIndex } from "./part-index.ts";
import { codeTokens, isWord } from "./sql-piece.ts";
import { field, scalarField } from "./yaml-entry.ts";

/**
 * What an index has that changes without building it anew: storage parameters, tablespace, statistics targets (manual, ALTER INDEX).
 */
export type IndexAttributes = {
  /** Storage parameters. */
  readonly with: IndexOptions;
  /** Null for the database's own. */
  readonly tablespace: string | null;
  /** Targets of its columns by number, `{ "1": 500 }`: expressions have no column elsewhere. */
  readonly statistics: { readonly [column: string]: number };
};

/** An index, as far as is needed here. */
type Attributed = Fact<
  IndexAttributes & {
    readonly schema: string;
    readonly name: string;
    readonly table: string;
    readonly unique: boolean;
    readonly definition: SqlText;
    readonly attached: readonly PartIndex[];
  }
>;

export const attributeKeys: Readonly<Record<string, JsonSchema>> = {
  tablespace: { type: "string", description: "Left out: that of the database." },
  statistics: {
    type: "object",
    patternProperties: { "^[1-9][0-9]*$": { type: "integer", minimum: -1, maximum: 10000 } },
    additionalProperties: false,
    description: "Statistics targets of its expressions by their number: { 1: 500 }",
  },
};

const parsed = (sql: string) => parseFragment("index", sql).IndexStmt ?? {};

/**
 * The definition without WITH and TABLESPACE, and what those say; tablespace and statistics also as keys of the entry.
 * In: what follows ON table; null for what is no entry.
 */
export function readAttributes(whole: SqlText, value: YamlValue | null): IndexAttributes & { readonly definition: SqlText } {
  const map = value === null ? undefined : field(value, "statistics");
  const pairs = map?.type === "map" ? map.entries : [];
  const targets = pairs.map((entry): [string, number] => [
    entry.key,
    entry.value.type === "scalar" ? Number(entry.value.text) : -1,
  ]);
  const beside = value === null ? undefined : scalarField(value, "tablespace")?.text;
  const { tableSpace, options } = parsed(whole.sql);
  const name = beside ?? (tableSpace ? String(tableSpace) : null);
  return {
    definition: tableSpace || options ? sqlText("index", withoutTablespace(withoutIndexClauses(whole.sql))) : whole,
    with: optionsOf(options),
    tablespace: name === "pg_default" ? null : name,
    statistics: Object.fromEntries(targets.filter(([, target]) => target >= 0)),
  };
}

function withoutTablespace(sql: string): string {
  let depth = 0;
  const tokens = codeTokens(sql);
  const at = tokens.findIndex((token) => {
    if (token.text === "(") depth++;
    if (token.text === ")") depth--;
    return depth === 0 && isWord(token, "tablespace");
  });
  if (at < 0) return sql;
  const [from, to] = [tokens[at]?.start ?? sql.length, tokens[at + 1]?.end ?? sql.length];
  return `${sql.slice(0, from).trimEnd()} ${sql.slice(to).trimStart()}`.trim();
}

/** The keys of a long form; undefined where nothing is to be said. */
export function writeAttributes(spec: IndexAttributes): Readonly<Record<string, WrittenValue | undefined>> {
  return {
    tablespace: spec.tablespace ?? undefined,
    statistics: Object.keys(spec.statistics).length > 0 ? spec.statistics : undefined,
  };
}

/** What follows ON table in CREATE INDEX, with WITH and TABLESPACE. */
export function wholeDefinition({ spec }: Attributed): string {
  const options = optionList(spec.with);
  const space = spec.tablespace === null ? "" : ` TABLESPACE ${quoteIdentifier(spec.tablespace)}`;
  return withIndexClauses(spec.definition.sql, `${options === "" ? "" : ` WITH (${options})`}${space}`);
}

/** The definition as a person writes it; the tablespace has a key of its own. */
export function tidyDefinition({ spec }: Attributed): string {
  const options = optionList(spec.with);
  return lowerClauses(withIndexClauses(spec.definition.sql, options === "" ? "" : ` with (${options})`));
}

const clauseWords: readonly string[] = ["WHERE", "INCLUDE", "NULLS", "NOT", "DISTINCT"];
const keyWords: readonly string[] = ["ASC", "DESC", "NULLS", "FIRST", "LAST", "COLLATE"];

/** Keywords of CREATE INDEX itself in small letters; expressions and the condition keep every byte. */
function lowerClauses(definition: string): string {
  let depth = 0;
  let text = definition;
  for (const { start, end } of scanTokens(definition)) {
    const written = definition.slice(start, end);
    if (written === "(") depth++;
    else if (written === ")") depth--;
    const isClause = (depth === 0 && clauseWords.includes(written)) || (depth === 1 && keyWords.includes(written));
    if (isClause) text = text.slice(0, start) + written.toLowerCase() + text.slice(end);
    if (depth === 0 && written === "WHERE") break;
  }
  return text;
}

/** Columns of a catalog query over pg_class `i` of an index. */
export function attributeColumns(): string {
  return `(select ts.spcname from pg_tablespace ts where ts.oid = i.reltablespace) as tablespace,
    (select coalesce(json_object_agg(a.attnum, a.attstattarget), '{}') from pg_attribute a where a.attrelid = i.oid and a.attstattarget >= 0) as statistics`;
}

/** What CREATE cannot say of an index that takes the place of another: its statistics targets and its comment. */
export function saidAgain(fact: Attributed, context: PlanContext): StepDraft[] {
  return [...targetsOf(fact), ...commentAgain(fact, context)];
}

/** The comment of an index that goes, for the one that takes its place. */
export function commentAgain(fact: Attributed, context: PlanContext): StepDraft[] {
  const comment = objectId("comment", fact.id);
  const [sql] = context.live.facts.has(comment) && !context.isDropped(comment) ? keptComment(fact, context) : [];
  if (sql === undefined) return [];
  const again = draft(fact, {
    action: "alter",
    sql,
    phase: "expand",
    why: "a new index has no comment",
    locks: [],
    work: noWork,
    dataLoss: "never",
    undo: { none: "the comment of the index that is there no more" },
    provides: [],
    needs: [fact.id],
  });
  return [again];
}

/** What an index that was made by itself lacks of what the files say. In: it as it is made. `locks`: none where it is new. */
export function adjusted(made: Attributed, fact: Attributed, locks: StepDraft["locks"], context: PlanContext): StepDraft[] {
  const fields = (["with", "tablespace", "statistics"] as const).filter(
    (field) => JSON.stringify(made.spec[field]) !== JSON.stringify(fact.spec[field]),
  );
  const steps = alterAttributes(made, fact, fields, false, context) ?? [];
  return steps.map((step) => ({ ...step, locks, provides: [], needs: [fact.id] }));
}

/** Steps that set the statistics targets of an index that was just made. */
export function targetsOf(fact: Attributed, provides: readonly string[] = []): StepDraft[] {
  return Object.entries(fact.spec.statistics).map(([column, target]) => ({
    ...setTarget(fact, column, null, target, []),
    why: "a new index has no target of its own",
    provides,
    needs: [fact.id],
  }));
}

/** The same of a live index that PostgreSQL makes anew by itself: the type of a column changes, and the targets are forgotten. */
export function targetsAgain(fact: Attributed, context: PlanContext): StepDraft[] {
  const locks = context.isNew(fact.id) ? [] : [lock(fact.object, "ShareUpdateExclusiveLock")];
  return targetsOf(fact).map((step) => ({ ...step, locks }));
}

/** ALTER INDEX … SET STATISTICS of one column. In: the target before and after, null for none of its own. */
export function setTarget(
  fact: Attributed,
  column: string,
  from: number | null,
  to: number | null,
  locks: StepDraft["locks"],
): StepDraft {
  const sql = (target: number | null): string =>
    `ALTER INDEX ${fact.object} ALTER COLUMN ${column} SET STATISTICS ${target ?? -1};`;
  return draft(fact, {
    action: "alter",
    sql: sql(to),
    phase: "expand",
    why: "the statistics target changes",
    locks,
    work: noWork,
    dataLoss: "never",
    undo: { sql: sql(from) },
  });
}

/** Fields that ALTER INDEX changes in place. */
const inPlace: readonly string[] = ["with", "tablespace", "statistics"];

/** True for changes of an index that need another one in its place. In: the fields that change, and whether its table is partitioned. */
export function isMadeOtherwise(fields: readonly string[], partitioned = false): boolean {
  return fields.some((name) => !inPlace.includes(name)) || (partitioned && fields.includes("with"));
}

/** Steps for what differs; null when the index has to be built anew: for its keys, or for parameters of a partitioned one. */
export function alterAttributes(
  live: Attributed,
  desired: Attributed,
  fields: readonly string[],
  partitioned: boolean,
  context: PlanContext,
): StepDraft[] | null {
  if (isMadeOtherwise(fields, partitioned)) return null;
  const columns = [...new Set([...Object.keys(live.spec.statistics), ...Object.keys(desired.spec.statistics)])].sort();
  const own = [desired.object, ...live.spec.attached.map(({ index }) => index)];
  const soft = own.map((name) => lock(name, "ShareUpdateExclusiveLock"));
  return [
    ...(fields.includes("with") ? setOptions(live, desired) : []),
    ...(fields.includes("tablespace") ? moves(live, desired, partitioned, context) : []),
    ...columns.flatMap((column) => {
      const [from = null, to = null] = [live.spec.statistics[column], desired.spec.statistics[column]];
      return from === to ? [] : [setTarget(desired, column, from, to, soft)];
    }),
  ];
}

function setOptions(live: Attributed, desired: Attributed): StepDraft[] {
  const sql = (from: Attributed, to: Attributed): string =>
    optionChanges(from.spec.with, to.spec.with)
      .map((change) => `ALTER INDEX ${desired.object} ${change};`)
      .join("\n");
  // The order says nothing.
  if (sql(live, desired) === "") return [];
  return [
    draft(desired, {
      action: "alter",
      sql: sql(live, desired),
      phase: "expand",
      why: "its storage parameters change, for pages that are written from here on",
      locks: [lock(desired.object, "ShareUpdateExclusiveLock")],
      work: noWork,
      dataLoss: "never",
      undo: { sql: sql(desired, live) },
    }),
  ];
}

/** The file of an index is copied. A partitioned one has none; those of its partitions that have no entry of their own follow. */
function moves(live: Attributed, desired: Attributed, partitioned: boolean, context: PlanContext): StepDraft[] {
  const copy: Work = { rewrite: false, scan: false, indexRebuild: true };
  const target = quoteIdentifier(desired.spec.tablespace ?? "pg_default");
  const one = (name: string, work: Work): StepDraft =>
    draft(desired, {
      action: "alter",
      sql: `ALTER INDEX ${name} SET TABLESPACE ${target};`,
      phase: "expand",
      why: `it moves to tablespace ${desired.spec.tablespace ?? "pg_default"}`,
      locks: [lock(name, "AccessExclusiveLock")],
      work,
      dataLoss: "never",
      undo: { sql: `ALTER INDEX ${name} SET TABLESPACE ${quoteIdentifier(live.spec.tablespace ?? "pg_default")};` },
      relation: pathOf(desired.parent ?? ""),
      alone: work.indexRebuild,
      ...(work.indexRebuild ? { safer: `REINDEX (CONCURRENTLY, TABLESPACE ${target}) INDEX ${name}` } : {}),
    });
  const below = live.spec.attached.filter(({ index }) => context.desired(objectId("index", index)) === undefined);
  const files = below.filter(({ table }) => !(context.live.facts.get(objectId("table", table))?.spec["partitionBy"] ?? null));
  return [
    one(desired.object, partitioned ? noWork : copy),
    ...below.map((part) => ({ ...one(part.index, files.includes(part) ? copy : noWork), provides: [] })),
  ];
}

/** What a table says of an index by name: it moves to the index that takes the other's place, before that is dropped. */
export function movedChoices(fact: Attributed, ready: string, context: PlanContext): StepDraft[] {
  const table = fact.parent ?? "";
  const path = pathOf(table);
  const noun = table.startsWith("table ") ? "TABLE" : "MATERIALIZED VIEW";
  return (["replica_identity", "cluster_on"] as const).flatMap((kind) => {
    const id = objectId(kind, path);
    const chosen = (side: Fact | undefined): boolean => side?.spec["index"] === fact.spec.name;
    if (context.isDropped(id) || !chosen(context.live.facts.get(id)) || !chosen(context.final(id))) return [];
    const sql = (index: string): string =>
      `ALTER ${noun} ${path} ${kind === "cluster_on" ? "CLUSTER ON" : "REPLICA IDENTITY USING INDEX"} ${quoteIdentifier(index)};`;
    return [
      draft(fact, {
        action: "alter",
        sql: sql(ready),
        phase: "expand",
        why: `the old index is ${kind === "cluster_on" ? "what the rows are clustered by" : "the replica identity"}: the new one takes over`,
        locks: lockOn(context, table, kind === "cluster_on" ? "ShareUpdateExclusiveLock" : "AccessExclusiveLock"),
        work: noWork,
        dataLoss: "never",
        undo: { sql: sql(fact.spec.name) },
        provides: [],
        needs: [objectId("index", `${quoteIdentifier(fact.spec.schema)}.${quoteIdentifier(ready)}`)],
        alone: true,
      }),
    ];
  });
}
