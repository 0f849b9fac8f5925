import { qualifiedName, quoteIdentifier } from "../base/identifier.ts";
import type { Fact } from "../model/database.ts";
import type {
  KindModule,
  Lookup,
  PlanContext,
  ReadContext,
  Reference,
  Row,
  WriteContext,
  WrittenEntry,
  YamlEntry,
  YamlScalar,
} from "../model/kind.ts";
import { objectId } from "../model/object-id.ts";
import type { StepDraft } from "../model/step.ts";
import { namesOf } from "../sql/names.ts";
import { type Node, parseWrapped, SqlSyntaxError } from "../sql/parser.ts";
import { address, notExtensionOwned, optionalText, text, userSchema } from "./shared/catalog.ts";
import { draft, noWork } from "./shared/draft.ts";
import { lock } from "./shared/locks.ts";
import { type SequenceSpec, sequenceDefaults, sequenceFact, sequenceOptions } from "./shared/sequence-spec.ts";
import { definition, entryKey, entryNames, flagField, renamedFromPath, shortOrLong } from "./shared/yaml-entry.ts";

/** Sequences, those of serial columns too; an identity's sequence is part of its column (manual, CREATE SEQUENCE). */

type Sequence = Fact<SequenceSpec>;

// ---- YAML

function read(entry: YamlEntry, context: ReadContext): readonly Fact[] {
  const { schema, name } = entryNames(entry.key, context);
  const scalar = definition(entry);
  const renamed = renamedFromPath(entry.value, schema);
  const rest = { at: entry.at, ...(renamed ? { renamedFrom: objectId("sequence", renamed) } : {}) };
  const unlogged = flagField(entry.value, "unlogged") ?? null;
  if (!scalar) return [sequenceFact({ ...sequenceDefaults(schema, name), unlogged }, rest)];
  try {
    const statement = parseWrapped("CREATE SEQUENCE x ", scalar.text, "").node.CreateSeqStmt;
    return [sequenceFact({ ...fromOptions(schema, name, statement?.options ?? [], context), unlogged }, rest)];
  } catch (error) {
    if (!(error instanceof SqlSyntaxError)) throw error;
    context.problem(
      scalar.atOffset(error.offset),
      "sql-syntax",
      `${error.message} in sequence ${name}`,
      "write what follows CREATE SEQUENCE name, e.g. as bigint start 1000 cache 10",
    );
    return [];
  }
}

function readStatement(statement: { node: Node; scalar: YamlScalar }, context: ReadContext): readonly Fact[] {
  const node = statement.node.CreateSeqStmt;
  const spec = fromOptions(node.sequence.schemaname ?? context.schema, node.sequence.relname, node.options ?? [], context);
  const unlogged = node.sequence.relpersistence === "u" ? true : null;
  return [sequenceFact({ ...spec, unlogged }, { at: statement.scalar.at })];
}

function fromOptions(schema: string, name: string, options: readonly Node[], context: ReadContext): SequenceSpec {
  const spec = sequenceOptions(schema, name, options);
  const owned = options.find((option) => option.DefElem?.defname === "owned_by");
  const names = namesOf(owned?.DefElem?.arg?.List?.items);
  if (names.length < 2) return spec;
  const column = names.at(-1) ?? "";
  const table = names.at(-2) ?? "";
  return {
    ...spec,
    ownedBy: {
      schema: names.length > 2 ? (names.at(-3) ?? schema) : (context.resolve("relation", table) ?? schema),
      table,
      column,
    },
  };
}

function write(fact: Sequence, context: WriteContext): WrittenEntry | null {
  const spec = fact.spec;
  if (isSerial(spec, context)) return null;
  const text = optionsText(spec, plainSequence(spec), true).trim();
  const key = entryKey(spec.schema, spec.name, context);
  const follows = spec.unlogged === null || spec.unlogged === tableUnlogged(spec, context);
  const more = follows || spec.unlogged === null ? {} : { unlogged: spec.unlogged };
  return text === "" ? { key, value: more } : shortOrLong(key, text, more);
}

/** A sequence that `serial` would have made: the column says it. */
function isSerial(spec: SequenceSpec, context: WriteContext): boolean {
  const owner = spec.ownedBy;
  if (!owner) return false;
  const column = context.fact(objectId("column", qualifiedName(owner.schema, owner.table, owner.column)));
  return column?.spec["serial"] === true;
}

/** Whether the table of the column that owns it is unlogged: what the sequence is when nothing is said. */
function tableUnlogged(spec: SequenceSpec, look: Pick<Lookup, "fact">): boolean {
  const owner = spec.ownedBy;
  return owner !== null && look.fact(objectId("table", qualifiedName(owner.schema, owner.table)))?.spec["unlogged"] === true;
}

/** Before 15 no sequence is unlogged. */
function settle(fact: Sequence, major: number, look: Lookup): Sequence {
  const unlogged = fact.spec.unlogged ?? (major >= 15 && tableUnlogged(fact.spec, look));
  return { ...fact, spec: { ...fact.spec, unlogged } };
}

// ---- catalog

function catalogSql(major: number): string {
  return `select ${address("pg_class", "c.oid")}, n.nspname as schema, c.relname as name, format_type(s.seqtypid, null) as type, s.seqstart::text as start, s.seqincrement::text as increment,
    s.seqmin::text as min, s.seqmax::text as max, s.seqcache::text as cache, s.seqcycle as cycle, tn.nspname as owner_schema, t.relname as owner_table, a.attname as owner_column, pg_get_userbyid(c.relowner) as owner,
    ${major >= 15 ? "c.relpersistence = 'u'" : "null::boolean"} as unlogged
  from pg_sequence s join pg_class c on c.oid = s.seqrelid join pg_namespace n on n.oid = c.relnamespace
    left join pg_depend d on d.classid = 'pg_class'::regclass and d.objid = c.oid and d.objsubid = 0 and d.refclassid = 'pg_class'::regclass and d.refobjsubid > 0 and d.deptype in ('a', 'i')
    left join pg_class t on t.oid = d.refobjid left join pg_namespace tn on tn.oid = t.relnamespace left join pg_attribute a on a.attrelid = t.oid and a.attnum = d.refobjsubid
  where ${userSchema("n.nspname")} and coalesce(d.deptype, 'a') <> 'i' and ${notExtensionOwned("pg_class", "c.oid")}`;
}

function fromRow(row: Row): Sequence {
  const ownerTable = optionalText(row, "owner_table");
  const spec: SequenceSpec = {
    schema: text(row, "schema"),
    name: text(row, "name"),
    type: text(row, "type"),
    start: text(row, "start"),
    increment: text(row, "increment"),
    min: text(row, "min"),
    max: text(row, "max"),
    cache: text(row, "cache"),
    cycle: row["cycle"] === true,
    unlogged: typeof row["unlogged"] === "boolean" ? row["unlogged"] : null,
    ownedBy:
      ownerTable === null ? null : { schema: text(row, "owner_schema"), table: ownerTable, column: text(row, "owner_column") },
  };
  return sequenceFact(spec, { owner: text(row, "owner") });
}

// ---- change and render

function ownerName(spec: SequenceSpec): string {
  return spec.ownedBy ? qualifiedName(spec.ownedBy.schema, spec.ownedBy.table, spec.ownedBy.column) : "NONE";
}

/** What CREATE SEQUENCE … AS type makes, with bigint as the type that need not be said. */
function plainSequence(spec: SequenceSpec): SequenceSpec {
  return { ...sequenceDefaults(spec.schema, spec.name, spec.type), type: "bigint" };
}

/** Options that differ from `base`, as CREATE and ALTER SEQUENCE write them. */
function optionsText(spec: SequenceSpec, base: SequenceSpec, withOwner: boolean): string {
  const parts: string[] = [];
  if (spec.type !== base.type) parts.push(`as ${spec.type}`);
  if (spec.increment !== base.increment) parts.push(`increment by ${spec.increment}`);
  if (spec.min !== base.min) parts.push(`minvalue ${spec.min}`);
  if (spec.max !== base.max) parts.push(`maxvalue ${spec.max}`);
  if (spec.start !== base.start) parts.push(`start with ${spec.start}`);
  if (spec.cache !== base.cache) parts.push(`cache ${spec.cache}`);
  if (spec.cycle !== base.cycle) parts.push(spec.cycle ? "cycle" : "no cycle");
  if (withOwner && spec.ownedBy) parts.push(`owned by ${ownerName(spec)}`);
  return parts.length > 0 ? ` ${parts.join(" ")}` : "";
}

/** OWNED BY comes after the column exists: a step of its own. */
function create(fact: Sequence, context: PlanContext): StepDraft[] {
  const spec = fact.spec;
  const made = draft(fact, {
    action: "create",
    sql: `CREATE ${spec.unlogged ? "UNLOGGED " : ""}SEQUENCE ${fact.object}${optionsText(spec, plainSequence(spec), false)};`,
    phase: "expand",
    why: "the files declare it",
    locks: [],
    work: noWork,
    dataLoss: "never",
    undo: { sql: `DROP SEQUENCE ${fact.object};` },
  });
  return spec.ownedBy ? [made, ownedBy(fact, null, context)] : [made];
}

function ownedBy(fact: Sequence, before: SequenceSpec | null, context: PlanContext): StepDraft {
  const owner = fact.spec.ownedBy;
  return draft(fact, {
    action: "alter",
    sql: `ALTER SEQUENCE ${fact.object} OWNED BY ${ownerName(fact.spec)};`,
    phase: "expand",
    why: owner ? `it goes with ${ownerName(fact.spec)}` : "it belongs to no column any more",
    locks: before === null || context.isNew(fact.id) ? [] : [lock(fact.object, "ShareRowExclusiveLock")],
    work: noWork,
    dataLoss: "never",
    undo: { sql: `ALTER SEQUENCE ${fact.object} OWNED BY ${before ? ownerName(before) : "NONE"};` },
    provides: [],
    needs: [fact.id, ...(owner ? [objectId("column", qualifiedName(owner.schema, owner.table, owner.column))] : [])],
  });
}

/** Only what differs is altered: the current value is never set. */
function alter(live: Sequence, desired: Sequence, fields: readonly string[], context: PlanContext): StepDraft[] {
  const steps: StepDraft[] = [];
  const options = fields.filter((name) => name !== "ownedBy" && name !== "unlogged");
  if (options.length > 0) {
    steps.push(
      draft(desired, {
        action: "alter",
        sql: `ALTER SEQUENCE ${desired.object}${optionsText(desired.spec, live.spec, false)};`,
        phase: "expand",
        why: `${options.join(", ")} of the sequence ${options.length > 1 ? "change" : "changes"}`,
        locks: [lock(desired.object, "ShareRowExclusiveLock")],
        work: noWork,
        dataLoss: "never",
        undo: { sql: `ALTER SEQUENCE ${desired.object}${optionsText(live.spec, desired.spec, false)};` },
      }),
    );
  }
  if (fields.includes("unlogged")) steps.push(...changeLogging(live, desired, context));
  if (fields.includes("ownedBy"))
    steps.push({ ...ownedBy(desired, live.spec, context), provides: steps.length === 0 ? [desired.id] : [] });
  return steps;
}

/** A table takes the sequences of its columns along when it changes (manual, ALTER TABLE, SET LOGGED). */
function changeLogging(live: Sequence, desired: Sequence, context: PlanContext): StepDraft[] {
  const owner = desired.spec.ownedBy;
  const table = owner === null ? null : objectId("table", qualifiedName(owner.schema, owner.table));
  const [before, after] = [context.live.facts.get(table ?? ""), context.final(table ?? "")];
  const moves = before !== undefined && before.spec["unlogged"] !== after?.spec["unlogged"];
  if (moves && after?.spec["unlogged"] === desired.spec.unlogged) return [];
  const sql = (unlogged: boolean | null): string => `ALTER SEQUENCE ${desired.object} SET ${unlogged ? "UNLOGGED" : "LOGGED"};`;
  return [
    draft(desired, {
      action: "alter",
      sql: sql(desired.spec.unlogged),
      phase: "expand",
      why: desired.spec.unlogged ? "it is not logged any more" : "it becomes logged",
      locks: [lock(desired.object, "AccessExclusiveLock")],
      work: noWork,
      dataLoss: "never",
      undo: { sql: sql(live.spec.unlogged) },
      needs: moves && table !== null ? [table] : [],
    }),
  ];
}

function rename(live: Sequence, desired: Sequence): StepDraft[] {
  const sameSchema = live.spec.schema === desired.spec.schema;
  if (!sameSchema) return [];
  return [
    draft(desired, {
      action: "rename",
      sql: `ALTER SEQUENCE ${live.object} RENAME TO ${quoteIdentifier(desired.spec.name)};`,
      phase: "contract",
      why: `renamed from ${live.object}`,
      locks: [lock(live.object, "AccessExclusiveLock")],
      work: noWork,
      dataLoss: "never",
      undo: { sql: `ALTER SEQUENCE ${desired.object} RENAME TO ${quoteIdentifier(live.spec.name)};` },
      breaks: "old",
      removes: [live.id],
    }),
  ];
}

function drop(fact: Sequence): StepDraft[] {
  return [
    draft(fact, {
      action: "drop",
      sql: `DROP SEQUENCE ${fact.object};`,
      phase: "contract",
      why: "no longer in the files",
      locks: [lock(fact.object, "AccessExclusiveLock")],
      work: noWork,
      // Its value is state that nothing brings back.
      dataLoss: "probe",
      probe: {
        asks: "lossy",
        relation: fact.object,
        means: "values that the sequence gave out",
        sql: `select case when is_called then last_value else 0 end from ${fact.object}`,
      },
      undo: { none: `the value it stood at is lost; CREATE SEQUENCE ${fact.object} starts anew` },
      breaks: "old",
    }),
  ];
}

function dependsOn(): Reference[] {
  return [];
}

export const sequence: KindModule<SequenceSpec> = {
  kind: "sequence",
  madeBeforeParent: true,
  rank: 40,
  scope: "exact",
  notCompared: [],
  rebuiltBy: [],
  renameByDefinition: false,
  suspectRename: (live, desired) =>
    live.spec.schema === desired.spec.schema && live.spec.ownedBy === null && desired.spec.ownedBy === null,
  catalog: { sql: catalogSql, fromRow },
  yaml: {
    parents: ["root"],
    key: "sequences",
    style: "map",
    files: ["schema"],
    shape: {
      description: "What follows CREATE SEQUENCE name: as bigint start 1000 cache 10",
      scalar: true,
      properties: {
        def: { type: "string" },
        renamed_from: { type: "string" },
        unlogged: { type: "boolean", description: "Left out: as the table of its column." },
      },
    },
    read,
    write,
  },
  statements: { CreateSeqStmt: readStatement },
  settle,
  needsMajor: (fact) => (fact.spec.unlogged ? { major: 15, what: "UNLOGGED" } : null),
  answersTo: (fact) => [`relation ${fact.object}`],
  dependsOn,
  inline: () => null,
  create,
  alter,
  rename,
  drop,
};
