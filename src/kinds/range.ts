import { qualifiedName, quoteIdentifier, splitPath } from "../base/identifier.ts";
import type { Fact } from "../model/database.ts";
import type {
  KindModule,
  PlanContext,
  ReadContext,
  Replace,
  Row,
  SqlStatement,
  WriteContext,
  WrittenEntry,
  YamlEntry,
} from "../model/kind.ts";
import { objectId, schemaId } from "../model/object-id.ts";
import type { StepDraft } from "../model/step.ts";
import { namesOf } from "../sql/names.ts";
import { references } from "../sql/references.ts";
import { address, notExtensionOwned, optionalText, text, userSchema } from "./shared/catalog.ts";
import { draft, noWork, rewriteWork } from "./shared/draft.ts";
import { makeFact } from "./shared/fact.ts";
import { createDraft, dropDraft, identityFields, nameOf, renameDraft } from "./shared/named-object.ts";
import { multirangeName, type RangeDefinition, rangeOptions, readRange } from "./shared/range-definition.ts";
import { parseScalar } from "./shared/sql-piece.ts";
import { leavingUsers, movedColumns, swapLocks, throughTextSql } from "./shared/swap-type.ts";
import { definition, entryKey, entryNames, renamedFromPath, shortOrLong } from "./shared/yaml-entry.ts";

/** A range type with its multirange (manual, 8.17.8). Its constructor functions are its own: no facts. */
export type RangeSpec = { readonly schema: string; readonly name: string } & RangeDefinition & {
    /** Live only: the names of its constructors, `app.span` and `app.span_multirange` unless somebody renamed a type by hand. */
    readonly constructors: readonly string[];
  };

function rangeFact(spec: RangeSpec, rest: Pick<Fact, "at" | "renamedFrom" | "owner">): Fact<RangeSpec> {
  return makeFact({ kind: "range", names: [spec.schema, spec.name], schema: spec.schema, spec, ...rest });
}

// YAML

const hint = "write its options: range (subtype = integer)";

function read(entry: YamlEntry, context: ReadContext): readonly Fact[] {
  const names = entryNames(entry.key, context);
  const scalar = definition(entry);
  const body = scalar && parseScalar("CREATE TYPE x AS ", scalar, context, hint)?.node.CreateRangeStmt;
  if (!scalar || !body) return [];
  const found = readRange(body, names, scalar.at, context);
  const renamed = renamedFromPath(entry.value, names.schema);
  const renamedFrom = renamed && objectId("range", renamed);
  return found
    ? [rangeFact({ ...names, ...found, constructors: [] }, { at: entry.at, ...(renamedFrom ? { renamedFrom } : {}) })]
    : [];
}

function write(fact: Fact<RangeSpec>, context: WriteContext): WrittenEntry {
  const { schema, name } = fact.spec;
  return shortOrLong(entryKey(schema, name, context), `range (${rangeOptions(fact.spec, schema, name).join(", ")})`, {});
}

function fromStatement(statement: SqlStatement, context: ReadContext): readonly Fact[] {
  const body = statement.node.CreateRangeStmt;
  const names = namesOf(body.typeName);
  const own = { schema: names.length > 1 ? (names.at(-2) ?? "") : context.schema, name: names.at(-1) ?? "" };
  const found = readRange(body, own, statement.scalar.at, context);
  return found ? [rangeFact({ ...own, ...found, constructors: [] }, { at: statement.scalar.at })] : [];
}

// catalog

function catalogSql(): string {
  const routine = (column: string): string =>
    `(select format('%I.%I', fn.nspname, f.proname) from pg_proc f join pg_namespace fn on fn.oid = f.pronamespace where f.oid = ${column})`;
  return `select ${address("pg_type", "t.oid")}, n.nspname as schema, t.typname as name, pg_get_userbyid(t.typowner) as owner,
      format_type(r.rngsubtype, null) as subtype,
      (select format('%I.%I', cn.nspname, o.opcname) from pg_opclass o join pg_namespace cn on cn.oid = o.opcnamespace
        where o.oid = r.rngsubopc and not o.opcdefault) as opclass,
      (select format('%I.%I', cn.nspname, c.collname) from pg_collation c join pg_namespace cn on cn.oid = c.collnamespace
        join pg_type s on s.oid = r.rngsubtype where c.oid = r.rngcollation and c.oid <> s.typcollation) as collation,
      ${routine("nullif(r.rngcanonical::oid, 0)")} as canonical, ${routine("nullif(r.rngsubdiff::oid, 0)")} as subtype_diff,
      mn.nspname as multirange_schema, m.typname as multirange,
      array(select distinct format('%I.%I', fn.nspname, f.proname) || case when f.prorettype = t.oid then ' r' else ' m' end
        from pg_proc f join pg_namespace fn on fn.oid = f.pronamespace join pg_depend d on d.classid = 'pg_proc'::regclass and d.objid = f.oid
        where d.deptype = 'i' and d.refclassid = 'pg_type'::regclass and d.refobjid in (t.oid, m.oid) and f.prorettype in (t.oid, m.oid)) as constructors
    from pg_range r join pg_type t on t.oid = r.rngtypid join pg_namespace n on n.oid = t.typnamespace
      join pg_type m on m.oid = r.rngmultitypid join pg_namespace mn on mn.oid = m.typnamespace
    where ${userSchema("n.nspname")} and ${notExtensionOwned("pg_type", "t.oid")}`;
}

function fromRow(row: Row): Fact<RangeSpec> {
  const bare = (column: string): string | null => optionalText(row, column)?.replace(/^pg_catalog\./, "") ?? null;
  const spec: RangeSpec = {
    schema: text(row, "schema"),
    name: text(row, "name"),
    subtype: text(row, "subtype"),
    subtypeOpclass: bare("opclass"),
    collation: bare("collation"),
    canonical: bare("canonical"),
    subtypeDiff: bare("subtype_diff"),
    multirange: qualifiedName(text(row, "multirange_schema"), text(row, "multirange")),
    constructors: row["constructors"] as readonly string[],
  };
  return rangeFact(spec, { owner: text(row, "owner") });
}

// identity

/** SQL may mean either type, or the functions that make their values. */
function answersTo(fact: Fact<RangeSpec>): string[] {
  const { multirange } = fact.spec;
  return [`type ${fact.object}`, `type ${multirange}`, `routine ${fact.object}`, `routine ${multirange}`];
}

function dependsOn(fact: Fact<RangeSpec>): string[] {
  const { subtype, collation, canonical, subtypeDiff, schema, multirange } = fact.spec;
  const own = (space: string, name: string | null): string[] => (name?.includes(".") ? [`${space} ${name}`] : []);
  return [
    schemaId(schema),
    schemaId(splitPath(multirange)[0] ?? schema),
    ...references("type", subtype),
    ...own("collation", collation),
    ...own("routine", canonical),
    ...own("routine", subtypeDiff),
  ];
}

// change

function alter(
  live: Fact<RangeSpec>,
  desired: Fact<RangeSpec>,
  fields: readonly string[],
  context: PlanContext,
): readonly StepDraft[] | Replace {
  if (fields.every((field) => field === "multirange")) return [moveMultirange(live, desired)];
  const why = `its ${fields.map((field) => words[field] ?? field).join(", ")} changes`;
  const columns = movedColumns(live.id, context);
  const [first] = columns;
  if (!first) return { replace: why };
  return [
    draft(desired, {
      action: "replace",
      sql: throughTextSql(dropSql(live.spec), createSql(desired.spec), columns),
      phase: "contract",
      why,
      locks: swapLocks(columns, context),
      work: rewriteWork,
      // Bounds go over as text: what the new subtype cannot read fails, nothing is cut.
      dataLoss: "never",
      undo: { sql: throughTextSql(dropSql(desired.spec), createSql(live.spec), columns) },
      breaks: "old",
      relation: first.relation,
      clears: [{ id: desired.id, by: "replace" }],
      after: leavingUsers(desired.id, context),
      together: `swap ${desired.id}`,
    }),
  ];
}

const words: Readonly<Record<string, string>> = {
  subtypeOpclass: "operator class",
  subtypeDiff: "difference function",
  canonical: "canonical function",
};

/** What makes values of the range and of its multirange, under the names of the types that they will have. */
function moveConstructors(live: RangeSpec, to: { readonly range: string; readonly multirange: string }): string[] {
  const signatures = (type: "r" | "m", range: string): string[] =>
    type === "r"
      ? [`(${live.subtype}, ${live.subtype})`, `(${live.subtype}, ${live.subtype}, text)`]
      : ["()", `(${range})`, `(VARIADIC ${range}[])`];
  return live.constructors.flatMap((maker) => {
    const type = maker.endsWith(" r") ? "r" : "m";
    const from = maker.slice(0, -2);
    const [oldSchema = "", oldName = ""] = splitPath(from);
    const [schema = "", name = ""] = splitPath(type === "r" ? to.range : to.multirange);
    return signatures(type, to.range).flatMap((args) => [
      ...(oldSchema === schema ? [] : [`ALTER FUNCTION ${from}${args} SET SCHEMA ${quoteIdentifier(schema)};`]),
      ...(oldName === name
        ? []
        : [`ALTER FUNCTION ${qualifiedName(schema, oldName)}${args} RENAME TO ${quoteIdentifier(name)};`]),
    ]);
  });
}

/** The live definition with the constructors that it will have. */
const renamedSpec = (live: RangeSpec, to: RangeSpec): RangeSpec => ({
  ...live,
  constructors: live.constructors.map((name) => (name.endsWith(" r") ? `${nameOf(to)} r` : `${to.multirange} m`)),
});

function moveMultirangeSql(from: string, to: string): string[] {
  const [oldSchema = "", oldName = ""] = splitPath(from);
  const [schema = "", name = ""] = splitPath(to);
  return [
    ...(oldSchema === schema ? [] : [`ALTER TYPE ${from} SET SCHEMA ${quoteIdentifier(schema)};`]),
    ...(oldName === name ? [] : [`ALTER TYPE ${qualifiedName(schema, oldName)} RENAME TO ${quoteIdentifier(name)};`]),
  ];
}

/** The multirange has a name and a schema of its own, which a rename of the range leaves alone (measured). */
function moveMultirange(live: Fact<RangeSpec>, desired: Fact<RangeSpec>): StepDraft {
  const sql = (from: string, to: string): string => moveMultirangeSql(from, to).join("\n");
  return draft(desired, {
    action: "alter",
    sql: [
      sql(live.spec.multirange, desired.spec.multirange),
      ...moveConstructors(live.spec, { range: desired.object, multirange: desired.spec.multirange }),
    ].join("\n"),
    phase: "contract",
    why: `its multirange becomes ${desired.spec.multirange}`,
    locks: [],
    work: noWork,
    dataLoss: "never",
    undo: {
      sql: [
        sql(desired.spec.multirange, live.spec.multirange),
        ...moveConstructors(renamedSpec(live.spec, desired.spec), { range: desired.object, multirange: live.spec.multirange }),
      ].join("\n"),
    },
    breaks: "old",
    needs: [schemaId(splitPath(desired.spec.multirange)[0] ?? "")],
  });
}

// render

const createSql = (spec: RangeSpec): string =>
  `CREATE TYPE ${nameOf(spec)} AS RANGE (${rangeOptions(spec, spec.schema, spec.name).join(", ")});`;
const dropSql = (spec: RangeSpec): string => `DROP TYPE ${nameOf(spec)};`;

export const range: KindModule<RangeSpec> = {
  kind: "range",
  rank: 45,
  scope: "exact",
  notCompared: [...identityFields, "constructors"],
  rebuiltBy: ["replace"],
  renameByDefinition: false,
  catalog: { sql: catalogSql, fromRow },
  yaml: {
    parents: ["root"],
    key: "types",
    style: "map",
    files: ["schema"],
    accepts: (def) => /^\s*range\b/i.test(def),
    shape: {
      description: 'A composite type, "(street text, zip text)", or a range type, "range (subtype = integer)".',
      scalar: true,
      properties: {
        def: { type: "string", description: "What follows CREATE TYPE name AS." },
        renamed_from: { type: "string", description: "The type's name until now." },
      },
      required: ["def"],
    },
    read,
    write,
  },
  statements: { CreateRangeStmt: fromStatement },
  answersTo,
  dependsOn,
  inline: () => null,
  create: (fact, context) => createDraft(fact, createSql(fact.spec), dropSql(fact.spec), context),
  alter,
  rename,
  drop: (fact) => dropDraft(fact, dropSql(fact.spec), createSql(fact.spec), []),
};

/** Its constructors go with it, and the multirange where the files give it the usual name again. */
function rename(live: Fact<RangeSpec>, desired: Fact<RangeSpec>): readonly StepDraft[] {
  const steps = renameDraft(live, desired, "TYPE", []);
  const follows =
    live.spec.multirange === multirangeName(live.spec.schema, live.spec.name) &&
    desired.spec.multirange === multirangeName(desired.spec.schema, desired.spec.name);
  const multirange = follows ? desired.spec.multirange : live.spec.multirange;
  const multi = follows ? moveMultirangeSql(live.spec.multirange, multirange) : [];
  const back = follows ? moveMultirangeSql(multirange, live.spec.multirange) : [];
  const made = moveConstructors(live.spec, { range: desired.object, multirange });
  const after = renamedSpec(live.spec, { ...desired.spec, multirange });
  const unmade = moveConstructors(after, { range: live.object, multirange: live.spec.multirange });
  return steps.map((step) => ({
    ...step,
    sql: [step.sql, ...multi, ...made].join("\n"),
    undo: "sql" in step.undo ? { sql: [step.undo.sql, ...back, ...unmade].join("\n") } : step.undo,
  }));
}
