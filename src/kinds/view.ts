import { quoteIdentifier } from "../base/identifier.ts";
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
import { objectId } from "../model/object-id.ts";
import { type SqlText, sqlText } from "../model/spec.ts";
import type { Access, StepDraft } from "../model/step.ts";
import { namedQuery } from "../sql/normal-form.ts";
import type { Node } from "../sql/parser.ts";
import { address, notExtensionOwned, text, userSchema } from "./shared/catalog.ts";
import { draft, noWork } from "./shared/draft.ts";
import { makeFact } from "./shared/fact.ts";
import { lockOn } from "./shared/locks.ts";
import { createDraft, dropDraft, identityFields, nameOf, renameDraft } from "./shared/named-object.ts";
import { saidOfParts } from "./shared/named-part.ts";
import { alterDefaults, defaultSql, sortDefaults, type ViewDefault } from "./shared/view-defaults.ts";
import {
  bodyFromRow,
  columnsSql,
  createdName,
  queryLocks,
  queryOf,
  readQuery,
  readViewStatement,
  type ViewBody,
  type ViewColumn,
  viewAnswersTo,
  viewBody,
  viewDependsOn,
} from "./shared/view-query.ts";
import { definition, entryKey, entryNames, flagField, renamedFromPath, scalarField, shortOrLong } from "./shared/yaml-entry.ts";

type ViewOptions = {
  /** Reads with the rights of the caller, so that row-level security sees the caller (PostgreSQL 15). */
  readonly security_invoker: boolean;
  readonly security_barrier: boolean;
  readonly check_option: "local" | "cascaded" | null;
};

/** A view (manual, CREATE VIEW). `defaults`: what INSERT through it puts into columns it does not name, by column. */
export type ViewSpec = ViewBody & ViewOptions & { readonly defaults: readonly ViewDefault[] };

function viewFact(spec: ViewSpec, rest: Pick<Fact, "at" | "renamedFrom" | "owner">): Fact<ViewSpec> {
  return makeFact({ kind: "view", names: [spec.schema, spec.name], schema: spec.schema, spec, ...rest });
}

// YAML

function read(entry: YamlEntry, context: ReadContext): readonly Fact[] {
  const names = entryNames(entry.key, context);
  const scalar = definition(entry);
  const query = scalar && readQuery(scalar, context);
  if (!query) return [];
  const check = scalarField(entry.value, "check_option")?.text;
  const options: ViewOptions = {
    security_invoker: flagField(entry.value, "security_invoker") ?? false,
    security_barrier: flagField(entry.value, "security_barrier") ?? false,
    check_option: check === "local" || check === "cascaded" ? check : null,
  };
  const renamed = renamedFromPath(entry.value, names.schema);
  const renamedFrom = renamed && objectId("view", renamed);
  const body = viewBody(names.schema, names.name, query, []);
  const defaults = sortDefaults(
    saidOfParts(entry, "columns", "default").flatMap(([column, said]) => {
      const value = context.sql("expression", said);
      return value === null ? [] : [{ column, default: value }];
    }),
  );
  return [viewFact({ ...body, ...options, defaults }, { at: entry.at, ...(renamedFrom ? { renamedFrom } : {}) })];
}

function write(fact: Fact<ViewSpec>, context: WriteContext): WrittenEntry {
  const { spec } = fact;
  return shortOrLong(entryKey(spec.schema, spec.name, context), queryOf(spec), {
    security_invoker: spec.security_invoker || undefined,
    security_barrier: spec.security_barrier || undefined,
    check_option: spec.check_option ?? undefined,
  });
}

function fromStatement(statement: SqlStatement, context: ReadContext): readonly Fact[] {
  const body = statement.node.ViewStmt;
  const tail = body.withCheckOption === undefined || body.withCheckOption === "NO_CHECK_OPTION" ? [] : ["option"];
  const view = readViewStatement(statement.scalar, body.view, body.aliases, tail, context);
  if (!view) return [];
  const options = statementOptions(body, statement, context);
  return [viewFact({ ...view, ...options, defaults: [] }, { at: statement.scalar.at })];
}

function statementOptions(body: Node, statement: SqlStatement, context: ReadContext): ViewOptions {
  const given = new Map<string, string>();
  for (const { DefElem: option } of body.options ?? []) {
    const { arg } = option;
    given.set(
      option.defname,
      String(arg?.String?.sval ?? arg?.TypeName?.names?.at(-1)?.String?.sval ?? arg?.Integer?.ival ?? "true").toLowerCase(),
    );
  }
  const flag = (name: string): boolean => ["true", "on", "yes", "1"].includes(given.get(name) ?? "false");
  for (const name of given.keys()) {
    if (["security_invoker", "security_barrier", "check_option"].includes(name)) continue;
    context.problem(statement.scalar.at, "view-option", `a view has no option ${name}`);
  }
  const words: Readonly<Record<string, ViewOptions["check_option"]>> = {
    LOCAL_CHECK_OPTION: "local",
    CASCADED_CHECK_OPTION: "cascaded",
  };
  const named = given.get("check_option");
  return {
    security_invoker: flag("security_invoker"),
    security_barrier: flag("security_barrier"),
    check_option: words[body.withCheckOption] ?? (named === "local" || named === "cascaded" ? named : null),
  };
}

// catalog

function catalogSql(): string {
  return `select ${address("pg_class", "c.oid")}, n.nspname as schema, c.relname as name, pg_get_userbyid(c.relowner) as owner,
      pg_get_viewdef(c.oid) as def, coalesce(c.reloptions, '{}') as options, ${columnsSql()} as columns,
      (select coalesce(json_agg(json_build_object('column', a.attname, 'default', pg_get_expr(d.adbin, d.adrelid))), '[]')
        from pg_attrdef d join pg_attribute a on a.attrelid = d.adrelid and a.attnum = d.adnum where d.adrelid = c.oid) as defaults
    from pg_class c join pg_namespace n on n.oid = c.relnamespace
    where c.relkind = 'v' and ${userSchema("n.nspname")} and ${notExtensionOwned("pg_class", "c.oid")}`;
}

function fromRow(row: Row): Fact<ViewSpec> {
  const options = row.options as readonly string[];
  const value = (name: string): string | null =>
    options.find((option) => option.startsWith(`${name}=`))?.slice(name.length + 1) ?? null;
  const flag = (name: string): boolean => ["true", "on", "yes", "1"].includes((value(name) ?? "false").toLowerCase());
  const check = value("check_option")?.toLowerCase();
  const spec: ViewSpec = {
    ...bodyFromRow(row),
    security_invoker: flag("security_invoker"),
    security_barrier: flag("security_barrier"),
    check_option: check === "local" || check === "cascaded" ? check : null,
    defaults: sortDefaults(
      (row.defaults as readonly Row[]).map((item) => ({
        column: text(item, "column"),
        default: sqlText("expression", text(item, "default")),
      })),
    ),
  };
  return viewFact(spec, { owner: row.owner as string });
}

// change

function create(fact: Fact<ViewSpec>, context: PlanContext): readonly StepDraft[] {
  return createDraft(fact, createSql(fact.spec, false), dropSql(fact.spec), context, queryLocks(fact, context));
}

function alter(
  live: Fact<ViewSpec>,
  desired: Fact<ViewSpec>,
  fields: readonly string[],
  context: PlanContext,
): readonly StepDraft[] | Replace {
  const redefined = fields.includes("def");
  const steps: StepDraft[] = [];
  const renames = redefined ? columnRenames(live, desired, context) : [];
  if ("replace" in renames) return renames;
  for (const [from, to] of renames) steps.push(renameColumn(desired, from, to, context));
  const queried = redefined && !isOnlyRenamed(live, desired, renames, context);
  const options = fields.some((field) => field in live.spec && field !== "def" && field !== "defaults");
  if (queried || options) {
    steps.push(
      draft(desired, {
        action: "alter",
        sql: queried ? createSql(desired.spec, true) : optionsSql(live.spec, desired.spec),
        phase: "expand",
        why: queried ? "its query changes" : `${fields.filter((field) => field !== "defaults").join(", ")} changes`,
        locks: [...lockOn(context, desired.id, "AccessExclusiveLock"), ...(queried ? queryLocks(desired, context) : [])],
        work: noWork,
        dataLoss: "never",
        undo: { sql: queried ? undoRedefinition(live.spec, desired, context) : optionsSql(desired.spec, live.spec) },
        ...accessOf(live.spec, desired.spec),
      }),
    );
  }
  if (fields.includes("defaults")) steps.push(...alterDefaults(live, desired, context));
  // What changes together is seen together.
  return steps.length > 1 ? steps.map((step) => ({ ...step, together: `alter ${desired.id}` })) : steps;
}

const columnsOf = (fact: Fact<ViewSpec>, context: PlanContext): readonly ViewColumn[] | null =>
  (context.canonical(fact.id)?.spec.columns as readonly ViewColumn[] | null | undefined) ?? null;

/**
 * Columns that get another name where they are: CREATE OR REPLACE VIEW keeps those that are there, in their order, and may add
 * more at the end. A name that also stands elsewhere is another column, not a new name of this one.
 */
function columnRenames(
  live: Fact<ViewSpec>,
  desired: Fact<ViewSpec>,
  context: PlanContext,
): readonly (readonly [from: string, to: string])[] | Replace {
  const columns = columnsOf(desired, context);
  const before = live.spec.columns;
  if (!columns || !before) return { replace: "its query changes, and the columns it gives are not known beforehand" };
  if (!before.every((column, index) => column.type === columns[index]?.type)) return { replace: "the columns it gives change" };
  const renames = before.flatMap((column, index): [string, string][] => {
    const to = columns[index]?.name ?? column.name;
    return to === column.name ? [] : [[column.name, to]];
  });
  const stays = renames.every(
    ([from, to]) => !columns.some((column) => column.name === from) && !before.some((column) => column.name === to),
  );
  if (!stays) return { replace: "the columns it gives change" };
  // What is said of a column would be said of one that is not there any more.
  const said = renames.find(([from]) => isSpokenOf(live, from, context));
  return said ? { replace: `column ${said[0]} becomes ${said[1]}, and it has a comment, a default or privileges` } : renames;
}

function isSpokenOf(live: Fact<ViewSpec>, column: string, context: PlanContext): boolean {
  const named = context.children("live", live.id, "view_column").some((fact) => fact.spec["name"] === column);
  const granted = context.children("live", live.id, "grant").some((fact) => {
    const privileges = fact.spec["privileges"];
    return Array.isArray(privileges) && privileges.some((item) => (item as { column?: string }).column === column);
  });
  return named || granted || live.spec.defaults.some((item) => item.column === column);
}

/** Whether new names of columns are all that makes the queries different. */
function isOnlyRenamed(
  live: Fact<ViewSpec>,
  desired: Fact<ViewSpec>,
  renames: readonly (readonly [string, string])[],
  context: PlanContext,
): boolean {
  const printed = context.canonical(desired.id)?.spec.def as SqlText | undefined;
  const columns = columnsOf(desired, context);
  if (renames.length === 0 || !printed || printed.as !== "query" || columns?.length !== live.spec.columns?.length) return false;
  const names = columns?.map((column) => column.name) ?? [];
  return namedQuery(queryOf(live.spec), names) === namedQuery(printed.sql, names);
}

function renameColumn(desired: Fact<ViewSpec>, from: string, to: string, context: PlanContext): StepDraft {
  const sql = (old: string, name: string): string =>
    `ALTER VIEW ${nameOf(desired.spec)} RENAME COLUMN ${quoteIdentifier(old)} TO ${quoteIdentifier(name)};`;
  return draft(desired, {
    action: "alter",
    sql: sql(from, to),
    phase: "contract",
    why: `column ${from} becomes ${to}`,
    locks: lockOn(context, desired.id, "AccessExclusiveLock"),
    work: noWork,
    dataLoss: "never",
    undo: { sql: sql(to, from) },
    breaks: "old",
  });
}

/** Columns that were added are only taken away by a drop. */
function undoRedefinition(live: ViewSpec, desired: Fact<ViewSpec>, context: PlanContext): string {
  if (columnsOf(desired, context)?.length === live.columns?.length) return createSql(live, true);
  return `${dropSql(live)}\n${createSql(live, false)}`;
}

function accessOf(live: ViewSpec, desired: ViewSpec): { readonly access?: Access; readonly accessText?: string } {
  if (live.security_invoker !== desired.security_invoker) {
    return desired.security_invoker
      ? { access: "narrows", accessText: "it will read with the rights of the caller" }
      : { access: "widens", accessText: "it will read with the rights of its owner" };
  }
  if (live.security_barrier === desired.security_barrier) return {};
  return desired.security_barrier
    ? { access: "narrows", accessText: "conditions of the caller will see only the rows the view shows" }
    : { access: "widens", accessText: "functions in conditions of the caller may see rows that the view hides" };
}

// render

function optionList(spec: ViewSpec): [string, string | null][] {
  return [
    ["security_invoker", spec.security_invoker ? "true" : null],
    ["security_barrier", spec.security_barrier ? "true" : null],
    ["check_option", spec.check_option],
  ];
}

function createSql(spec: ViewSpec, replace: boolean): string {
  const options = optionList(spec).flatMap(([key, value]) =>
    value === null || key === "check_option" ? [] : [`${key} = ${value}`],
  );
  const withOptions = options.length > 0 ? ` WITH (${options.join(", ")})` : "";
  const check = spec.check_option === null ? "" : `\nWITH ${spec.check_option.toUpperCase()} CHECK OPTION`;
  const defaults = replace ? [] : spec.defaults.map((item) => `\n${defaultSql(spec, item.column, item.default)}`);
  return `CREATE ${replace ? "OR REPLACE " : ""}VIEW ${createdName(spec)}${withOptions} AS\n${queryOf(spec)}${check};${defaults.join("")}`;
}

function optionsSql(from: ViewSpec, to: ViewSpec): string {
  const before = new Map(optionList(from));
  const changed = optionList(to).filter(([key, value]) => before.get(key) !== value);
  const set = changed.flatMap(([key, value]) => (value === null ? [] : [`${key} = ${value}`]));
  const reset = changed.flatMap(([key, value]) => (value === null ? [key] : []));
  return [
    ...(set.length > 0 ? [`ALTER VIEW ${nameOf(to)} SET (${set.join(", ")});`] : []),
    ...(reset.length > 0 ? [`ALTER VIEW ${nameOf(to)} RESET (${reset.join(", ")});`] : []),
  ].join("\n");
}

const dropSql = (spec: ViewSpec): string => `DROP VIEW ${nameOf(spec)};`;

export const view: KindModule<ViewSpec> = {
  kind: "view",
  rank: 90,
  scope: "exact",
  notCompared: [...identityFields, "aliases", "columns"],
  rebuiltBy: ["column", "replace"],
  renameByDefinition: false,
  catalog: { sql: catalogSql, fromRow },
  yaml: {
    parents: ["root"],
    key: "views",
    style: "map",
    files: ["schema"],
    shape: {
      description: "A view: its query.",
      scalar: true,
      properties: {
        def: { type: "string", description: "The query." },
        security_invoker: { type: "boolean", description: "Reads with the rights of the caller (PostgreSQL 15 and later)." },
        security_barrier: { type: "boolean", description: "Conditions of the caller are applied after those of the view." },
        check_option: { enum: ["local", "cascaded"], description: "Rows written through the view must be visible in it." },
        renamed_from: { type: "string", description: "The view's name until now." },
      },
      required: ["def"],
    },
    read,
    write,
  },
  statements: { ViewStmt: fromStatement },
  needsMajor: (fact) => (fact.spec.security_invoker ? { major: 15, what: "security_invoker" } : null),
  answersTo: viewAnswersTo,
  dependsOn: viewDependsOn,
  inline: () => null,
  create,
  alter,
  rename: (live, desired, context) => renameDraft(live, desired, "VIEW", lockOn(context, live.id, "AccessExclusiveLock")),
  drop: (fact, context) =>
    dropDraft(fact, dropSql(fact.spec), createSql(fact.spec, false), lockOn(context, fact.id, "AccessExclusiveLock")),
};
