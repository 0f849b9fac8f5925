create schema ev_database;
create schema ev_database_all;

create table ev_database.orders (id integer primary key, status text not null default 'new', total numeric, note text);
create table ev_database.lines (id integer primary key, order_id integer not null);
create table ev_database.measured (at date not null, v integer) partition by range (at);
create table ev_database.measured_24 partition of ev_database.measured for values from ('2024-01-01') to ('2025-01-01');
create table ev_database_all.t (id integer primary key);

create publication ev_database_plain for table ev_database.orders, ev_database.lines;
create publication ev_database_everything for all tables with (publish = 'insert, truncate');
create publication ev_database_nothing;
create publication ev_database_root for table ev_database.measured with (publish_via_partition_root = true);
create publication ev_database_part for table ev_database.measured_24;
comment on publication ev_database_plain is 'what''s "sold"';
alter publication ev_database_nothing owner to ev_owner;

create function ev_database.on_ddl() returns event_trigger language plpgsql as $$ begin end $$;
create function ev_database.on_ddl_too() returns event_trigger language plpgsql as $$ begin end $$;
create event trigger ev_database_start on ddl_command_start when tag in ('CREATE TABLE', 'DROP TABLE') execute function ev_database.on_ddl();
create event trigger ev_database_end on ddl_command_end execute function ev_database.on_ddl();
create event trigger ev_database_drop on sql_drop execute function ev_database.on_ddl();
create event trigger ev_database_rewrite on table_rewrite execute function ev_database.on_ddl();
alter event trigger ev_database_end disable;
alter event trigger ev_database_drop enable always;
alter event trigger ev_database_rewrite enable replica;
comment on event trigger ev_database_start is 'before tables';

create function ev_database.handler() returns fdw_handler language c strict as '$libdir/file_fdw', 'file_fdw_handler';
create function ev_database.valid(text[], oid) returns void language plpgsql as $$ begin end $$;
create foreign data wrapper ev_database_bare;
create foreign data wrapper ev_database_w handler ev_database.handler validator ev_database.valid options (debug 'true', "Odd name" 'it''s');
comment on foreign data wrapper ev_database_w is 'a wrapper';
grant usage on foreign data wrapper ev_database_bare to ev_reader with grant option;
create server ev_database_s type 'oracle' version '19' foreign data wrapper ev_database_bare options (host 'h', "Odd name" 'it''s');
create server ev_database_plain foreign data wrapper ev_database_bare;
comment on server ev_database_s is 'a server';
alter server ev_database_plain owner to ev_owner;
grant usage on foreign server ev_database_s to ev_reader;
create user mapping for ev_reader server ev_database_s options (user 'remote', password 'geheim');
create user mapping for public server ev_database_s;
create user mapping for ev_writer server ev_database_plain options (user 'w');

create table ev_database.parent (id integer, name text);
create table ev_database.split (k text not null, v integer, at date) partition by list (k);
create table ev_database.split_here partition of ev_database.split for values in ('here');
create foreign table ev_database.remote (
  id bigint options (column_name 'ID') not null,
  name text options (column_name 'Name', "Odd" 'x') collate "C" default 'nobody',
  amount numeric(10, 2) constraint remote_amount check (amount > 0),
  twice numeric generated always as (amount * 2) stored,
  constraint remote_id check (id > 0) no inherit
) server ev_database_s options (schema_name 'public', "Table" 't');
create foreign table ev_database.bare () server ev_database_plain;
create foreign table ev_database.child (own text options (a 'b')) inherits (ev_database.parent) server ev_database_s;
create foreign table ev_database.split_there partition of ev_database.split (constraint split_there_v check (v > 1)) for values in ('there') server ev_database_s options (table_name 's');
alter foreign table ev_database.split_there alter column v options (add column_name 'V');
alter foreign table ev_database.remote alter column name set statistics 200;
comment on foreign table ev_database.remote is 'elsewhere';
comment on column ev_database.remote.name is 'a name';
grant select on ev_database.remote to ev_reader;
grant update (name) on ev_database.remote to ev_writer;
alter foreign table ev_database.bare owner to ev_owner;
create function ev_database.on_row() returns trigger language plpgsql as $$ begin return null; end $$;
create trigger remote_touched after insert on ev_database.remote for each row execute function ev_database.on_row();
create view ev_database.seen as select id, name from ev_database.remote;

--- publications of columns, rows and schemas; from 15
create publication ev_database_some for table ev_database.orders where (status <> 'draft' and id > 0), ev_database.lines where (order_id > 5), tables in schema ev_database_all
  with (publish = 'insert, update');
create publication ev_database_columns for table ev_database.orders (id, total) where (id > 0), ev_database.lines (id);

--- logins; from 17
create function ev_database.on_login() returns event_trigger language plpgsql as $$ begin end $$;
create event trigger ev_database_login on login execute function ev_database.on_login();
alter event trigger ev_database_login disable;

--- generated columns; from 18
create publication ev_database_generated for table ev_database.orders with (publish_generated_columns = stored);
