import { qualifiedName, quoteIdentifier } from "../base/identifier.ts";
import type { Fact } from "../model/database.ts";
import type { CatalogContext, KindModule, PlanContext, ReadContext, Row, SqlStatement, YamlEntry } from "../model/kind.ts";
import { type ObjectId, objectId } from "../model/object-id.ts";
import type { Lock, StepDraft } from "../model/step.ts";
import { namesOf } from "../sql/names.ts";
import { text } from "./shared/catalog.ts";
import { commentSql, commentTarget } from "./shared/comment-sql.ts";
import { draft, noWork } from "./shared/draft.ts";
import { lockOn } from "./shared/locks.ts";
import { declaredBy, familyOf, isRelation, rootOf, satelliteFact, undeclared } from "./shared/target.ts";

/** The comment of an object. `on` is how COMMENT ON names it, `root` what it is made with: neither is compared. */
export type CommentSpec = {
  readonly target: ObjectId;
  readonly on: string;
  readonly root: ObjectId;
  readonly text: string;
};

function commentFact(
  target: Pick<Fact, "kind" | "id" | "object" | "schema" | "parent" | "spec">,
  comment: string,
  at?: Fact["at"],
): Fact<CommentSpec> {
  return satelliteFact(
    "comment",
    target,
    { target: target.id, on: commentTarget(target), root: rootOf(target), text: comment },
    { at },
  );
}

// ---- YAML

/** An empty comment is none, as in PostgreSQL. */
function read(entry: YamlEntry, context: ReadContext): readonly Fact[] {
  const target = context.parent;
  if (!target || entry.value.type !== "scalar" || entry.value.text === "") return [];
  if (target.kind === "extension") {
    context.problem(entry.at, "extension-comment", "the comment of an extension belongs to the extension", "leave it out");
    return [];
  }
  return [commentFact(target, entry.value.text.replaceAll("\r\n", "\n"), entry.at)];
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
  return body.comment ? [commentFact(target, String(body.comment).replaceAll("\r\n", "\n"), statement.scalar.at)] : [];
}

// ---- catalog

/** Comments on PostgreSQL's own objects have OIDs below 16384 (FirstNormalObjectId); the schema public too, which may be commented. */
function catalogSql(): string {
  return `select d.classoid::int8::float8 as class_id, d.objoid::int8::float8 as object_id, d.objsubid::int4 as sub_id, d.description as text
    from pg_description d
    where (d.objoid >= 16384 or d.classoid = 'pg_namespace'::regclass and d.objoid = (select n.oid from pg_namespace n where n.nspname = 'public'))
      and not (d.classoid = 'pg_namespace'::regclass and d.description = 'standard public schema')
      and d.classoid <> 'pg_extension'::regclass`;
}

function fromRow(row: Row, context: CatalogContext): Fact<CommentSpec> | null {
  const id = context.idOf(Number(row["class_id"]), Number(row["object_id"]), Number(row["sub_id"]));
  const target = id === undefined ? undefined : context.fact(id);
  return target && target.kind !== "extension" ? commentFact(target, text(row, "text")) : null;
}

// ---- change

/** SHARE UPDATE EXCLUSIVE on relations, and on the table of a column; ACCESS SHARE for constraints, policies, triggers (measured). */
function locksOf(fact: Fact<CommentSpec>, context: PlanContext): readonly Lock[] {
  const { target, root } = fact.spec;
  if (isRelation(target)) return lockOn(context, target, "ShareUpdateExclusiveLock");
  if (!isRelation(root)) return [];
  return lockOn(context, root, target.startsWith("column ") ? "ShareUpdateExclusiveLock" : "AccessShareLock");
}

function set(fact: Fact<CommentSpec>, from: string | null, to: string | null, why: string, context: PlanContext): StepDraft {
  return draft(fact, {
    action: to === null ? "drop" : from === null ? "create" : "alter",
    sql: commentSql(fact.spec.on, to),
    phase: "expand",
    why,
    locks: locksOf(fact, context),
    work: noWork,
    dataLoss: "never",
    undo: { sql: commentSql(fact.spec.on, from) },
    ...familyOf(context, fact.spec.root),
  });
}

export const comment: KindModule<CommentSpec> = {
  kind: "comment",
  rank: 160,
  scope: "exact",
  notCompared: ["target", "on", "root"],
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
    write: (fact) => ({ key: "comment", value: fact.spec.text }),
  },
  statements: { CommentStmt: readStatement },
  answersTo: () => [],
  dependsOn: () => [],
  inline: () => null,
  create: (fact, context) => [set(fact, null, fact.spec.text, declaredBy(fact), context)],
  alter: (live, desired, _fields, context) => [set(desired, live.spec.text, desired.spec.text, "the comment changed", context)],
  rename: () => [],
  drop: (fact, context) => [set(fact, fact.spec.text, null, undeclared, context)],
};
