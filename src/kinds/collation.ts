import { quoteIdentifier, splitPath } from "../base/identifier.ts";
import { quoteLiteral } from "../base/literal.ts";
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
import { kindOf, objectId, pathOf, schemaId } from "../model/object-id.ts";
import { isSqlText, type SqlText, sqlText } from "../model/spec.ts";
import type { Lock, StepDraft } from "../model/step.ts";
import { namesOf } from "../sql/names.ts";
import { type Node, parseFragment } from "../sql/parser.ts";
import { columnNames } from "../sql/references.ts";
import { address, notExtensionOwned, optionalText, text, userSchema } from "./shared/catalog.ts";
import { draft, noWork } from "./shared/draft.ts";
import { makeFact } from "./shared/fact.ts";
import { areKnown } from "./shared/known-words.ts";
import { lock, lockOnTree } from "./shared/locks.ts";
import { createDraft, dropDraft, identityFields, nameOf, renameDraft } from "./shared/named-object.ts";
import { parseScalar } from "./shared/sql-piece.ts";
import { temporaryName } from "./shared/temporary-name.ts";
import { definition, entryKey, entryNames, renamedFromPath, shortOrLong } from "./shared/yaml-entry.ts";

/**
 * A collation (manual, CREATE COLLATION). `def` is the whole statement under the name `x`, its options in one order: PostgreSQL
 * respells what it is given (`en_US` becomes `en-US`), so that two spellings are compared by building both.
 */
export type CollationSpec = {
  readonly schema: string;
  readonly name: string;
  readonly def: SqlText;
  readonly provider: string;
  readonly rules: boolean;
};

type Options = Readonly<Record<string, string | undefined>>;

const order = ["provider", "locale", "lc_collate", "lc_ctype", "deterministic", "rules"] as const;

function collationFact(
  names: { readonly schema: string; readonly name: string },
  options: Options,
  rest: Pick<Fact, "at" | "renamedFrom" | "owner">,
): Fact<CollationSpec> {
  const spec: CollationSpec = {
    schema: names.schema,
    name: names.name,
    def: sqlText("statement", `CREATE COLLATION x ${optionList(options, (word) => word.toUpperCase())}`),
    provider: options["provider"] ?? "libc",
    rules: options["rules"] !== undefined,
  };
  return makeFact({ kind: "collation", names: [spec.schema, spec.name], schema: spec.schema, spec, ...rest });
}

function optionList(options: Options, keyword: (word: string) => string): string {
  const plain = new Set(["provider", "deterministic"]);
  const items = order.flatMap((key) => {
    const value = options[key];
    return value === undefined ? [] : [`${keyword(key)} = ${plain.has(key) ? value : quoteLiteral(value)}`];
  });
  return `(${items.join(", ")})`;
}

// YAML

const hint = "write its options, e.g. (provider = icu, locale = 'und-u-ks-level2', deterministic = false)";

function read(entry: YamlEntry, context: ReadContext): readonly Fact[] {
  const names = entryNames(entry.key, context);
  const scalar = definition(entry);
  const body = scalar && parseScalar("CREATE COLLATION x ", scalar, context, hint)?.node.DefineStmt;
  if (!scalar || !body) return [];
  const options = readOptions(body, scalar, context);
  const renamed = renamedFromPath(entry.value, names.schema);
  const renamedFrom = renamed && objectId("collation", renamed);
  return options ? [collationFact(names, options, { at: entry.at, ...(renamedFrom ? { renamedFrom } : {}) })] : [];
}

/** The options in canonical form; null when the statement is of another sort, and the problem is recorded. */
function readOptions(body: Node, scalar: YamlScalar, context: ReadContext): Options | null {
  const given: Record<string, string | undefined> = {};
  for (const { DefElem: option } of body.definition ?? []) given[option.defname] = optionValue(option.arg);
  const unknown = Object.keys(given).find((key) => key !== "version" && !(order as readonly string[]).includes(key));
  if (unknown === "from") {
    context.problem(scalar.at, "collation-from", "a copy of another collation is another one on each server", hint);
    return null;
  }
  if (unknown !== undefined) {
    context.problem(scalar.at, "collation-option", `a collation has no option ${unknown}`, hint);
    return null;
  }
  const provider = given["provider"] === undefined ? [] : [given["provider"].toLowerCase()];
  return areKnown(provider, { what: "provider of a collation", known: ["icu", "libc", "builtin"] }, scalar, context)
    ? canonicalOptions(given)
    : null;
}

/** The defaults as PostgreSQL fills them in: one LOCALE for two equal parts, what is deterministic not said. */
function canonicalOptions(given: Options): Options {
  const provider = (given["provider"] ?? "libc").toLowerCase();
  const collate = given["lc_collate"] ?? given["locale"];
  const type = given["lc_ctype"] ?? given["locale"];
  const parts =
    provider !== "libc" || collate === type ? { locale: given["locale"] ?? collate } : { lc_collate: collate, lc_ctype: type };
  const loose = /^(false|off|no|0)$/i.test(given["deterministic"] ?? "");
  return { provider, ...parts, ...(loose ? { deterministic: "false" } : {}), rules: given["rules"] || undefined };
}

function optionValue(arg: Node): string {
  if (arg?.String) return String(arg.String.sval ?? "");
  if (arg?.Integer) return String(arg.Integer.ival ?? 0);
  if (arg?.Boolean) return String(arg.Boolean.boolval === true);
  return namesOf(arg?.TypeName?.names ?? arg?.List?.items).at(-1) ?? "";
}

/** The options of a fact, read back from its statement. */
function optionsOf(spec: CollationSpec): Options {
  const body = parseFragment("statement", spec.def.sql).DefineStmt;
  return Object.fromEntries(
    (body.definition ?? []).map(({ DefElem: option }: Node) => [option.defname, optionValue(option.arg)]),
  );
}

function write(fact: Fact<CollationSpec>, context: WriteContext): WrittenEntry {
  const { schema, name } = fact.spec;
  return shortOrLong(
    entryKey(schema, name, context),
    optionList(optionsOf(fact.spec), (word) => word),
    {},
  );
}

function fromStatement(statement: SqlStatement, context: ReadContext): readonly Fact[] {
  const body = statement.node.DefineStmt;
  if (body.kind !== "OBJECT_COLLATION") return [];
  const names = namesOf(body.defnames);
  const options = readOptions(body, statement.scalar, context);
  const schema = names.length > 1 ? (names.at(-2) ?? "") : context.schema;
  return options ? [collationFact({ schema, name: names.at(-1) ?? "" }, options, { at: statement.scalar.at })] : [];
}

// catalog

/** The locale of ICU and builtin collations had another column in every major up to 17. */
function catalogSql(major: number): string {
  const locale = major >= 17 ? "c.colllocale" : major >= 15 ? "c.colliculocale" : "c.collcollate";
  return `select ${address("pg_collation", "c.oid")}, n.nspname as schema, c.collname as name, pg_get_userbyid(c.collowner) as owner,
      case c.collprovider when 'i' then 'icu' when 'b' then 'builtin' else 'libc' end as provider,
      case when c.collprovider <> 'c' then ${locale} end as locale, c.collcollate as lc_collate, c.collctype as lc_ctype,
      c.collisdeterministic as deterministic, ${major >= 16 ? "c.collicurules" : "null::text"} as rules
    from pg_collation c join pg_namespace n on n.oid = c.collnamespace
    where ${userSchema("n.nspname")} and ${notExtensionOwned("pg_collation", "c.oid")}`;
}

function fromRow(row: Row): Fact<CollationSpec> {
  const options = canonicalOptions({
    provider: text(row, "provider"),
    ...(row["provider"] === "libc"
      ? { lc_collate: text(row, "lc_collate"), lc_ctype: text(row, "lc_ctype") }
      : { locale: text(row, "locale") }),
    deterministic: String(row["deterministic"]),
    rules: optionalText(row, "rules") ?? undefined,
  });
  return collationFact({ schema: text(row, "schema"), name: text(row, "name") }, options, { owner: text(row, "owner") });
}

// change

/** A column of a table whose text is sorted by the collation. */
interface SortedColumn {
  readonly table: string;
  readonly name: string;
  readonly type: string;
}

function sortedColumns(id: string, context: PlanContext): readonly SortedColumn[] {
  const columns = context
    .dependents(id)
    .filter((dependent) => kindOf(dependent) === "column")
    .flatMap((dependent) => context.live.facts.get(dependent) ?? [])
    .filter((fact) => fact.parent !== null && kindOf(fact.parent) === "table");
  const inherited = new Set(columns.flatMap((fact) => context.partitions(fact.parent ?? "")));
  return columns
    .filter((fact) => !inherited.has(fact.parent ?? ""))
    .map((fact) => ({
      table: fact.parent ?? "",
      name: quoteIdentifier(splitPath(fact.object).at(-1) ?? ""),
      type: String(fact.spec["type"] ?? ""),
    }));
}

/** PostgreSQL alters nothing of a collation: a new one takes its name, and the columns move over. */
function alter(
  live: Fact<CollationSpec>,
  desired: Fact<CollationSpec>,
  _fields: readonly string[],
  context: PlanContext,
): readonly StepDraft[] | Replace {
  const columns = sortedColumns(live.id, context);
  if (columns.length === 0) return { replace: "its definition changes, and PostgreSQL cannot alter a collation" };
  return [
    draft(desired, {
      action: "replace",
      sql: swapSql(desired, desired.spec, columns),
      phase: "contract",
      why: "its definition changes: columns move to a new collation of its name",
      // Indexes that sort by it are rebuilt beside it; others over the column keep their files (measured).
      locks: columns.flatMap((column): Lock[] => [
        ...lockOnTree(context, column.table, "AccessExclusiveLock"),
        ...indexesOver(column, context),
      ]),
      work: noWork,
      dataLoss: "never",
      undo: { sql: swapSql(desired, live.spec, columns) },
      breaks: "none",
      clears: [{ id: desired.id, by: "replace" }],
      together: `swap ${desired.id}`,
    }),
  ];
}

/** ACCESS EXCLUSIVE on the indexes that name the column: they are made anew over the same files. */
function indexesOver(column: SortedColumn, context: PlanContext): Lock[] {
  const name = splitPath(column.name)[0] ?? "";
  return [column.table, ...context.partitions(column.table)].flatMap((table) =>
    context
      .children("live", table, "index")
      .filter((fact) => Object.values(fact.spec).some((part) => isSqlText(part) && columnNames(part.as, part.sql).includes(name)))
      .map((fact) => lock(fact.object, "AccessExclusiveLock")),
  );
}

function swapSql(fact: Fact<CollationSpec>, to: CollationSpec, columns: readonly SortedColumn[]): string {
  const aside = temporaryName("swap", fact.object);
  const name = nameOf(fact.spec);
  return [
    `ALTER COLLATION ${name} RENAME TO ${quoteIdentifier(aside)};`,
    createSql({ ...to, schema: fact.spec.schema, name: fact.spec.name }),
    ...columns.map(
      (column) => `ALTER TABLE ${pathOf(column.table)} ALTER COLUMN ${column.name} TYPE ${column.type} COLLATE ${name};`,
    ),
    `DROP COLLATION ${nameOf({ schema: fact.spec.schema, name: aside })};`,
  ].join("\n");
}

// render

const createSql = (spec: CollationSpec): string =>
  `${spec.def.sql.replace("CREATE COLLATION x", `CREATE COLLATION ${nameOf(spec)}`)};`;
const dropSql = (spec: CollationSpec): string => `DROP COLLATION ${nameOf(spec)};`;

export const collation: KindModule<CollationSpec> = {
  kind: "collation",
  rank: 25,
  scope: "exact",
  notCompared: [...identityFields, "provider", "rules"],
  rebuiltBy: [],
  renameByDefinition: false,
  catalog: { sql: catalogSql, fromRow },
  yaml: {
    parents: ["root"],
    key: "collations",
    style: "map",
    files: ["schema"],
    shape: {
      description: "A collation: its options, (provider = icu, locale = 'de-DE').",
      scalar: true,
      properties: {
        def: { type: "string", description: "Its options in parentheses." },
        renamed_from: { type: "string", description: "The collation's name until now." },
      },
      required: ["def"],
    },
    read,
    write,
  },
  statements: { DefineStmt: fromStatement },
  needsMajor: (fact) => {
    if (fact.spec.provider === "builtin") return { major: 17, what: "the builtin provider of collations" };
    return fact.spec.rules ? { major: 16, what: "rules of a collation" } : null;
  },
  answersTo: (fact) => [fact.id],
  dependsOn: (fact) => [schemaId(fact.spec.schema)],
  inline: () => null,
  create: (fact, context) => createDraft(fact, createSql(fact.spec), dropSql(fact.spec), context),
  alter,
  rename: (live, desired) => renameDraft(live, desired, "COLLATION", []),
  drop: (fact) => dropDraft(fact, dropSql(fact.spec), createSql(fact.spec), []),
};
