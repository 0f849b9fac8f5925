/**
 * What lies in user schemas or the database and no kind manages: listed, never silent. One query that a role with nothing
 * but CONNECT may run: no pg_user_mapping, no pg_authid, of pg_subscription only the columns that everyone may read.
 */

interface Source {
  readonly kind: string;
  /** Expressions: path of the object; its schema, null for what belongs to the database. */
  readonly object: string;
  readonly schema: string | null;
  readonly from: string;
  readonly where: string;
  /** Left out: objects of this kind are not managed. */
  readonly why?: string;
}

const inUserSchema = `n.nspname not in ('pg_catalog', 'information_schema', 'pg_toast', 'lockstep') and n.nspname !~ '^pg_(temp|toast_temp)_'`;

/** Neither part of an extension nor made by another object (the cast of a range type). In: catalog and oid expressions. */
function stands(catalog: string, oid: string): string {
  return `not exists (select from pg_depend e where e.classid = '${catalog}'::regclass and e.objid = ${oid} and e.objsubid = 0 and e.deptype in ('e', 'i'))`;
}

/** The first OID that a user's object can have (FirstNormalObjectId in src/include/access/transam.h). */
const firstOid = 16384;

/**
 * The query, with columns `kind`, `object`, `schema` (null for objects of the database) and `why`, in a stable order.
 * In: the server's major.
 */
export function unmanagedSql(major: number): string {
  const sources = [
    ...types(),
    ...databaseObjects(),
    ...databaseAttributes(),
    ...beyondDatabase(major),
    ...tableAttributes(major),
  ];
  const queries = sources.map((source) => {
    const why = source.why ?? "'lockstep does not manage this kind of object'";
    return `select '${source.kind}' as kind, (${source.object})::text as object, (${source.schema ?? "null"})::text as schema, (${why})::text as why
from ${source.from} where ${source.where}`;
  });
  return `${queries.join("\nunion all\n")}\norder by 1, 2, 4`;
}

const path = (name: string): string => `quote_ident(n.nspname) || '.' || quote_ident(${name})`;

/** An object with a name in a schema. In: its catalog and the prefix of its columns (`cfg` for cfgname, cfgnamespace). */
function named(kind: string, catalog: string, prefix: string, where = "true"): Source {
  return {
    kind,
    object: path(`o.${prefix}name`),
    schema: "n.nspname",
    from: `${catalog} o join pg_namespace n on n.oid = o.${prefix}namespace`,
    where: `${inUserSchema} and ${stands(catalog, "o.oid")} and ${where}`,
  };
}

function types(): Source[] {
  const isArray = "exists (select from pg_type element where element.typarray = o.oid)";
  return [
    {
      kind: "comment",
      object: path("o.typname"),
      schema: "n.nspname",
      from: "pg_description d join pg_type o on o.oid = d.objoid and d.classoid = 'pg_type'::regclass join pg_namespace n on n.oid = o.typnamespace",
      where: `o.typtype = 'm' and ${inUserSchema} and ${stands("pg_type", "(select r.rngtypid from pg_range r where r.rngmultitypid = o.oid)")}`,
      why: "'comments on multirange types are not managed'",
    },
    {
      kind: "grant",
      object: path("o.typname"),
      schema: "n.nspname",
      from: "pg_type o join pg_namespace n on n.oid = o.typnamespace",
      where: `o.typtype = 'm' and o.typacl is not null and ${inUserSchema} and ${stands("pg_type", "(select r.rngtypid from pg_range r where r.rngmultitypid = o.oid)")}`,
      why: "'privileges on multirange types are not managed'",
    },
    {
      kind: "comment",
      object: `${path("o.proname")} || '(' || pg_get_function_identity_arguments(o.oid) || ')'`,
      schema: "n.nspname",
      from: "pg_description d join pg_proc o on o.oid = d.objoid and d.classoid = 'pg_proc'::regclass join pg_namespace n on n.oid = o.pronamespace",
      where: `${inUserSchema} and exists (select from pg_depend i where i.classid = 'pg_proc'::regclass and i.objid = o.oid and i.deptype = 'i')`,
      why: "'comments on the constructors of a range type are not managed'",
    },
    named("base type", "pg_type", "typ", `o.typtype = 'b' and not ${isArray}`),
    named("shell type", "pg_type", "typ", "o.typtype = 'p' and not o.typisdefined"),
  ];
}

/** An object of the database as a whole. */
function global(kind: string, catalog: string, object: string, where = "true"): Source {
  return { kind, object, schema: null, from: `${catalog} o`, where: `${stands(catalog, "o.oid")} and ${where}` };
}

function databaseObjects(): Source[] {
  const own = `o.oid >= ${firstOid}`;
  return [global("language", "pg_language", "quote_ident(o.lanname)", own)];
}

/** Rights on what is no object of the database's schema: rows of users (large objects), and parameters of the whole server. */
function beyondDatabase(major: number): Source[] {
  const largeObject: Source = {
    kind: "large object",
    object:
      "'owned by ' || quote_ident(pg_get_userbyid(l.lomowner)) || coalesce(' with privileges ' || l.lomacl::text, '') || ' (' || count(*) || ')'",
    schema: null,
    from: "pg_largeobject_metadata l",
    where: "true group by l.lomowner, l.lomacl::text",
    why: "'large objects are data; their owners and privileges are not managed'",
  };
  const parameter: Source = {
    kind: "parameter",
    object: "p.parname",
    schema: null,
    from: "pg_parameter_acl p",
    where: "true",
    why: "'privileges on parameters belong to the server: ' || p.paracl::text",
  };
  const setting: Source = {
    kind: "setting",
    object: "quote_ident(r.rolname) || '.' || lower(split_part(c.line, '=', 1)) || ' here'",
    schema: null,
    from: "pg_db_role_setting s join pg_roles r on r.oid = s.setrole cross join lateral unnest(s.setconfig) as c(line)",
    where: "s.setdatabase = (select d.oid from pg_database d where d.datname = current_database())",
    why: "'settings of a role in this database are managed only where roles: has them (settings_here)'",
  };
  const database: Source = {
    kind: "current_database",
    object: "'this'",
    schema: null,
    from: "pg_database d left join pg_shdescription c on c.classoid = 'pg_database'::regclass and c.objoid = d.oid",
    where: "d.datname = current_database() and (d.datacl is not null or c.description is not null)",
    why: "'comment and privileges of the database are managed only where database: has them'",
  };
  return [largeObject, setting, database, ...(major >= 15 ? [parameter] : [])];
}

/** What lies beside the objects of a database: who may use what elsewhere, and what is said about objects. */
function databaseAttributes(): Source[] {
  return [
    {
      // The condition is that of the view (src/backend/catalog/system_views.sql): NULL may stand for none and for not shown.
      kind: "user_mapping",
      object: "quote_ident(u.srvname) || '.' || quote_ident(u.usename)",
      schema: null,
      from: "pg_user_mappings u join pg_foreign_server s on s.oid = u.srvid",
      where: `u.umoptions is null and not (u.umuser <> 0 and u.usename = current_user and (pg_has_role(s.srvowner, 'USAGE') or has_server_privilege(s.oid, 'USAGE'))
  or u.umuser = 0 and pg_has_role(s.srvowner, 'USAGE') or (select r.rolsuper from pg_roles r where r.rolname = current_user))`,
      why: "'its options are shown to superusers, to the owner of the server and to the role itself'",
    },
    {
      kind: "security label",
      object: "coalesce(pg_describe_object(l.classoid, l.objoid, l.objsubid), l.objoid::text) || ' for ' || l.provider",
      schema: null,
      from: "pg_seclabel l",
      where: "true",
      why: "'security labels are not managed'",
    },
  ];
}

const kindOfRelation: readonly (readonly [string, string])[] = [
  ["table", "c.relkind in ('r', 'p')"],
  ["materialized_view", "c.relkind = 'm'"],
  ["index", "c.relkind in ('i', 'I')"],
  ["sequence", "c.relkind = 'S'"],
];

/** Something about a relation that lockstep neither compares nor changes. In: kinds of relations, the reason, when it holds. */
function attribute(kinds: readonly string[], why: string, where: string, join = ""): Source[] {
  return kindOfRelation
    .filter(([kind]) => kinds.includes(kind))
    .map(([kind, relkind]) => ({
      kind,
      object: path("c.relname"),
      schema: "n.nspname",
      from: `pg_class c join pg_namespace n on n.oid = c.relnamespace ${join}`,
      where: `${relkind} and ${inUserSchema} and ${stands("pg_class", "c.oid")} and ${where}`,
      why,
    }));
}

function tableAttributes(major: number): Source[] {
  return [
    ...attribute(
      ["table"],
      "'unlogged means nothing on a partitioned table, and nothing changes it'",
      "c.relkind = 'p' and c.relpersistence = 'u'",
    ),
    // Of an index that is no key the files can say it.
    {
      kind: "constraint_attachment",
      object: `${path("c.relname")} || '.' || quote_ident(k.conname)`,
      schema: "n.nspname",
      from: "pg_constraint k join pg_index x on x.indexrelid = k.conindid join pg_class c on c.oid = k.conrelid join pg_namespace n on n.oid = c.relnamespace",
      where: `c.relkind = 'p' and k.contype in ('p', 'u', 'x') and not x.indisvalid and ${inUserSchema} and ${stands("pg_class", "c.oid")}`,
      why: "'not all partitions have the key: in the files it is one of all of them'",
    },
    ...(major < 15 ? [] : [identityPersistence]),
  ];
}

/** Before 15 no sequence is unlogged; since then an identity's is as its table, until somebody says otherwise. */
const identityPersistence: Source = {
  kind: "sequence",
  object: path("s.relname"),
  schema: "n.nspname",
  from: "pg_depend d join pg_class s on s.oid = d.objid and s.relkind = 'S' join pg_class c on c.oid = d.refobjid join pg_namespace n on n.oid = s.relnamespace",
  where: `d.classid = 'pg_class'::regclass and d.refclassid = 'pg_class'::regclass and d.deptype = 'i' and s.relpersistence <> c.relpersistence and ${inUserSchema}`,
  why: "'LOGGED and UNLOGGED of an identity other than its table are not managed'",
};
