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
import type { ObjectId } from "../model/object-id.ts";
import type { StepDraft } from "../model/step.ts";
import { address, notExtensionOwned, text } from "./shared/catalog.ts";
import { catalogStep, definitionOrNothing, namedProperties, renamedFromId, renameStep } from "./shared/database-object.ts";
import { makeFact } from "./shared/fact.ts";
import { lockOn } from "./shared/locks.ts";
import { memberList } from "./shared/publication-member.ts";
import { operations, type PublicationSpec, readPublication } from "./shared/read-publication.ts";
import { parseScalar } from "./shared/sql-piece.ts";
import { declaredBy, familyOf, undeclared } from "./shared/target.ts";
import { entryName, nestedKey, shortOrLong } from "./shared/yaml-entry.ts";

/** A publication (manual, 29.1). The tables and schemas in it are facts of their own, which its entry declares. */
type Publication = Fact<PublicationSpec>;

function publicationFact(spec: PublicationSpec, rest: Pick<Fact, "at" | "renamedFrom" | "owner">): Publication {
  return makeFact({ kind: "publication", names: [spec.name], schema: null, spec, ...rest });
}

// ---- YAML

const hint = "write what follows CREATE PUBLICATION name, e.g. for table app.orders (id, status) where (status <> 'draft')";

function read(entry: YamlEntry, context: ReadContext): readonly Fact[] {
  const scalar = definitionOrNothing(entry);
  const body = parseScalar("CREATE PUBLICATION x ", scalar, context, hint)?.node.CreatePublicationStmt;
  if (!body) return [];
  const { spec, members } = readPublication(body, entryName(entry.key), scalar, context);
  const renamedFrom = renamedFromId("publication", entry);
  return [publicationFact(spec, { at: entry.at, ...(renamedFrom ? { renamedFrom } : {}) }), ...members];
}

function fromStatement(statement: SqlStatement, context: ReadContext): readonly Fact[] {
  const body = statement.node.CreatePublicationStmt;
  const { spec, members } = readPublication(body, String(body.pubname), statement.scalar, context);
  return [publicationFact(spec, { at: statement.scalar.at }), ...members];
}

function write({ spec }: Publication, context: WriteContext): WrittenEntry {
  const members = spec.members.flatMap((id) => context.fact(id) ?? []);
  return shortOrLong(nestedKey(spec.name), clauses(spec, members, false).join(" "), {});
}

function clauses(spec: PublicationSpec, members: readonly Fact[], upper: boolean): string[] {
  const word = (text: string): string => (upper ? text : text.toLowerCase());
  const options = optionItems(spec).filter((item) => !optionItems(usual).includes(item));
  return [
    ...(spec.allTables ? [word("FOR ALL TABLES")] : []),
    ...(members.length > 0 ? [`${word("FOR")} ${memberList(members, upper)}`] : []),
    ...(options.length > 0 ? [`${word("WITH")} (${options.join(", ")})`] : []),
  ];
}

const usual: PublicationSpec = {
  name: "",
  allTables: false,
  publish: operations,
  viaRoot: false,
  generatedColumns: "none",
  members: [],
};

function optionItems(spec: PublicationSpec): string[] {
  return [
    `publish = '${spec.publish.join(", ")}'`,
    `publish_via_partition_root = ${spec.viaRoot}`,
    `publish_generated_columns = ${spec.generatedColumns}`,
  ];
}

// ---- catalog

function catalogSql(major: number): string {
  const path = "quote_ident(n.nspname) || '.' || quote_ident(c.relname)";
  const tables = `select 'publication_table ' || ${path} || '.' || quote_ident(p.pubname) as id
      from pg_publication_rel r join pg_class c on c.oid = r.prrelid join pg_namespace n on n.oid = c.relnamespace where r.prpubid = p.oid`;
  const schemas = `select 'publication_schema ' || quote_ident(n.nspname) || '.' || quote_ident(p.pubname)
      from pg_publication_namespace r join pg_namespace n on n.oid = r.pnnspid where r.pnpubid = p.oid`;
  const members = major < 15 ? tables : `${tables} union all ${schemas}`;
  return `select ${address("pg_publication", "p.oid")}, p.pubname as name, p.puballtables as all_tables, p.pubinsert as insert, p.pubupdate as update,
      p.pubdelete as delete, p.pubtruncate as truncate, p.pubviaroot as via_root, ${major < 18 ? "'n'" : "p.pubgencols::text"} as generated,
      pg_get_userbyid(p.pubowner) as owner, array(select m.id from (${members}) m order by 1) as members
    from pg_publication p where ${notExtensionOwned("pg_publication", "p.oid")}`;
}

function fromRow(row: Row): Publication {
  const spec: PublicationSpec = {
    name: text(row, "name"),
    allTables: row["all_tables"] === true,
    publish: operations.filter((operation) => row[operation] === true),
    viaRoot: row["via_root"] === true,
    generatedColumns: row["generated"] === "s" ? "stored" : "none",
    members: row["members"] as readonly ObjectId[],
  };
  return publicationFact(spec, { owner: text(row, "owner") });
}

// ---- change and render

function createSql(fact: Publication, members: readonly Fact[]): string {
  return `${["CREATE PUBLICATION", fact.object, ...clauses(fact.spec, members, true)].join(" ")};`;
}

const dropSql = (fact: Publication): string => `DROP PUBLICATION ${fact.object};`;

/** One statement with all that it publishes. */
function create(fact: Publication, context: PlanContext): StepDraft[] {
  const members = fact.spec.members.flatMap((id) => context.final(id) ?? []);
  const tables = members.flatMap(({ kind, parent }) => (kind === "publication_table" && parent !== null ? [parent] : []));
  const step = catalogStep(fact, {
    action: "create",
    sql: createSql(fact, members),
    undo: { sql: dropSql(fact) },
    why: declaredBy(fact),
    needs: members.flatMap(({ parent }) => parent ?? []),
    provides: [fact.id, ...members.map(({ id }) => id)],
    ...familyOf(context, fact.id),
  });
  return [{ ...step, locks: tables.flatMap((table) => lockOn(context, table, "ShareUpdateExclusiveLock")) }];
}

function alter(live: Publication, desired: Publication, fields: readonly string[]): readonly StepDraft[] | Replace {
  if (fields.includes("allTables"))
    return { replace: "PostgreSQL cannot turn a publication of all tables into one of a list, or back" };
  const set = (from: PublicationSpec, to: PublicationSpec): string =>
    `ALTER PUBLICATION ${desired.object} SET (${optionItems(to)
      .filter((item) => !optionItems(from).includes(item))
      .join(", ")});`;
  return [
    catalogStep(desired, {
      action: "alter",
      sql: set(live.spec, desired.spec),
      undo: { sql: set(desired.spec, live.spec) },
      why: "its options differ",
    }),
  ];
}

function drop(fact: Publication, context: PlanContext): StepDraft[] {
  const members = fact.spec.members.flatMap((id) => context.live.facts.get(id) ?? []);
  return [
    catalogStep(fact, {
      action: "drop",
      sql: dropSql(fact),
      undo: { sql: createSql(fact, members) },
      why: undeclared,
      phase: "contract",
      breaks: "old",
      removes: [fact.id, ...members.map(({ id }) => id)],
    }),
  ];
}

export const publication: KindModule<PublicationSpec> = {
  kind: "publication",
  rank: 145,
  scope: "exact",
  notCompared: ["name", "members"],
  rebuiltBy: [],
  renameByDefinition: false,
  catalog: { sql: catalogSql, fromRow },
  yaml: {
    parents: ["root"],
    key: "publications",
    style: "map",
    files: ["schema"],
    shape: {
      description:
        "What follows the name in CREATE PUBLICATION: for table app.orders (id, status) where (status <> 'draft'), tables in schema billing; for all tables.",
      scalar: true,
      properties: namedProperties,
    },
    read,
    write,
  },
  statements: { CreatePublicationStmt: fromStatement },
  needsMajor: ({ spec }) =>
    spec.generatedColumns === "none" ? null : { major: 18, what: "publish_generated_columns of a publication" },
  answersTo: () => [],
  dependsOn: () => [],
  inline: () => null,
  create,
  alter,
  rename: (live, desired) => renameStep(live, desired, "PUBLICATION"),
  drop,
};
