import { qualifiedName, quoteIdentifier } from "../base/identifier.ts";
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
  YamlScalar,
} from "../model/kind.ts";
import { objectId, schemaId } from "../model/object-id.ts";
import { type SqlText, sqlText } from "../model/spec.ts";
import type { StepDraft } from "../model/step.ts";
import { type Node, parseFragment } from "../sql/parser.ts";
import { references } from "../sql/references.ts";
import { canonicalType } from "../sql/type-name.ts";
import { aggregateOptionsSql, aggregateText } from "./shared/aggregate-text.ts";
import { address, notExtensionOwned, optionalText, text, userSchema } from "./shared/catalog.ts";
import { draft, noWork } from "./shared/draft.ts";
import { createDraft, dropDraft, identityFields, renameDraft } from "./shared/named-object.ts";
import { readLocks } from "./shared/read-locks.ts";
import { keyPath, readRoutine } from "./shared/read-routine.ts";
import { isDefiner, replaceReason } from "./shared/routine-signature.ts";
import { codeTokens, isWord } from "./shared/sql-piece.ts";
import { definition, entryKey, scalarField } from "./shared/yaml-entry.ts";

/** A function, procedure, aggregate or window function (manual, 36.3 to 36.12). */
export type FunctionSpec = {
  readonly schema: string;
  readonly name: string;
  /** Types of the input arguments: with the name, what identifies it. */
  readonly args: readonly string[];
  readonly routine: "function" | "procedure" | "aggregate" | "window";
  /** The whole CREATE statement, without a semicolon. */
  readonly def: SqlText;
  /** What an aggregate returns, which its statement does not say; only a database knows. Null in the files. */
  readonly returns: string | null;
};

function functionFact(spec: FunctionSpec, rest: Pick<Fact, "at" | "renamedFrom" | "owner">): Fact<FunctionSpec> {
  const object = `${qualifiedName(spec.schema, spec.name)}${argumentList(spec)}`;
  return { kind: "function", id: objectId("function", object), object, schema: spec.schema, parent: null, spec, ...rest };
}

const argumentList = (spec: Pick<FunctionSpec, "args">): string => `(${spec.args.join(", ")})`;

// YAML

function read(entry: YamlEntry, context: ReadContext): readonly Fact[] {
  const scalar = definition(entry);
  if (!scalar) return [];
  const spec = readRoutine(scalar, context);
  if (!spec) return [];
  const renamed = scalarField(entry.value, "renamed_from");
  const renamedFrom = renamed && renamedFromId(renamed, { ...spec, returns: null }, context);
  const fact = functionFact({ ...spec, returns: null }, { at: entry.at, ...(renamedFrom ? { renamedFrom } : {}) });
  const path = keyPath(entry.key, entry.at, context);
  if (path === null) return [];
  if (path !== fact.object) {
    const key = `${spec.schema === context.schema ? qualifiedName(spec.name) : qualifiedName(spec.schema, spec.name)}${argumentList(spec)}`;
    context.problem(
      entry.at,
      "function-key",
      `the key says ${path}, the statement makes ${fact.object}`,
      `write the key as "${key}"`,
    );
    return [];
  }
  return [fact];
}

/** `renamed_from: old_name`, or with other argument types, `old_name(integer)`. */
function renamedFromId(renamed: YamlScalar, spec: FunctionSpec, context: ReadContext): string | null {
  const key = renamed.text.includes("(") ? renamed.text : `${renamed.text}${argumentList(spec)}`;
  const path = keyPath(key, renamed.at, context, spec.schema);
  return path === null ? null : objectId("function", path);
}

function write(fact: Fact<FunctionSpec>, context: WriteContext): WrittenEntry {
  const { spec } = fact;
  return { key: `${entryKey(spec.schema, spec.name, context)}${argumentList(spec)}`, value: spec.def.sql };
}

function fromStatement(statement: SqlStatement, context: ReadContext): readonly Fact[] {
  const body: Node = statement.node.DefineStmt;
  if (body && body.kind !== "OBJECT_AGGREGATE") return [];
  const spec = readRoutine(statement.scalar, context);
  return spec ? [functionFact({ ...spec, returns: null }, { at: statement.scalar.at })] : [];
}

// catalog

function catalogSql(): string {
  return `select ${address("pg_proc", "p.oid")}, n.nspname as schema, p.proname as name, p.prokind as kind, pg_get_userbyid(p.proowner) as owner,
      array(select format_type(u.type, null) from unnest(p.proargtypes) with ordinality u(type, place) order by u.place) as args,
      case when p.prokind <> 'a' then pg_get_functiondef(p.oid) end as def,
      case when p.prokind = 'a' then pg_get_function_arguments(p.oid) end as aggregate_args,
      case when p.prokind = 'a' then ${aggregateOptionsSql()} end as aggregate_options,
      case when p.prokind = 'a' then pg_get_function_result(p.oid) end as returns
    from pg_proc p join pg_namespace n on n.oid = p.pronamespace left join pg_aggregate a on a.aggfnoid = p.oid
    where ${userSchema("n.nspname")} and ${notExtensionOwned("pg_proc", "p.oid")}
      and not exists (select from pg_depend i where i.classid = 'pg_proc'::regclass and i.objid = p.oid and i.deptype = 'i')`;
}

const routines: Readonly<Record<string, FunctionSpec["routine"]>> = {
  f: "function",
  p: "procedure",
  a: "aggregate",
  w: "window",
};

function fromRow(row: Row): Fact<FunctionSpec> {
  const [schema, name] = [text(row, "schema"), text(row, "name")];
  const routine = routines[text(row, "kind")] ?? "function";
  const def =
    routine === "aggregate"
      ? aggregateText(
          qualifiedName(schema, name),
          optionalText(row, "aggregate_args") ?? "",
          row.aggregate_options as Readonly<Record<string, string | null>>,
        )
      : text(row, "def");
  const returns = optionalText(row, "returns");
  const spec = { schema, name, args: row.args as readonly string[], routine, def: sqlText("statement", def), returns };
  return functionFact(spec, { owner: text(row, "owner") });
}

// identity

function dependsOn(fact: Fact<FunctionSpec>): string[] {
  const { spec } = fact;
  const found = references("statement", spec.def.sql).filter((reference) => reference !== routineReference(spec));
  // The parser takes the functions of an aggregate for types: it may be either.
  const either =
    spec.routine === "aggregate" ? found.flatMap((name) => (name.startsWith("type ") ? [`routine ${name.slice(5)}`] : [])) : [];
  return [
    schemaId(spec.schema),
    ...transformsOf(spec.def.sql),
    ...found,
    ...either.filter((reference) => reference !== routineReference(spec)),
  ];
}

/** Ids of what TRANSFORM FOR TYPE names. */
function transformsOf(sql: string): string[] {
  if (!/\btransform\b/i.test(sql)) return [];
  const options: Node[] = parseFragment("statement", sql).CreateFunctionStmt?.options ?? [];
  const argument = (name: string): Node => options.find(({ DefElem: option }) => option?.defname === name)?.DefElem.arg;
  const language = quoteIdentifier(String(argument("language")?.String?.sval ?? "sql"));
  const types: Node[] = argument("transform")?.List?.items ?? [];
  return types.map(({ TypeName: type }) =>
    objectId("transform", `${canonicalType(type, { modifiers: false })} LANGUAGE ${language}`),
  );
}

const routineReference = (spec: FunctionSpec): string => `routine ${qualifiedName(spec.schema, spec.name)}`;

// change

function create(fact: Fact<FunctionSpec>, context: PlanContext): readonly StepDraft[] {
  return createDraft(fact, createSql(fact.spec, false), dropSql(fact.spec), context, bodyLocks(fact.spec, context));
}

/** A body that is parsed when it is made (BEGIN ATOMIC) locks what it names. */
function bodyLocks(spec: FunctionSpec, context: PlanContext): ReturnType<typeof readLocks> {
  const node = parseFragment("statement", spec.def.sql);
  return node.CreateFunctionStmt?.sql_body ? readLocks(references("statement", spec.def.sql), context) : [];
}

function alter(
  live: Fact<FunctionSpec>,
  desired: Fact<FunctionSpec>,
  fields: readonly string[],
  context: PlanContext,
): readonly StepDraft[] | Replace {
  if (fields.includes("routine")) return { replace: `it becomes a ${desired.spec.routine}` };
  const canonical = (context.canonical(desired.id)?.spec.def as SqlText | undefined) ?? desired.spec.def;
  const result = (context.canonical(desired.id)?.spec.returns as string | null | undefined) ?? null;
  const results = live.spec.returns === null || result === null ? null : ([live.spec.returns, result] as const);
  const reason = replaceReason(live.spec.def.sql, canonical.sql, results);
  if (reason !== null) return { replace: reason };
  const [was, is] = [isDefiner(live.spec.def.sql), isDefiner(desired.spec.def.sql)];
  return [
    draft(desired, {
      action: "alter",
      sql: createSql(desired.spec, true),
      phase: "expand",
      why: "its definition changes",
      locks: bodyLocks(desired.spec, context),
      work: noWork,
      dataLoss: "never",
      undo: { sql: undoSql(live.spec, desired.spec) },
      ...(was === is
        ? {}
        : {
            access: is ? ("widens" as const) : ("narrows" as const),
            accessText: is ? "it will run with the rights of its owner" : "it will run with the rights of the caller",
          }),
    }),
  ];
}

/** A parameter that got a name or a default keeps it until the function is dropped. */
function undoSql(live: FunctionSpec, desired: FunctionSpec): string {
  if (replaceReason(desired.def.sql, live.def.sql) === null) return createSql(live, true);
  return `${dropSql(desired)}\n${createSql(live, false)}`;
}

// render

function createSql(spec: FunctionSpec, replace: boolean): string {
  const { sql } = spec.def;
  const [first, second, third, fourth] = codeTokens(sql);
  if (!first || !third || !fourth) return `${sql};`;
  const has = isWord(second, "or") && isWord(third, "replace");
  if (has === replace) return `${sql};`;
  if (!replace) return `${sql.slice(0, first.end)} ${sql.slice(fourth.start)};`;
  const words = first.text === first.text.toLowerCase() ? "or replace" : "OR REPLACE";
  return `${sql.slice(0, first.end)} ${words}${sql.slice(first.end)};`;
}

/** The word of ALTER and DROP. */
function noun(spec: FunctionSpec): string {
  switch (spec.routine) {
    case "procedure":
      return "PROCEDURE";
    case "aggregate":
      return "AGGREGATE";
    case "function":
    case "window":
      return "FUNCTION";
  }
}

const callArgs = (spec: FunctionSpec): string =>
  spec.routine === "aggregate" && spec.args.length === 0 ? "(*)" : argumentList(spec);
const dropSql = (spec: FunctionSpec): string => `DROP ${noun(spec)} ${qualifiedName(spec.schema, spec.name)}${callArgs(spec)};`;

export const functionKind: KindModule<FunctionSpec> = {
  kind: "function",
  rank: 70,
  scope: "exact",
  notCompared: [...identityFields, "args", "returns"],
  rebuiltBy: ["column", "replace"],
  renameByDefinition: false,
  opaqueText: (fact) => (/\bbegin\s+atomic\b/i.test(fact.spec.def.sql) ? null : fact.spec.def.sql),
  catalog: { sql: catalogSql, fromRow },
  yaml: {
    parents: ["root"],
    key: "functions",
    style: "map",
    files: ["schema"],
    shape: {
      description:
        "A function, procedure or aggregate: the whole CREATE statement. The key is its name and the types of its input arguments.",
      scalar: true,
      properties: {
        def: { type: "string", description: "The whole CREATE statement." },
        renamed_from: { type: "string", description: "Its name until now, with argument types when those change too." },
      },
      required: ["def"],
    },
    read,
    write,
  },
  statements: { CreateFunctionStmt: fromStatement, DefineStmt: fromStatement },
  answersTo: (fact) => [routineReference(fact.spec)],
  dependsOn,
  inline: () => null,
  create,
  alter,
  rename: (live, desired) => renameDraft(live, desired, noun(live.spec), [], callArgs(live.spec)),
  drop: (fact) => dropDraft(fact, dropSql(fact.spec), createSql(fact.spec, false), []),
};
