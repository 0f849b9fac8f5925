import { quoteIdentifier } from "../base/identifier.ts";
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
  YamlValue,
} from "../model/kind.ts";
import { kindOf, type ObjectId, objectId, pathOf } from "../model/object-id.ts";
import type { StepDraft, Undo } from "../model/step.ts";
import { text } from "./shared/catalog.ts";
import { draft, noWork } from "./shared/draft.ts";
import { type GrantChange, type Grantee, grantChange, grantSql, revokeAllSql } from "./shared/grant-sql.ts";
import { grantTargets } from "./shared/grant-targets.ts";
import { lockOn } from "./shared/locks.ts";
import {
  canonicalPrivileges,
  columnPrivileges,
  expandAll,
  isAll,
  type Privilege,
  parsePrivileges,
  privilegesOf,
  privilegeWords,
} from "./shared/privileges.ts";
import { declaredBy, familyOf, isRelation, satelliteFact, targetWord, undeclared } from "./shared/target.ts";
import { entryName, nestedKey, roleName } from "./shared/yaml-entry.ts";

/**
 * What one role may do with one object, as its owner granted it (manual, 5.8). No privileges: the role has none, which
 * is a fact for functions and types, where PUBLIC has some from the start.
 */
export type GrantSpec = {
  readonly target: ObjectId;
  /** How GRANT ON names the target. */
  readonly on: string;
  readonly role: string;
  readonly privileges: readonly Privilege[];
  /** Live only: nobody granted it, it came with the object. */
  readonly isDefault: boolean;
  /** Live only: what ALL grants on this server. */
  readonly isAll: boolean;
};

interface FactInput {
  readonly privileges: readonly Privilege[];
  readonly isDefault?: boolean;
  readonly isAll?: boolean;
  readonly at?: SourceRef;
}

function grantFact(target: Fact, role: string, input: FactInput): Fact<GrantSpec> {
  const word = target.kind === "view" || target.kind === "materialized_view" ? "TABLE" : targetWord(target);
  const spec: GrantSpec = {
    target: target.id,
    on: `${word} ${target.object}`,
    role,
    privileges: input.privileges,
    isDefault: input.isDefault ?? false,
    isAll: input.isAll ?? false,
  };
  return satelliteFact("grant", target, spec, { suffix: quoteIdentifier(role), at: input.at });
}

// ---- YAML

function read(entry: YamlEntry, context: ReadContext): readonly Fact[] {
  const target = context.parent;
  if (!target) return [];
  const texts = scalarsOf(entry.value);
  const isNone = texts.length === 1 && texts[0]?.text === "none";
  const found: Privilege[] = [];
  for (const item of isNone ? [] : texts) {
    const parsed = parsePrivileges(item.text, target.kind);
    if ("wrong" in parsed) {
      context.problem(
        item.at,
        "invalid-privilege",
        `"${parsed.wrong}" is no privilege of a ${target.kind}`,
        wrongHint(parsed.wrong, target.kind),
      );
      return [];
    }
    found.push(...parsed.privileges);
  }
  if (entry.value.type !== "map" && texts.length > 0)
    return [grantFact(target, entryName(entry.key), { privileges: canonicalPrivileges(found), at: entry.at })];
  context.problem(
    entry.at,
    "invalid-privilege",
    `no privilege is given to ${entry.key}`,
    "write a privilege, a list of privileges, all or none",
  );
  return [];
}

function wrongHint(wrong: string, kind: string): string {
  if (wrong === "none") return "none stands alone";
  const named = wrong.includes("(") && privilegesOf(kind, 18).some((privilege) => wrong.startsWith(privilege));
  if (named && ["table", "view", "materialized_view"].includes(kind))
    return `only ${columnPrivileges.join(", ")} may name columns, in parentheses`;
  return `a ${kind} has: ${[...privilegesOf(kind, 18), "all", "none"].join(", ")}`;
}

function scalarsOf(value: YamlValue): readonly { readonly text: string; readonly at: SourceRef }[] {
  if (value.type === "list") return value.items.flatMap(scalarsOf);
  return value.type === "scalar" ? [value] : [];
}

/** What came with the object is not written; everything else is, PUBLIC's missing default as `none`. */
function write(fact: Fact<GrantSpec>, _context: WriteContext): WrittenEntry | null {
  const { role, privileges, isDefault } = fact.spec;
  if (isDefault) return null;
  const option = (grantable: boolean): string => (grantable ? " with grant option" : "");
  const key = nestedKey(role);
  if (privileges.length === 0) return { key, value: "none" };
  if (fact.spec.isAll) return { key, value: `all${option(privileges[0]?.grantable === true)}` };
  const words = [false, true].flatMap((grantable) =>
    privilegeWords(privileges.filter((item) => item.grantable === grantable)).map((word) => word + option(grantable)),
  );
  return { key, value: words.length === 1 ? (words[0] ?? "") : words };
}

// ---- catalog

/**
 * One row per object and role. Rows without privileges: PUBLIC on functions and types that lost its default, and roles to
 * which default privileges would give something on a new object, so that the files can say that here they have nothing.
 */
function catalogSql(): string {
  return `with ${grantTargets()}, preset as (
      select t.class, t.oid, d.defaclacl as acl from target t join pg_default_acl d
        on d.defaclrole = t.owner and d.defaclnamespace in (0, t.space) and d.defaclobjtype = t.preset_type
    ), holder as (
      select e.class, e.oid, e.grantee from entry e join target t on t.class = e.class and t.oid = e.oid where e.grantor = t.owner and e.grantee <> t.owner
      union select p.class, p.oid, a.grantee from preset p join target t on t.class = p.class and t.oid = p.oid cross join lateral aclexplode(p.acl) a where a.grantee <> t.owner
      union select t.class, t.oid, 0 from target t where t.default_type in ('f', 'T')
    ), held as (
      select e.class, e.oid, e.grantor, e.grantee,
        json_agg(json_build_object('privilege', lower(e.privilege_type), 'column', e.column_name, 'grantable', e.is_grantable)) as privileges
      from entry e group by 1, 2, 3, 4
    )
    select t.class::int8::float8 as class_id, t.oid::int8::float8 as object_id, 0 as sub_id, coalesce(r.rolname::text, 'public') as role, o.rolname as owner,
      coalesce(p.privileges, '[]') as privileges,
      coalesce(t.acl::text = i.initprivs::text, t.acl is null and h.grantee = 0 and t.default_type in ('f', 'T')
        and not exists (select from preset s where s.class = t.class and s.oid = t.oid)) as is_default
    from holder h join target t on t.class = h.class and t.oid = h.oid join pg_roles o on o.oid = t.owner
      left join pg_roles r on r.oid = h.grantee
      left join held p on p.class = h.class and p.oid = h.oid and p.grantee = h.grantee and p.grantor = t.owner
      left join pg_init_privs i on i.classoid = t.class and i.objoid = t.oid and i.objsubid = 0
    where h.grantee = 0 or r.oid is not null`;
}

function fromRow(row: Row, context: CatalogContext): Fact<GrantSpec> | null {
  const id = context.idOf(Number(row["class_id"]), Number(row["object_id"]), Number(row["sub_id"]));
  const target = id === undefined ? undefined : context.fact(id);
  if (!target) return null;
  const privileges = canonicalPrivileges(row["privileges"] as readonly Privilege[]);
  // Where there is but one privilege, its name says more than `all`.
  const all = privileges.length > 1 && isAll(privileges, target.kind, context.major);
  return {
    ...grantFact(target, text(row, "role"), { privileges, isDefault: row["is_default"] === true, isAll: all }),
    owner: text(row, "owner"),
  };
}

// ---- identity

/** Columns that are named must be there; those of views are nobody's facts. */
function dependsOn(fact: Fact<GrantSpec>): readonly string[] {
  const { target, privileges } = fact.spec;
  if (kindOf(target) !== "table") return [];
  const columns = privileges.flatMap((item) =>
    item.column === null ? [] : [objectId("column", `${pathOf(target)}.${quoteIdentifier(item.column)}`)],
  );
  return [...new Set(columns)];
}

// ---- change

const granteeOf = (fact: Fact<GrantSpec>): Grantee => ({ on: fact.spec.on, role: roleName(fact.spec.role) });

function step(
  fact: Fact<GrantSpec>,
  sql: readonly string[],
  undo: Undo,
  change: GrantChange | null,
  why: string,
  context: PlanContext,
): readonly StepDraft[] {
  if (sql.length === 0) return [];
  const target = fact.spec.target;
  const lost = change?.removed ?? [];
  const gained = change?.added ?? [];
  return [
    draft(fact, {
      action: "grant",
      sql: sql.join("\n"),
      phase: "expand",
      why,
      // Before 18 GRANT opens no relation; 18 waits behind ACCESS EXCLUSIVE (measured).
      locks: context.major >= 18 && isRelation(target) ? lockOn(context, target, "AccessShareLock") : [],
      work: noWork,
      dataLoss: "never",
      undo,
      breaks: lost.length > 0 ? "old" : "none",
      access: gained.length > 0 ? "widens" : lost.length > 0 ? "narrows" : "none",
      ...accessText(fact, gained, lost),
      ...familyOf(context, target),
    }),
  ];
}

function accessText(
  fact: Fact<GrantSpec>,
  gained: readonly Privilege[],
  lost: readonly Privilege[],
): { readonly accessText?: string } {
  const role = fact.spec.role === "public" ? "every role" : fact.spec.role;
  const say = (verb: string, list: readonly Privilege[]): string[] =>
    list.length === 0 ? [] : [`${verb} ${privilegeWords(list).join(", ")}`];
  const parts = [...say("gains", gained), ...say("loses", lost)];
  return parts.length === 0 ? {} : { accessText: `${role} ${parts.join(" and ")} on ${pathOf(fact.spec.target)}` };
}

/** What a role has after its object was made depends on default privileges: first nothing, then what is said. */
function createNew(fact: Fact<GrantSpec>, context: PlanContext): readonly StepDraft[] {
  const grantee = granteeOf(fact);
  const { target, privileges } = fact.spec;
  const everything = isAll(privileges, kindOf(target), context.major);
  const sql = everything
    ? grantSql(grantee, privileges, privileges.length > 1)
    : [revokeAllSql(grantee), ...grantSql(grantee, privileges)];
  return step(fact, sql, { none: "goes with the object itself" }, null, declaredBy(fact), context);
}

function create(fact: Fact<GrantSpec>, context: PlanContext): readonly StepDraft[] {
  if (fact.spec.isDefault) return [];
  if (context.isNew(fact.spec.target)) return createNew(fact, context);
  const live = context.live.facts.get(fact.id)?.spec["privileges"];
  return change(fact, (live as readonly Privilege[] | undefined) ?? [], fact.spec.privileges, declaredBy(fact), context);
}

function change(
  fact: Fact<GrantSpec>,
  from: readonly Privilege[],
  to: readonly Privilege[],
  why: string,
  context: PlanContext,
): readonly StepDraft[] {
  const grantee = granteeOf(fact);
  const forward = grantChange(grantee, from, to);
  const back = grantChange(grantee, to, from).sql;
  return step(fact, forward.sql, { sql: back.join("\n") }, forward, why, context);
}

export const grant: KindModule<GrantSpec> = {
  kind: "grant",
  rank: 150,
  scope: "declared",
  notCompared: ["target", "on", "isDefault", "isAll"],
  rebuiltBy: [],
  renameByDefinition: false,
  catalog: { sql: catalogSql, fromRow },
  yaml: {
    parents: ["table", "view", "materialized_view", "sequence", "schema", "function", "enum", "domain", "composite"],
    key: "grants",
    style: "map",
    files: ["schema", "policies"],
    shape: {
      description:
        "Privileges by role: all, none, or a list such as [select, update (status)]. Roles that are not listed are left alone.",
      scalar: true,
      list: { type: "array", items: { type: "string" }, minItems: 1 },
      properties: {},
    },
    read,
    write,
  },
  statements: {},
  settle: (fact, major) => ({
    ...fact,
    spec: { ...fact.spec, privileges: expandAll(fact.spec.privileges, kindOf(fact.spec.target), major) },
  }),
  answersTo: () => [],
  dependsOn,
  roles: (fact) => (fact.spec.role === "public" ? [] : [fact.spec.role]),
  inline: () => null,
  create,
  alter: (live, desired, _fields, context) =>
    change(desired, live.spec.privileges, desired.spec.privileges, "the privileges differ", context),
  rename: () => [],
  drop: (fact, context) =>
    change(fact, fact.spec.privileges, [], undeclared, context).map((draft) => ({ ...draft, provides: [], removes: [fact.id] })),
};
