import type { Fact } from "../model/database.ts";
import type { CatalogContext, KindModule, PlanContext, ReadContext, Row, YamlEntry } from "../model/kind.ts";
import { kindOf, objectId } from "../model/object-id.ts";
import type { Lock, StepDraft } from "../model/step.ts";
import { address, notExtensionOwned, text, userSchema } from "./shared/catalog.ts";
import { draft, noWork } from "./shared/draft.ts";
import { lock, lockOn } from "./shared/locks.ts";
import { type OwnerSpec, ownerFact } from "./shared/owner-fact.ts";
import { declaredBy, familyOf, isRelation } from "./shared/target.ts";
import { roleName } from "./shared/yaml-entry.ts";

/** Who owns an object: compared only where the files say one, because it differs between staging and production. */

// ---- YAML

function read(entry: YamlEntry, context: ReadContext): readonly Fact[] {
  if (!context.parent || entry.value.type !== "scalar" || entry.value.text === "") return [];
  return [ownerFact(context.parent, entry.value.text, entry.at)];
}

// ---- catalog

/** Sequences of columns follow their table's owner and have none of their own. */
function catalogSql(): string {
  const own = (catalog: string, oid: string): string => `${userSchema("n.nspname")} and ${notExtensionOwned(catalog, oid)}`;
  const role = "join pg_roles r on r.oid =";
  const space = "join pg_namespace n on n.oid =";
  return `select ${address("pg_class", "c.oid")}, r.rolname as role from pg_class c ${space} c.relnamespace ${role} c.relowner
      where c.relkind in ('r', 'p', 'v', 'm', 'S') and c.relpersistence <> 't' and ${own("pg_class", "c.oid")}
        and not exists (select from pg_depend d where d.classid = 'pg_class'::regclass and d.objid = c.oid
          and d.refclassid = 'pg_class'::regclass and d.refobjsubid > 0 and d.deptype in ('a', 'i') and c.relkind = 'S')
    union all select ${address("pg_proc", "p.oid")}, r.rolname from pg_proc p ${space} p.pronamespace ${role} p.proowner where ${own("pg_proc", "p.oid")}
    union all select ${address("pg_namespace", "n.oid")}, r.rolname from pg_namespace n ${role} n.nspowner where ${own("pg_namespace", "n.oid")}
    union all select ${address("pg_type", "t.oid")}, r.rolname from pg_type t ${space} t.typnamespace ${role} t.typowner
      left join pg_class c on c.oid = t.typrelid
      where (t.typtype in ('e', 'd', 'r') or c.relkind = 'c') and ${own("pg_type", "t.oid")}`;
}

function fromRow(row: Row, context: CatalogContext): Fact<OwnerSpec> | null {
  const id = context.idOf(Number(row["class_id"]), Number(row["object_id"]), Number(row["sub_id"]));
  const target = id === undefined ? undefined : context.fact(id);
  if (!target) return null;
  const role = text(row, "role");
  return { ...ownerFact(target, role), owner: role };
}

// ---- change

/** ACCESS EXCLUSIVE on a relation and on its indexes, none on schemas, types and routines (measured). */
function locksOf(fact: Fact<OwnerSpec>, context: PlanContext): readonly Lock[] {
  const target = fact.spec.target;
  if (!isRelation(target) || context.isNew(target)) return [];
  const indexed = kindOf(target) === "table" || kindOf(target) === "materialized_view";
  const indexes = indexed ? context.indexes(target).map((index) => lock(index, "AccessExclusiveLock")) : [];
  return [...lockOn(context, target, "AccessExclusiveLock"), ...indexes];
}

const ownerSql = (fact: Fact<OwnerSpec>, role: string): string =>
  `ALTER ${fact.spec.word} ${fact.object} OWNER TO ${roleName(role)};`;

function give(fact: Fact<OwnerSpec>, from: string | null, why: string, context: PlanContext): StepDraft {
  return draft(fact, {
    action: from === null ? "create" : "alter",
    sql: ownerSql(fact, fact.spec.role),
    phase: "expand",
    why,
    locks: locksOf(fact, context),
    work: noWork,
    dataLoss: "never",
    undo: from === null ? { none: "goes with the object itself" } : { sql: ownerSql(fact, from) },
    ...familyOf(context, fact.spec.root),
  });
}

export const owner: KindModule<OwnerSpec> = {
  kind: "owner",
  // After everything else about the object: a role that gave it away may no longer alter it.
  rank: 190,
  scope: "declared",
  notCompared: ["target", "word", "root"],
  rebuiltBy: [],
  renameByDefinition: false,
  catalog: { sql: catalogSql, fromRow },
  yaml: {
    parents: ["schema", "table", "view", "materialized_view", "sequence", "function", "enum", "domain", "composite"],
    key: "owner",
    style: "value",
    files: ["schema"],
    shape: { description: "The role that owns the object; not compared when left out.", scalar: true, properties: {} },
    read,
    // Staging and production have different owners: a pulled file does not fix one.
    write: () => null,
  },
  statements: {},
  answersTo: () => [],
  dependsOn: () => [],
  roles: (fact) => [fact.spec.role],
  inline: () => null,
  create: (fact, context) => [give(fact, liveRole(fact, context), declaredBy(fact), context)],
  alter: (live, desired, _fields, context) => [
    give(desired, live.spec.role, `the owner changes from ${live.spec.role} to ${desired.spec.role}`, context),
  ],
  rename: () => [],
  drop: () => [],
};

function liveRole(fact: Fact<OwnerSpec>, context: PlanContext): string | null {
  const role = context.isNew(fact.spec.target)
    ? undefined
    : context.live.facts.get(objectId("owner", fact.spec.target))?.spec["role"];
  return typeof role === "string" ? role : null;
}
