import { generatedName, qualifiedName, quoteIdentifier } from "../base/identifier.ts";
import type { Fact } from "../model/database.ts";
import type { KindModule, PlanContext, ReadContext, Replace, Row, WrittenEntry, YamlEntry } from "../model/kind.ts";
import { LockstepError } from "../model/lockstep-error.ts";
import { type ObjectId, objectId } from "../model/object-id.ts";
import type { StepDraft } from "../model/step.ts";
import { namesOf } from "../sql/names.ts";
import { address, notExtensionOwned, optionalText, text, userSchema } from "./shared/catalog.ts";
import { draft, noWork, scanWork } from "./shared/draft.ts";
import { afterLeaving } from "./shared/leaving-heirs.ts";
import { lockOn, lockOnHeirs } from "./shared/locks.ts";
import { type NotNullSpec, notNullFact, notNullOf, primaryKeysOver } from "./shared/not-null-spec.ts";
import { changesParent } from "./shared/partition-tree.ts";
import { parseScalar } from "./shared/sql-piece.ts";
import { definition, entryName, nestedKey, scalarField, shortOrLong } from "./shared/yaml-entry.ts";

/** NOT NULL constraints by name (manual, CREATE TABLE, 18). One that PostgreSQL names itself is a property of its column. */

type NotNull = Fact<NotNullSpec>;

// ---- YAML

function read(entry: YamlEntry, context: ReadContext): readonly Fact[] {
  const scalar = definition(entry);
  const table = context.parent;
  if (!scalar || !table) return [];
  const name = entryName(entry.key);
  const parsed = parseScalar(
    `ALTER TABLE x ADD CONSTRAINT ${quoteIdentifier(name)} `,
    scalar,
    context,
    'write "not null column"',
  );
  const node = parsed?.node.AlterTableStmt?.cmds?.[0]?.AlterTableCmd?.def?.Constraint;
  const [column] = namesOf(node?.keys);
  if (!node || column === undefined) return [];
  const spec = {
    ...{ schema: table.schema ?? context.schema, table: String(table.spec["name"]), name, column },
    ...{ noInherit: node.is_no_inherit === true, validated: node.skip_validation !== true },
    ...{ implicit: false, inherited: false },
  };
  return [notNullFact(spec, entry.at, scalarField(entry.value, "renamed_from")?.text)];
}

function write({ spec }: NotNull): WrittenEntry {
  const def = `not null ${quoteIdentifier(spec.column)}${spec.noInherit ? " no inherit" : ""}${spec.validated ? "" : " not valid"}`;
  return shortOrLong(nestedKey(spec.name), def, {});
}

// ---- catalog

function catalogSql(major: number): string {
  if (major < 18) return `select ${address("pg_constraint", "con.oid")} from pg_constraint con where false`;
  return `select ${address("pg_constraint", "con.oid")}, n.nspname as schema, c.relname as table, con.conname as name, a.attname as column, con.connoinherit as no_inherit,
    con.convalidated as validated, con.coninhcount > 0 as inherited, con.conislocal and not c.relispartition as own, g.conname as given, coalesce(g.convalidated, true) as given_validated,
    exists (select from pg_description d where d.classoid = 'pg_constraint'::regclass and d.objoid = con.oid) as commented
  from pg_constraint con join pg_class c on c.oid = con.conrelid join pg_namespace n on n.oid = c.relnamespace
    join pg_attribute a on a.attrelid = con.conrelid and a.attnum = con.conkey[1]
    left join lateral (select up.conname, up.convalidated from pg_inherits h join pg_attribute ua on ua.attrelid = h.inhparent and ua.attname = a.attname
      join pg_constraint up on up.conrelid = h.inhparent and up.contype = 'n' and up.conkey = array[ua.attnum] and not up.connoinherit
      where h.inhrelid = c.oid order by h.inhseqno limit 1) g on con.coninhcount > 0
  where con.contype = 'n' and ${userSchema("n.nspname")} and c.relkind in ('r', 'p', 'f') and ${notExtensionOwned("pg_class", "c.oid")}`;
}

function fromRow(row: Row): NotNull | null {
  const [table, name, column] = [text(row, "table"), text(row, "name"), text(row, "column")];
  const given = row["inherited"] === true && row["own"] !== true ? optionalText(row, "given") : null;
  const expected = given ?? generatedName(table, column, "not_null");
  const [noInherit, validated] = [row["no_inherit"] === true, row["validated"] === true];
  const asGiven = validated || (given !== null && row["given_validated"] !== true);
  const plain = name === expected && !noInherit && asGiven;
  const inherited = row["inherited"] === true;
  const silent = plain && row["commented"] !== true;
  if (silent && !inherited) return null;
  const fact = notNullFact({
    ...{ schema: text(row, "schema"), table, name, column, noInherit, validated },
    ...{ implicit: plain || inherited, inherited },
  });
  return silent ? { ...fact, implied: true } : fact;
}

// ---- change

const tableOf = (fact: NotNull): ObjectId => objectId("table", qualifiedName(fact.spec.schema, fact.spec.table));
const columnOf = (fact: NotNull): ObjectId =>
  objectId("column", qualifiedName(fact.spec.schema, fact.spec.table, fact.spec.column));
const clause = (spec: NotNullSpec): string =>
  `CONSTRAINT ${quoteIdentifier(spec.name)} NOT NULL ${quoteIdentifier(spec.column)}${spec.noInherit ? " NO INHERIT" : ""}`;
const alterTable = (fact: NotNull, what: string): string =>
  `ALTER TABLE ${qualifiedName(fact.spec.schema, fact.spec.table)} ${what};`;

type Said = Pick<Parameters<typeof draft>[1], "action" | "why" | "undo"> & Partial<Parameters<typeof draft>[1]>;

function step(fact: NotNull, what: string, context: PlanContext, said: Said): StepDraft {
  const locks = lockOnHeirs(context, tableOf(fact), "AccessExclusiveLock");
  return draft(fact, { sql: alterTable(fact, what), phase: "expand", locks, work: noWork, dataLoss: "never", ...said });
}

const renaming = (from: string, to: string): string => `RENAME CONSTRAINT ${quoteIdentifier(from)} TO ${quoteIdentifier(to)}`;

function renameTo(fact: NotNull, from: string, to: string, context: PlanContext, said: Partial<Said> = {}): StepDraft {
  const undo = { sql: alterTable(fact, renaming(to, from)) };
  return step(fact, renaming(from, to), context, { action: "rename", why: "same definition under another name", undo, ...said });
}

/** What the rename of a constraint that is there says: the name of one that children do not inherit is looked for in none of them. */
function renamed(live: NotNull, context: PlanContext): Partial<Said> {
  const table = tableOf(live);
  return { removes: [live.id], ...(live.spec.noInherit ? { locks: lockOn(context, table, "AccessExclusiveLock") } : {}) };
}

function validate(fact: NotNull, context: PlanContext, provides: readonly ObjectId[]): StepDraft {
  const relation = qualifiedName(fact.spec.schema, fact.spec.table);
  const column = quoteIdentifier(fact.spec.column);
  return step(fact, `VALIDATE CONSTRAINT ${quoteIdentifier(fact.spec.name)}`, context, {
    action: "validate",
    phase: "contract",
    why: "existing rows are checked while reads and writes go on",
    locks: lockOnHeirs(context, tableOf(fact), "ShareUpdateExclusiveLock"),
    work: scanWork,
    undo: { none: "a validated constraint only says what is so; drop it to go back" },
    relation,
    provides,
    probe: {
      asks: "violations",
      relation,
      means: `rows whose ${fact.spec.column} is null`,
      sql: `select count(*) from ${relation} where ${column} is null`,
    },
    alone: true,
  });
}

/** With the table or the column when they are new; by a new name when the column is NOT NULL already; else unchecked first. */
function create(fact: NotNull, context: PlanContext): StepDraft[] {
  const { spec } = fact;
  if (spec.validated && (context.isNew(tableOf(fact)) || context.isNew(columnOf(fact)) || isAddedToFit(fact, context))) return [];
  const known = context.isNew(tableOf(fact)) ? null : liveName(fact, context);
  if (known !== null && spec.validated) return called(fact, known, context);
  const provides = [fact.id, columnOf(fact)];
  const unchecked = spec.validated && context.isEmpty(tableOf(fact)) ? "" : " NOT VALID";
  const add = step(fact, `ADD ${clause(spec)}${unchecked}`, context, {
    action: "create",
    phase: context.isNew(tableOf(fact)) ? "expand" : "contract",
    why: `the files declare NOT NULL of ${spec.column}${unchecked === "" ? "" : "; new rows are checked from here on"}`,
    undo: { sql: alterTable(fact, `DROP CONSTRAINT ${quoteIdentifier(spec.name)}`) },
    breaks: "old",
    provides: unchecked === "" || !spec.validated ? provides : [],
    ...(unchecked === "" ? { work: scanWork, relation: qualifiedName(spec.schema, spec.table) } : {}),
    alone: !context.isNew(tableOf(fact)),
  });
  return unchecked !== "" && spec.validated ? [add, validate(fact, context, provides)] : [add];
}

/** The column comes with its NOT NULL while the table is made fit for a parent. */
function isAddedToFit(fact: NotNull, context: PlanContext): boolean {
  const id = columnOf(fact);
  return changesParent(tableOf(fact), context) && !context.live.facts.has(id) && context.live.implied?.has(id) !== true;
}

/** The constraint of the same column as it is now, where it is a fact. */
function liveFact(fact: NotNull, context: PlanContext): NotNull | undefined {
  return notNullOf({ children: (parent, kind) => context.children("live", parent, kind) }, tableOf(fact), fact.spec.column);
}

/** What the constraint of the column is called now; null when it may be null. */
function liveName(fact: NotNull, context: PlanContext): string | null {
  const live = liveFact(fact, context);
  if (live) return live.spec.validated ? live.spec.name : null;
  // That of a table which becomes a partition is looked at as it was before.
  const column = (context.live.implied?.get(columnOf(fact)) ?? context.live.facts.get(columnOf(fact)))?.spec;
  if (column) return typeof column["notNullName"] === "string" ? column["notNullName"] : null;
  // A column that its parent gives has the parent's name.
  const ancestor = context.live.facts.get(tableOf(fact))?.parent ?? null;
  return ancestor === null ? null : liveName(notNullFact({ ...fact.spec, ...namesIn(ancestor, context) }), context);
}

function namesIn(table: ObjectId, context: PlanContext): { readonly schema: string; readonly table: string } {
  const spec = context.live.facts.get(table)?.spec;
  return { schema: String(spec?.["schema"]), table: String(spec?.["name"]) };
}

function called(fact: NotNull, known: string, context: PlanContext): StepDraft[] {
  const { spec } = fact;
  const isGiven = context.live.facts.get(tableOf(fact))?.parent != null && !changesParent(tableOf(fact), context);
  if (known !== spec.name && isGiven) {
    if (spec.name === generatedName(spec.table, spec.column, "not_null") && known === parentsName(fact, context)) return [];
    refuseName(fact, known);
  }
  const live = liveFact(fact, context);
  const steps = inheritance(live?.spec.noInherit ?? false, fact, context);
  if (known === spec.name) return steps;
  return [renameTo(fact, known, spec.name, context, live ? renamed(live, context) : {}), ...steps];
}

/**
 * How the parent's is called. PostgreSQL gives the partition's that name when it changes the type of the column, and it cannot be
 * undone while the partition is attached; where the other name is a generated one too, neither is anybody's intention.
 */
function parentsName(fact: NotNull, context: PlanContext): string | null {
  const parent = context.live.facts.get(tableOf(fact))?.parent ?? null;
  return parent === null ? null : liveName(notNullFact({ ...fact.spec, ...namesIn(parent, context) }), context);
}

/** PostgreSQL renames the constraint of a partition with that of its parent only. */
function refuseName(fact: NotNull, known: string): never {
  const place = fact.at ? { file: fact.at.file, line: fact.at.line, column: fact.at.column } : {};
  const message = `NOT NULL of ${fact.spec.column} in the partition ${fact.parent?.slice(6)} is called ${known}, and its name cannot change while it is attached`;
  throw new LockstepError({
    code: "inherited-constraint-name",
    exitCode: 3,
    message,
    diagnostics: [
      {
        code: "inherited-constraint-name",
        severity: "error",
        object: fact.object,
        message,
        hint: `call it ${known}, or detach the partition first`,
        ...place,
      },
    ],
  });
}

/** What makes children inherit it, or not. In: how it was. */
function inheritance(was: boolean, fact: NotNull, context: PlanContext): StepDraft[] {
  const { noInherit } = fact.spec;
  if (noInherit === was) return [];
  return [inheriting(fact, noInherit, context), ...(noInherit ? leftBehind(fact, context) : [])];
}

function inheriting(fact: NotNull, noInherit: boolean, context: PlanContext): StepDraft {
  const words = (no: boolean): string => `ALTER CONSTRAINT ${quoteIdentifier(fact.spec.name)} ${no ? "NO INHERIT" : "INHERIT"}`;
  const scans = !noInherit && context.heirs("live", tableOf(fact)).length > 0;
  return step(fact, words(noInherit), context, {
    ...(scans ? { work: scanWork, relation: qualifiedName(fact.spec.schema, fact.spec.table), alone: true } : {}),
    action: "alter",
    why: noInherit ? "children do not inherit it any more" : "children inherit it",
    undo: { sql: alterTable(fact, words(!noInherit)) },
  });
}

function alter(live: NotNull, desired: NotNull, fields: readonly string[], context: PlanContext): readonly StepDraft[] | Replace {
  if (fields.includes("column")) return { replace: "it is about another column" };
  const steps = inheritance(live.spec.noInherit, desired, context);
  if (fields.includes("validated") && desired.spec.validated)
    steps.push(validate(desired, context, [desired.id, columnOf(desired)]));
  if (fields.includes("validated") && !desired.spec.validated) {
    const swap = (to: NotNullSpec): string =>
      `DROP CONSTRAINT ${quoteIdentifier(to.name)}, ADD ${clause(to)}${to.validated ? "" : " NOT VALID"}`;
    steps.push(
      step(desired, swap(desired.spec), context, {
        action: "replace",
        why: "rows that are there need not be checked any more",
        undo: { sql: alterTable(live, swap(live.spec)) },
      }),
    );
  }
  return steps;
}

/** Children keep for their own what they do not inherit any more: it goes where the files do not say it. */
function leftBehind(fact: NotNull, context: PlanContext): StepDraft[] {
  const { spec } = fact;
  return context.heirs("live", tableOf(fact)).flatMap((heir) => {
    const inherits = context.live.facts.get(heir)?.spec["inherits"];
    const isChild = Array.isArray(inherits) && inherits.includes(qualifiedName(spec.schema, spec.table));
    const own = notNullFact({ ...spec, ...namesIn(heir, context), noInherit: false });
    const says = context.desired(columnOf(own))?.spec["notNull"] === true || context.desired(own.id) !== undefined;
    if (!isChild || says || context.isDropped(heir)) return [];
    const undo = { sql: alterTable(own, `ADD ${clause(own.spec)}`) };
    const why = "it would be the child's own from here on";
    return [step(own, `DROP CONSTRAINT ${quoteIdentifier(spec.name)}`, context, { action: "alter", why, undo, provides: [] })];
  });
}

/** The column stays NOT NULL: under the generated name; else the constraint goes. */
function drop(fact: NotNull, context: PlanContext): StepDraft[] {
  const { spec } = fact;
  if (context.isDropped(columnOf(fact))) return [];
  const column = context.desired(columnOf(fact));
  const other = notNullOf({ children: (parent, kind) => context.children("desired", parent, kind) }, tableOf(fact), spec.column);
  // The other takes its place by name: see create.
  if (!context.isRebuilt(fact.id) && spec.validated && other?.spec.validated === true) return [];
  const rebuilt = context.isRebuilt(fact.id) || other !== undefined;
  if (column?.spec["notNull"] === true && !rebuilt) {
    const name = generatedName(spec.table, spec.column, "not_null");
    const gone = { provides: [], removes: [fact.id] };
    return [
      ...(spec.validated ? [] : [validate(fact, context, [columnOf(fact)])]),
      ...(spec.noInherit ? [{ ...inheriting(fact, false, context), provides: [] }] : []),
      ...(name === spec.name
        ? []
        : [renameTo(fact, spec.name, name, context, { why: "the files do not name it any more", ...gone })]),
    ];
  }
  return [
    step(fact, `DROP CONSTRAINT ${quoteIdentifier(spec.name)}`, context, {
      action: "drop",
      why: `NOT NULL of ${spec.column} is no longer in the files`,
      after: rebuilt ? [] : primaryKeysOver(tableOf(fact), spec.column, context),
      undo: { sql: alterTable(fact, `ADD ${clause(spec)}${spec.validated ? "" : " NOT VALID"}`) },
    }),
  ];
}

export const notNull: KindModule<NotNullSpec> = {
  kind: "not_null",
  rank: 59,
  scope: "exact",
  notCompared: ["implicit", "inherited"],
  rebuiltBy: [],
  renameByDefinition: true,
  partOfParent: true,
  forItselfAlone: () => true,
  undeclared: (live) => (live.spec.implicit ? "keep" : "drop"),
  catalog: { sql: catalogSql, fromRow },
  yaml: {
    parents: ["table"],
    key: "constraints",
    style: "map",
    files: ["schema"],
    accepts: (def) => /^\s*not\s+null\b/i.test(def),
    shape: {
      description: "NOT NULL by name: not null column",
      scalar: true,
      properties: { def: { type: "string" }, renamed_from: { type: "string" } },
      required: ["def"],
    },
    read,
    write,
  },
  statements: {},
  needsMajor: () => ({ major: 18, what: "a NOT NULL constraint by name (write NOT NULL in the column)" }),
  answersTo: (fact) => [fact.id],
  dependsOn: (fact) => [columnOf(fact)],
  inline: (fact, context) => (fact.spec.validated && context.isNew(tableOf(fact)) ? clause(fact.spec) : null),
  create: (fact, context) => afterLeaving(create(fact, context), tableOf(fact), context),
  alter,
  rename: (live, desired, context) => [renameTo(desired, live.spec.name, desired.spec.name, context, renamed(live, context))],
  drop,
};
