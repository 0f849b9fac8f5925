import { generatedName, qualifiedName, quoteIdentifier } from "../../base/identifier.ts";
import type { Fact } from "../../model/database.ts";
import type {
  KindModule,
  Lookup,
  PlanContext,
  ReadContext,
  Reference,
  Replace,
  Row,
  WriteContext,
  WrittenEntry,
  YamlEntry,
} from "../../model/kind.ts";
import { objectId } from "../../model/object-id.ts";
import { sqlText } from "../../model/spec.ts";
import type { StepDraft } from "../../model/step.ts";
import { columnNames, references } from "../../sql/references.ts";
import { canonicalTypeText } from "../../sql/type-name.ts";
import { address, notExtensionOwned, optionalText, text, userSchema } from "../shared/catalog.ts";
import { draft, noWork, rewriteWork, type Work } from "../shared/draft.ts";
import { lockOnIndexes, lockOnTree } from "../shared/locks.ts";
import { sequenceDefaults } from "../shared/sequence-spec.ts";
import { nestedKey, shortOrLong } from "../shared/yaml-entry.ts";
import {
  type Column,
  changeDefault,
  changeGenerated,
  changeIdentity,
  changeNotNull,
  changeStatistics,
  changeStorage,
  changeType,
  gatherStatistics,
  tableIdOf,
  tableNameOf,
} from "./column-change.ts";
import { readColumn } from "./column-read.ts";
import { type ColumnSpec, canonicalDefault, columnFact, identityOptions } from "./column-spec.ts";
import { renameIdentitySequence } from "./rename-sequence.ts";
import { columnDefinition, identityClause } from "./render-column.ts";
import { lockOnSequence } from "./type-locks.ts";

/** Columns (manual, CREATE TABLE and ALTER TABLE). */

// ---- YAML

/** Names given to the unnamed constraints of a table so far: PostgreSQL numbers them across its columns. */
const takenNames = new WeakMap<ReadContext, { table: string; taken: Set<string>; position: number }>();

function read(entry: YamlEntry, context: ReadContext): readonly Fact[] {
  const table = context.parent?.id ?? "";
  const known = takenNames.get(context);
  const state = known?.table === table ? known : { table, taken: new Set<string>(), position: 0 };
  takenNames.set(context, state);
  state.position++;
  return readColumn(entry, state.position, state.taken, context);
}

const serialWords: Readonly<Record<string, string>> = { integer: "serial", bigint: "bigserial", smallint: "smallserial" };

function write(fact: Column, _context: WriteContext): WrittenEntry {
  const spec = fact.spec;
  const def = spec.serial
    ? [serialWords[spec.type] ?? "serial", ...(spec.collation ? [`collate ${spec.collation}`] : [])].join(" ")
    : [
        spec.type,
        ...(spec.collation ? [`collate ${spec.collation}`] : []),
        ...(spec.generated ? [`generated always as (${spec.generated.sql}) ${spec.virtual ? "virtual" : "stored"}`] : []),
        ...(spec.identity
          ? [identityClause(spec).replace(/^GENERATED (ALWAYS|BY DEFAULT) AS IDENTITY/, (words) => words.toLowerCase())]
          : []),
        ...(spec.notNull && !spec.identity ? ["not null"] : []),
        ...(spec.default ? [`default ${spec.default.sql}`] : []),
      ].join(" ");
  return shortOrLong(nestedKey(spec.name), def, {
    ...(spec.storage ? { storage: spec.storage } : {}),
    ...(spec.statistics === null ? {} : { statistics: spec.statistics }),
  });
}

// ---- catalog

const storageName = (letter: string): string => `case ${letter} when 'p' then 'plain' when 'e' then 'external' when 'm' then 'main' when 'x' then 'extended' end`;

function catalogSql(major: number): string {
  return `select ${address("pg_class", "c.oid", "a.attnum")}, n.nspname as schema, c.relname as table, a.attname as name, format_type(a.atttypid, a.atttypmod) as type,
    case when a.attcollation <> 0 and a.attcollation <> t.typcollation then (select quote_ident(cn.nspname) || '.' || quote_ident(co.collname) from pg_collation co join pg_namespace cn on cn.oid = co.collnamespace where co.oid = a.attcollation) end as collation,
    ${notNullSql(major)} as not_null, ${major >= 18 ? "(select k.conname from pg_constraint k where k.conrelid = a.attrelid and k.contype = 'n' and k.conkey = array[a.attnum])" : "null::name"} as not_null_name, pg_get_expr(d.adbin, d.adrelid) as expression, a.attgenerated::text as generated, a.attidentity::text as identity,
    case when a.attstorage <> t.typstorage then ${storageName("a.attstorage")} end as storage, ${storageName("t.typstorage")} as type_storage,
    nullif(a.attstattarget, -1)::int4 as statistics, a.attnum::int4 as position,
    s.seqstart::text as start, s.seqincrement::text as increment, s.seqmin::text as min, s.seqmax::text as max, s.seqcache::text as cache, s.seqcycle as cycle, format_type(s.seqtypid, null) as sequence_type,
    (select quote_ident(kn.nspname) || '.' || quote_ident(k.relname) from pg_depend p join pg_class k on k.oid = p.objid and k.relkind = 'S' join pg_namespace kn on kn.oid = k.relnamespace where p.classid = 'pg_class'::regclass and p.refclassid = 'pg_class'::regclass and p.refobjid = a.attrelid and p.refobjsubid = a.attnum and p.deptype in ('a', 'i') order by k.oid limit 1) as sequence,
    os.relname as owned_name, oq.seqstart = 1 and oq.seqincrement = 1 and oq.seqmin = 1 and oq.seqcache = 1 and not oq.seqcycle and oq.seqtypid = a.atttypid as owned_plain
  from pg_attribute a join pg_class c on c.oid = a.attrelid join pg_namespace n on n.oid = c.relnamespace join pg_type t on t.oid = a.atttypid
    left join pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
    left join lateral (select q.* from pg_depend p join pg_sequence q on q.seqrelid = p.objid where p.classid = 'pg_class'::regclass and p.refclassid = 'pg_class'::regclass and p.refobjid = a.attrelid and p.refobjsubid = a.attnum and p.deptype = 'i' and a.attidentity <> '') s on true
    left join lateral (select p.objid from pg_depend p join pg_class k on k.oid = p.objid and k.relkind = 'S' and k.relnamespace = c.relnamespace and k.relowner = c.relowner where p.classid = 'pg_class'::regclass and p.refclassid = 'pg_class'::regclass and p.refobjid = a.attrelid and p.refobjsubid = a.attnum and p.deptype = 'a' and d.adbin is not null and a.attnotnull limit 1) o on true
    left join pg_class os on os.oid = o.objid left join pg_sequence oq on oq.seqrelid = o.objid
  where ${userSchema("n.nspname")} and c.relkind in ('r', 'p') and a.attnum > 0 and not a.attisdropped and not (c.relispartition and a.attinhcount > 0) and ${notExtensionOwned("pg_class", "c.oid")}
  order by c.oid, a.attnum`;
}

/** On 18 attnotnull is true while the constraint is still NOT VALID. */
function notNullSql(major: number): string {
  if (major < 18) return "a.attnotnull";
  return "a.attnotnull and not exists (select from pg_constraint v where v.conrelid = a.attrelid and v.contype = 'n' and v.conkey = array[a.attnum] and not v.convalidated)";
}

function fromRow(row: Row): Column {
  const type = canonicalTypeText(text(row, "type"));
  const expression = optionalText(row, "expression");
  const isGenerated = text(row, "generated") !== "";
  const identity = text(row, "identity");
  const stored = expression !== null && !isGenerated ? canonicalDefault(sqlText("expression", expression), type) : null;
  const statistics = row["statistics"];
  const base = { schema: text(row, "schema"), table: text(row, "table"), name: text(row, "name") };
  return columnFact({
    ...base,
    type,
    collation: optionalText(row, "collation"),
    notNull: row["not_null"] === true,
    notNullName: optionalText(row, "not_null_name"),
    sequence: optionalText(row, "sequence"),
    typeStorage: optionalText(row, "type_storage"),
    default: stored,
    generated: isGenerated && expression !== null ? sqlText("expression", expression) : null,
    virtual: text(row, "generated") === "v",
    identity:
      identity === ""
        ? null
        : { mode: identity === "a" ? "always" : "by default", options: identityOptions(identitySequence(row)) },
    storage: optionalText(row, "storage"),
    statistics: typeof statistics === "number" ? statistics : null,
    position: Number(row["position"]),
    serial: row["owned_plain"] === true && isSerialDefault(row, base, stored?.sql ?? ""),
  });
}

function identitySequence(row: Row): Parameters<typeof identityOptions>[0] {
  const type = text(row, "sequence_type");
  return {
    ...sequenceDefaults("", "", type),
    start: text(row, "start"),
    increment: text(row, "increment"),
    min: text(row, "min"),
    max: text(row, "max"),
    cache: text(row, "cache"),
    cycle: row["cycle"] === true,
  };
}

/** `serial` names its sequence after the table and column as they were; only then does the word say it all. */
function isSerialDefault(row: Row, column: { schema: string; table: string; name: string }, sql: string): boolean {
  const name = optionalText(row, "owned_name");
  if (name === null || name !== `${column.table}_${column.name}_seq`) return false;
  return sql === `nextval('${qualifiedName(column.schema, name).replaceAll("'", "''")}'::regclass)`;
}

// ---- identity

/** A column of a primary key is NOT NULL, whether said or not. */
function settle(fact: Column, _major: number, look: Lookup): Column {
  const spec = fact.spec;
  if (spec.notNull) return fact;
  const inKey = look
    .children(tableIdOf(fact), "constraint")
    .some(
      (constraint) =>
        constraint.spec["type"] === "primary key" && (constraint.spec["columns"] as readonly string[]).includes(spec.name),
    );
  return inKey ? { ...fact, spec: { ...spec, notNull: true } } : fact;
}

function dependsOn(fact: Column): Reference[] {
  const spec = fact.spec;
  const out = references("type", spec.type);
  for (const expression of [spec.default, spec.generated]) if (expression) out.push(...references(expression.as, expression.sql));
  if (spec.generated)
    out.push(
      ...columnNames(spec.generated.as, spec.generated.sql).map((name) =>
        objectId("column", qualifiedName(spec.schema, spec.table, name)),
      ),
    );
  return out;
}

// ---- change and render

function create(fact: Column, context: PlanContext): StepDraft[] {
  const table = tableIdOf(fact);
  if (context.isNew(table)) return context.comesLater(fact.id) ? [...afterTable(fact), ...attributes(fact)] : attributes(fact);
  const empty = context.isEmpty(table);
  const work = addColumnWork(fact, context);
  const impossible =
    fact.spec.notNull && fact.spec.default === null && fact.spec.generated === null && fact.spec.identity === null && !empty;
  const add = draft(fact, {
    action: "create",
    sql: `ALTER TABLE ${tableNameOf(fact)} ADD COLUMN ${columnDefinition(fact.spec)};`,
    phase: "expand",
    why: "the files declare it",
    locks: [
      ...lockOnTree(context, table, "AccessExclusiveLock"),
      ...(work.rewrite ? lockOnIndexes(context, table, "AccessExclusiveLock") : []),
    ],
    work,
    dataLoss: "never",
    undo: { sql: `ALTER TABLE ${tableNameOf(fact)} DROP COLUMN ${quoteIdentifier(fact.spec.name)};` },
    breaks: impossible ? "old" : "none",
    relation: tableNameOf(fact),
    ...(work.rewrite && !empty ? { safer: "add it without the default, set the default, fill in batches" } : {}),
    ...(impossible
      ? {
          probe: {
            asks: "violations",
            relation: tableNameOf(fact),
            means: `rows that would have no ${fact.spec.name}: it is NOT NULL and has no default`,
            sql: `select count(*) from ${tableNameOf(fact)}`,
          },
        }
      : {}),
    alone: work.rewrite || work.scan,
  });
  return [add, ...attributes(fact)];
}

/** A default is stored once when it is the same for all rows; whatever differs per row writes the table anew (measured). */
function addColumnWork(fact: Column, context: PlanContext): Work {
  const spec = fact.spec;
  const domain = context.final(objectId("domain", spec.type));
  const checks = domain?.spec["checks"];
  const constrained = domain !== undefined && (domain.spec["notNull"] === true || (Array.isArray(checks) && checks.length > 0));
  const perRow =
    (spec.generated !== null && !spec.virtual) ||
    spec.identity !== null ||
    (spec.default !== null && mayDiffer(spec.default.sql));
  return perRow || constrained ? rewriteWork : noWork;
}

const sameForAll = new Set([
  "now",
  "current_setting",
  "to_char",
  "lower",
  "upper",
  "md5",
  "length",
  "coalesce",
  "jsonb_build_object",
  "jsonb_build_array",
  "json_build_object",
  "make_interval",
  "to_jsonb",
  "date_trunc",
  "timezone",
]);

/** Any function that is not known to be stable counts as one that differs per row. */
function mayDiffer(sql: string): boolean {
  const calls = [...sql.matchAll(/([a-z_0-9."]+)\s*\(/gi)].map((match) => (match[1] ?? "").toLowerCase());
  return calls.some(
    (name) =>
      !sameForAll.has(name) &&
      !["numeric", "varchar", "character", "interval", "timestamp", "time", "in", "any", "array", "row", "varying"].includes(
        name,
      ),
  );
}

/** What CREATE TABLE and ADD COLUMN cannot say before 16: storage, and statistics never. */
function attributes(fact: Column): StepDraft[] {
  const steps: StepDraft[] = [];
  const one = (what: string, back: string): StepDraft =>
    draft(fact, {
      action: "alter",
      sql: `ALTER TABLE ${tableNameOf(fact)} ALTER COLUMN ${quoteIdentifier(fact.spec.name)} ${what};`,
      phase: "expand",
      why: "the files declare it",
      locks: [],
      work: noWork,
      dataLoss: "never",
      undo: { sql: `ALTER TABLE ${tableNameOf(fact)} ALTER COLUMN ${quoteIdentifier(fact.spec.name)} ${back};` },
      provides: [],
      needs: [fact.id],
    });
  if (fact.spec.storage) steps.push(one(`SET STORAGE ${fact.spec.storage.toUpperCase()}`, "SET STORAGE DEFAULT"));
  if (fact.spec.statistics !== null) steps.push(one(`SET STATISTICS ${fact.spec.statistics}`, "SET STATISTICS -1"));
  return steps;
}

/** The default of a column whose table could not name it yet: a function that takes the table's rows. */
function afterTable(fact: Column): StepDraft[] {
  if (!fact.spec.default) return [];
  return [
    draft(fact, {
      action: "alter",
      sql: `ALTER TABLE ${tableNameOf(fact)} ALTER COLUMN ${quoteIdentifier(fact.spec.name)} SET DEFAULT ${fact.spec.default.sql};`,
      phase: "expand",
      why: "the default needs what needs the table",
      locks: [],
      work: noWork,
      dataLoss: "never",
      undo: { none: "part of making the table" },
      provides: [],
      needs: [...references("expression", fact.spec.default.sql), tableIdOf(fact)],
    }),
  ];
}

/** A generated column goes and comes back, its values are computed anew; a default goes and comes back. */
function stepAside(live: Column, final: Column, context: PlanContext): { before: StepDraft[]; after: StepDraft[] } {
  if (live.spec.generated === null) {
    const bare: Column = { ...live, spec: { ...live.spec, default: null } };
    if (live.spec.default === null) return { before: [], after: [] };
    return {
      before: [{ ...changeDefault(live, bare, context), provides: [], phase: "expand" }],
      after: final.spec.default ? [changeDefault(bare, final, context)] : [],
    };
  }
  const [add] = create(final, context);
  const [gone] = drop(live, context);
  return { before: gone ? [{ ...gone, why: "it stands in the way and is put back" }] : [], after: add ? [add] : [] };
}

/** Facets in the order in which PostgreSQL accepts them. */
function alter(live: Column, desired: Column, fields: readonly string[], context: PlanContext): StepDraft[] | Replace {
  const has = (name: string): boolean => fields.includes(name);
  const steps: StepDraft[] = [];
  if (has("generated") || has("virtual")) return changeGenerated(live, desired, context);
  const typeChanges = has("type") || has("collation");
  const defaultFollows = typeChanges && has("default") && live.spec.default !== null;
  if (has("identity") && desired.spec.identity === null) steps.push(changeIdentity(live, desired, context));
  const changed = typeChanges ? changeType(live, desired, context) : null;
  if (changed) steps.push(changed);
  if (has("default") && !(defaultFollows && usesNewDefault(steps, desired))) steps.push(changeDefault(live, desired, context));
  if (changed) steps.push(...gatherStatistics(desired, context, changed.phase));
  if (has("notNull")) steps.push(...changeNotNull(desired, context));
  if (has("identity") && desired.spec.identity !== null) steps.push(changeIdentity(live, desired, context));
  if (has("storage")) steps.push(changeStorage(live, desired, context));
  if (has("statistics")) steps.push(changeStatistics(live, desired, context));
  return steps;
}

/** The type step has set the default already when it had to drop it. */
function usesNewDefault(steps: readonly StepDraft[], desired: Column): boolean {
  const type = steps.at(-1)?.sql ?? "";
  return desired.spec.default === null ? type.includes("DROP DEFAULT") : type.includes(`SET DEFAULT ${desired.spec.default.sql}`);
}

function rename(live: Column, desired: Column, context: PlanContext): StepDraft[] {
  const sql = (from: string, to: string): string =>
    `ALTER TABLE ${tableNameOf(desired)} RENAME COLUMN ${quoteIdentifier(from)} TO ${quoteIdentifier(to)};`;
  return [
    draft(desired, {
      action: "rename",
      sql: sql(live.spec.name, desired.spec.name),
      phase: "contract",
      why: `renamed from ${live.spec.name}`,
      locks: lockOnTree(context, tableIdOf(desired), "AccessExclusiveLock"),
      work: noWork,
      dataLoss: "never",
      undo: { sql: sql(desired.spec.name, live.spec.name) },
      breaks: "old",
      removes: [live.id],
    }),
    ...renameNotNull(live, desired, context),
    ...(live.spec.identity === null
      ? []
      : renameIdentitySequence(
          desired,
          live.spec.sequence,
          { ...live.spec, column: live.spec.name },
          { ...desired.spec, column: desired.spec.name },
        )),
  ];
}

/** PostgreSQL 18 keeps the generated name of a NOT NULL over a rename: it follows, as that of a key does. */
function renameNotNull(live: Column, desired: Column, context: PlanContext): StepDraft[] {
  const old = live.spec.notNullName;
  const next = generatedName(desired.spec.table, desired.spec.name, "not_null");
  if (old === null || old === next || old !== generatedName(live.spec.table, live.spec.name, "not_null")) return [];
  const sql = (from: string, to: string): string =>
    `ALTER TABLE ${tableNameOf(desired)} RENAME CONSTRAINT ${quoteIdentifier(from)} TO ${quoteIdentifier(to)};`;
  return [
    draft(desired, {
      action: "rename",
      sql: sql(old, next),
      phase: "contract",
      why: "its generated name follows the rename",
      locks: lockOnTree(context, tableIdOf(desired), "AccessExclusiveLock"),
      work: noWork,
      dataLoss: "never",
      undo: { sql: sql(next, old) },
      provides: [],
    }),
  ];
}

function drop(fact: Column, context: PlanContext): StepDraft[] {
  const empty = context.isEmpty(tableIdOf(fact));
  return [
    draft(fact, {
      action: "drop",
      sql: `ALTER TABLE ${tableNameOf(fact)} DROP COLUMN ${quoteIdentifier(fact.spec.name)};`,
      phase: "contract",
      why: "no longer in the files",
      locks: [
        ...lockOnTree(context, tableIdOf(fact), "AccessExclusiveLock"),
        ...lockOnSequence(fact, "AccessExclusiveLock", context),
      ],
      work: noWork,
      dataLoss: empty ? "never" : fact.spec.generated ? "never" : "probe",
      ...(empty || fact.spec.generated
        ? {}
        : {
            probe: {
              asks: "lossy",
              relation: tableNameOf(fact),
              means: `rows that hold a ${fact.spec.name}`,
              sql: `select count(${quoteIdentifier(fact.spec.name)}) from ${tableNameOf(fact)}`,
            } as const,
          }),
      undo:
        empty || fact.spec.generated
          ? { sql: `ALTER TABLE ${tableNameOf(fact)} ADD COLUMN ${columnDefinition(fact.spec)};` }
          : { none: "the values it held are lost" },
      breaks: "old",
    }),
  ];
}

export const column: KindModule<ColumnSpec> = {
  kind: "column",
  rank: 55,
  scope: "exact",
  notCompared: ["position", "serial", "notNullName", "sequence", "typeStorage"],
  rebuiltBy: ["column", "replace"],
  renameByDefinition: false,
  partOfParent: true,
  namedInBodies: true,
  suspectRename: (live, desired) => live.parent === desired.parent && live.spec.type === desired.spec.type,
  catalog: { sql: catalogSql, fromRow },
  yaml: {
    parents: ["table"],
    key: "columns",
    style: "map",
    files: ["schema"],
    shape: {
      description: "What follows the column's name in CREATE TABLE: text not null default ''",
      scalar: true,
      properties: {
        def: { type: "string" },
        renamed_from: { type: "string" },
        statistics: { type: "integer", minimum: -1, maximum: 10000 },
        storage: { type: "string", enum: ["plain", "external", "extended", "main"] },
      },
      required: ["def"],
    },
    read,
    write,
  },
  statements: {},
  settle,
  answersTo: (fact) => [fact.id],
  dependsOn,
  inline: (fact, context) => columnDefinition(fact.spec, { later: context.comesLater(fact.id) }),
  create,
  stepAside,
  alter,
  rename,
  drop,
};
