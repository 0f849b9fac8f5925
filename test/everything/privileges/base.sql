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
