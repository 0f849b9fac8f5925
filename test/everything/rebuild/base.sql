-- A column with every dependent that a column can have, and a type, a function and a domain with theirs. `make` builds all of it in the
-- forms that changes.sql asks for: what a person would have to type to get there is what the plan has to find out.
create schema ev_rebuild;
create schema ev_rebuilt;

create function ev_rebuild.make(n text default 'integer', word text default 'text', label text default $$'low', 'mid', 'high'$$, base text default 'integer',
  street text default 'text', arg text default 'integer', extra text default 'note text,') returns void language plpgsql as $make$
declare
  major integer := current_setting('server_version_num')::integer / 10000;
  part text;
  parts text[] := array[
$$
create type ev_rebuilt.level as enum (LABEL);
comment on type ev_rebuilt.level is 'How high';
alter type ev_rebuilt.level owner to ev_owner;
revoke usage on type ev_rebuilt.level from public;
grant usage on type ev_rebuilt.level to ev_writer with grant option;
create domain ev_rebuilt.amount as BASE constraint amount_check check (value > 0);
comment on domain ev_rebuilt.amount is 'How much';
grant usage on domain ev_rebuilt.amount to ev_reader;
create type ev_rebuilt.address as (street STREET, zip text);
comment on type ev_rebuilt.address is 'Where';
comment on column ev_rebuilt.address.zip is 'Digits';
alter type ev_rebuilt.address owner to ev_owner;
create function ev_rebuilt.twice(value ARG) returns ARG language sql immutable as 'select value * 2';
comment on function ev_rebuilt.twice(ARG) is 'Two times';
revoke all on function ev_rebuilt.twice(ARG) from public;
grant execute on function ev_rebuilt.twice(ARG) to ev_reader with grant option;

create table ev_rebuilt.other (id integer primary key, n N, ref N unique);
create table ev_rebuilt.t (
  id integer primary key,
  n N not null default 7,
  word WORD default 'x',
  level ev_rebuilt.level not null default 'low',
  levels ev_rebuilt.level[],
  amount ev_rebuilt.amount default 3,
  address ev_rebuilt.address,
  EXTRA
  touched timestamptz default now(),
  constraint t_n_key unique (n) include (word),
  constraint t_n_check check (n > 0),
  constraint t_n_word_check check (n < 1000 or word <> 'never') no inherit,
  constraint t_twice_check check (ev_rebuilt.twice(id) > 0),
  constraint t_level_check check (level <> 'high'),
  constraint t_amount_check check (amount < 100),
  constraint t_n_excl exclude using btree (n with =) where (n > 5)
);
comment on column ev_rebuilt.t.n is 'The number';
comment on constraint t_n_check on ev_rebuilt.t is 'Above nothing';
comment on constraint t_n_key on ev_rebuilt.t is 'Once';
comment on constraint t_n_excl on ev_rebuilt.t is 'Never twice';
alter table ev_rebuilt.t add constraint t_later_check check (n < 500) not valid;
alter table ev_rebuilt.t add constraint t_level_excl exclude using btree (level with =) where (level <> 'high');
alter table ev_rebuilt.t add constraint t_other_fkey foreign key (n) references ev_rebuilt.other (ref) on delete cascade deferrable initially deferred;
alter table ev_rebuilt.other add constraint other_n_fkey foreign key (n) references ev_rebuilt.t (n) on update cascade;
comment on constraint other_n_fkey on ev_rebuilt.other is 'Back';
create index t_n_plain on ev_rebuilt.t (n desc nulls last);
create index t_n_expression on ev_rebuilt.t ((n + 1), word);
create index t_n_partial on ev_rebuilt.t (id) where n > 3;
create index t_n_included on ev_rebuilt.t (id) include (n);
create index t_word_pattern on ev_rebuilt.t (word text_pattern_ops) with (fillfactor = 60);
create index t_twice on ev_rebuilt.t (ev_rebuilt.twice(id));
create index t_level on ev_rebuilt.t (level) where level = 'low';
create index t_street on ev_rebuilt.t (((address).street));
comment on index ev_rebuilt.t_n_expression is 'One more';
comment on index ev_rebuilt.t_n_partial is 'Some';
comment on index ev_rebuilt.t_twice is 'Twice';
comment on index ev_rebuilt.t_level is 'Low ones';
create statistics ev_rebuilt.t_both (ndistinct, dependencies) on n, word from ev_rebuilt.t;
create statistics ev_rebuilt.t_sum on (n + 1), word from ev_rebuilt.t;
alter statistics ev_rebuilt.t_both set statistics 500;
comment on statistics ev_rebuilt.t_both is 'Hang together';
alter statistics ev_rebuilt.t_both owner to ev_owner;
alter table ev_rebuilt.t replica identity using index t_n_key;
alter table ev_rebuilt.t cluster on t_n_plain;
alter index ev_rebuilt.t_n_expression alter column 1 set statistics 400;
alter table ev_rebuilt.t alter n set statistics 250, alter n set (n_distinct = -0.5), alter word set storage external;
grant select (n, word), update (n) on ev_rebuilt.t to ev_reader;
grant insert (n) on ev_rebuilt.t to ev_writer with grant option;
$$,
$$
create table ev_rebuilt.computed (id integer primary key, n N, word WORD, level ev_rebuilt.level, plain integer,
  doubled bigint generated always as (n * 2) stored not null, twice bigint generated always as (ev_rebuilt.twice(plain)) stored,
  is_low boolean generated always as (level = 'low') stored,
  constraint computed_doubled_check check (doubled > 0), constraint computed_doubled_key unique (doubled));
comment on column ev_rebuilt.computed.doubled is 'Two times n';
comment on constraint computed_doubled_check on ev_rebuilt.computed is 'Not negative';
alter table ev_rebuilt.computed alter doubled set statistics 300;
create index computed_doubled on ev_rebuilt.computed (doubled, id);
comment on index ev_rebuilt.computed_doubled is 'By two';
grant select (doubled) on ev_rebuilt.computed to ev_reader;
create view ev_rebuilt.over_computed as select id, doubled from ev_rebuilt.computed;

create function ev_rebuilt.touch() returns trigger language plpgsql as 'begin return new; end';
create trigger touch before update of n, word on ev_rebuilt.t for each row when (new.n > 0 and new.word <> '') execute function ev_rebuilt.touch();
comment on trigger touch on ev_rebuilt.t is 'Now and then';
alter table ev_rebuilt.t enable always trigger touch;
create constraint trigger touch_later after insert on ev_rebuilt.t deferrable initially deferred for each row when (new.level = 'low') execute function ev_rebuilt.touch('a', 'b');
create trigger touch_twice after insert on ev_rebuilt.t for each row when (ev_rebuilt.twice(new.id) > 3) execute function ev_rebuilt.touch();
alter table ev_rebuilt.t disable trigger touch_twice;

alter table ev_rebuilt.t enable row level security;
create policy t_n on ev_rebuilt.t as restrictive for update to ev_reader, ev_writer using (n > 0) with check (n < 99);
create policy t_twice on ev_rebuilt.t for select using (ev_rebuilt.twice(id) > 0);
create policy t_level on ev_rebuilt.t for select to ev_writer using (level = any (array['low', 'mid']::ev_rebuilt.level[]));
comment on policy t_n on ev_rebuilt.t is 'Below 99';
create policy other_n on ev_rebuilt.other for select using (exists (select from ev_rebuilt.t where t.n = other.n));

create rule t_no_delete as on delete to ev_rebuilt.t where old.n > 5 do instead nothing;
comment on rule t_no_delete on ev_rebuilt.t is 'Keeps the large';
$$,
$$
create view ev_rebuilt.v1 with (security_barrier = true) as select id, n, word, level, touched from ev_rebuilt.t where n > 0 and level <> 'mid' with local check option;
create view ev_rebuilt.v2 as select id, n + 1 as m, word from ev_rebuilt.v1;
create view ev_rebuilt.v3 as select v2.m, other.ref, ev_rebuilt.twice(v2.id) as twice from ev_rebuilt.v2 join ev_rebuilt.other on other.id = v2.id;
comment on view ev_rebuilt.v1 is 'First';
comment on view ev_rebuilt.v3 is 'Third';
alter view ev_rebuilt.v1 alter n set default 5;
comment on column ev_rebuilt.v1.n is 'Seen';
alter view ev_rebuilt.v2 owner to ev_owner;
grant select on ev_rebuilt.v1 to ev_reader with grant option;
grant select (m), update (word) on ev_rebuilt.v2 to ev_writer;
grant all on ev_rebuilt.v3 to public;
create trigger v3_into instead of insert on ev_rebuilt.v3 for each row execute function ev_rebuilt.touch();
comment on trigger v3_into on ev_rebuilt.v3 is 'Into nowhere';
create rule v2_no_delete as on delete to ev_rebuilt.v2 do instead nothing;
comment on rule v2_no_delete on ev_rebuilt.v2 is 'Nor here';
create materialized view ev_rebuilt.m as select n, word, count(*) as c from ev_rebuilt.v1 group by n, word;
comment on materialized view ev_rebuilt.m is 'Counted';
comment on column ev_rebuilt.m.c is 'How many';
create unique index m_n on ev_rebuilt.m (n, word);
comment on index ev_rebuilt.m_n is 'Each once';
alter materialized view ev_rebuilt.m owner to ev_owner;
grant select on ev_rebuilt.m to ev_reader;

create table ev_rebuilt.parts (id integer, n N, constraint parts_n_check check (n > 0)) partition by range (id);
create table ev_rebuilt.parts_low partition of ev_rebuilt.parts for values from (0) to (100);
create table ev_rebuilt.parts_high partition of ev_rebuilt.parts for values from (100) to (200);
create index parts_n on ev_rebuilt.parts (n);
create index parts_low_n on ev_rebuilt.parts_low ((n + 1));
create view ev_rebuilt.over_low as select id, n from ev_rebuilt.parts_low;
comment on view ev_rebuilt.over_low is 'Over a partition';
alter table ev_rebuilt.parts_low enable row level security;
create policy low_n on ev_rebuilt.parts_low for select using (n > 0);
create trigger low_touch before update of n on ev_rebuilt.parts_high for each row execute function ev_rebuilt.touch();
create table ev_rebuilt.parent (id integer, n N default 3);
create table ev_rebuilt.child (more text, constraint child_n_check check (n < 10)) inherits (ev_rebuilt.parent);
create index child_n on ev_rebuilt.child (n);
create view ev_rebuilt.over_child as select n, more from ev_rebuilt.child;
grant select on ev_rebuilt.over_child to ev_reader;

create function ev_rebuilt.body(above integer) returns bigint language sql stable begin atomic select count(t.n) from ev_rebuilt.t where t.id > above; end;
comment on function ev_rebuilt.body(integer) is 'Sums up';
alter function ev_rebuilt.body(integer) owner to ev_owner;
revoke all on function ev_rebuilt.body(integer) from public;
grant execute on function ev_rebuilt.body(integer) to ev_writer;
create function ev_rebuilt.body2() returns text language sql begin atomic select word from ev_rebuilt.v2 limit 1; end;
create procedure ev_rebuilt.body3() language sql begin atomic update ev_rebuilt.t set n = 8; end;
create view ev_rebuilt.over_body as select ev_rebuilt.body(3) as total;
comment on view ev_rebuilt.over_body is 'Over a function';
$$];
begin
  drop schema ev_rebuilt cascade;
  create schema ev_rebuilt;
  foreach part in array parts loop
    part := replace(replace(replace(part, 'LABEL', label), 'BASE', base), 'STREET', street);
    part := regexp_replace(regexp_replace(part, '\mN\M', n, 'g'), '\mWORD\M', word, 'g');
    execute replace(replace(part, 'ARG', arg), 'EXTRA', extra);
  end loop;
  if major >= 15 then
    execute 'alter view ev_rebuilt.v2 set (security_invoker = true)';
  end if;
  if major >= 18 then
    execute format('create table ev_rebuilt.seen (id integer primary key, n %s, more bigint generated always as (n + 1) virtual, last text)', n);
    execute 'comment on column ev_rebuilt.seen.more is ''One more''';
    execute 'grant select (more) on ev_rebuilt.seen to ev_reader';
  end if;
end $make$;

select ev_rebuild.make();
