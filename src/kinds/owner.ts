import type { Fact, SourceRef } from "../model/database.ts";
import type {
  CatalogContext,
  KindModule,
  PlanContext,
  ReadContext,
  Row,
  WriteContext,
  WrittenEntry,
  YamlEntry,
} from "../model/kind.ts";
import { kindOf, type ObjectId, objectId, schemaId } from "../model/object-id.ts";
import type { Access, Lock, StepDraft } from "../model/step.ts";
import { address, notExtensionOwned, text, userSchema } from "./shared/catalog.ts";
import { draft, noWork } from "./shared/draft.ts";
import { lock, lockOn } from "./shared/locks.ts";
import { type OwnerSpec, ownerFact } from "./shared/owner-fact.ts";
import { currentDatabaseId, declaredBy, familyOf, isRelation, namedPhrase, ownedKinds, runsAsOwner } from "./shared/target.ts";
import { roleName } from "./shared/yaml-entry.ts";

/** Who owns an object: compared only where the files say one, because it differs between staging and production. */

// ---- YAML

function read(entry: YamlEntry, context: ReadContext): readonly Fact[] {
  if (!context.parent || entry.value.type !== "scalar" || entry.value.text === "") return [];
  const fact = ownerFact(context.parent, entry.value.text, { at: entry.at });
  if (fact) return [fact];
  context.problem(entry.at, "invalid-owner", `${context.parent.id} belongs to the owner of its table`, "leave it out");
  return [];
}

/** `owner:` of the files. The schema public is everybody's: only its own entry says whose it is. */
function byDefault(target: Fact, role: string, at: SourceRef): Fact<OwnerSpec> | null {
  const isOwned = ownedKinds.includes(target.kind) && target.id !== currentDatabaseId && target.id !== schemaId("public");
  return isOwned ? ownerFact(target, role, { at }) : null;
}

/** Staging and production have different owners: a pulled file names only exceptions, which would be lost otherwise. */
function write({ kind, spec }: Fact<OwnerSpec>, context: WriteContext): WrittenEntry | null {
  return spec.isGiven || spec.role === usualOwner(context.ofKind(kind)) ? null : { key: kind, value: spec.role };
}

/** The owner that most objects have; the first by name of several. */
function usualOwner(owners: readonly Fact[]): string | undefined {
  const known = usual.get(owners);
  if (known !== undefined) return known;
  const counts = new Map<string, number>();
  for (const { spec } of owners) {
    if (spec["isGiven"] !== true) counts.set(String(spec["role"]), (counts.get(String(spec["role"])) ?? 0) + 1);
  }
  const [first] = [...counts].sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1));
  if (first) usual.set(owners, first[0]);
  return first?.[0];
}

const usual = new WeakMap<readonly Fact[], string>();

// ---- catalog

/** An owner in a catalog: its name, the prefix of its columns (`con` for conowner), whether its objects lie in schemas. */
const catalogs: readonly (readonly [catalog: string, prefix: string, inSchema: boolean])[] = [
  ["pg_proc", "pro", true],
  ["pg_collation", "coll", true],
  ["pg_conversion", "con", true],
  ["pg_operator", "opr", true],
  ["pg_opclass", "opc", true],
  ["pg_opfamily", "opf", true],
  ["pg_ts_config", "cfg", true],
  ["pg_ts_dict", "dict", true],
  ["pg_statistic_ext", "stx", true],
  ["pg_language", "lan", false],
  ["pg_publication", "pub", false],
  ["pg_subscription", "sub", false],
  ["pg_event_trigger", "evt", false],
  ["pg_foreign_data_wrapper", "fdw", false],
  ["pg_foreign_server", "srv", false],
];

/**
 * Sequences of columns follow their table's owner and have none of their own. `is_given`: the database, and the schema public with the
 * owner it came with. What is no fact has no owner fact: catalogs are read whole.
 */
function catalogSql(): string {
  const own = (catalog: string, oid: string): string => `${userSchema("n.nspname")} and ${notExtensionOwned(catalog, oid)}`;
  const space = "join pg_namespace n on n.oid =";
  const rest = catalogs.map(([catalog, prefix, inSchema]) => {
    const where = inSchema
      ? `${space} o.${prefix}namespace where ${own(catalog, "o.oid")}`
      : `where o.oid >= 16384 and ${notExtensionOwned(catalog, "o.oid")}${catalog === "pg_subscription" ? " and o.subdbid = (select d.oid from pg_database d where d.datname = current_database())" : ""}`;
    return `select ${address(catalog, "o.oid")}, o.${prefix}owner, false from ${catalog} o ${where}`;
  });
  return `with owned(class_id, object_id, sub_id, owner, is_given) as (
    select ${address("pg_class", "c.oid")}, c.relowner, false from pg_class c ${space} c.relnamespace
      where c.relkind in ('r', 'p', 'v', 'm', 'S', 'f') and c.relpersistence <> 't' and ${own("pg_class", "c.oid")}
        and not exists (select from pg_depend d where d.classid = 'pg_class'::regclass and d.objid = c.oid
          and d.refclassid = 'pg_class'::regclass and d.refobjsubid > 0 and d.deptype in ('a', 'i') and c.relkind = 'S')
    union all select ${address("pg_namespace", "n.oid")}, n.nspowner, n.nspname = 'public' and (n.nspowner = 10 or n.nspowner = 'pg_database_owner'::regrole)
      from pg_namespace n where ${own("pg_namespace", "n.oid")}
    union all select ${address("pg_type", "t.oid")}, t.typowner, false from pg_type t ${space} t.typnamespace left join pg_class c on c.oid = t.typrelid
      where t.typtype <> 'm' and t.typcategory <> 'A' and (t.typrelid = 0 or c.relkind = 'c') and ${own("pg_type", "t.oid")}
    union all select ${address("pg_database", "d.oid")}, d.datdba, true from pg_database d where d.datname = current_database()
    union all ${rest.join("\n    union all ")})
  select o.class_id, o.object_id, o.sub_id, r.rolname as role, o.is_given from owned o join pg_roles r on r.oid = o.owner`;
}

function fromRow(row: Row, context: CatalogContext): Fact<OwnerSpec> | null {
  const id = context.idOf(Number(row["class_id"]), Number(row["object_id"]), Number(row["sub_id"]));
  const target = id === undefined ? undefined : context.fact(id);
  if (!target) return null;
  const role = text(row, "role");
  const fact = ownerFact(target, role, { isGiven: row["is_given"] === true });
  return fact && { ...fact, owner: role };
}

// ---- change

/** ACCESS EXCLUSIVE on a relation, its indexes and the sequences of its columns, none on schemas, types and routines (measured). */
function locksOf(fact: Fact<OwnerSpec>, context: PlanContext): readonly Lock[] {
  const target = fact.spec.target;
  if (!isRelation(target) || context.isNew(target)) return [];
  const indexed = kindOf(target) === "table" || kindOf(target) === "materialized_view";
  const names = indexed ? [...context.indexes(target), ...sequencesOf(target, context)] : [];
  return [...lockOn(context, target, "AccessExclusiveLock"), ...names.map((name) => lock(name, "AccessExclusiveLock"))];
}

/** Sequences that belong to columns of a table: of identities, and owned ones. */
function sequencesOf(table: ObjectId, context: PlanContext): readonly string[] {
  return context.children("live", table, "column").flatMap((column) => {
    const behind = column.spec["sequence"];
    const owned = context.children("live", column.id, "sequence").map((sequence) => sequence.object);
    return typeof behind === "string" ? [behind, ...owned] : owned;
  });
}

/** What runs with the rights of its owner may do more or less under another one. */
function accessOf(fact: Fact<OwnerSpec>, from: string | null, context: PlanContext): { access?: Access; accessText?: string } {
  const target = context.final(fact.spec.target);
  if (from === null || !target || !runsAsOwner(target)) return {};
  return { access: "unknown", accessText: `${target.object} runs with the rights of ${fact.spec.role} instead of ${from}` };
}

const ownerSql = ({ spec }: Fact<OwnerSpec>, role: string, context: PlanContext): string =>
  `ALTER ${namedPhrase(spec.alters, spec.target, context)} OWNER TO ${roleName(role)};`;

function give(fact: Fact<OwnerSpec>, from: string | null, why: string, context: PlanContext): StepDraft {
  return draft(fact, {
    action: from === null ? "create" : "alter",
    sql: ownerSql(fact, fact.spec.role, context),
    phase: "expand",
    why,
    locks: locksOf(fact, context),
    work: noWork,
    dataLoss: "never",
    ...accessOf(fact, from, context),
    undo: from === null ? { none: "goes with the object itself" } : { sql: ownerSql(fact, from, context) },
    ...familyOf(context, fact.spec.root),
  });
}

export const owner: KindModule<OwnerSpec> = {
  kind: "owner",
  // After everything else about the object: a role that gave it away may no longer alter it.
  rank: 190,
  scope: "declared",
  notCompared: ["target", "alters", "root", "isGiven"],
  rebuiltBy: [],
  renameByDefinition: false,
  catalog: { sql: catalogSql, fromRow },
  yaml: {
    parents: ownedKinds,
    key: "owner",
    style: "value",
    files: ["schema"],
    shape: { description: "The role that owns the object; not compared when left out.", scalar: true, properties: {} },
    read,
    write,
  },
  statements: {},
  byDefault,
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
