create schema ev_types;
create schema "Ev.types";

-- Enumerated types: labels of every sort.
create type ev_types.plain as enum ('draft', 'paid', 'shipped');
create type ev_types.odd as enum ('', ' ', 'It''s', 'say "hi"', 'back\slash', 'tab	inside', 'ünïcödé ✓', 'null', 'true', '1', '- x', 'a: b', '#no comment',
  '012345678901234567890123456789012345678901234567890123456789012');
create type "Ev.types"."Odd ""name"".x" as enum ('A', 'B');
create type ev_types.none as enum ();
comment on type ev_types.plain is 'How far an order is.';
grant usage on type ev_types.plain to ev_reader with grant option;
revoke usage on type ev_types.odd from public;

-- Collations.
create collation ev_types.ci (provider = icu, locale = 'und-u-ks-level2', deterministic = false);
create collation ev_types.german (provider = icu, locale = 'de-DE-u-co-phonebk');
create collation ev_types.plain_c (provider = libc, locale = 'C');
create collation ev_types.two_parts (provider = libc, lc_collate = 'C', lc_ctype = 'POSIX');
create collation "Ev.types"."Odd.coll" (provider = icu, locale = 'sv');
comment on collation ev_types.ci is 'Case does not count.';
alter collation ev_types.german owner to ev_owner;

-- Composite types.
create type ev_types.address as (street text, "Zip.code" varchar(10), country char(2) collate "C", tags text[], since timestamptz(3));
create type ev_types.person as (name text collate ev_types.ci, home ev_types.address, state ev_types.plain);
create type ev_types.empty as ();
create type ev_types.swapped as (a integer, b integer, c integer);
comment on type ev_types.address is 'Where somebody lives.';
comment on column ev_types.address."Zip.code" is 'As the post writes it.';
comment on column ev_types.person.home is 'May be null.';
grant usage on type ev_types.person to ev_reader;
alter type ev_types.person owner to ev_owner;
create table ev_types.people (id integer primary key, who ev_types.person, many ev_types.address[]);

-- Domains.
create domain ev_types.email as text collate ev_types.ci constraint email_at check (value like '%@%') constraint email_short check (length(value) < 255);
create domain ev_types.amount as numeric(12, 2) default 0 not null constraint amount_positive check (value >= 0);
create domain ev_types.code as varchar(8) default 'x''y' check (value <> '');
create domain ev_types.item as text check (value <> '');
create domain ev_types.codes as ev_types.item[];
create domain ev_types.nested as ev_types.email check (value <> 'nobody@example.com');
create domain "Ev.types"."Odd.dom" as integer constraint "Odd.check" check (value > 0);
alter domain ev_types.code add constraint code_upper check (value = upper(value)) not valid;
comment on domain ev_types.email is 'An address of mail.';
comment on constraint email_at on domain ev_types.email is 'At least this.';
grant usage on domain ev_types.amount to ev_reader;
revoke usage on domain ev_types.code from public;
create table ev_types.uses (id integer primary key, mail ev_types.email, price ev_types.amount, codes ev_types.codes, collated text collate ev_types.german);
create index uses_collated on ev_types.uses (collated collate ev_types.ci, lower(collated collate "C"));

-- Range types.
create type ev_types.span as range (subtype = integer);
create function ev_types.time_diff(a time, b time) returns double precision language sql immutable strict parallel safe
  as $$ select extract(epoch from (a - b))::double precision $$;
create type ev_types.timerange as range (subtype = time, subtype_diff = ev_types.time_diff);
create type ev_types.textrange as range (subtype = text, subtype_opclass = text_pattern_ops, collation = "C", multirange_type_name = ev_types.many_texts);
create type "Ev.types"."Odd.range" as range (subtype = ev_types.plain);
comment on type ev_types.span is 'A span of days.';
grant usage on type ev_types.span to ev_reader;
create table ev_types.spans (id integer primary key, s ev_types.span, m ev_types.span_multirange default '{}', t ev_types.timerange[], x ev_types.textrange);
create view ev_types.shown as select id, ev_types.span(1, 2) as built, s && ev_types.span(5, 6) as overlaps from ev_types.spans;
create function ev_types.width(r ev_types.span) returns integer language sql immutable begin atomic select upper(r) - lower(r); end;

--- ICU rules; from 16
create collation ev_types.ruled (provider = icu, locale = 'und', rules = '&a < g << ''x''');

--- the builtin provider; from 17
create collation ev_types.built_in (provider = builtin, locale = 'C.UTF-8');

--- names of not null; from 17
create domain ev_types.named_null as integer constraint nn_of_mine not null;
comment on constraint nn_of_mine on domain ev_types.named_null is 'Never null.';
