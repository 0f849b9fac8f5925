import { quoteIdentifier } from "../base/identifier.ts";
import type { Fact } from "../model/database.ts";
import type { CatalogContext, KindModule, ReadContext, Row, YamlEntry } from "../model/kind.ts";
import { objectId } from "../model/object-id.ts";
import type { StepDraft } from "../model/step.ts";
import { text } from "./shared/catalog.ts";
import { catalogStep } from "./shared/database-object.ts";
import { declaredBy, undeclared } from "./shared/target.ts";
import { entryName } from "./shared/yaml-entry.ts";

/**
 * One role's membership in another (manual, GRANT). Compared only for roles that the files name and that have a `member_of:`.
 * Who granted it is not compared: several grantors count as one, with the options that any of them gave.
 */
type MembershipSpec = {
  readonly member: string;
  readonly group: string;
  readonly admin: boolean;
  /** 16 and later; null: the files do not say, or the server is older. */
  readonly inherit: boolean | null;
  readonly set: boolean | null;
};

type Membership = Fact<MembershipSpec>;

function membershipFact(spec: MembershipSpec, at?: Fact["at"]): Membership {
  const member = quoteIdentifier(spec.member);
  const object = `${member} in ${quoteIdentifier(spec.group)}`;
  const id = objectId("membership", object);
  return { kind: "membership", id, object, schema: null, parent: objectId("role", member), spec, ...(at ? { at } : {}) };
}

// ---- YAML

/** `with admin option`, `with inherit false, set true`, or nothing. */
function read(entry: YamlEntry, context: ReadContext): readonly Membership[] {
  const { value } = entry;
  if (!context.parent || value.type !== "scalar") return [];
  const found = { admin: false, inherit: null as boolean | null, set: null as boolean | null };
  const clauses = value.text.trim().replace(/^with\s+/i, "");
  for (const clause of clauses === "" ? [] : clauses.split(",")) {
    const match = /^\s*(admin|inherit|set)\s+(option|true|false)\s*$/i.exec(clause);
    if (!match) {
      const hint = "write: with admin option, with inherit false, with set true, or several with commas";
      context.problem(value.at, "membership-option", `"${clause.trim()}" is no option of a membership`, hint);
      return [];
    }
    found[match[1]?.toLowerCase() as keyof typeof found] = match[2]?.toLowerCase() !== "false";
  }
  return [membershipFact({ member: String(context.parent.spec["name"]), group: entryName(entry.key), ...found }, entry.at)];
}

// ---- catalog

function catalogSql(major: number): string {
  const options =
    major >= 16
      ? "bool_or(m.inherit_option) as inherit, bool_or(m.set_option) as set"
      : "null::boolean as inherit, null::boolean as set";
  return `select 'pg_auth_members'::regclass::oid::int8::float8 as class_id, 0::float8 as object_id, 0 as sub_id,
      r.rolname as member, g.rolname as group, bool_or(m.admin_option) as admin, ${options}
    from pg_auth_members m join pg_roles r on r.oid = m.member join pg_roles g on g.oid = m.roleid where r.rolname !~ '^pg_' group by 4, 5`;
}

function fromRow(row: Row, _context: CatalogContext): Membership {
  const flag = (name: string): boolean | null => (typeof row[name] === "boolean" ? (row[name] as boolean) : null);
  return membershipFact({
    member: text(row, "member"),
    group: text(row, "group"),
    admin: flag("admin") === true,
    inherit: flag("inherit"),
    set: flag("set"),
  });
}

// ---- change

function grantSql({ member, group, admin, inherit, set }: MembershipSpec): string {
  const options = [
    ...(admin ? ["ADMIN OPTION"] : []),
    ...(inherit === null ? [] : [`INHERIT ${String(inherit).toUpperCase()}`]),
    ...(set === null ? [] : [`SET ${String(set).toUpperCase()}`]),
  ];
  return `GRANT ${quoteIdentifier(group)} TO ${quoteIdentifier(member)}${options.length === 0 ? "" : ` WITH ${options.join(", ")}`};`;
}

const revokeSql = ({ member, group }: MembershipSpec, what = ""): string =>
  `REVOKE ${what}${quoteIdentifier(group)} FROM ${quoteIdentifier(member)};`;

/** GRANT changes the options it names in place; the admin option is taken back by itself. */
function changeSql(from: MembershipSpec, to: MembershipSpec): string {
  const less = from.admin && !to.admin ? [revokeSql(to, "ADMIN OPTION FOR ")] : [];
  const more = (to.admin && !from.admin) || from.inherit !== to.inherit || from.set !== to.set ? [grantSql(to)] : [];
  return [...less, ...more].join("\n");
}

function step(
  fact: Membership,
  input: { action: StepDraft["action"]; sql: string; undo: string; why: string; widens: boolean },
): StepDraft {
  const { member, group } = fact.spec;
  return {
    ...catalogStep(fact, { action: input.action, sql: input.sql, undo: { sql: input.undo }, why: input.why }),
    access: input.widens ? "widens" : "narrows",
    accessText: input.widens ? `${member} gets more of what ${group} may` : `${member} loses some of what ${group} may`,
  };
}

const rights = ({ admin, inherit, set }: MembershipSpec): number =>
  Number(admin) + Number(inherit !== false) + Number(set !== false);

export const membership: KindModule<MembershipSpec> = {
  kind: "membership",
  rank: 6,
  scope: "exact",
  // A role without member_of: in the files keeps what it has.
  undeclared: ({ kind, parent }, desired) => (parent !== null && desired.children(parent, kind).length > 0 ? "drop" : "keep"),
  notCompared: ["member", "group"],
  rebuiltBy: [],
  renameByDefinition: false,
  catalog: { sql: catalogSql, fromRow },
  yaml: {
    parents: ["role"],
    key: "member_of",
    style: "map",
    files: ["schema"],
    shape: {
      description:
        "Roles that it is a member of, with the options: with admin option, with inherit false, set true (16 and later).",
      scalar: true,
      properties: {},
    },
    read,
    write: () => null,
  },
  statements: {},
  asFarAsKnown: (live, desired) => ({
    ...desired,
    spec: { ...desired.spec, inherit: desired.spec.inherit ?? live.spec.inherit, set: desired.spec.set ?? live.spec.set },
  }),
  answersTo: () => [],
  dependsOn: () => [],
  roles: ({ spec }) => [spec.member, spec.group],
  needsMajor: ({ spec }) =>
    spec.inherit === null && spec.set === null ? null : { major: 16, what: "INHERIT and SET as options" },
  inline: () => null,
  create: (fact) => [
    step(fact, { action: "create", sql: grantSql(fact.spec), undo: revokeSql(fact.spec), why: declaredBy(fact), widens: true }),
  ],
  alter: (live, desired) => [
    step(desired, {
      action: "alter",
      sql: changeSql(live.spec, desired.spec),
      undo: changeSql(desired.spec, live.spec),
      why: "the options of the membership differ",
      widens: rights(desired.spec) > rights(live.spec),
    }),
  ],
  rename: () => [],
  drop: (fact) => [
    step(fact, { action: "drop", sql: revokeSql(fact.spec), undo: grantSql(fact.spec), why: undeclared, widens: false }),
  ],
};
