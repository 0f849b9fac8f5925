import { qualifiedName } from "../base/identifier.ts";
import type { Fact } from "../model/database.ts";
import type { KindModule, ReadContext, Reference, Row, YamlEntry } from "../model/kind.ts";
import type { StepDraft } from "../model/step.ts";
import { namesOf } from "../sql/names.ts";
import { address, notExtensionOwned, optionalText, text } from "./shared/catalog.ts";
import { catalogStep, definitionOrNothing, namedProperties, renamedFromId, renameStep } from "./shared/database-object.ts";
import { makeFact } from "./shared/fact.ts";
import {
  type GenericOptions,
  knownOptions,
  liveOptions,
  optionsChange,
  optionsClause,
  optionsOf,
  optionsSql,
  refuseSecrets,
} from "./shared/generic-options.ts";
import { parseScalar } from "./shared/sql-piece.ts";
import { declaredBy, familyOf, undeclared } from "./shared/target.ts";
import { entryName, nestedKey, shortOrLong } from "./shared/yaml-entry.ts";

/** A foreign-data wrapper (manual, CREATE FOREIGN DATA WRAPPER). Those of extensions belong to the extension. */
export type WrapperSpec = {
  readonly name: string;
  /** Qualified name of the function; null for none. */
  readonly handler: string | null;
  readonly validator: string | null;
  readonly options: GenericOptions;
};

type Wrapper = Fact<WrapperSpec>;

function wrapperFact(spec: WrapperSpec, rest: Pick<Fact, "at" | "renamedFrom" | "owner">): Wrapper {
  return makeFact({ kind: "foreign_data_wrapper", names: [spec.name], schema: null, spec, ...rest });
}

// ---- YAML

function read(entry: YamlEntry, context: ReadContext): readonly Fact[] {
  const scalar = definitionOrNothing(entry);
  const hint = "write what follows the name in CREATE FOREIGN DATA WRAPPER, e.g. handler app.h options (debug 'true')";
  const parsed = parseScalar("CREATE FOREIGN DATA WRAPPER x ", scalar, context, hint);
  if (!parsed) return [];
  const body = parsed.node.CreateFdwStmt;
  const name = entryName(entry.key);
  const options = optionsOf(body.options);
  refuseSecrets(options, scalar, context, [name]);
  const routine = (word: string): string | null => {
    const found = (body.func_options ?? []).find((item: { DefElem: { defname: string } }) => item.DefElem.defname === word);
    const names = namesOf(found?.DefElem.arg?.List?.items);
    if (names.length === 0) return null;
    const schema = names.length > 1 ? names[0] : context.resolve("routine", names[0] ?? "");
    return schema ? qualifiedName(schema, names.at(-1) ?? "") : qualifiedName("pg_catalog", names.at(-1) ?? "");
  };
  const spec = { name, handler: routine("handler"), validator: routine("validator"), options };
  const renamedFrom = renamedFromId("foreign_data_wrapper", entry);
  return [wrapperFact(spec, { at: entry.at, ...(renamedFrom ? { renamedFrom } : {}) })];
}

function clauses(spec: WrapperSpec, upper: boolean): string {
  const word = (text: string): string => (upper ? text : text.toLowerCase());
  return [
    ...(spec.handler ? [`${word("HANDLER")} ${spec.handler}`] : []),
    ...(spec.validator ? [`${word("VALIDATOR")} ${spec.validator}`] : []),
    ...(Object.keys(spec.options).length > 0 ? [optionsClause(spec.options, word("OPTIONS"))] : []),
  ].join(" ");
}

// ---- catalog

function catalogSql(): string {
  const routine = (oid: string): string =>
    `(select quote_ident(n.nspname) || '.' || quote_ident(p.proname) from pg_proc p join pg_namespace n on n.oid = p.pronamespace where p.oid = ${oid})`;
  return `select ${address("pg_foreign_data_wrapper", "w.oid")}, w.fdwname as name, ${routine("w.fdwhandler")} as handler,
      ${routine("w.fdwvalidator")} as validator, ${optionsSql("w.fdwoptions")} as options, pg_get_userbyid(w.fdwowner) as owner
    from pg_foreign_data_wrapper w where ${notExtensionOwned("pg_foreign_data_wrapper", "w.oid")}`;
}

function fromRow(row: Row): Wrapper {
  const name = text(row, "name");
  const handler = optionalText(row, "handler");
  const validator = optionalText(row, "validator");
  return wrapperFact({ name, handler, validator, options: liveOptions(row["options"], [name]) }, { owner: text(row, "owner") });
}

// ---- identity

const asFarAsKnown = (live: Wrapper, desired: Wrapper): Wrapper => ({
  ...desired,
  spec: { ...desired.spec, options: knownOptions(live.spec.options, desired.spec.options) },
});

function dependsOn({ spec }: Wrapper): Reference[] {
  return [spec.handler, spec.validator].flatMap((name) => (name && !name.startsWith("pg_catalog.") ? [`routine ${name}`] : []));
}

// ---- change and render

const dropSql = (fact: Wrapper): string => `DROP FOREIGN DATA WRAPPER ${fact.object};`;

function createSql(fact: Wrapper): string {
  const rest = clauses(fact.spec, true);
  return `CREATE FOREIGN DATA WRAPPER ${fact.object}${rest === "" ? "" : ` ${rest}`};`;
}

/** ALTER changes functions and options in place. */
function alterSql(fact: Wrapper, from: WrapperSpec, to: WrapperSpec): string {
  const routine = (word: string, before: string | null, after: string | null): string[] =>
    before === after ? [] : [after === null ? `NO ${word}` : `${word} ${after}`];
  const parts = [
    ...routine("HANDLER", from.handler, to.handler),
    ...routine("VALIDATOR", from.validator, to.validator),
    ...[optionsChange(from.options, to.options)].filter((clause) => clause !== ""),
  ];
  return `ALTER FOREIGN DATA WRAPPER ${fact.object} ${parts.join(" ")};`;
}

function alter(live: Wrapper, wanted: Wrapper): StepDraft[] {
  const desired = asFarAsKnown(live, wanted);
  return [
    catalogStep(wanted, {
      action: "alter",
      sql: alterSql(wanted, live.spec, desired.spec),
      undo: { sql: alterSql(wanted, desired.spec, live.spec) },
      why: "its functions or options differ",
    }),
  ];
}

export const foreignDataWrapper: KindModule<WrapperSpec> = {
  kind: "foreign_data_wrapper",
  rank: 32,
  scope: "exact",
  notCompared: ["name"],
  rebuiltBy: ["replace"],
  renameByDefinition: false,
  catalog: { sql: catalogSql, fromRow },
  yaml: {
    parents: ["root"],
    key: "foreign_data_wrappers",
    style: "map",
    files: ["schema"],
    shape: {
      description: "A foreign-data wrapper: what follows its name in CREATE FOREIGN DATA WRAPPER; an empty text for nothing.",
      scalar: true,
      properties: namedProperties,
    },
    read,
    write: ({ spec }) => shortOrLong(nestedKey(spec.name), clauses(spec, false), {}),
  },
  statements: {},
  asFarAsKnown,
  answersTo: () => [],
  dependsOn,
  inline: () => null,
  create: (fact, context) => [
    catalogStep(fact, {
      action: "create",
      sql: createSql(fact),
      undo: { sql: dropSql(fact) },
      why: declaredBy(fact),
      ...familyOf(context, fact.id),
    }),
  ],
  alter,
  rename: (live, desired) => renameStep(live, desired, "FOREIGN DATA WRAPPER"),
  drop: (fact) => [
    catalogStep(fact, {
      action: "drop",
      sql: dropSql(fact),
      undo: { sql: createSql(fact) },
      why: undeclared,
      phase: "contract",
      breaks: "old",
    }),
  ],
};
