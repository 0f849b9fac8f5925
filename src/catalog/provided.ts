import { quoteIdentifier } from "../base/identifier.ts";
import { kindNamed } from "../kinds/registry.ts";
import type { Fact, Provided, Unmanaged } from "../model/database.ts";
import type { Row } from "../model/kind.ts";
import { kindOf, type ObjectId, pathOf, schemaId } from "../model/object-id.ts";

/**
 * What lies in a database and is not its team's: schemas and objects of the platform it runs on, schemas that an extension made for
 * itself, and what extensions make at run time (partitions of pg_partman, triggers of TimescaleDB). Recognised by evidence in the
 * catalog, an owner or a membership, and left alone: never compared, dropped or written by pull.
 */

interface Provider {
  readonly name: string;
  /** Roles of the platform. A schema or an object of the database that one of them owns is the platform's. */
  readonly roles: readonly string[];
  /** Its schemas by name: taken for its own also when the session itself is one of the roles. */
  readonly schemas: readonly string[];
}

const providers: readonly Provider[] = [
  {
    name: "Supabase",
    roles: [
      "supabase_admin",
      "supabase_auth_admin",
      "supabase_storage_admin",
      "supabase_realtime_admin",
      "supabase_functions_admin",
      "supabase_replication_admin",
      "supabase_etl_admin",
      "pgbouncer",
      "pgsodium_keymaker",
      "dashboard_user",
    ],
    schemas: [
      "auth",
      "storage",
      "realtime",
      "_realtime",
      "_analytics",
      "vault",
      "graphql",
      "graphql_public",
      "pgbouncer",
      "pgsodium",
      "pgsodium_masks",
      "supabase_functions",
    ],
  },
  {
    name: "Neon",
    roles: ["cloud_admin", "neon_superuser", "neon_service", "neon_auth"],
    schemas: ["neon", "neon_auth", "neon_migration"],
  },
  { name: "Amazon RDS", roles: ["rdsadmin"], schemas: [] },
  { name: "Cloud SQL", roles: ["cloudsqladmin"], schemas: [] },
  { name: "AlloyDB", roles: ["alloydbadmin"], schemas: [] },
  { name: "Azure", roles: ["azuresu"], schemas: [] },
];

const literal = (name: string): string => `'${name.replaceAll("'", "''")}'`;
const rows = (pick: (provider: Provider) => readonly string[]): string =>
  providers.flatMap((provider) => pick(provider).map((name) => `(${literal(provider.name)}, ${literal(name)})`)).join(", ");

const roleOf = (owner: string): string => `join pg_roles r on r.oid = ${owner} join provider_role p on p.role = r.rolname`;

/** Objects of the database as a whole that a role of the platform owns, and what lies in the schema where it keeps extensions. */
const ownedObjects = [
  ["pg_event_trigger", "evtowner", "true"],
  ["pg_publication", "pubowner", "true"],
  ["pg_foreign_data_wrapper", "fdwowner", "true"],
  ["pg_foreign_server", "srvowner", "true"],
  ["pg_proc", "proowner", "o.pronamespace = to_regnamespace('extensions')"],
  ["pg_class", "relowner", "o.relnamespace = to_regnamespace('extensions')"],
] as const;

/** Triggers that TimescaleDB puts on the tables it splits. */
const hypertableTriggers = ["ts_insert_blocker", "ts_cagg_invalidation_trigger"];

/**
 * One row for each thing: `sort` schema (by `name`), object (by `class_id`, `object_id`), or partman (`names`: its table of parents as
 * XML, null when this role may not read it). query_to_xml runs the query only where there is something to ask.
 */
export const providedSql = `with provider_role (provider, role) as (values ${rows(({ roles }) => roles)}),
  provider_schema (provider, schema) as (values ${rows(({ schemas }) => schemas)})
select 'schema' as sort, n.nspname as name, p.provider, null::float8 as class_id, null::float8 as object_id, null::text as names
  from pg_namespace n ${roleOf("n.nspowner")}
  where n.nspname <> 'public' and n.nspname !~ '^pg_'
    and (p.role <> current_user or exists (select from provider_schema s where s.provider = p.provider and s.schema = n.nspname))
union all select 'schema', n.nspname, s.provider, null, null, null from pg_namespace n join provider_schema s on s.schema = n.nspname
  where s.provider = 'Neon' and exists (select from pg_roles where rolname = 'neon_superuser')
union all select 'schema', n.nspname, 'extension ' || quote_ident(e.extname), null, null, null
  from pg_namespace n join pg_depend d on d.classid = 'pg_namespace'::regclass and d.objid = n.oid and d.deptype = 'e'
    join pg_extension e on d.refclassid = 'pg_extension'::regclass and d.refobjid = e.oid
${ownedObjects
  .map(
    ([
      catalog,
      owner,
      where,
    ]) => `union all select 'object', null, p.provider, '${catalog}'::regclass::oid::int8::float8, o.oid::int8::float8, null
  from ${catalog} o ${roleOf(`o.${owner}`)} where p.role <> current_user and ${where}`,
  )
  .join("\n")}
union all select 'object', t.tgrelid::regclass::text, 'extension timescaledb', 'pg_trigger'::regclass::oid::int8::float8, t.oid::int8::float8, null from pg_trigger t
  where t.tgname in (${hypertableTriggers.map(literal).join(", ")}) and exists (select from pg_extension where extname = 'timescaledb')
union all select 'partman', quote_ident(n.nspname), 'extension pg_partman', null, null,
    case when has_schema_privilege(n.oid, 'usage') and has_table_privilege(c.oid, 'select')
      then query_to_xml(format('select parent_table, template_table from %I.part_config', n.nspname), false, true, '')::text end
  from pg_extension e join pg_namespace n on n.oid = e.extnamespace join pg_class c on c.relnamespace = n.oid and c.relname = 'part_config'
  where e.extname = 'pg_partman'`;

/** What was recognised, and whose each fact is. */
export interface Recognised {
  /** Schemas by name with whose they are. */
  readonly schemas: ReadonlyMap<string, string>;
  readonly provided: readonly Provided[];
  /** What a person must know that the files do not say. */
  readonly unmanaged: readonly Unmanaged[];
  /** Marks what is not the team's, with all that lies in it. */
  mark(facts: Map<ObjectId, Fact>): void;
}

/** Reads the rows of providedSql. In: the id of an object by catalog address. */
export function recognise(found: readonly Row[], idOf: (classId: number, objectId: number) => ObjectId | undefined): Recognised {
  const schemas = new Map<string, string>();
  const objects = new Map<ObjectId, string>();
  const hypertables = new Set<string>();
  for (const row of found) {
    if (row["sort"] === "schema") schemas.set(String(row["name"]), String(row["provider"]));
    const id = row["sort"] === "object" ? idOf(Number(row["class_id"]), Number(row["object_id"])) : undefined;
    if (id !== undefined) objects.set(id, String(row["provider"]));
    if (row["sort"] === "object" && row["name"] !== null) hypertables.add(String(row["name"]));
  }
  const partman = found.find((row) => row["sort"] === "partman");
  const parents = partman === undefined ? [] : [...namesIn(partman, "parent_table")];
  const provided = [
    ...[...schemas].map(([name, by]) => ({ kind: "schema", object: quoteIdentifier(name), by })),
    ...parents.map((object) => ({ kind: "partitions", object, by: "extension pg_partman" })),
  ];
  return {
    schemas,
    unmanaged: [...hypertables].map((object) => ({
      kind: "hypertable",
      object,
      why: "TimescaleDB splits the table: create_hypertable is not managed",
    })),
    provided: provided.sort((a, b) => (a.object < b.object ? -1 : 1)),
    mark: (facts) => {
      for (const id of partman === undefined ? [] : partmanTables(partman, facts)) objects.set(id, "extension pg_partman");
      for (const [id, fact] of facts)
        if (isProvided(fact, facts, schemas, objects)) facts.set(id, { ...fact, foreign: "unmanaged" });
    },
  };
}

function isProvided(
  fact: Fact,
  facts: ReadonlyMap<ObjectId, Fact>,
  schemas: ReadonlyMap<string, string>,
  objects: ReadonlyMap<ObjectId, string>,
): boolean {
  for (let at: Fact | undefined = fact; at !== undefined; at = at.parent === null ? undefined : facts.get(at.parent)) {
    if (objects.has(at.id)) return true;
    if (at.schema !== null && schemas.has(at.schema)) return true;
    if (at.schema === null && at.id === schemaId(String(at.spec["name"])) && schemas.has(String(at.spec["name"]))) return true;
  }
  return false;
}

/** The templates and the partitions, at any depth, of the tables that pg_partman keeps; by their names when its list cannot be read. */
function partmanTables(row: Row, facts: ReadonlyMap<ObjectId, Fact>): readonly ObjectId[] {
  const unreadable = row["names"] === null;
  const parents = namesIn(row, "parent_table");
  const templates = namesIn(row, "template_table");
  const isPart = (fact: Fact | undefined): boolean => {
    if (fact === undefined || fact.parent === null || kindOf(fact.parent) !== fact.kind) return false;
    if (unreadable) return /_(p\d{4}\w*|default)$/.test(String(fact.spec["name"]));
    return parents.has(pathOf(fact.parent)) || isPart(facts.get(fact.parent));
  };
  return [...facts.values()]
    .filter((fact) => kindNamed(fact.kind).holdsRows === true && (templates.has(fact.object) || isPart(fact)))
    .map(({ id }) => id);
}

/** The values of one column in a table that the server wrote as XML. */
function namesIn(row: Row, column: string): ReadonlySet<string> {
  const found = [...String(row["names"] ?? "").matchAll(new RegExp(`<${column}>([^<]*)</${column}>`, "g"))];
  return new Set(found.map(([, name = ""]) => name.replaceAll("&lt;", "<").replaceAll("&gt;", ">").replaceAll("&amp;", "&")));
}
