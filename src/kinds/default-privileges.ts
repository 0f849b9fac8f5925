import { quoteIdentifier } from "../base/identifier.ts";
import type { Fact } from "../model/database.ts";
import type {
  CatalogContext,
  KindModule,
  PlanContext,
  ReadContext,
  Row,
  WriteContext,
  WrittenEntry,
  WrittenValue,
  YamlEntry,
} from "../model/kind.ts";
import { schemaId } from "../model/object-id.ts";
import type { StepDraft } from "../model/step.ts";
import { address, optionalText, text, userSchema } from "./shared/catalog.ts";
import { draft, noWork } from "./shared/draft.ts";
import { privilegeTexts, readPrivileges } from "./shared/grant-read.ts";
import { grantChange } from "./shared/grant-sql.ts";
import { builtIn, type PresetSpec, type PresetTarget, presetFact, presetTargets } from "./shared/preset-spec.ts";
import { canonicalPrivileges, expandAll, isAll, type Privilege, privilegeKey, privilegeWords } from "./shared/privileges.ts";
import { declaredBy, undeclared } from "./shared/target.ts";
import { entryName, field, nestedKey, roleName, scalarField } from "./shared/yaml-entry.ts";

/** Default privileges (manual, ALTER DEFAULT PRIVILEGES): one fact for each role that gets, or loses, something. */

type Preset = Fact<PresetSpec>;

// ---- YAML

/** One item of the list: all roles of one maker, schema and sort of objects. */
function read(entry: YamlEntry, context: ReadContext): readonly Preset[] {
  const maker = scalarField(entry.value, "for")?.text ?? context.owner;
  const on = scalarField(entry.value, "on");
  const grants = field(entry.value, "grants");
  if (!on || grants?.type !== "map") return [];
  if (maker === null) {
    const hint = "write for: with the role that makes the objects, or owner: at the top of the file";
    context.problem(entry.at, "default-privileges-role", "default privileges are those of one role", hint);
    return [];
  }
  const target = on.text as PresetTarget;
  const schema = scalarField(entry.value, "in")?.text ?? null;
  if (schema !== null && (target === "schemas" || target === "large objects")) {
    context.problem(on.at, "default-privileges-schema", `${target} do not lie in a schema`, "leave out in:");
    return [];
  }
  return grants.entries.flatMap((grant) => {
    const items = readPrivileges(grant, presetTargets[target].kind, context);
    if (items === null) return [];
    const privileges = canonicalPrivileges(items.flatMap((item) => item.privileges));
    return [presetFact({ for: maker, in: schema, on: target, role: entryName(grant.key), privileges }, grant.at)];
  });
}

/** The first of those that share maker, schema and sort writes the entry of all. */
function write(fact: Preset, context: WriteContext): WrittenEntry | null {
  const alike = context
    .ofKind(fact.kind)
    .filter(({ spec }) => groupOf(spec as PresetSpec) === groupOf(fact.spec)) as unknown as readonly Preset[];
  if (alike[0]?.id !== fact.id) return null;
  const { for: maker, in: schema, on } = fact.spec;
  const grants = Object.fromEntries(alike.map(({ spec }) => [nestedKey(spec.role), writtenPrivileges(spec)]));
  return { key: fact.object, value: { for: maker, ...(schema === null ? {} : { in: schema }), on, grants } };
}

const groupOf = (spec: PresetSpec): string => JSON.stringify([spec.for, spec.in, spec.on]);

function writtenPrivileges({ on, privileges }: PresetSpec): WrittenValue {
  const { kind } = presetTargets[on];
  // Where there is but one privilege, its name says more than `all`; which ones there are depends on the server's major.
  const all = privileges.length > 1 && (isAll(privileges, kind, 18) || isAll(privileges, kind, 14));
  const texts = privilegeTexts({ privileges, isAll: all });
  return texts.length === 0 ? "none" : texts.length === 1 ? (texts[0] ?? "") : texts;
}

// ---- catalog

/** One row for each role that has an entry, or would have one by the built-in defaults. */
function catalogSql(): string {
  const names = Object.entries(presetTargets).map(([name, { letter }]) => `when '${letter}' then '${name}'`);
  const base = `acldefault(case d.defaclobjtype when 'S' then 's' else d.defaclobjtype end, d.defaclrole)`;
  return `with item as (
      select d.oid, d.defaclrole, n.nspname, d.defaclobjtype, d.defaclacl, ${base} as base
      from pg_default_acl d left join pg_namespace n on n.oid = d.defaclnamespace where d.defaclnamespace = 0 or ${userSchema("n.nspname")}
    ), holder as (
      select i.oid, a.grantee from item i cross join lateral aclexplode(i.defaclacl) a
      union select i.oid, a.grantee from item i cross join lateral aclexplode(i.base) a where i.nspname is null
    )
    select ${address("pg_default_acl", "i.oid")}, m.rolname as maker, i.nspname::text as schema, case i.defaclobjtype ${names.join(" ")} end as target,
      coalesce(r.rolname::text, 'public') as role,
      coalesce((select json_agg(json_build_object('privilege', lower(a.privilege_type), 'column', null, 'grantable', a.is_grantable))
        from aclexplode(i.defaclacl) a where a.grantee = h.grantee), '[]') as privileges
    from holder h join item i on i.oid = h.oid join pg_roles m on m.oid = i.defaclrole left join pg_roles r on r.oid = h.grantee
    where h.grantee = 0 or r.oid is not null`;
}

/** What is as it always was is no fact. */
function fromRow(row: Row, context: CatalogContext): Preset | null {
  const fact = presetFact({
    for: text(row, "maker"),
    in: optionalText(row, "schema"),
    on: text(row, "target") as PresetTarget,
    role: text(row, "role"),
    privileges: canonicalPrivileges(row["privileges"] as readonly Privilege[]),
  });
  const key = (list: readonly Privilege[]): string => list.map((item) => `${privilegeKey(item)}${item.grantable}`).join();
  return key(fact.spec.privileges) === key(canonicalPrivileges(builtIn(fact.spec, context.major))) ? null : fact;
}

// ---- change

function change(
  fact: Preset,
  from: readonly Privilege[],
  to: readonly Privilege[],
  why: string,
  context: PlanContext,
): readonly StepDraft[] {
  const { for: maker, in: schema, on } = fact.spec;
  const grantee = { on: on.toUpperCase(), role: roleName(fact.spec.role) };
  const before = `ALTER DEFAULT PRIVILEGES FOR ROLE ${quoteIdentifier(maker)}${schema === null ? "" : ` IN SCHEMA ${quoteIdentifier(schema)}`} `;
  const { kind } = presetTargets[on];
  const whole = (list: readonly Privilege[]): boolean => list.length > 1 && isAll(list, kind, context.major);
  const forward = grantChange(grantee, from, to, whole(to));
  if (forward.sql.length === 0) return [];
  const back = grantChange(grantee, to, from, whole(from));
  return [
    draft(fact, {
      action: "grant",
      sql: forward.sql.map((statement) => before + statement).join("\n"),
      phase: "expand",
      why,
      locks: [],
      work: noWork,
      dataLoss: "never",
      undo: { sql: back.sql.map((statement) => before + statement).join("\n") },
      access: forward.added.length > 0 ? "widens" : "narrows",
      accessText: accessText(fact.spec, forward.added, forward.removed),
    }),
  ];
}

function accessText(spec: PresetSpec, gained: readonly Privilege[], lost: readonly Privilege[]): string {
  const role = spec.role === "public" ? "every role" : spec.role;
  const parts = [
    ...(gained.length > 0 ? [`gets ${privilegeWords(gained).join(", ")}`] : []),
    ...(lost.length > 0 ? [`no longer gets ${privilegeWords(lost).join(", ")}`] : []),
  ];
  return `${role} ${parts.join(" and ")} on new ${spec.on}${spec.in === null ? "" : ` in ${spec.in}`} that ${spec.for} makes`;
}

const startOf = (fact: Preset, context: PlanContext): readonly Privilege[] => builtIn(fact.spec, context.major);

const grantsSchema = {
  type: "object",
  description: "Privileges by role: all, none, or a list, as in the grants of an object.",
  additionalProperties: { type: ["string", "array"], items: { type: "string" }, minItems: 1 },
};

export const defaultPrivileges: KindModule<PresetSpec> = {
  kind: "default_privileges",
  // Before the objects: what the files make gets them as well, unless it says otherwise. After extensions: what is in those is theirs.
  rank: 22,
  scope: "exact",
  notCompared: ["for", "in", "on", "role"],
  rebuiltBy: [],
  renameByDefinition: false,
  catalog: { sql: catalogSql, fromRow },
  yaml: {
    parents: ["root"],
    key: "default_privileges",
    style: "list",
    files: ["schema"],
    shape: {
      description: "What roles get on objects made from now on. Compared for the roles listed, with manage: database for all.",
      scalar: false,
      properties: {
        for: { type: "string", minLength: 1, description: "The role that makes the objects. Default: the files' owner." },
        in: { type: "string", minLength: 1, description: "The schema; default: the whole database." },
        on: {
          enum: Object.keys(presetTargets),
          description: "The sort of objects: tables, sequences, functions, types, schemas, large objects.",
        },
        grants: grantsSchema,
      },
      required: ["on", "grants"],
    },
    read,
    write,
  },
  statements: {},
  // Which privileges ALL means depends on the server's major.
  majorFields: ["privileges"],
  settle: (fact, major) => ({
    ...fact,
    spec: { ...fact.spec, privileges: expandAll(fact.spec.privileges, presetTargets[fact.spec.on].kind, major) },
  }),
  answersTo: () => [],
  dependsOn: ({ spec }) => (spec.in === null ? [] : [schemaId(spec.in)]),
  underSchemaName: ({ spec }, from, to) => presetFact(spec.in === from ? { ...spec, in: to } : spec),
  roles: ({ spec }) => [spec.for, ...(spec.role === "public" ? [] : [spec.role])],
  needsMajor: ({ spec }) => (spec.on === "large objects" ? { major: 18, what: "large objects" } : null),
  inline: () => null,
  create: (fact, context) => change(fact, startOf(fact, context), fact.spec.privileges, declaredBy(fact), context),
  alter: (live, desired, _fields, context) =>
    change(desired, live.spec.privileges, desired.spec.privileges, "the default privileges differ", context),
  rename: () => [],
  drop: (fact, context) =>
    change(fact, fact.spec.privileges, startOf(fact, context), undeclared, context).map((step) => ({
      ...step,
      provides: [],
      removes: [fact.id],
    })),
};
