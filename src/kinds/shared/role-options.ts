import { quoteLiteral } from "../../base/literal.ts";
import type { ReadContext, Row, YamlScalar } from "../../model/kind.ts";
import { parseWrapped, SqlSyntaxError } from "../../sql/parser.ts";

/** Attributes of a role (manual, CREATE ROLE), passwords and memberships aside. */
export type RoleOptions = {
  readonly superuser: boolean;
  readonly createdb: boolean;
  readonly createrole: boolean;
  readonly inherit: boolean;
  readonly login: boolean;
  readonly replication: boolean;
  readonly bypassrls: boolean;
  /** -1 for none. */
  readonly limit: number;
  /** UTC, ISO 8601; null for no limit. */
  readonly until: string | null;
};

const defaults: RoleOptions = {
  superuser: false,
  createdb: false,
  createrole: false,
  inherit: true,
  login: false,
  replication: false,
  bypassrls: false,
  limit: -1,
  until: null,
};

/** Names of the grammar's options. */
const fields: Readonly<Record<string, keyof RoleOptions>> = {
  superuser: "superuser",
  createdb: "createdb",
  createrole: "createrole",
  inherit: "inherit",
  canlogin: "login",
  isreplication: "replication",
  bypassrls: "bypassrls",
  connectionlimit: "limit",
  validUntil: "until",
};

/** Reads what follows CREATE ROLE name. Null when it is wrong, which was reported. */
export function readRoleOptions(scalar: YamlScalar, context: ReadContext): RoleOptions | null {
  let found: RoleOptions = defaults;
  try {
    const options =
      scalar.text.trim() === "" ? [] : (parseWrapped("CREATE ROLE x ", scalar.text, "").node.CreateRoleStmt?.options ?? []);
    for (const { DefElem } of options) {
      const field = fields[DefElem.defname];
      if (field === undefined) {
        const hint =
          DefElem.defname === "password"
            ? "write password: beside def, with an environment variable in dollar braces"
            : "write member_of: in the role that is the member";
        context.problem(scalar.at, "role-option", `${DefElem.defname} is no option that is read here`, hint);
        return null;
      }
      found = { ...found, [field]: optionValue(field, DefElem.arg) };
    }
  } catch (error) {
    if (!(error instanceof SqlSyntaxError)) throw error;
    const hint = "write what follows CREATE ROLE name, e.g. login noinherit connection limit 5";
    context.problem(scalar.atOffset(error.offset), "sql-syntax", error.message, hint);
    return null;
  }
  return found;
}

// biome-ignore lint/suspicious/noExplicitAny: a node of the parse tree.
function optionValue(field: keyof RoleOptions, arg: any): RoleOptions[keyof RoleOptions] {
  if (field === "until") return instant(String(arg?.String?.sval ?? ""));
  if (field === "limit") return Number(arg?.Integer?.ival ?? 0);
  return arg?.Boolean?.boolval === true;
}

/** A time as the catalog query prints it; without a zone it is UTC, as in our sessions. */
function instant(text: string): string | null {
  if (/^infinity$/i.test(text.trim())) return null;
  const iso = text
    .trim()
    .replace(/^(\d{4}-\d\d-\d\d)$/, "$1T00:00:00")
    .replace(" ", "T");
  const time = new Date(/(Z|[+-]\d\d(:?\d\d)?)$/i.test(iso) ? iso.replace(/([+-]\d\d)$/, "$1:00") : `${iso}Z`);
  return Number.isNaN(time.getTime()) ? text : `${time.toISOString().slice(0, 19)}Z`;
}

/** The options of a live role. In: a row of pg_roles, columns named as the fields. */
export function roleOptions(row: Row): RoleOptions {
  const flag = (name: keyof RoleOptions): boolean => row[name] === true;
  return {
    superuser: flag("superuser"),
    createdb: flag("createdb"),
    createrole: flag("createrole"),
    inherit: flag("inherit"),
    login: flag("login"),
    replication: flag("replication"),
    bypassrls: flag("bypassrls"),
    limit: Number(row["limit"]),
    until: typeof row["until"] === "string" ? row["until"] : null,
  };
}

/** Options that differ from those of a bare CREATE ROLE. */
export function optionsSql(options: RoleOptions): readonly string[] {
  const keys = Object.keys(defaults) as (keyof RoleOptions)[];
  return keys.filter((key) => options[key] !== defaults[key]).map((key) => optionSql(key, options[key]));
}

/** One option as CREATE and ALTER ROLE write it. */
export function optionSql(key: keyof RoleOptions, value: RoleOptions[keyof RoleOptions]): string {
  if (key === "limit") return `CONNECTION LIMIT ${value}`;
  if (key === "until") return `VALID UNTIL ${quoteLiteral(value === null ? "infinity" : String(value))}`;
  return `${value === true ? "" : "NO"}${key.toUpperCase()}`;
}
