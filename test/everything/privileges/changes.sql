--- the owner of a table
alter table ev_privileges.kept owner to ev_writer;
--- the owner of a security definer function
alter function ev_privileges.secret() owner to ev_writer;
--- the owner of a type
alter type ev_privileges.mood owner to ev_writer;
--- the owner of a schema
alter schema ev_privileges_moved owner to ev_writer;
--- a privilege more
grant delete on ev_privileges.orders to ev_reader;
--- a privilege less
revoke trigger on ev_privileges.orders from ev_writer;
--- a column privilege more
grant update (secret) on ev_privileges.orders to ev_reader;
--- a column privilege less
revoke insert (id) on ev_privileges.orders from ev_reader;
--- a table privilege goes, a column's stays
revoke select on ev_privileges.orders from ev_reader;
--- grant option
grant select on ev_privileges.orders to ev_reader with grant option;
--- grant option taken back
revoke grant option for create on schema ev_privileges_given from ev_writer;
--- all of a role
revoke all on ev_privileges.orders from ev_writer;
--- a sequence
grant update on sequence ev_privileges.numbers to ev_writer;
--- execute for everybody
grant execute on function ev_privileges.f(int) to public;
--- usage of a type for everybody
grant usage on type ev_privileges.email to public;
--- a view for everybody
grant update (org) on ev_privileges.open_orders to public;
--- the owner gets its rights back
grant insert on ev_privileges.silent to current_user;
--- what was granted onward
set role ev_owner; revoke select (b) on ev_privileges.silent from ev_reader; reset role;
--- what was granted onward twice
set role ev_writer; revoke insert on ev_privileges.silent from ev_reader; reset role;
--- granted onward with grant option no more
set role ev_owner; revoke grant option for select on ev_privileges.silent from ev_writer; reset role;
--- the source of what was granted onward
revoke insert on ev_privileges.silent from ev_owner cascade;
--- granted onward to one more column
set role ev_owner; grant select (a) on ev_privileges.silent to ev_reader; reset role;
--- a schema
revoke create on schema ev_privileges_given from ev_writer;
--- a comment of many lines
comment on schema ev_privileges is E'\n\n  Another\r one\n';
--- a comment with line ends of Windows
comment on table ev_privileges.orders is E'one\r\ntwo\r\n';
--- no comment on a table
comment on table ev_privileges.orders is null;
--- a comment on a column
comment on column ev_privileges.orders.secret is 'never shown';
--- a comment on a constraint
comment on constraint positive on ev_privileges.orders is 'above zero';
--- a comment on a constraint of a domain
comment on constraint email_check on domain ev_privileges.email is null;
--- a comment on a key's index
comment on index ev_privileges.orders_pkey is 'other';
--- a comment on a policy
comment on policy all_of_them on ev_privileges.orders is 'other';
--- a comment on a trigger
comment on trigger touch on ev_privileges.orders is 'other';
--- a comment on an aggregate
comment on aggregate ev_privileges.total(int) is 'other';
--- a comment on a procedure
comment on procedure ev_privileges.p() is null;
--- default privileges of one role more
alter default privileges in schema ev_privileges grant update on tables to ev_reader;
--- default privileges of a role end
alter default privileges in schema ev_privileges revoke all on tables from ev_reader;
--- default privileges without grant option
alter default privileges in schema ev_privileges revoke grant option for select on tables from ev_writer;
--- default privileges on another sort
alter default privileges in schema ev_privileges grant execute on functions to ev_reader;
--- default privileges of the whole database
alter default privileges for role ev_owner grant select on tables to ev_reader;
--- the built-in default is back
alter default privileges for role ev_owner grant execute on functions to public;
--- the maker's own default is back
alter default privileges for role ev_owner grant truncate on tables to ev_owner;
--- default privileges on schemas
alter default privileges for role ev_owner revoke create on schemas from ev_writer;
--- a new table under default privileges
create table ev_privileges.fresh (a int);
--- a new table that hides from default privileges
create table ev_privileges.hidden (a int); revoke all on ev_privileges.hidden from ev_reader; grant delete on ev_privileges.hidden to ev_reader;
--- a new function
create function ev_privileges.g() returns int language sql as 'select 2'; revoke execute on function ev_privileges.g() from public; comment on function ev_privileges.g() is 'g';
--- a new object of another owner
create table ev_privileges.theirs (a int); alter table ev_privileges.theirs owner to ev_owner; grant select on ev_privileges.theirs to ev_reader;
--- a function made anew keeps its grants; replaces
drop function ev_privileges.f(int); create function ev_privileges.f(a int) returns bigint language sql as 'select a'; revoke execute on function ev_privileges.f(int) from public; grant execute on function ev_privileges.f(int) to ev_reader; comment on function ev_privileges.f(int) is 'function';
--- a view made anew keeps what was granted onward; replaces
drop view ev_privileges.open_orders; create view ev_privileges.open_orders as select id, org::text as org from ev_privileges.orders; comment on view ev_privileges.open_orders is 'view'; revoke all on ev_privileges.open_orders from ev_reader, ev_writer; grant select on ev_privileges.open_orders to ev_reader, public; grant select on ev_privileges.open_orders to ev_owner with grant option; set role ev_owner; grant select on ev_privileges.open_orders to ev_writer with grant option; set role ev_writer; grant select (id) on ev_privileges.open_orders to ev_reader; reset role;
--- MAINTAIN; from 17
revoke maintain on ev_privileges.orders from ev_reader;
--- default privileges on large objects; from 18
alter default privileges for role ev_owner grant update on large objects to ev_reader;
--- comments on rarer kinds
comment on publication ev_privileges_pub is null; comment on foreign data wrapper ev_privileges_fdw is 'w'; comment on server ev_privileges_server is 's'; comment on foreign table ev_privileges.far is 'f'; comment on event trigger ev_privileges_ddl is 'e'; comment on statistics ev_privileges.stats is null; comment on collation ev_privileges.coll is 'c'; comment on operator ev_privileges.===(int, int) is 'o'; comment on operator family ev_privileges.fam using btree is 'f'; comment on operator class ev_privileges.cls using hash is null; comment on text search dictionary ev_privileges.dict is 'd'; comment on text search configuration ev_privileges.conf is null; comment on conversion ev_privileges.conv is 'c'; comment on cast (ev_privileges.pair as ev_privileges.mood) is null;
--- owners of rarer kinds
alter collation ev_privileges.coll owner to ev_writer; alter statistics ev_privileges.stats owner to ev_writer; alter operator ev_privileges.===(int, int) owner to ev_writer; alter text search dictionary ev_privileges.dict owner to ev_writer;
--- grants on rarer kinds
revoke grant option for usage on foreign server ev_privileges_server from ev_reader; grant usage on foreign data wrapper ev_privileges_fdw to ev_reader with grant option; grant insert on ev_privileges.far to ev_reader;
