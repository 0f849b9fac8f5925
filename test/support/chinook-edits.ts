/**
 * Edits that a person makes in the pulled files of Chinook. Each leads somewhere and, by restoring the files, back.
 */

/** One edit. Names of tables and columns are those of the original database. */
export interface Edit {
  readonly name: string;
  /** The edited schema.yaml. Throws when the pulled one does not hold what it edits. */
  edit(yaml: string): string;
  /** The files that lead back; default: the original ones. A rename has to say where the name went. */
  back?(yaml: string): string;
  /** Files beside schema.yaml, by path. */
  readonly files?: Readonly<Record<string, string>>;
  /** New names of tables, and of columns by `table.column`, by their old ones. */
  readonly renamed?: Readonly<Record<string, string>>;
  /** A query that is true once the edit is applied: that the plan was not empty for nothing. */
  readonly proof: string;
}

/** Replaces `from`, which must occur exactly once, in the entry of one table. */
function inTable(yaml: string, table: string, from: string, to: string): string {
  const start = yaml.indexOf(`\n  ${table}:\n`);
  if (start < 0) throw new Error(`no table ${table}`);
  const rest = yaml.slice(start + 1);
  const end = /\n {0,2}\S/.exec(rest.slice(1))?.index ?? rest.length;
  const [entry, after] = [rest.slice(0, end + 2), rest.slice(end + 2)];
  if (entry.split(from).length !== 2) throw new Error(`table ${table} holds ${JSON.stringify(from)} not exactly once:\n${entry}`);
  return yaml.slice(0, start + 1) + entry.replace(from, () => to) + after;
}

const attribute = (table: string, column: string, test: string): string =>
  `select ${test} from pg_attribute where attrelid = '${table}'::regclass and attname = '${column}'`;
const constraint = (name: string, test = "true"): string =>
  `select coalesce((select ${test} from pg_constraint where conname = '${name}'), false)`;

const employeeEmail = "      email: character varying(60)\n";
const customerKeys = "    constraints:\n      customer_pkey";

/** In the order of a tour: columns, keys, tables, then what is new beside them. */
export const chinookEdits: readonly Edit[] = [
  {
    name: "rename a column",
    edit: (yaml) =>
      inTable(
        yaml,
        "customer",
        "      email: character varying(60) not null",
        "      mail: { def: varchar(60) not null, renamed_from: email }",
      ),
    back: (yaml) =>
      inTable(
        yaml,
        "customer",
        "      email: character varying(60) not null",
        "      email: { def: varchar(60) not null, renamed_from: mail }",
      ),
    renamed: { "customer.email": "mail" },
    proof: attribute("customer", "mail", "attnotnull"),
  },
  {
    name: "rename a column of a key and a foreign key",
    edit: (yaml) =>
      inTable(
        inTable(
          inTable(
            inTable(yaml, "genre", "genre_id: integer not null", "id: { def: integer not null, renamed_from: genre_id }"),
            "genre",
            "primary key (genre_id)",
            "primary key (id)",
          ),
          "track",
          "      genre_id: integer",
          "      kind_id: { def: integer, renamed_from: genre_id }",
        ),
        "track",
        "      track_genre_id_idx: (genre_id)",
        "      track_genre_id_idx: (kind_id)",
      ).replace(/track_genre_id_fkey: .*/, "track_genre_id_fkey: foreign key (kind_id) references genre (id)"),
    back: (yaml) =>
      inTable(
        inTable(yaml, "genre", "genre_id: integer not null", "genre_id: { def: integer not null, renamed_from: id }"),
        "track",
        "      genre_id: integer",
        "      genre_id: { def: integer, renamed_from: kind_id }",
      ),
    renamed: { "genre.genre_id": "id", "track.genre_id": "kind_id" },
    proof: attribute("track", "kind_id", "count(*) = 1"),
  },
  {
    name: "rename a table",
    edit: (yaml) => yaml.replace("\n  invoice_line:\n", "\n  invoice_item:\n    renamed_from: invoice_line\n"),
    back: (yaml) => yaml.replace("\n  invoice_line:\n", "\n  invoice_line:\n    renamed_from: invoice_item\n"),
    renamed: { invoice_line: "invoice_item" },
    proof: "select to_regclass('invoice_item') is not null and to_regclass('invoice_line') is null",
  },
  {
    name: "widen a varchar",
    edit: (yaml) => inTable(yaml, "artist", "character varying(120)", "varchar(400)"),
    proof: attribute("artist", "name", "atttypmod = 404"),
  },
  {
    name: "integer to bigint, a key and its foreign key among them",
    edit: (yaml) => {
      const track = inTable(yaml, "track", "bytes: integer", "bytes: bigint");
      const playlist = inTable(track, "playlist", "playlist_id: integer not null", "playlist_id: bigint not null");
      return inTable(playlist, "playlist_track", "playlist_id: integer not null", "playlist_id: bigint not null");
    },
    proof: attribute("playlist_track", "playlist_id", "atttypid = 'bigint'::regtype"),
  },
  {
    name: "add a nullable column",
    edit: (yaml) => inTable(yaml, "employee", employeeEmail, `${employeeEmail}      nickname: text\n`),
    proof: attribute("employee", "nickname", "not attnotnull"),
  },
  {
    name: "add a column that is not null and has a default",
    edit: (yaml) => inTable(yaml, "customer", customerKeys, `      active: boolean not null default true\n${customerKeys}`),
    proof: "select bool_and(active) from customer",
  },
  {
    name: "add a check",
    edit: (yaml) =>
      inTable(
        yaml,
        "invoice",
        "    constraints:\n",
        "    constraints:\n      invoice_total_check: check (total >= 0 and billing_country in ('Brazil', 'Canada') is not null)\n",
      ),
    proof: constraint("invoice_total_check", "convalidated"),
  },
  {
    name: "add a unique constraint",
    edit: (yaml) =>
      inTable(yaml, "employee", "    constraints:\n", "    constraints:\n      employee_email_key: unique (email)\n"),
    proof: constraint("employee_email_key"),
  },
  {
    name: "add indexes: expression, partial, covering",
    edit: (yaml) =>
      inTable(
        yaml,
        "customer",
        "    indexes:\n",
        "    indexes:\n      customer_email_idx: unique (lower(email))\n      customer_us_idx: (state, city desc) include (phone) where country in ('USA', 'Canada')\n",
      ),
    proof: "select to_regclass('customer_us_idx') is not null and to_regclass('customer_email_idx') is not null",
  },
  {
    name: "drop an index",
    edit: (yaml) => inTable(yaml, "album", "    indexes:\n      album_artist_id_idx: (artist_id)\n", ""),
    proof: "select to_regclass('album_artist_id_idx') is null",
  },
  {
    name: "set not null",
    edit: (yaml) => inTable(yaml, "employee", employeeEmail, employeeEmail.replace("\n", " not null\n")),
    proof: attribute("employee", "email", "attnotnull"),
  },
  {
    name: "change what a foreign key does on delete",
    edit: (yaml) =>
      yaml.replace(
        /album_artist_id_fkey: .*/,
        "album_artist_id_fkey: foreign key (artist_id) references artist on delete cascade",
      ),
    proof: constraint("album_artist_id_fkey", "confdeltype = 'c' and convalidated"),
  },
  {
    name: "rename constraints and an index",
    edit: (yaml) =>
      inTable(
        inTable(inTable(yaml, "album", "album_pkey:", "album_key:"), "album", "album_artist_id_fkey:", "album_of_artist:"),
        "album",
        "album_artist_id_idx:",
        "album_by_artist:",
      ),
    proof: `select count(*) = 2 and to_regclass('album_by_artist') is not null from pg_constraint where conname in ('album_key', 'album_of_artist')`,
  },
  {
    name: "comments and grants, of a column too",
    edit: (yaml) =>
      inTable(
        inTable(
          yaml,
          "genre",
          "    columns:\n",
          '    comment: What sort of music it\'s.\n    grants: { public: [select, "update (name)"] }\n    columns:\n',
        ),
        "genre",
        "name: character varying(120)",
        "name: { def: varchar(120), comment: For people. }",
      ),
    back: (yaml) => inTable(yaml, "genre", "    columns:\n", "    grants: { public: none }\n    columns:\n"),
    proof:
      "select has_table_privilege('public', 'genre', 'select') and has_column_privilege('public', 'genre', 'name', 'update')",
  },
  {
    name: "a view, a materialized view, a trigger and its function",
    edit: (yaml) =>
      `${inTable(yaml, "track", "    indexes:\n", "    triggers: { shout: before insert or update of name on track for each row when (new.name is distinct from '') execute function shout() }\n    indexes:\n").replace("triggers: { shout: before insert or update of name on track", "triggers: { shout: before insert or update of name")}
views:
  long_track: select t.track_id, t.name, a.title from track t left join album a using (album_id) where t.milliseconds > 600000
materialized_views:
  sales: { def: "select track_id, sum(unit_price * quantity) as total from invoice_line group by track_id", indexes: { sales_key: unique (track_id) } }
functions:
  "shout()":
    def: |
      create function shout() returns trigger language plpgsql as $$
      begin
        new.name := upper(new.name);
        return new;
      end $$
`,
    proof:
      "select (select count(*) from long_track) = 260 and (select count(*) from sales) = 1984 and exists (select from pg_trigger where tgname = 'shout')",
  },
  {
    name: "row-level security with policies",
    edit: (yaml) =>
      `${inTable(yaml, "customer", "    columns:\n", "    rls: enabled\n    columns:\n")}policies: [policies/*.yaml]\n`,
    files: {
      "policies/customer.yaml": `table: customer
policies:
  customer_read:
    for: select
    to: public
    using: country in ('Brazil', 'Canada')
  customer_write:
    for: insert
    to: public
    check: support_rep_id in (select employee_id from employee where title like 'Sales%')
  customer_some: { as: restrictive, to: public, using: company is null or company <> '' }
`,
    },
    proof:
      "select relrowsecurity and (select count(*) = 3 from pg_policy where polrelid = c.oid) from pg_class c where relname = 'customer'",
  },
  {
    name: "an enum, a domain and columns of them",
    edit: (yaml) =>
      `${inTable(yaml, "invoice", "      total: numeric(10,2) not null\n", "      total: numeric(10,2) not null\n      state: invoice_state not null default 'open'\n      note: short_text\n")}enums: { invoice_state: [open, paid] }
domains: { short_text: text check (length(value) < 100) }
`,
    proof: "select bool_and(state = 'open') from invoice",
  },
  {
    name: "a generated column and an identity",
    edit: (yaml) =>
      inTable(
        yaml,
        "invoice_line",
        "      quantity: integer not null\n",
        "      quantity: integer not null\n      amount: numeric(12,2) generated always as (unit_price * quantity) stored\n      line_no: bigint generated by default as identity (start with 5000)\n",
      ),
    proof:
      "select bool_and(amount = unit_price * quantity) and count(distinct line_no) = count(*) and min(line_no) = 5000 from invoice_line",
  },
  {
    name: "a default, and another one",
    edit: (yaml) =>
      inTable(
        inTable(
          yaml,
          "invoice",
          "invoice_date: timestamp without time zone not null",
          "invoice_date: timestamp not null default now()",
        ),
        "invoice",
        "billing_country: character varying(40)",
        "billing_country: varchar(40) default 'Norway'",
      ),
    proof: "select count(*) = 2 from pg_attrdef where adrelid = 'invoice'::regclass",
  },
  {
    name: "a table of its own with a foreign key",
    edit: (yaml) =>
      `${yaml}  review:
    columns:
      review_id: bigint generated always as identity primary key
      track_id: integer not null references track on delete cascade
      stars: smallint not null check (stars between 1 and 5)
    indexes: { review_track_idx: (track_id) }
`,
    proof: constraint("review_track_id_fkey", "convalidated"),
  },
];
