--- function: cost
alter function ev_routines.options(integer, text[]) cost 50;

--- function: rows
alter function ev_routines.rows_of(integer) rows 50;

--- function: transforms
create or replace function ev_routines.transformed(p integer) returns integer language sql as 'select p';

--- function: support
alter function ev_routines.inner_add(integer, integer) support textlike_support;

--- function: volatility
alter function ev_routines.options(integer, text[]) volatile;

--- function: strict
alter function ev_routines.options(integer, text[]) called on null input;

--- function: leakproof
alter function ev_routines.options(integer, text[]) not leakproof;

--- function: security
alter function ev_routines.options(integer, text[]) security invoker;

--- function: parallel
alter function ev_routines.options(integer, text[]) parallel safe;

--- function: search_path becomes empty
alter function ev_routines.options(integer, text[]) set search_path to '';

--- function: a list in search_path
alter function ev_routines.empty_path() set search_path to "Ev.routines", ev_routines, "$user";

--- function: a setting more and one less
alter function ev_routines.options(integer, text[]) reset work_mem; alter function ev_routines.options(integer, text[]) set lock_timeout to '5s';

--- function: its body, to the byte
create or replace function ev_routines.carriage() returns text language plpgsql as E'begin\r\n\treturn ''$$'';  \n\nend  \n';

--- function: blanks of its body
create or replace function ev_routines.dollars() returns text language plpgsql as '  begin return $function$ x $function$; end  ';

--- function: a default changes
create or replace function ev_routines.atomic(p integer default 7) returns integer language sql stable begin atomic
  select count(*) from ev_routines.t where b > p; select p + 1; end;

--- function: body of an atomic one
create or replace function ev_routines.returning_sql(a integer) returns integer language sql immutable return a * 3;

--- function: a default is added; replaces
create or replace function ev_routines.rows_of(n integer default 5) returns setof integer language sql immutable rows 5 as 'select generate_series(1, n)';

--- function: a default goes, with an aggregate of views beside it; replaces
drop function ev_routines.poly(anyelement, anyarray, anycompatible);
create function ev_routines.poly(a anyelement, b anyarray, c anycompatible) returns anyelement language sql as 'select a';

--- function: an argument gets a name; replaces
create or replace function ev_routines.bare(x integer, text) returns integer language sql immutable as 'select $1';

--- function: what it returns, under a view; replaces
drop view ev_routines.aggregated; drop function ev_routines.returning_sql(integer);
create function ev_routines.returning_sql(a integer) returns bigint language sql immutable return a * 2;
create view ev_routines.aggregated as select ev_routines.total(b) as total, ev_routines.returning_sql(1) as two from ev_routines.t;

--- function: an output column; replaces
drop function ev_routines.as_table(integer);
create function ev_routines.as_table(p integer) returns table (id integer, "Odd.col" text, more integer) language sql stable as $$ select t.id, t."Odd.col", 1 from ev_routines.t where t.b = p $$;

--- function: language
create or replace function ev_routines.dollars() returns text language sql as 'select null::text';

--- function: the symbol of an internal one
create or replace function ev_routines.inner_add(integer, integer) returns integer language internal immutable strict parallel safe as 'int4mi';

--- function: comment and grants
comment on function ev_routines.options(integer, text[]) is E'Two\nlines.'; grant execute on function ev_routines.options(integer, text[]) to public;

--- procedure: body and settings
alter procedure ev_routines.proc(integer, text, integer[]) reset role; alter procedure ev_routines.proc(integer, text, integer[]) security invoker;

--- procedure: an atomic body
create or replace procedure ev_routines.proc_atomic(n integer) language sql begin atomic insert into ev_routines.log (what, n) values ('q', n); end;

--- aggregate: initcond
create or replace aggregate ev_routines.total(v integer) (sfunc = ev_routines.sum_step, stype = bigint, sspace = 64, finalfunc = ev_routines.sum_final_more, finalfunc_extra,
  finalfunc_modify = shareable, combinefunc = int8pl, initcond = '5', msfunc = ev_routines.sum_step, minvfunc = ev_routines.sum_back, mstype = bigint, msspace = 32,
  mfinalfunc = ev_routines.sum_final_more, mfinalfunc_extra, mfinalfunc_modify = read_write, minitcond = '1', parallel = safe);

--- aggregate: all that can change in place
create or replace aggregate ev_routines.total(v integer) (sfunc = ev_routines.sum_step, stype = bigint, finalfunc = ev_routines.sum_final_more, finalfunc_extra, parallel = restricted);

--- aggregate: sort operator
create or replace aggregate ev_routines.least_of(integer) (sfunc = int4smaller, stype = integer);

--- aggregate: state type; replaces
drop aggregate ev_routines.counted(*); create aggregate ev_routines.counted(*) (sfunc = int8inc, stype = bigint, initcond = '0', finalfunc = int8abs);
comment on aggregate ev_routines.counted(*) is 'A count.';

--- aggregate: what it returns, under a view; replaces
drop view ev_routines.aggregated; drop aggregate ev_routines.total(integer);
create aggregate ev_routines.total(v integer) (sfunc = ev_routines.sum_step, stype = bigint);
comment on aggregate ev_routines.total(integer) is 'A sum.'; grant execute on function ev_routines.total(integer) to ev_reader;
create view ev_routines.aggregated as select ev_routines.total(b) as total, ev_routines.returning_sql(1) as two from ev_routines.t;

--- view: another query with the same columns
create or replace view ev_routines.simple as select id, upper(a) as a, b from ev_routines.t where b > 1;

--- view: a column at the end; replaces
create or replace view ev_routines.barrier with (security_barrier) as select id, a, b from ev_routines.t;

--- view: a column is renamed
alter view ev_routines.barrier rename column a to letter;

--- view: a column is renamed, and a view reads it
alter view ev_routines.renamed rename column "Two.2" to three;

--- view: barrier off
alter view ev_routines.barrier reset (security_barrier);

--- view: barrier on
alter view ev_routines.simple set (security_barrier = true);

--- view: check option
alter view ev_routines.checked set (check_option = local);

--- view: no check option
alter view ev_routines.checked_local reset (check_option);

--- view: invoker; from 15
alter view ev_routines.invoker reset (security_invoker);

--- view: a default
alter view ev_routines.written alter column a set default 'other', alter column b drop default, alter column id set default 7;

--- view: comments on columns
comment on column ev_routines.simple.a is null; comment on column ev_routines.simple.b is 'New.'; comment on column "Ev.routines"."Odd.view"."Odd.col" is 'Odder.';

--- view: comment on a column of a materialized view
comment on column ev_routines.kept.a is 'Kept better.'; comment on column ev_routines.kept.id is 'Key.';

--- view: grants on columns
revoke select (id) on ev_routines.written from ev_writer; grant insert (b) on ev_routines.written to ev_writer;

--- view: recursive
create or replace recursive view ev_routines.numbers (n) as values (1) union all select n + 1 from numbers where n < 20;

--- view: fewer columns, with another on it; replaces
drop view ev_routines.over; drop view ev_routines.renamed; create view ev_routines.renamed as select a as "Two.2", id as one from ev_routines.t; alter view ev_routines.renamed owner to ev_owner;
create view ev_routines.over as select s.id, s.a, r."Two.2" from ev_routines.simple s join ev_routines.renamed r on r.one = s.id;

--- trigger: when
create or replace trigger plain before insert or update of a, "Odd.col" or delete on ev_routines.t for each row when (pg_trigger_depth() = 1) execute function ev_routines.touch();

--- trigger: columns of update of
create or replace trigger plain before insert or update of b or delete on ev_routines.t for each row when (pg_trigger_depth() = 0) execute function ev_routines.touch();

--- trigger: timing and events
create or replace trigger plain after insert on ev_routines.t for each row when (pg_trigger_depth() = 0) execute function ev_routines.touch();

--- trigger: arguments
create or replace trigger "Odd.trigger" after update on ev_routines.t for each row when (old.a is distinct from new.a or old.* is distinct from new.*) execute function ev_routines.touch(E'\\', '''');

--- trigger: transition tables
create or replace trigger both_tables after update on ev_routines.t referencing old table as "Was" for each statement execute function ev_routines.touch();

--- trigger: deferrability of a constraint trigger; replaces
drop trigger deferred on ev_routines.t;
create constraint trigger deferred after insert or delete on ev_routines.t from ev_routines.log deferrable initially immediate for each row when (true) execute function ev_routines.touch();

--- trigger: enabled
alter table ev_routines.t enable trigger disabled;

--- trigger: disabled
alter table ev_routines.t disable trigger plain;

--- trigger: replica
alter table ev_routines.t enable replica trigger always;

--- trigger: always
alter table ev_routines.t enable always trigger on_replica;

--- trigger: definition of one that is disabled
create or replace trigger disabled before insert or update on ev_routines.t for each row execute function ev_routines.touch(); alter table ev_routines.t disable trigger disabled;

--- trigger: renamed
alter trigger plain on ev_routines.t rename to not_so_plain;

--- trigger: of a view
create or replace trigger instead instead of insert on ev_routines.written for each row execute function ev_routines.touch();

--- trigger: of a partitioned table
create or replace trigger of_parts after insert or update on ev_routines.parts for each row execute function ev_routines.touch(); alter table ev_routines.parts_2 disable trigger of_parts;

--- trigger: a clone's own state
alter table ev_routines.parts_2 enable trigger of_parts; alter table ev_routines.parts_1 enable always trigger of_parts;

--- trigger: comment
comment on trigger plain on ev_routines.t is null; comment on trigger always on ev_routines.t is 'Always.';

--- trigger: gone and new
drop trigger emptied on ev_routines.t; create trigger one_more after truncate on ev_routines.log for each statement execute function ev_routines.touch();

--- rule: commands
create or replace rule "Odd.rule" as on update to ev_routines.t where old.b is distinct from new.b do also insert into ev_routines.log (what, n) values ('x', new.b);

--- rule: condition
create or replace rule conditional as on update to ev_routines.simple where new.b > 6 do instead nothing;

--- rule: also instead of instead
create or replace rule no_delete as on delete to ev_routines.t do also nothing;

--- rule: enabled
alter table ev_routines.log enable rule off;

--- rule: disabled
alter table ev_routines.t disable rule no_delete;

--- rule: always
alter table ev_routines.log enable always rule replica_only, enable replica rule for_all;

--- rule: renamed
alter rule told on ev_routines.t rename to "Told.2";

--- rule: comment
comment on rule no_delete on ev_routines.t is 'Still nothing.'; comment on rule off on ev_routines.log is 'Off.';

--- rule: gone
drop rule off on ev_routines.log;
