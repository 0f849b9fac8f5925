import { quoteIdentifier } from "../base/identifier.ts";
import { quoteLiteral } from "../base/literal.ts";
import type { Fact } from "../model/database.ts";
import type { KindModule, PlanContext, ReadContext, Row, YamlEntry, YamlSlot } from "../model/kind.ts";
import { objectId } from "../model/object-id.ts";
import type { StepDraft } from "../model/step.ts";
import { optionalText, text } from "./shared/catalog.ts";
import { catalogStep } from "./shared/database-object.ts";
import { declaredBy, undeclared } from "./shared/target.ts";

/**
 * A configuration parameter that sessions begin with (manual, ALTER DATABASE … SET and ALTER ROLE … SET): of all in this database, of a
 * role everywhere, of a role in this database.
 */
type SettingSpec = {
  /** In lower case, as PostgreSQL takes it. */
  readonly name: string;
  /** As the catalog keeps it; of a list the elements as SQL writes them, joined by commas. */
  readonly value: string;
  readonly role: string | null;
  /** In this database alone; true for those of no role. */
  readonly here: boolean;
};

type Setting = Fact<SettingSpec>;

/** Lists of names, which SET takes one by one (GUC_LIST_QUOTE in src/backend/utils/misc/guc_tables.c). */
const lists: readonly string[] = [
  ...["search_path", "temp_tablespaces", "local_preload_libraries", "session_preload_libraries", "shared_preload_libraries"],
  ...["unix_socket_directories"],
];

function settingFact(spec: SettingSpec, at?: Fact["at"]): Setting {
  const role = spec.role === null ? null : quoteIdentifier(spec.role);
  const object = [...(role === null ? [] : [`${role}.`]), spec.name, ...(role !== null && spec.here ? [" here"] : [])].join("");
  const parent = role === null ? null : objectId("role", role);
  return { kind: "setting", id: objectId("setting", object), object, schema: null, parent, spec, ...(at ? { at } : {}) };
}

/** `"$user", public`: each element quoted where it has to be. */
function canonicalValue(name: string, value: string): string {
  return lists.includes(name) ? elementsOf(value).map(quoteIdentifier).join(", ") : value;
}

/** Bare names of a list; unquoted ones fold to lower case. */
function elementsOf(value: string): readonly string[] {
  return [...value.matchAll(/"((?:[^"]|"")*)"|([^",]+)/g)].flatMap(([, quoted, bare = ""]) => {
    if (quoted !== undefined) return [quoted.replaceAll('""', '"')];
    return bare.trim() === "" ? [] : [bare.trim().toLowerCase()];
  });
}

// ---- YAML

function read(here: boolean): (entry: YamlEntry, context: ReadContext) => readonly Setting[] {
  return (entry, context) => {
    if (entry.value.type !== "scalar") return [];
    const name = entry.key.toLowerCase();
    const role = context.parent ? String(context.parent.spec["name"]) : null;
    const value = canonicalValue(name, entry.value.text);
    return [settingFact({ name, value, role, here: here || role === null }, entry.at)];
  };
}

const shape = {
  description:
    "Configuration parameters that sessions begin with, by name. Compared only where they are written, for the database all of them with manage: database.",
  scalar: true,
  properties: {},
} as const;

const slot = (key: string, parents: readonly string[], here: boolean): YamlSlot<SettingSpec> => ({
  parents,
  key,
  style: "map",
  files: ["schema"],
  shape,
  read: read(here),
  write: ({ spec }) => (spec.role === null ? { key: spec.name, value: spec.value } : null),
});

// ---- catalog

function catalogSql(): string {
  return `select 'pg_db_role_setting'::regclass::oid::int8::float8 as class_id, 0::float8 as object_id, 0 as sub_id, r.rolname as role, s.setdatabase <> 0 as here,
      lower(split_part(c.line, '=', 1)) as name, substr(c.line, strpos(c.line, '=') + 1) as value
    from pg_db_role_setting s cross join lateral unnest(s.setconfig) as c(line) left join pg_roles r on r.oid = s.setrole
    where s.setdatabase in (0, (select d.oid from pg_database d where d.datname = current_database())) and (s.setrole = 0 and s.setdatabase <> 0 or r.oid is not null)`;
}

function fromRow(row: Row): Setting {
  const name = text(row, "name");
  const role = optionalText(row, "role");
  return settingFact({ name, value: canonicalValue(name, text(row, "value")), role, here: row["here"] === true });
}

// ---- change

function alterSql({ name, role, here }: SettingSpec, value: string | null, context: PlanContext): string {
  const database = `DATABASE ${quoteIdentifier(context.live.database)}`;
  const subject = role === null ? database : `ROLE ${quoteIdentifier(role)}${here ? ` IN ${database}` : ""}`;
  const parameter = name.split(".").map(quoteIdentifier).join(".");
  return `ALTER ${subject} ${value === null ? `RESET ${parameter}` : `SET ${parameter} = ${valueSql(name, value)}`};`;
}

function valueSql(name: string, value: string): string {
  const elements = lists.includes(name) ? elementsOf(value) : [value];
  return elements.length === 0 ? "''" : elements.map(quoteLiteral).join(", ");
}

function set(fact: Setting, from: string | null, to: string | null, why: string, context: PlanContext): StepDraft {
  return catalogStep(fact, {
    action: to === null ? "drop" : from === null ? "create" : "alter",
    sql: alterSql(fact.spec, to, context),
    undo: { sql: alterSql(fact.spec, from, context) },
    why,
  });
}

export const setting: KindModule<SettingSpec> = {
  kind: "setting",
  rank: 7,
  scope: "exact",
  // Of a role only where the files have some: a list is exact, no list says nothing.
  undeclared: ({ kind, parent, spec }, desired) =>
    parent === null || desired.children(parent, kind).some((fact) => fact.spec["here"] === spec.here) ? "drop" : "keep",
  notCompared: ["name", "role", "here"],
  rebuiltBy: [],
  renameByDefinition: false,
  catalog: { sql: catalogSql, fromRow },
  yaml: slot("settings", ["root", "role"], false),
  nestedYaml: slot("settings_here", ["role"], true),
  statements: {},
  answersTo: () => [],
  dependsOn: () => [],
  roles: ({ spec }) => (spec.role === null ? [] : [spec.role]),
  inline: () => null,
  create: (fact, context) => [set(fact, null, fact.spec.value, declaredBy(fact), context)],
  alter: (live, desired, _fields, context) => [set(desired, live.spec.value, desired.spec.value, "the setting differs", context)],
  rename: () => [],
  drop: (fact, context) => [set(fact, fact.spec.value, null, undeclared, context)],
};
