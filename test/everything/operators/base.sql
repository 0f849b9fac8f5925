create schema ev_operators;
create schema "Ev Odd";
create type ev_operators.a as (x int);
create type ev_operators.b as (y int);
create function ev_operators.a_to_b(ev_operators.a) returns ev_operators.b language sql immutable as 'select row(($1).x)::ev_operators.b';
create function ev_operators.b_to_a(ev_operators.b) returns ev_operators.a language sql immutable as 'select row(($1).y)::ev_operators.a';
create cast (ev_operators.a as ev_operators.b) with function ev_operators.a_to_b(ev_operators.a) as assignment;
create cast (ev_operators.b as ev_operators.a) with function ev_operators.b_to_a(ev_operators.b);
create cast (ev_operators.a as json) with inout as implicit;
comment on cast (ev_operators.a as ev_operators.b) is 'Over to b';
create type ev_operators.mood as enum ('sad', 'ok');
create cast (varchar as ev_operators.mood) with inout as assignment;

create function ev_operators.eq(integer, bigint) returns boolean language sql immutable as 'select $1 = $2';
create function ev_operators.qe(bigint, integer) returns boolean language sql immutable as 'select $1 = $2';
create function ev_operators.ne(integer, bigint) returns boolean language sql immutable as 'select $1 <> $2';
create operator ev_operators.=== (function = ev_operators.eq, leftarg = integer, rightarg = bigint, commutator = operator(ev_operators.===), negator = operator(ev_operators.!==), restrict = eqsel, join = eqjoinsel, hashes, merges);
create operator ev_operators.=== (function = ev_operators.qe, leftarg = bigint, rightarg = integer, commutator = operator(ev_operators.===));
create operator ev_operators.!== (function = ev_operators.ne, leftarg = integer, rightarg = bigint, negator = operator(ev_operators.===));
create function ev_operators.fact(integer) returns integer language sql immutable as 'select $1 * 2';
create operator "Ev Odd".!@ (function = ev_operators.fact, rightarg = integer);
comment on operator "Ev Odd".!@ (none, integer) is 'Prefix';
alter operator "Ev Odd".!@ (none, integer) owner to ev_owner;
create view ev_operators.uses as select 1 operator(ev_operators.===) 2::bigint as same;

create function ev_operators.cmp(integer, integer) returns integer language sql immutable as 'select $2 - $1';
create function ev_operators.lt(integer, integer) returns boolean language sql immutable as 'select $1 > $2';
create operator ev_operators.<# (function = ev_operators.lt, leftarg = integer, rightarg = integer);
create operator class ev_operators.backwards for type integer using btree as operator 1 ev_operators.<#, operator 3 =, function 1 ev_operators.cmp(integer, integer);
comment on operator class ev_operators.backwards using btree is 'Down';
create operator family ev_operators.loose using btree;
comment on operator family ev_operators.loose using btree is 'A family';
create operator family ev_operators.loose_hash using hash;
alter operator family ev_operators.loose using btree add operator 1 < (int4, int8), function 1 (int4, int8) btint48cmp(int4, int8);
create operator class ev_operators.member for type integer using hash family ev_operators.loose_hash as operator 1 =, function 1 hashint4(integer);
create operator class ev_operators.gist_like for type box using gist as operator 3 &&, operator 15 <-> (box, point) for order by float_ops,
  function 1 gist_box_consistent(internal, box, smallint, oid, internal), function 2 gist_box_union(internal, internal), function 5 gist_box_penalty(internal, internal, internal),
  function 6 gist_box_picksplit(internal, internal), function 7 gist_box_same(box, box, internal), function 8 (box, box) gist_box_distance(internal, box, smallint, oid, internal);
create table ev_operators.t (id int);
create index t_back on ev_operators.t (id ev_operators.backwards);

create text search dictionary ev_operators.short (template = simple, stopwords = 'english', accept = false);
create text search dictionary "Ev Odd"."Snow Ball" (template = snowball, language = 'english');
comment on text search dictionary ev_operators.short is 'Short words';
create text search configuration ev_operators.search (parser = default);
alter text search configuration ev_operators.search add mapping for asciiword, word with ev_operators.short, english_stem;
alter text search configuration ev_operators.search add mapping for "int" with simple;
comment on text search configuration ev_operators.search is 'How we search';
create text search template ev_operators.like_simple (init = dsimple_init, lexize = dsimple_lexize);
create text search parser ev_operators.like_default (start = prsd_start, gettoken = prsd_nexttoken, end = prsd_end, lextypes = prsd_lextype, headline = prsd_headline);
comment on text search parser ev_operators.like_default is 'As the default';
create text search dictionary ev_operators.own (template = ev_operators.like_simple);
create text search configuration ev_operators.other (parser = ev_operators.like_default);
create index t_search on ev_operators.t using gin (to_tsvector('ev_operators.search', id::text));

create conversion ev_operators.latin for 'LATIN1' to 'UTF8' from iso8859_1_to_utf8;
create default conversion ev_operators.latin2 for 'UTF8' to 'LATIN2' from utf8_to_iso8859;
comment on conversion ev_operators.latin is 'Old text';

create function ev_operators.from_sql(internal) returns internal language internal strict immutable as 'prsd_lextype';
create transform for ev_operators.a language sql (from sql with function prsd_lextype(internal));
comment on transform for ev_operators.a language sql is 'A transform';
