import { quoteIdentifier } from "../base/identifier.ts";
import type { Fact } from "../model/database.ts";
import type { CatalogContext, KindModule, PlanContext, Row } from "../model/kind.ts";
import { kindOf, objectId, pathOf } from "../model/object-id.ts";
import type { StepDraft, Undo } from "../model/step.ts";
import { optionalText, text } from "./shared/catalog.ts";
import { draft, noWork } from "./shared/draft.ts";
import { type GrantSpec, grantFact } from "./shared/grant-fact.ts";
import { grantItemSchema, readGrants, writeGrants } from "./shared/grant-read.ts";
import { asGrantor, type GrantChange, type Grantee, grantChange, grantSql, revokeAllSql } from "./shared/grant-sql.ts";
import { grantTargets } from "./shared/grant-targets.ts";
import { lockOn } from "./shared/locks.ts";
import { hangingOn, unsupported } from "./shared/onward-grants.ts";
import {
  canonicalPrivileges,
  expandAll,
  isAll,
  type Privilege,
  privilegeKey,
  privilegesOf,
  privilegeWords,
} from "./shared/privileges.ts";
import { declaredBy, familyOf, grantedKinds, isRelation, namedPhrase, undeclared } from "./shared/target.ts";
import { roleName } from "./shared/yaml-entry.ts";

// ---- catalog

/**
 * One row per object, role and grantor. Rows without privileges: PUBLIC where it lost its default, owners who revoked their own, roles
 * whom only others than the owner granted something, and roles to which default privileges would give something on a new object, so
 * that the files can say that here they have nothing.
 */
function catalogSql(): string {
  return `with ${grantTargets()}, preset as (
      select t.class, t.oid, d.defaclacl as acl from target t join pg_default_acl d
        on (d.defaclrole = t.owner or d.defaclrole = (select r.oid from pg_roles r where r.rolname = current_user))
        and d.defaclnamespace in (0, t.space) and d.defaclobjtype = t.preset_type
    ), given as (
      select t.class, t.oid, t.owner, array_agg(concat(a.privilege_type, ' ', a.is_grantable) order by a.privilege_type) as held
      from target t cross join lateral aclexplode(acldefault(t.default_type, t.owner)) a where t.acl is not null and a.grantee = t.owner group by 1, 2, 3
    ), limited as (
      select g.class, g.oid, g.owner from given g
        left join (select e.class, e.oid, e.grantee, array_agg(concat(e.privilege_type, ' ' || e.column_name, ' ', e.is_grantable) order by e.privilege_type, e.column_name nulls first) as held
          from entry e join target t on t.class = e.class and t.oid = e.oid where e.grantee = t.owner and e.grantor = t.owner and e.column_name is null group by 1, 2, 3) e
        on e.class = g.class and e.oid = g.oid and e.grantee = g.owner
      where e.held is distinct from g.held
    ), holder as (
      select e.class, e.oid, e.grantor, e.grantee from entry e join target t on t.class = e.class and t.oid = e.oid where e.grantee <> t.owner or e.column_name is not null
      union select e.class, e.oid, t.owner, e.grantee from entry e join target t on t.class = e.class and t.oid = e.oid where e.grantor <> t.owner
      union select l.class, l.oid, l.owner, l.owner from limited l
      union select p.class, p.oid, t.owner, a.grantee from preset p join target t on t.class = p.class and t.oid = p.oid cross join lateral aclexplode(p.acl) a where a.grantee <> t.owner
      union select t.class, t.oid, t.owner, 0 from target t where t.default_type in ('f', 'T', 'l', 'd') or t.class = 'pg_namespace'::regclass and t.schema = 'public'
    ), held as (
      select e.class, e.oid, e.grantor, e.grantee,
        json_agg(json_build_object('privilege', lower(e.privilege_type), 'column', e.column_name, 'grantable', e.is_grantable)) as privileges
      from entry e group by 1, 2, 3, 4
    )
    select t.class::int8::float8 as class_id, t.oid::int8::float8 as object_id, 0 as sub_id, coalesce(r.rolname::text, 'public') as role, o.rolname as owner,
      case when h.grantor <> t.owner then g.rolname end as by, coalesce(p.privileges, '[]') as privileges,
      coalesce(t.acl::text = i.initprivs::text, t.acl is null and h.grantee = 0 and t.default_type in ('f', 'T', 'l', 'd')
        and not exists (select from preset s where s.class = t.class and s.oid = t.oid)) as is_default
    from holder h join target t on t.class = h.class and t.oid = h.oid join pg_roles o on o.oid = t.owner
      left join pg_roles r on r.oid = h.grantee left join pg_roles g on g.oid = h.grantor
      left join held p on p.class = h.class and p.oid = h.oid and p.grantee = h.grantee and p.grantor = h.grantor
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
  const rest = { privileges, by: optionalText(row, "by"), isDefault: row["is_default"] === true, isAll: all };
  return { ...grantFact(target, text(row, "role"), rest), owner: text(row, "owner") };
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

const granteeOf = ({ spec }: Fact<GrantSpec>, context: PlanContext): Grantee => ({
  on: namedPhrase(spec.on, spec.target, context),
  role: roleName(spec.role),
});

function step(
  fact: Fact<GrantSpec>,
  sql: readonly string[],
  undo: Undo,
  change: Pick<GrantChange, "added" | "removed"> | null,
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
      sql: asGrantor(fact.spec.by, sql).join("\n"),
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
      needs: [...sourcesOf(fact, context), ...ownerFirst(fact, context)],
      ...familyOf(context, target),
    }),
  ];
}

/** The grants from which a role has what it grants onward. */
function sourcesOf({ kind, spec }: Fact<GrantSpec>, context: PlanContext): readonly string[] {
  if (spec.by === null) return [];
  return context.children("desired", spec.target, kind).flatMap((fact) => (fact.spec["role"] === spec.by ? [fact.id] : []));
}

/** What is granted to an owner, the old or the new one, is lost when the object is given to it later: ALTER … OWNER TO joins both owners' privileges. */
function ownerFirst({ spec }: Fact<GrantSpec>, context: PlanContext): readonly string[] {
  const id = objectId("owner", spec.target);
  return [context.desired(id), context.live.facts.get(id)].some((owner) => owner?.spec["role"] === spec.role) ? [id] : [];
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
  const grantee = granteeOf(fact, context);
  const { target, privileges, by } = fact.spec;
  const everything = isAll(privileges, kindOf(target), context.major);
  const given = grantSql(grantee, privileges, everything && privileges.length > 1);
  const sql = by !== null ? given : [revokeAllSql(grantee), ...given];
  return step(fact, sql, { none: "goes with the object itself" }, null, declaredBy(fact), context);
}

function create(fact: Fact<GrantSpec>, context: PlanContext): readonly StepDraft[] {
  if (fact.spec.isDefault) return [];
  if (context.isNew(fact.spec.target)) return createNew(fact, context);
  const live =
    (context.live.facts.get(fact.id)?.spec["privileges"] as readonly Privilege[] | undefined) ?? fromTheStart(fact, context);
  return change(fact, live, fact.spec.privileges, declaredBy(fact), context);
}

/** What a role has once the object has its owner: the old one nothing, the new one all that both had. */
function heldThen({ spec }: Fact<GrantSpec>, live: readonly Privilege[], context: PlanContext): readonly Privilege[] {
  const id = objectId("owner", spec.target);
  const [before, after] = [context.live.facts.get(id)?.spec["role"], context.desired(id)?.spec["role"]];
  if (spec.by !== null || after === undefined || before === after) return live;
  if (spec.role === after) return canonicalPrivileges([...live, ...everyPrivilege(spec, context)]);
  return spec.role === before ? [] : live;
}

const everyPrivilege = ({ target }: GrantSpec, context: PlanContext): readonly Privilege[] =>
  privilegesOf(kindOf(target), context.major).map((privilege) => ({ privilege, column: null, grantable: false }));

/** An owner of whom nothing is said has everything. */
function fromTheStart({ spec }: Fact<GrantSpec>, context: PlanContext): readonly Privilege[] {
  const owner = context.live.facts.get(objectId("owner", spec.target))?.spec["role"];
  if (spec.by !== null || owner !== spec.role) return [];
  return everyPrivilege(spec, context);
}

function change(
  fact: Fact<GrantSpec>,
  found: readonly Privilege[],
  to: readonly Privilege[],
  why: string,
  context: PlanContext,
): readonly StepDraft[] {
  const grantee = granteeOf(fact, context);
  const live = heldThen(fact, found, context);
  const gone = new Set(unsupported({ ...fact, spec: { ...fact.spec, privileges: live } }, context).map(privilegeKey));
  const from = live.filter((item) => !gone.has(privilegeKey(item)));
  const forward = grantChange(grantee, from, to);
  const back = asGrantor(fact.spec.by, grantChange(grantee, to, from).sql);
  const before = hangingOn({ ...fact, spec: { ...fact.spec, privileges: live } }, forward.removed, context).flatMap((onward) =>
    revokeOnward(onward.fact, onward.privileges, fact, context),
  );
  return [...before, ...step(fact, forward.sql, { sql: back.join("\n") }, forward, why, context)];
}

/** Takes back what a role granted onward and may not any more. */
function revokeOnward(
  onward: Fact<GrantSpec>,
  privileges: readonly Privilege[],
  source: Fact<GrantSpec>,
  context: PlanContext,
): readonly StepDraft[] {
  const revoke = grantChange(
    granteeOf(onward, context),
    onward.spec.privileges,
    onward.spec.privileges.filter((item) => !privileges.includes(item)),
  );
  const undo = asGrantor(onward.spec.by, grantSql(granteeOf(onward, context), privileges)).join("\n");
  const why = `${onward.spec.by ?? "the owner"} granted it onward and loses it`;
  const at = source.at ? { at: source.at } : {};
  return step({ ...onward, ...at }, revoke.sql, { sql: undo }, revoke, why, context).map((draft) => ({
    ...draft,
    needs: [],
    provides: [],
  }));
}

/** Grants are exact for the roles that the files list: what others than the owner gave such a role, and the files do not say, goes. */
function undeclaredGrant(
  { kind, spec }: Fact<GrantSpec>,
  desired: { children(parent: string, kind: string): readonly Fact[] },
): "drop" | "keep" {
  const isListed = desired.children(spec.target, kind).some((fact) => fact.spec["role"] === spec.role);
  return spec.by !== null && isListed ? "drop" : "keep";
}

export const grant: KindModule<GrantSpec> = {
  kind: "grant",
  rank: 150,
  scope: "declared",
  undeclared: undeclaredGrant,
  notCompared: ["target", "on", "isDefault", "isAll"],
  rebuiltBy: [],
  lostWithPart: true,
  renameByDefinition: false,
  catalog: { sql: catalogSql, fromRow },
  yaml: {
    parents: grantedKinds,
    key: "grants",
    style: "map",
    files: ["schema", "policies"],
    shape: {
      description:
        "Privileges by role: all, none, or a list such as [select, update (status)]. Roles that are not listed are left alone.",
      scalar: true,
      list: { type: "array", items: grantItemSchema, minItems: 1 },
      properties: {},
    },
    read: readGrants,
    write: writeGrants,
  },
  statements: {},
  // Which privileges ALL means depends on the server's major.
  majorFields: ["privileges"],
  settle: (fact, major) => ({
    ...fact,
    spec: { ...fact.spec, privileges: expandAll(fact.spec.privileges, kindOf(fact.spec.target), major) },
  }),
  answersTo: () => [],
  dependsOn,
  roles: ({ spec }) => [...(spec.role === "public" ? [] : [spec.role]), ...(spec.by === null ? [] : [spec.by])],
  inline: () => null,
  create,
  alter: (live, desired, _fields, context) =>
    change(desired, live.spec.privileges, desired.spec.privileges, "the privileges differ", context),
  rename: () => [],
  drop: (fact, context) =>
    change(fact, fact.spec.privileges, [], undeclared, context).map((draft) => ({ ...draft, provides: [], removes: [fact.id] })),
};
