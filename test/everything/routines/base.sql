create schema ev_routines;
create schema "Ev.routines";
create type ev_routines.state as enum ('on', 'off');
create type ev_routines.pair as (a integer, b text);
create table ev_routines.t (id integer primary key, a text, b integer, s ev_routines.state default 'on', "Odd.col" text);
create table ev_routines.log (id bigint generated always as identity primary key, what text, n integer);
create table ev_routines.parts (id integer, k integer) partition by list (k);
create table ev_routines.parts_1 partition of ev_routines.parts for values in (1);
create table ev_routines.parts_2 partition of ev_routines.parts for values in (2);

-- Functions: every option.
create function ev_routines.options(a integer default 1, variadic rest text[] default '{}') returns text language plpgsql
  stable strict leakproof security definer parallel restricted cost 12.5
  set search_path = ev_routines, "Ev.routines", pg_temp set work_mem to '1MB' set application_name = 'it''s \ "odd"' set "DateStyle" from current
  as $body$
begin
	-- a tab, trailing blanks:   
  return format('%s $$ %L', a, E'back\\slash');
end $body$;
create function ev_routines.empty_path() returns void language plpgsql set search_path = '' set statement_timeout to 0 as 'begin end';
create function ev_routines.rows_of(n integer) returns setof integer language sql immutable rows 5 as 'select generate_series(1, n)';
create function ev_routines.table_of(min integer, out a integer, inout b text, out c ev_routines.state) language sql as $$ select 1, b, 'on'::ev_routines.state $$;
create function ev_routines.one_out(out total bigint) language sql as 'select 1::bigint';
create function ev_routines.as_table(p integer) returns table (id integer, "Odd.col" text) language sql stable as $$ select t.id, t."Odd.col" from ev_routines.t where t.b = p $$;
create function ev_routines.bare(integer, text) returns integer language sql immutable as 'select $1';
create function ev_routines.poly(a anyelement, b anyarray, c anycompatible default null::integer) returns anyelement language sql as 'select a';
create function ev_routines.polyrange(r anyrange) returns anymultirange language sql as 'select null';
create function ev_routines.own_rows(r ev_routines.t) returns setof ev_routines.t rows 7 language sql as 'select r';
create function ev_routines.atomic(p integer default 2 + 3) returns integer language sql stable begin atomic
  select count(*) from ev_routines.t where b > p; select p + 1; end;
create function ev_routines.returning_sql(a integer) returns integer language sql immutable return a * 2;
create function ev_routines.inner_add(integer, integer) returns integer language internal immutable strict parallel safe as 'int4pl';
create function ev_routines.windowed() returns bigint language internal window immutable strict as 'window_row_number';
create function ev_routines.helped(text, text) returns boolean language internal immutable strict parallel safe support textlike_support as 'textlike';
create function ev_routines."Odd.name(x)"(" p" integer, "Select" text) returns text language sql as $$ select "Select" || $1::text $$;
create function "Ev.routines"."ünï ""q"""() returns text language sql as $$ select 'ü $body$ ''x'' ✓' $$;
create function ev_routines.dollars() returns text language plpgsql as 'begin return $function$ x $function$; end';
create function ev_routines.carriage() returns text language plpgsql as E'begin\r\n  return 1;\r\nend';
create function ev_routines.lower(a integer) returns integer language sql as 'select a';
create function ev_routines.uses_built_in(x text) returns text language sql begin atomic select lower(x); end;
create procedure ev_routines.proc(a integer, inout b text default 'x', variadic c integer[] default '{}') language plpgsql security definer set role to ev_owner as 'begin commit; end';
create procedure ev_routines.proc_atomic(n integer) language sql begin atomic insert into ev_routines.log (what, n) values ('p', n); delete from ev_routines.log where false; end;
comment on function ev_routines.options(integer, text[]) is 'All options.';
comment on procedure ev_routines.proc(integer, text, integer[]) is 'A procedure.';
revoke execute on function ev_routines.options(integer, text[]) from public;
grant execute on function ev_routines.options(integer, text[]) to ev_reader;
grant execute on procedure ev_routines.proc(integer, text, integer[]) to ev_writer with grant option;
alter function ev_routines.bare(integer, text) owner to ev_owner;

create transform for ev_routines.pair language sql (from sql with function prsd_lextype(internal));
create function ev_routines.transformed(p integer) returns integer language sql transform for type ev_routines.pair as 'select p';

-- Aggregates: every option.
create function ev_routines.acc(internal, integer) returns internal language internal as 'int8_avg_accum';
create function ev_routines.sum_step(s bigint, v integer) returns bigint language sql immutable as 'select coalesce(s, 0) + coalesce(v, 0)';
create function ev_routines.sum_back(s bigint, v integer) returns bigint language sql immutable as 'select s - coalesce(v, 0)';
create function ev_routines.sum_final(s bigint) returns text language sql immutable as 'select s::text';
create function ev_routines.sum_final_more(s bigint, v integer) returns text language sql immutable as 'select s::text';
create function ev_routines.any_step(s anyarray, v anyelement) returns anyarray language sql immutable as 'select array_append(s, v)';
create function ev_routines.many_step(s bigint, variadic v integer[]) returns bigint language sql immutable as 'select s';
create aggregate ev_routines.total(v integer) (sfunc = ev_routines.sum_step, stype = bigint, sspace = 64, finalfunc = ev_routines.sum_final_more, finalfunc_extra,
  finalfunc_modify = shareable, combinefunc = int8pl, initcond = '0', msfunc = ev_routines.sum_step, minvfunc = ev_routines.sum_back, mstype = bigint, msspace = 32,
  mfinalfunc = ev_routines.sum_final_more, mfinalfunc_extra, mfinalfunc_modify = read_write, minitcond = '1', parallel = safe);
create aggregate ev_routines.averaged(bigint) (sfunc = int8_avg_accum, stype = internal, finalfunc = numeric_poly_avg, combinefunc = int8_avg_combine,
  serialfunc = int8_avg_serialize, deserialfunc = int8_avg_deserialize, parallel = restricted);
create aggregate ev_routines.least_of(integer) (sfunc = int4smaller, stype = integer, sortop = operator(pg_catalog.<), combinefunc = int4smaller);
create aggregate ev_routines.counted(*) (sfunc = int8inc, stype = bigint, initcond = '0');
create aggregate ev_routines.many(variadic v integer[]) (sfunc = ev_routines.many_step, stype = bigint, initcond = '0');
create aggregate ev_routines.gathered(anyelement) (sfunc = ev_routines.any_step, stype = anyarray, initcond = '{}');
create aggregate ev_routines.percent(double precision order by anyelement) (sfunc = ordered_set_transition, stype = internal, finalfunc = percentile_disc_final, finalfunc_extra);
create aggregate ev_routines.ranked(variadic "any" order by variadic "any") (sfunc = ordered_set_transition_multi, stype = internal, finalfunc = rank_final, finalfunc_extra, hypothetical);
comment on aggregate ev_routines.total(integer) is 'A sum.';
comment on aggregate ev_routines.counted(*) is 'A count.';
grant execute on function ev_routines.total(integer) to ev_reader;
alter aggregate ev_routines.least_of(integer) owner to ev_owner;

-- Views.
create view ev_routines.simple as select id, a, b from ev_routines.t where b > 0;
create view ev_routines.barrier with (security_barrier) as select id, a from ev_routines.t;
create view ev_routines.checked as select id, a, b from ev_routines.t where b > 0 with cascaded check option;
create view ev_routines.checked_local as select id, a, b from ev_routines.checked where b > 1 with local check option;
create view ev_routines.renamed (one, "Two.2") as select id, a from ev_routines.t;
create recursive view ev_routines.numbers (n) as values (1) union all select n + 1 from numbers where n < 10;
create view ev_routines.over as select s.id, s.a, r."Two.2" from ev_routines.simple s join ev_routines.renamed r on r.one = s.id;
create view ev_routines.written as select id, a, b from ev_routines.t;
create view "Ev.routines"."Odd.view" as select 1 as "Odd.col", 'x
y	z'::text as "select";
create view ev_routines.aggregated as select ev_routines.total(b) as total, ev_routines.returning_sql(1) as two from ev_routines.t;
alter view ev_routines.written alter column a set default 'said ''it'''; alter view ev_routines.written alter column b set default 1 + 1;
comment on view ev_routines.simple is 'Simple.';
comment on column ev_routines.simple.a is 'The letter.';
comment on column "Ev.routines"."Odd.view"."Odd.col" is 'Odd.';
grant select on ev_routines.simple to ev_reader;
grant select (id), update (id, a) on ev_routines.written to ev_writer;
alter view ev_routines.renamed owner to ev_owner;
create materialized view ev_routines.kept as select id, a from ev_routines.t;
comment on column ev_routines.kept.a is 'Kept.';

-- Triggers.
create function ev_routines.touch() returns trigger language plpgsql as 'begin return new; end';
create trigger plain before insert or update of a, "Odd.col" or delete on ev_routines.t for each row when (pg_trigger_depth() = 0) execute function ev_routines.touch();
create trigger "Odd.trigger" after update on ev_routines.t for each row when (old.a is distinct from new.a or old.* is distinct from new.*) execute function ev_routines.touch('a', 'it''s', E'back\\slash', E'tab\tnew\nline', '', 'ünï');
create trigger statement_level after insert on ev_routines.t referencing new table as fresh for each statement execute function ev_routines.touch();
create trigger both_tables after update on ev_routines.t referencing old table as "Was" new table as "Is" for each statement execute function ev_routines.touch();
create trigger emptied before truncate on ev_routines.t execute function ev_routines.touch();
create constraint trigger deferred after insert or delete on ev_routines.t from ev_routines.log deferrable initially deferred for each row when (true) execute function ev_routines.touch();
create constraint trigger immediate after update on ev_routines.t for each row execute function ev_routines.touch();
create constraint trigger deferrable_now after update on ev_routines.t deferrable initially immediate for each row execute function ev_routines.touch();
create trigger disabled before insert on ev_routines.t for each row execute function ev_routines.touch();
create trigger on_replica before insert on ev_routines.t for each row execute function ev_routines.touch();
create trigger always before insert on ev_routines.t for each row execute function ev_routines.touch();
alter table ev_routines.t disable trigger disabled, enable replica trigger on_replica, enable always trigger always;
create trigger instead instead of insert or update or delete on ev_routines.written for each row execute function ev_routines.touch();
create trigger of_view before insert on ev_routines.written for each statement execute function ev_routines.touch();
create trigger of_parts after insert on ev_routines.parts for each row execute function ev_routines.touch();
create trigger of_part after insert on ev_routines.parts_1 for each row execute function ev_routines.touch();
alter table ev_routines.parts_2 disable trigger of_parts;
comment on trigger plain on ev_routines.t is 'Touches.';
comment on trigger instead on ev_routines.written is 'Writes.';

-- Rules.
create rule no_delete as on delete to ev_routines.t do instead nothing;
create rule "Odd.rule" as on update to ev_routines.t where old.b is distinct from new.b do also
  (insert into ev_routines.log (what, n) values ('it''s DO INSTEAD', new.b); update ev_routines.log set n = old.b where id = new.id; delete from ev_routines.log where n < 0);
create rule told as on insert to ev_routines.t do also notify ev_routines;
create rule into_simple as on insert to ev_routines.simple do instead insert into ev_routines.t (id, a, b) values (new.id, new.a, new.b) returning id, a, b;
create rule conditional as on update to ev_routines.simple where new.b > 5 do instead nothing;
create rule off as on insert to ev_routines.log do also select 1;
create rule replica_only as on insert to ev_routines.log do also select 2;
create rule for_all as on insert to ev_routines.log do also select 3;
alter table ev_routines.log disable rule off, enable replica rule replica_only, enable always rule for_all;
comment on rule no_delete on ev_routines.t is 'Nothing is deleted.';

--- security invoker; from 15
create view ev_routines.invoker with (security_invoker = true, security_barrier = true) as select id from ev_routines.t;
