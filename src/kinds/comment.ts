import { qualifiedName, quoteIdentifier, splitPath } from "../base/identifier.ts";
import type { Fact } from "../model/database.ts";
import type { CatalogContext, KindModule, PlanContext, ReadContext, Row, SqlStatement, YamlEntry } from "../model/kind.ts";
import { kindOf, type ObjectId, objectId, pathOf } from "../model/object-id.ts";
import type { Lock, StepDraft } from "../model/step.ts";
import { namesOf } from "../sql/names.ts";
import { optionalText, text } from "./shared/catalog.ts";
import { commentSql } from "./shared/comment-sql.ts";
import { draft, noWork } from "./shared/draft.ts";
import { lockOn } from "./shared/locks.ts";
import {
  declaredBy,
  familyOf,
  isRelation,
  namedPhrase,
  rootOf,
  satelliteFact,
  targetPhrase,
  uncommentedKinds,
  undeclared,
} from "./shared/target.ts";

/** The comment of an object, every byte of it. `on` is how COMMENT ON names it, `root` what it is made with: neither is compared. */
export type CommentSpec = {
  readonly target: ObjectId;
  readonly on: string;
  readonly root: ObjectId;
  readonly text: string;
  /** Live only: what CREATE EXTENSION or initdb put there, which nobody need declare; null when a person wrote it. */
  readonly given: string | null;
};

/** A key has two comments: its own, and that of its index, which SQL names by the same name. */
const ofIndex = "index";

function commentFact(
  target: Pick<Fact, "kind" | "id" | "object" | "schema" | "parent" | "spec">,
  comment: string,
  rest: { readonly at?: Fact["at"]; readonly given?: string | null; readonly suffix?: string } = {},
): Fact<CommentSpec> {
  const on = rest.suffix === ofIndex ? indexPhrase(target) : targetPhrase(target);
  const spec = { target: target.id, on, root: rootOf(target), text: comment, given: rest.given ?? null };
  return satelliteFact("comment", target, spec, { at: rest.at, ...(rest.suffix === undefined ? {} : { suffix: rest.suffix }) });
}

const indexPhrase = (key: Pick<Fact, "object">): string => {
  const names = splitPath(key.object);
  return `INDEX ${qualifiedName(names[0] ?? "", names.at(-1) ?? "")}`;
};

const isOfIndex = (fact: Fact<CommentSpec>): boolean => fact.id.endsWith(` ${ofIndex}`) && fact.spec.on.startsWith("INDEX ");

// ---- YAML

/** An empty comment is none, as in PostgreSQL. */
function read(entry: YamlEntry, context: ReadContext): readonly Fact[] {
  const target = context.parent;
  if (!target || entry.value.type !== "scalar" || entry.value.text === "") return [];
  if (uncommentedKinds.includes(target.kind)) {
    context.problem(
      entry.at,
      "no-comment",
      `PostgreSQL keeps no comment on a ${target.kind.replaceAll("_", " ")}`,
      "leave it out",
    );
    return [];
  }
  return [commentFact(target, entry.value.text, { at: entry.at })];
}

/** The comment of the index that a key has. */
function readOfIndex(entry: YamlEntry, context: ReadContext): readonly Fact[] {
  const target = context.parent;
  if (!target || entry.value.type !== "scalar" || entry.value.text === "") return [];
  return [commentFact(target, entry.value.text, { at: entry.at, suffix: ofIndex })];
}

/** COMMENT ON POLICY of `.sql` files; comments of other things are written where those are declared. */
function readStatement(statement: SqlStatement, context: ReadContext): readonly Fact[] {
  const body = statement.node.CommentStmt;
  if (body.objtype !== "OBJECT_POLICY") {
    context.problem(
      statement.scalar.at,
      "unsupported-statement",
      "only COMMENT ON POLICY may stand in .sql files",
      "write `comment:` in the YAML entry of the object",
    );
    return [];
  }
  const names = namesOf(body.object?.List?.items);
  const policy = names.at(-1) ?? "";
  const table = names.at(-2) ?? "";
  const schema = names.length > 2 ? (names[0] ?? "") : (context.resolve("relation", table) ?? context.schema);
  const path = qualifiedName(schema, table);
  const object = `${path}.${quoteIdentifier(policy)}`;
  const target = { kind: "policy", id: objectId("policy", object), object, schema, parent: objectId("table", path), spec: {} };
  return body.comment ? [commentFact(target, String(body.comment), { at: statement.scalar.at })] : [];
}

// ---- catalog

/**
 * Comments on PostgreSQL's own objects have OIDs below 16384 (FirstNormalObjectId); the schema public may be commented, and comes with
 * a comment before 15. Extensions come with the comment of their control file. Roles and the database are shared between databases.
 */
function catalogSql(): string {
  return `select coalesce(k.tableoid, d.classoid)::int8::float8 as class_id, coalesce(k.oid, d.objoid)::int8::float8 as object_id, k.oid is not null as of_index, d.objsubid::int4 as sub_id, d.description as text,
      case d.classoid when 'pg_namespace'::regclass then (select 'standard public schema' from pg_namespace n where n.oid = d.objoid and n.nspname = 'public')
        when 'pg_extension'::regclass then (select a.comment from pg_available_extensions a join pg_extension e on e.extname = a.name where e.oid = d.objoid) end as given
    from pg_description d left join pg_constraint k on k.conindid = d.objoid and d.classoid = 'pg_class'::regclass and k.contype in ('p', 'u', 'x')
    where d.objoid >= 16384 or d.classoid = 'pg_namespace'::regclass and d.objoid = (select n.oid from pg_namespace n where n.nspname = 'public')
    union all
    select s.classoid::int8::float8, s.objoid::int8::float8, false, 0, s.description, null from pg_shdescription s
    where s.classoid = 'pg_authid'::regclass and s.objoid >= 16384
      or s.classoid = 'pg_database'::regclass and s.objoid = (select d.oid from pg_database d where d.datname = current_database())`;
}

function fromRow(row: Row, context: CatalogContext): Fact<CommentSpec> | null {
  const id = context.idOf(Number(row["class_id"]), Number(row["object_id"]), Number(row["sub_id"]));
  const target = id === undefined ? undefined : context.fact(id);
  return target
    ? commentFact(target, text(row, "text"), {
        given: optionalText(row, "given"),
        ...(row["of_index"] === true ? { suffix: ofIndex } : {}),
      })
    : null;
}

/** Nobody wrote it: it came with the object. */
const isGiven = (fact: Fact<CommentSpec>): boolean => fact.spec.given === fact.spec.text;

// ---- change

/** SHARE UPDATE EXCLUSIVE on relations, and on the table of a column; ACCESS SHARE for constraints, policies, triggers (measured). */
function locksOf(fact: Fact<CommentSpec>, context: PlanContext): readonly Lock[] {
  const { target, root } = fact.spec;
  if (isRelation(target)) return lockOn(context, target, "ShareUpdateExclusiveLock");
  // The attributes of a composite type are those of a relation of its own, which nobody reads.
  if (kindOf(target) === "attribute")
    return context.isNew(root) ? [] : [{ relation: pathOf(root), mode: "ShareUpdateExclusiveLock", blocks: "none" }];
  if (!isRelation(root)) return [];
  const isColumn = ["column", "view_column"].includes(kindOf(target));
  return lockOn(context, root, isColumn ? "ShareUpdateExclusiveLock" : "AccessShareLock");
}

function set(fact: Fact<CommentSpec>, from: string | null, to: string | null, why: string, context: PlanContext): StepDraft {
  const on = namedPhrase(fact.spec.on, fact.spec.target, context);
  return draft(fact, {
    action: to === null ? "drop" : from === null ? "create" : "alter",
    sql: commentSql(on, to),
    phase: "expand",
    why,
    locks: locksOf(fact, context),
    work: noWork,
    dataLoss: "never",
    undo: { sql: commentSql(on, from) },
    ...familyOf(context, fact.spec.root),
  });
}

export const comment: KindModule<CommentSpec> = {
  kind: "comment",
  rank: 160,
  scope: "exact",
  undeclared: (fact) => (isGiven(fact) ? "keep" : "drop"),
  notCompared: ["target", "on", "root", "given"],
  rebuiltBy: [],
  renameByDefinition: false,
  catalog: { sql: catalogSql, fromRow },
  yaml: {
    parents: ["*"],
    key: "comment",
    style: "value",
    files: ["schema", "policies"],
    shape: { description: "What the object is for (COMMENT ON).", scalar: true, properties: {} },
    read,
    write: (fact) => (isGiven(fact) || isOfIndex(fact) ? null : { key: "comment", value: fact.spec.text }),
  },
  nestedYaml: {
    parents: ["constraint"],
    key: "index_comment",
    style: "value",
    files: ["schema"],
    shape: { description: "What the index of a key is for (COMMENT ON INDEX).", scalar: true, properties: {} },
    read: readOfIndex,
    write: (fact) => (isOfIndex(fact) ? { key: "index_comment", value: fact.spec.text } : null),
  },
  statements: { CommentStmt: readStatement },
  answersTo: () => [],
  dependsOn: () => [],
  inline: () => null,
  create: (fact, context) => [set(fact, null, fact.spec.text, declaredBy(fact), context)],
  alter: (live, desired, _fields, context) => [set(desired, live.spec.text, desired.spec.text, "the comment changed", context)],
  rename: () => [],
  drop: (fact, context) => [set(fact, fact.spec.text, fact.spec.given, undeclared, context)],
};
