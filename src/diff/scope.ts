import { kindNamed, kinds } from "../kinds/registry.ts";
import type { DesiredDatabase, Fact, IgnoreRule, LiveDatabase, ProjectConfig } from "../model/database.ts";
import { kindOf, type ObjectId } from "../model/object-id.ts";

/** Tables in which other tools keep their history: left alone from the start (contract §5). */
const trackingTables: readonly string[] = [
  "alembic_version",
  "_prisma_migrations",
  "schema_migrations",
  "ar_internal_metadata",
  "flyway_schema_history",
  "supabase_migrations",
  "databasechangelog",
  "databasechangeloglock",
  "knex_migrations",
  "knex_migrations_lock",
  "__drizzle_migrations",
  "goose_db_version",
  "django_migrations",
  "sequelizemeta",
  "pgmigrations",
  "atlas_schema_revisions",
];

/** Which live facts the files speak of. */
export interface Scope {
  readonly managed: ReadonlySet<string>;
  includes(fact: Fact): boolean;
  ignoredBy(fact: Fact): IgnoreRule | "tracking table" | null;
}

/** The scope of a project on a target: `listed` by the files, or the whole `database`. */
export function scopeOf(desired: DesiredDatabase, live: LiveDatabase): Scope {
  const config = desired.config;
  const managed = new Set(config.manage === "database" ? [...live.schemas, ...config.managedSchemas] : config.managedSchemas);
  const facts = (id: ObjectId): Fact | undefined => desired.facts.get(id) ?? live.facts.get(id);
  const ignoredBy = (fact: Fact): ReturnType<Scope["ignoredBy"]> => ignoring(fact, config, facts);
  return {
    managed,
    ignoredBy,
    includes: (fact) => ignoredBy(fact) === null && isManaged(fact, desired, managed),
  };
}

function isManaged(fact: Fact, desired: DesiredDatabase, managed: ReadonlySet<string>): boolean {
  if (fact.foreign === "unmanaged" || kindNamed(fact.kind).scope === "unmanaged") return false;
  if (desired.facts.has(fact.id)) return true;
  if (isOptIn(fact, desired)) return desired.config.dropped.includes(fact.id);
  const holder = kindNamed(fact.kind).belongsTo?.(fact);
  if (holder !== undefined) return desired.facts.has(holder) || desired.config.manage === "database";
  const parent = fact.parent;
  if (fact.schema !== null) return managed.has(fact.schema);
  // What belongs to the database is compared where the files name it, or when they speak for the whole database.
  if (parent !== null && desired.facts.has(parent)) return true;
  return desired.config.manage === "database";
}

/** True for what lies in, or is, an object that is compared only where the files name it, and they do not. */
function isOptIn(fact: Fact, desired: DesiredDatabase): boolean {
  if (kindNamed(fact.kind).optIn === true) return true;
  const { parent } = fact;
  return parent !== null && kindNamed(kindOf(parent)).optIn === true && !desired.facts.has(parent);
}

function ignoring(fact: Fact, config: ProjectConfig, facts: (id: ObjectId) => Fact | undefined): ReturnType<Scope["ignoredBy"]> {
  for (let at: Fact | undefined = fact; at; at = at.parent === null ? undefined : facts(at.parent)) {
    const { kind, object } = at;
    const rule = config.ignore.find((candidate) => matches(candidate.object, kind, object));
    if (rule) return rule;
    // What is not managed may be of a sort that is no kind.
    if (
      kinds.some((known) => known.kind === kind && known.holdsRows === true) &&
      trackingTables.includes(String(at.spec["name"]).toLowerCase())
    )
      return "tracking table";
  }
  return null;
}

/** `table app.tmp_*` against a kind and a path. */
function matches(pattern: string, kind: string, object: string): boolean {
  // Not by the first space: "default privileges" is one sort.
  if (!pattern.startsWith(`${kind} `)) return false;
  const source = pattern
    .slice(kind.length + 1)
    .split("*")
    .map((part) => part.replace(/[.+?^${}()|[\]\\]/g, "\\$&"))
    .join(".*");
  return new RegExp(`^${source}$`).test(object);
}
