import { quoteLiteral } from "../base/literal.ts";
import type { Fact } from "../model/database.ts";
import type { KindModule, PlanContext, ReadContext, Row, YamlEntry } from "../model/kind.ts";
import type { Access, StepDraft } from "../model/step.ts";
import { text } from "./shared/catalog.ts";
import { catalogStep, renamedFromId } from "./shared/database-object.ts";
import { makeFact } from "./shared/fact.ts";
import { optionSql, optionsSql, type RoleOptions, readRoleOptions, roleOptions } from "./shared/role-options.ts";
import { declaredBy } from "./shared/target.ts";
import { definition, entryName, scalarField } from "./shared/yaml-entry.ts";

/**
 * A role of the server. Opt-in: only roles that the files name are compared, an undeclared one is never dropped (`dropped: [role x]`
 * drops), and pull writes none, because they are shared by all databases of the server.
 */
type RoleSpec = {
  readonly name: string;
  /** Null where the files say no definition: then nothing of it is compared. */
  readonly options: RoleOptions | null;
  /** An environment variable in dollar braces: set when the role is made. Passwords cannot be read back, so they are never compared. */
  readonly password: string | null;
};

type Role = Fact<RoleSpec>;

function roleFact(spec: RoleSpec, rest: Pick<Role, "at" | "renamedFrom">): Role {
  return makeFact({ kind: "role", names: [spec.name], schema: null, spec, ...rest });
}

// ---- YAML

function read(entry: YamlEntry, context: ReadContext): readonly Role[] {
  const def = definition(entry);
  const password = scalarField(entry.value, "password");
  const options = def ? readRoleOptions(def, context) : null;
  if (def && options === null) return [];
  if (password && !/^\$\{[A-Za-z_]\w*\}$/.test(password.text)) {
    context.problem(
      password.at,
      "plain-secret",
      "a password never stands in a file",
      "write the name of an environment variable in dollar braces",
    );
    return [];
  }
  const renamedFrom = renamedFromId("role", entry);
  return [
    roleFact(
      { name: entryName(entry.key), options, password: password?.text ?? null },
      { at: entry.at, ...(renamedFrom ? { renamedFrom } : {}) },
    ),
  ];
}

// ---- catalog

/** Roles of PostgreSQL itself aside. Passwords are not readable, and not read. */
function catalogSql(): string {
  return `select 'pg_authid'::regclass::oid::int8::float8 as class_id, r.oid::int8::float8 as object_id, 0 as sub_id, r.rolname as name,
      r.rolsuper as superuser, r.rolinherit as inherit, r.rolcreaterole as createrole, r.rolcreatedb as createdb, r.rolcanlogin as login,
      r.rolreplication as replication, r.rolbypassrls as bypassrls, r.rolconnlimit as limit,
      case when r.rolvaliduntil < 'infinity' then to_char(r.rolvaliduntil at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') end as until
    from pg_roles r where r.rolname !~ '^pg_'`;
}

function fromRow(row: Row): Role {
  return roleFact({ name: text(row, "name"), options: roleOptions(row), password: null }, {});
}

// ---- change

const createSql = ({ object, spec }: Role): string =>
  `CREATE ROLE ${[object, ...(spec.options === null ? [] : optionsSql(spec.options)), ...passwordSql(spec)].join(" ")};`;

const passwordSql = ({ password }: RoleSpec): readonly string[] =>
  password === null ? [] : [`PASSWORD ${quoteLiteral(password)}`];

const dropSql = ({ object }: Role): string => `DROP ROLE ${object};`;

function alter(live: Role, desired: Role): readonly StepDraft[] {
  const [from, to] = [live.spec.options, desired.spec.options];
  if (from === null || to === null) return [];
  const changed = (Object.keys(to) as (keyof RoleOptions)[]).filter((key) => from[key] !== to[key]);
  const sql = (options: RoleOptions): string =>
    `ALTER ROLE ${desired.object} ${changed.map((key) => optionSql(key, options[key])).join(" ")};`;
  return [
    {
      ...catalogStep(desired, { action: "alter", sql: sql(to), undo: { sql: sql(from) }, why: "its options differ" }),
      ...accessOf(desired, from, to, changed),
    },
  ];
}

/** More attributes are more rights; limits are not weighed. */
function accessOf(
  role: Role,
  from: RoleOptions,
  to: RoleOptions,
  changed: readonly (keyof RoleOptions)[],
): { readonly access: Access; readonly accessText: string | null } {
  const flags = changed.filter((key) => typeof to[key] === "boolean");
  const [gained, lost] = [flags.filter((key) => to[key] === true), flags.filter((key) => from[key] === true)];
  if (flags.length === 0) return { access: "none", accessText: null };
  const parts = [
    ...(gained.length > 0 ? [`gains ${gained.join(", ")}`] : []),
    ...(lost.length > 0 ? [`loses ${lost.join(", ")}`] : []),
  ];
  return { access: gained.length > 0 ? "widens" : "narrows", accessText: `${role.spec.name} ${parts.join(" and ")}` };
}

function drop(fact: Role, context: PlanContext): readonly StepDraft[] {
  const owns = [...context.live.facts.values()].filter((other) => other.owner === fact.spec.name && other.id !== fact.id);
  const why =
    owns.length > 0 ? `the files drop it (it owns ${owns.length} things here, which PostgreSQL refuses)` : "the files drop it";
  return [
    catalogStep(fact, {
      action: "drop",
      sql: dropSql(fact),
      undo: { sql: createSql(fact) },
      why,
      phase: "contract",
      breaks: "old",
    }),
  ];
}

export const role: KindModule<RoleSpec> = {
  kind: "role",
  rank: 5,
  scope: "exact",
  optIn: true,
  outsideSchemas: true,
  notCompared: ["name", "password"],
  rebuiltBy: [],
  renameByDefinition: false,
  catalog: { sql: catalogSql, fromRow },
  yaml: {
    parents: ["root"],
    key: "roles",
    style: "map",
    files: ["schema"],
    shape: {
      description:
        "Roles of the server, what follows the name in CREATE ROLE: nologin noinherit connection limit 5. Only those named here are compared.",
      scalar: true,
      properties: {
        def: { type: "string", description: "What the short form says; left out: its options are not compared." },
        password: {
          type: "string",
          description: "An environment variable in dollar braces: set when the role is made, never compared.",
        },
        renamed_from: { type: "string", description: "The name until now." },
      },
    },
    read,
    write: () => null,
  },
  statements: {},
  // What the files leave open is as it is.
  asFarAsKnown: (live, desired) =>
    desired.spec.options === null ? { ...desired, spec: { ...desired.spec, options: live.spec.options } } : desired,
  answersTo: () => [],
  dependsOn: () => [],
  makesRole: ({ spec }) => spec.name,
  inline: () => null,
  create: (fact) => [
    catalogStep(fact, { action: "create", sql: createSql(fact), undo: { sql: dropSql(fact) }, why: declaredBy(fact) }),
  ],
  alter,
  rename: (live, desired) => {
    const sql = (from: Role, to: Role): string => `ALTER ROLE ${from.object} RENAME TO ${to.object};`;
    return [
      catalogStep(desired, {
        action: "rename",
        sql: sql(live, desired),
        undo: { sql: sql(desired, live) },
        why: `renamed from ${live.object}`,
        phase: "contract",
        breaks: "old",
        removes: [live.id],
      }),
    ];
  },
  drop,
};
