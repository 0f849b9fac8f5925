import { qualifiedName, quoteIdentifier } from "../base/identifier.ts";
import type { Fact } from "../model/database.ts";
import type { KindModule, ReadContext, Reference, Row, YamlEntry } from "../model/kind.ts";
import type { StepDraft } from "../model/step.ts";
import { namesOf } from "../sql/names.ts";
import { address, notExtensionOwned, text } from "./shared/catalog.ts";
import { catalogStep } from "./shared/database-object.ts";
import { makeFact } from "./shared/fact.ts";
import { parseScalar } from "./shared/sql-piece.ts";
import { declaredBy, undeclared } from "./shared/target.ts";
import { definition, entryName, nestedKey, shortOrLong } from "./shared/yaml-entry.ts";

/** An access method of tables or indexes (manual, CREATE ACCESS METHOD). Those of extensions belong to the extension. */
export type AccessMethodSpec = {
  readonly name: string;
  readonly type: "table" | "index";
  /** Qualified name of the function. */
  readonly handler: string;
};

type AccessMethod = Fact<AccessMethodSpec>;

function methodFact(spec: AccessMethodSpec, at?: Fact["at"]): AccessMethod {
  return makeFact({ kind: "access_method", names: [spec.name], schema: null, spec, at });
}

const hint = "write what follows the name in CREATE ACCESS METHOD, e.g. type table handler pg_catalog.heap_tableam_handler";

function read(entry: YamlEntry, context: ReadContext): readonly Fact[] {
  const scalar = definition(entry);
  const parsed = scalar && parseScalar("CREATE ACCESS METHOD x ", scalar, context, hint);
  if (!parsed) return [];
  const body = parsed.node.CreateAmStmt;
  const names = namesOf(body.handler_name);
  const last = names.at(-1) ?? "";
  const schema = names.length > 1 ? names[0] : (context.resolve("routine", last) ?? "pg_catalog");
  const type = body.amtype === "t" ? "table" : "index";
  return [methodFact({ name: entryName(entry.key), type, handler: qualifiedName(schema ?? "", last) }, entry.at)];
}

function catalogSql(): string {
  return `select ${address("pg_am", "m.oid")}, m.amname as name, m.amtype::text as type, quote_ident(n.nspname) || '.' || quote_ident(p.proname) as handler
    from pg_am m join pg_proc p on p.oid = m.amhandler join pg_namespace n on n.oid = p.pronamespace
    where m.oid >= 16384 and ${notExtensionOwned("pg_am", "m.oid")}`;
}

function fromRow(row: Row): AccessMethod {
  return methodFact({ name: text(row, "name"), type: row["type"] === "t" ? "table" : "index", handler: text(row, "handler") });
}

function dependsOn({ spec }: AccessMethod): Reference[] {
  return spec.handler.startsWith("pg_catalog.") ? [] : [`routine ${spec.handler}`];
}

const createSql = ({ spec }: AccessMethod): string =>
  `CREATE ACCESS METHOD ${quoteIdentifier(spec.name)} TYPE ${spec.type.toUpperCase()} HANDLER ${spec.handler};`;

const dropSql = ({ spec }: AccessMethod): string => `DROP ACCESS METHOD ${quoteIdentifier(spec.name)};`;

function create(fact: AccessMethod): readonly StepDraft[] {
  return [catalogStep(fact, { action: "create", sql: createSql(fact), undo: { sql: dropSql(fact) }, why: declaredBy(fact) })];
}

function drop(fact: AccessMethod): readonly StepDraft[] {
  const undo = { sql: createSql(fact) };
  return [catalogStep(fact, { action: "drop", sql: dropSql(fact), undo, why: undeclared, phase: "contract", breaks: "old" })];
}

export const accessMethod: KindModule<AccessMethodSpec> = {
  kind: "access_method",
  rank: 46,
  scope: "exact",
  notCompared: ["name"],
  rebuiltBy: ["replace"],
  renameByDefinition: false,
  catalog: { sql: catalogSql, fromRow },
  yaml: {
    parents: ["root"],
    key: "access_methods",
    style: "map",
    files: ["schema"],
    shape: {
      description: "An access method: type table handler f, or type index handler f.",
      scalar: true,
      properties: { def: { type: "string" } },
      required: ["def"],
    },
    read,
    write: ({ spec }) => shortOrLong(nestedKey(spec.name), `type ${spec.type} handler ${spec.handler}`, {}),
  },
  statements: {},
  answersTo: (fact) => [fact.id],
  dependsOn,
  inline: () => null,
  create,
  alter: () => ({ replace: "PostgreSQL cannot alter an access method" }),
  rename: () => null,
  drop,
};
