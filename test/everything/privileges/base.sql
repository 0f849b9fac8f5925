create schema ev_privileges;
create schema ev_privileges_given authorization ev_owner;
comment on schema ev_privileges is E'Line one\n\ttab ''quote'' "double" \\ back  \n trailing: # no comment ü 😀';
create schema ev_privileges_moved authorization ev_owner;
grant usage on schema ev_privileges_moved to ev_writer;
grant usage on schema ev_privileges to ev_owner, ev_reader, ev_writer;
grant usage, create on schema ev_privileges_given to ev_writer with grant option;

create type ev_privileges.mood as enum ('ok', 'bad');
create domain ev_privileges.email as text check (value like '%@%');
create type ev_privileges.pair as (a int, b text);
create type ev_privileges.span as range (subtype = int);
create sequence ev_privileges.numbers;
create table ev_privileges.orders (id bigint generated always as identity primary key, org int not null, note text, secret text);
create index orders_org_idx on ev_privileges.orders (org);
create table ev_privileges.kept (a int);
create table ev_privileges.silent (a int, b int);
create view ev_privileges.open_orders as select id, org from ev_privileges.orders;
create materialized view ev_privileges.totals as select org, count(*) as n from ev_privileges.orders group by org;
create function ev_privileges.f(a int) returns int language sql as 'select a';
create function ev_privileges.secret() returns int language sql security definer set search_path = pg_catalog as 'select 1';
create procedure ev_privileges.p() language sql as 'select 1';
create aggregate ev_privileges.total(int) (sfunc = int4pl, stype = int, initcond = '0');
create trigger touch before update on ev_privileges.orders for each row execute function suppress_redundant_updates_trigger();
create policy all_of_them on ev_privileges.orders to ev_reader using (true);
alter table ev_privileges.orders add constraint positive check (org > 0);

-- owners other than that of most
alter table ev_privileges.kept owner to ev_owner;
alter function ev_privileges.secret() owner to ev_owner;
alter type ev_privileges.mood owner to ev_owner;

-- grants
grant select, insert (id, note), update (note) on ev_privileges.orders to ev_reader;
grant all on ev_privileges.orders to ev_writer;
grant select on ev_privileges.open_orders to ev_reader, public;
grant select on ev_privileges.open_orders to ev_owner with grant option;
set role ev_owner;
grant select on ev_privileges.open_orders to ev_writer with grant option;
set role ev_writer;
grant select (id) on ev_privileges.open_orders to ev_reader;
reset role;
grant select on ev_privileges.totals to ev_reader;
grant select, usage on sequence ev_privileges.numbers to ev_writer;
revoke execute on function ev_privileges.f(int) from public;
grant execute on function ev_privileges.f(int) to ev_reader;
revoke all on function ev_privileges.secret() from public;
grant execute on procedure ev_privileges.p() to ev_writer;
revoke all on type ev_privileges.email from public;
grant usage on type ev_privileges.email to ev_writer;
grant usage on type ev_privileges.pair to ev_writer;
-- the owner gave up rights of its own
revoke insert, update on ev_privileges.silent from current_user;
revoke truncate on ev_privileges.kept from ev_owner;
-- granted onward by another than the owner
grant select, insert on ev_privileges.silent to ev_owner with grant option;
set role ev_owner;
grant select, insert on ev_privileges.silent to ev_writer with grant option;
grant select (b) on ev_privileges.silent to ev_reader;
set role ev_writer;
grant insert on ev_privileges.silent to ev_reader;
reset role;

-- comments
comment on type ev_privileges.mood is 'enum';
comment on type ev_privileges.pair is 'composite';
comment on domain ev_privileges.email is 'domain';
comment on sequence ev_privileges.numbers is 'sequence';
comment on table ev_privileges.orders is '  spaces before and after  ';
comment on column ev_privileges.orders.note is '- a: list?';
comment on constraint positive on ev_privileges.orders is 'constraint';
comment on constraint email_check on domain ev_privileges.email is 'of a domain';
comment on index ev_privileges.orders_org_idx is 'index';
comment on index ev_privileges.orders_pkey is 'of a key';
comment on trigger touch on ev_privileges.orders is 'trigger';
comment on policy all_of_them on ev_privileges.orders is 'policy';
comment on view ev_privileges.open_orders is 'view';
comment on materialized view ev_privileges.totals is 'materialized';
comment on function ev_privileges.f(int) is 'function';
comment on procedure ev_privileges.p() is 'procedure';
comment on aggregate ev_privileges.total(int) is 'aggregate';

-- default privileges
alter default privileges in schema ev_privileges grant select on tables to ev_reader;
alter default privileges in schema ev_privileges grant select, insert on tables to ev_writer with grant option;
alter default privileges for role ev_owner in schema ev_privileges_given grant usage on sequences to ev_reader;
alter default privileges for role ev_owner in schema ev_privileges_given grant all on tables to ev_writer;
alter default privileges for role ev_owner revoke execute on functions from public;
alter default privileges for role ev_owner revoke usage on types from public;
alter default privileges for role ev_owner grant usage, create on schemas to ev_writer;
alter default privileges for role ev_owner revoke truncate on tables from ev_owner;
-- made under default privileges that it does not show
create table ev_privileges.quiet (a int);
revoke all on ev_privileges.quiet from ev_reader, ev_writer;
create table ev_privileges.usual (a int);
--- MAINTAIN; from 17
grant maintain on ev_privileges.orders to ev_reader;
--- large objects; from 18
alter default privileges for role ev_owner grant select on large objects to ev_reader;
--- owners, grants and comments on rarer kinds
create publication ev_privileges_pub for table ev_privileges.orders;
create foreign data wrapper ev_privileges_fdw;
create server ev_privileges_server foreign data wrapper ev_privileges_fdw;
create foreign table ev_privileges.far (a int) server ev_privileges_server;
create function ev_privileges.on_ddl() returns event_trigger language plpgsql as 'begin end';
create event trigger ev_privileges_ddl on ddl_command_end execute function ev_privileges.on_ddl();
create statistics ev_privileges.stats (ndistinct) on a, b from ev_privileges.silent;
create collation ev_privileges.coll (locale = 'C');
create operator ev_privileges.=== (leftarg = int, rightarg = int, function = int4eq);
create operator family ev_privileges.fam using btree;
create operator class ev_privileges.cls for type int using hash as operator 1 =, function 1 hashint4(int);
create text search dictionary ev_privileges.dict (template = pg_catalog.simple);
create text search configuration ev_privileges.conf (parser = pg_catalog."default");
create conversion ev_privileges.conv for 'LATIN1' to 'UTF8' from iso8859_1_to_utf8;
create cast (ev_privileges.pair as ev_privileges.mood) with inout;
comment on publication ev_privileges_pub is 'publication';
comment on foreign data wrapper ev_privileges_fdw is 'wrapper';
comment on server ev_privileges_server is 'server';
comment on foreign table ev_privileges.far is 'foreign table';
comment on event trigger ev_privileges_ddl is 'event trigger';
comment on statistics ev_privileges.stats is 'statistics';
comment on collation ev_privileges.coll is 'collation';
comment on operator ev_privileges.===(int, int) is 'operator';
comment on operator family ev_privileges.fam using btree is 'family';
comment on operator class ev_privileges.cls using hash is 'class';
comment on text search dictionary ev_privileges.dict is 'dictionary';
comment on text search configuration ev_privileges.conf is 'configuration';
comment on conversion ev_privileges.conv is 'conversion';
comment on cast (ev_privileges.pair as ev_privileges.mood) is 'cast';
grant usage on foreign data wrapper ev_privileges_fdw to ev_reader;
grant usage on foreign server ev_privileges_server to ev_reader with grant option;
grant select, update (a) on ev_privileges.far to ev_reader;
alter collation ev_privileges.coll owner to ev_owner;
alter statistics ev_privileges.stats owner to ev_owner;
alter operator ev_privileges.===(int, int) owner to ev_owner;
alter text search dictionary ev_privileges.dict owner to ev_owner;
