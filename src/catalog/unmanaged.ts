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
    ...schemaObjects(),
    ...types(),
    ...databaseObjects(),
    ...databaseAttributes(),
    ...tableAttributes(),
    ...columnAttributes(),
    ...constraintAttributes(major),
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

function schemaObjects(): Source[] {
  const method = (column: string): string => `(select quote_ident(am.amname) from pg_am am where am.oid = o.${column})`;
  const implicit =
    "not exists (select from pg_opclass oc where oc.opcfamily = o.oid and oc.opcname = o.opfname and oc.opcnamespace = o.opfnamespace)";
  return [
    named("foreign table", "pg_class", "rel", "o.relkind = 'f'"),
    {
      ...named("operator", "pg_operator", "opr"),
      object: `quote_ident(n.nspname) || '.' || o.oprname || '(' || case when o.oprleft = 0 then 'none' else format_type(o.oprleft, null) end
  || ', ' || format_type(o.oprright, null) || ')'`,
    },
    { ...named("operator class", "pg_opclass", "opc"), object: `${path("o.opcname")} || ' using ' || ${method("opcmethod")}` },
    {
      ...named("operator family", "pg_opfamily", "opf", implicit),
      object: `${path("o.opfname")} || ' using ' || ${method("opfmethod")}`,
    },
    named("conversion", "pg_conversion", "con"),
    named("collation", "pg_collation", "coll"),
    named("text search configuration", "pg_ts_config", "cfg"),
    named("text search dictionary", "pg_ts_dict", "dict"),
    named("text search parser", "pg_ts_parser", "prs"),
    named("text search template", "pg_ts_template", "tmpl"),
  ];
}

function types(): Source[] {
  const isArray = "exists (select from pg_type element where element.typarray = o.oid)";
  return [
    named("range type", "pg_type", "typ", "o.typtype = 'r'"),
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
  return [
    global("cast", "pg_cast", "format_type(o.castsource, null) || ' as ' || format_type(o.casttarget, null)", own),
    global("language", "pg_language", "quote_ident(o.lanname)", own),
    global(
      "transform",
      "pg_transform",
      "format_type(o.trftype, null) || ' language ' || (select quote_ident(l.lanname) from pg_language l where l.oid = o.trflang)",
      own,
    ),
    global("event trigger", "pg_event_trigger", "quote_ident(o.evtname)"),
    global("publication", "pg_publication", "quote_ident(o.pubname)"),
    global("foreign-data wrapper", "pg_foreign_data_wrapper", "quote_ident(o.fdwname)"),
    global("server", "pg_foreign_server", "quote_ident(o.srvname)"),
    global("access method", "pg_am", "quote_ident(o.amname)", own),
  ];
}

/** What lies beside the objects of a database: who may use what elsewhere, and what is said about objects. */
function databaseAttributes(): Source[] {
  const aclKinds =
    "case d.defaclobjtype when 'r' then 'tables' when 'S' then 'sequences' when 'f' then 'functions' when 'T' then 'types' when 'n' then 'schemas' else 'large objects' end";
  return [
    {
      kind: "subscription",
      object: "quote_ident(s.subname)",
      schema: null,
      from: "pg_subscription s",
      where: "s.subdbid = (select d.oid from pg_database d where d.datname = current_database())",
    },
    {
      kind: "user mapping",
      object: "quote_ident(u.usename) || ' server ' || quote_ident(u.srvname)",
      schema: null,
      from: "pg_user_mappings u",
      where: "true",
    },
    {
      kind: "default privileges",
      object: `'for ' || quote_ident(pg_get_userbyid(d.defaclrole)) || coalesce(' in ' || quote_ident(n.nspname), '') || ' on ' || ${aclKinds}`,
      schema: "n.nspname",
      from: "pg_default_acl d left join pg_namespace n on n.oid = d.defaclnamespace",
      where: `n.nspname is null or (${inUserSchema})`,
      why: "'default privileges are not managed'",
    },
    {
      kind: "security label",
      object: "coalesce(pg_describe_object(l.classoid, l.objoid, l.objsubid), l.objoid::text) || ' for ' || l.provider",
      schema: null,
      from: "pg_seclabel l",
      where: "true",
      why: "'security labels are not managed'",
    },
    {
      kind: "rule",
      object: `${path("c.relname")} || '.' || quote_ident(r.rulename)`,
      schema: "n.nspname",
      from: "pg_rewrite r join pg_class c on c.oid = r.ev_class join pg_namespace n on n.oid = c.relnamespace",
      where: `r.rulename <> '_RETURN' and ${inUserSchema} and ${stands("pg_class", "c.oid")} and ${stands("pg_rewrite", "r.oid")}`,
      why: "'rules are not managed'",
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

function tableAttributes(): Source[] {
  const all = ["table", "materialized_view", "index", "sequence"];
  return [
    ...attribute(["table", "materialized_view", "sequence"], "'unlogged is not managed'", "c.relpersistence = 'u'"),
    ...attribute(
      ["table", "materialized_view"],
      "'storage parameters are not managed: ' || array_to_string(c.reloptions, ', ')",
      "c.reloptions is not null",
    ),
    ...attribute(
      ["table", "materialized_view"],
      "'storage parameters of its TOAST table are not managed: ' || array_to_string(toast.reloptions, ', ')",
      "toast.reloptions is not null",
      "join pg_class toast on toast.oid = c.reltoastrelid",
    ),
    ...attribute(
      ["table", "materialized_view"],
      "'replica identity is not managed: ' || case c.relreplident when 'f' then 'full' when 'n' then 'nothing' else 'using index' end",
      "c.relreplident in ('f', 'n', 'i')",
    ),
    ...attribute(
      ["table", "materialized_view"],
      "'cluster on is not managed: ' || quote_ident(clustered.relname)",
      "i.indisclustered",
      "join pg_index i on i.indrelid = c.oid join pg_class clustered on clustered.oid = i.indexrelid",
    ),
    ...attribute(
      all,
      "'tablespace is not managed: ' || quote_ident(ts.spcname)",
      "true",
      "join pg_tablespace ts on ts.oid = c.reltablespace",
    ),
    ...attribute(
      ["table", "materialized_view"],
      "'access method is not managed: ' || quote_ident(am.amname)",
      "am.amname <> 'heap'",
      "join pg_am am on am.oid = c.relam",
    ),
    ...attribute(
      ["table"],
      "'inheritance is not managed: parent ' || quote_ident(pn.nspname) || '.' || quote_ident(parent.relname)",
      "not c.relispartition",
      "join pg_inherits h on h.inhrelid = c.oid join pg_class parent on parent.oid = h.inhparent join pg_namespace pn on pn.oid = parent.relnamespace",
    ),
    ...attribute(["table"], "'a table of a type is not managed as one: ' || format_type(c.reloftype, null)", "c.reloftype <> 0"),
  ];
}

/** Something about a column. */
function column(why: string, where: string): Source {
  return {
    kind: "column",
    object: `${path("c.relname")} || '.' || quote_ident(a.attname)`,
    schema: "n.nspname",
    from: "pg_attribute a join pg_class c on c.oid = a.attrelid join pg_namespace n on n.oid = c.relnamespace",
    where: `a.attnum > 0 and not a.attisdropped and ${inUserSchema} and ${stands("pg_class", "c.oid")} and ${where}`,
    why,
  };
}

function columnAttributes(): Source[] {
  const compression = "case a.attcompression when 'p' then 'pglz' else 'lz4' end";
  return [
    column(`'compression is not managed: ' || ${compression}`, "c.relkind in ('r', 'p', 'm') and a.attcompression in ('p', 'l')"),
    column(
      "'options are not managed: ' || array_to_string(a.attoptions, ', ')",
      "c.relkind in ('r', 'p', 'm') and a.attoptions is not null",
    ),
    column("'defaults of a view are not managed'", "c.relkind = 'v' and a.atthasdef"),
  ];
}

/** Something about a constraint of a table. */
function constraint(why: string, where: string): Source {
  return {
    kind: "constraint",
    object: `${path("c.relname")} || '.' || quote_ident(k.conname)`,
    schema: "n.nspname",
    from: `pg_constraint k join pg_class c on c.oid = k.conrelid join pg_namespace n on n.oid = c.relnamespace
  left join pg_attribute a on a.attrelid = c.oid and a.attnum = k.conkey[1]`,
    where: `c.relkind in ('r', 'p') and k.coninhcount = 0 and ${inUserSchema} and ${stands("pg_class", "c.oid")} and ${where}`,
    why,
  };
}

/** NOT NULL became a constraint in 18, with a name and states of its own; NOT ENFORCED and WITHOUT OVERLAPS came with it. */
function constraintAttributes(major: number): Source[] {
  if (major < 18) return [];
  // Names that do not fit are cut by rules that are not repeated here.
  const generated = "c.relname || '_' || a.attname || '_not_null'";
  return [
    constraint(
      "'the name of a NOT NULL is not managed'",
      `k.contype = 'n' and octet_length(${generated}) < 64 and k.conname <> ${generated}`,
    ),
    constraint("'NOT NULL … NO INHERIT is not managed'", "k.contype = 'n' and k.connoinherit"),
    constraint("'NOT NULL … NOT VALID is not managed'", "k.contype = 'n' and not k.convalidated"),
    constraint("'NOT ENFORCED is not managed'", "k.contype in ('c', 'f') and not k.conenforced"),
    constraint("'WITHOUT OVERLAPS and PERIOD are not managed'", "k.contype in ('p', 'u', 'f') and k.conperiod"),
  ];
}
