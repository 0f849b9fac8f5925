--- publication: new
create publication ev_database_new for table ev_database.orders with (publish = 'delete');
--- publication: gone
drop publication ev_database_plain;
--- publication: table added
alter publication ev_database_plain add table ev_database.measured;
--- publication: table removed
alter publication ev_database_plain drop table ev_database.lines;
--- publication: operations
alter publication ev_database_plain set (publish = 'insert, delete');
--- publication: via partition root
alter publication ev_database_root set (publish_via_partition_root = false);
--- publication: all tables instead of a list; replaces
drop publication ev_database_plain;
create publication ev_database_plain for all tables;
comment on publication ev_database_plain is 'what''s "sold"';
--- publication: a list instead of all tables; replaces
drop publication ev_database_everything;
create publication ev_database_everything for table ev_database.orders with (publish = 'insert, truncate');
--- publication: comment
comment on publication ev_database_plain is 'other';
--- publication: owner
alter publication ev_database_nothing owner to ev_writer;
--- publication: its table is gone
drop table ev_database.lines cascade;
--- publication: columns; from 15
alter publication ev_database_columns set table ev_database.orders (id, status, note) where (id > 0), ev_database.lines (id);
--- publication: columns for the first time; from 15
alter publication ev_database_plain set table ev_database.orders (id), ev_database.lines;
--- publication: all columns; from 15
alter publication ev_database_columns set table ev_database.orders where (id > 0), ev_database.lines (id);
--- publication: filter; from 15
alter publication ev_database_some set table ev_database.orders where (status = 'sent' or id in (1, 2, 3)), ev_database.lines where (order_id > 5), tables in schema ev_database_all;
--- publication: no filter; from 15
alter publication ev_database_some set table ev_database.orders, ev_database.lines where (order_id > 5), tables in schema ev_database_all;
--- publication: schema removed; from 15
alter publication ev_database_some drop tables in schema ev_database_all;
--- publication: schema added; from 15
alter publication ev_database_plain add tables in schema ev_database_all;
--- publication: type of a column in a filter; from 15
alter publication ev_database_some drop table ev_database.lines;
alter table ev_database.lines alter column order_id type bigint;
alter publication ev_database_some add table ev_database.lines where (order_id > 5);
--- publication: type of a column in a column list; from 15
alter publication ev_database_columns drop table ev_database.orders;
alter table ev_database.orders alter column total type bigint;
alter publication ev_database_columns add table ev_database.orders (id, total) where (id > 0);
--- publication: a column of its list is gone; from 15
alter publication ev_database_columns drop table ev_database.orders;
alter table ev_database.orders drop column total;
alter publication ev_database_columns add table ev_database.orders (id) where (id > 0);
--- publication: generated columns; from 18
alter publication ev_database_generated set (publish_generated_columns = none);
--- event trigger: new
create event trigger ev_database_new on ddl_command_end when tag in ('CREATE VIEW') execute function ev_database.on_ddl();
--- event trigger: gone
drop event trigger ev_database_start;
--- event trigger: disabled
alter event trigger ev_database_start disable;
--- event trigger: enabled
alter event trigger ev_database_end enable;
--- event trigger: always
alter event trigger ev_database_rewrite enable always;
--- event trigger: replica
alter event trigger ev_database_drop enable replica;
--- event trigger: tags; replaces
drop event trigger ev_database_start;
create event trigger ev_database_start on ddl_command_start when tag in ('CREATE TABLE', 'ALTER TABLE') execute function ev_database.on_ddl();
comment on event trigger ev_database_start is 'before tables';
--- event trigger: no tags; replaces
drop event trigger ev_database_start;
create event trigger ev_database_start on ddl_command_start execute function ev_database.on_ddl();
comment on event trigger ev_database_start is 'before tables';
--- event trigger: event; replaces
drop event trigger ev_database_end;
create event trigger ev_database_end on sql_drop execute function ev_database.on_ddl();
alter event trigger ev_database_end disable;
--- event trigger: function; replaces
drop event trigger ev_database_drop;
create event trigger ev_database_drop on sql_drop execute function ev_database.on_ddl_too();
alter event trigger ev_database_drop enable always;
--- event trigger: comment
comment on event trigger ev_database_start is null;
--- event trigger: login; from 17
alter event trigger ev_database_login enable always;
--- wrapper: new
create foreign data wrapper ev_database_new;
--- wrapper: gone
drop foreign data wrapper ev_database_w;
--- wrapper: options
alter foreign data wrapper ev_database_w options (set debug 'false', add more '1', drop "Odd name");
--- wrapper: no handler
alter foreign data wrapper ev_database_w no handler;
--- wrapper: no validator
alter foreign data wrapper ev_database_w no validator;
--- wrapper: handler
alter foreign data wrapper ev_database_bare handler ev_database.handler validator ev_database.valid;
--- wrapper: comment
comment on foreign data wrapper ev_database_w is 'another';
--- wrapper: grants
revoke grant option for usage on foreign data wrapper ev_database_bare from ev_reader;
--- server: new, with a mapping
create server ev_database_new foreign data wrapper ev_database_w;
create user mapping for ev_reader server ev_database_new options (user 'x');
--- server: gone
drop foreign table ev_database.bare;
drop server ev_database_plain cascade;
--- server: version
alter server ev_database_s version '21';
--- server: no version
alter server ev_database_s version null;
--- server: options
alter server ev_database_s options (set host 'elsewhere', add port '1521', drop "Odd name");
--- server: wrapper; replaces
drop foreign table ev_database.bare;
drop server ev_database_plain cascade;
create server ev_database_plain foreign data wrapper ev_database_w;
alter server ev_database_plain owner to ev_owner;
create user mapping for ev_writer server ev_database_plain options (user 'w');
create foreign table ev_database.bare () server ev_database_plain;
alter foreign table ev_database.bare owner to ev_owner;
--- server: comment
comment on server ev_database_s is null;
--- server: owner
alter server ev_database_plain owner to ev_writer;
--- server: grants
grant usage on foreign server ev_database_s to ev_reader with grant option;
--- user mapping: new
create user mapping for ev_owner server ev_database_s options (user 'o');
--- user mapping: gone
drop user mapping for public server ev_database_s;
--- user mapping: options
alter user mapping for ev_reader server ev_database_s options (set user 'someone', add "Region" 'eu');
--- user mapping: first option
alter user mapping for public server ev_database_s options (add user 'all');
--- user mapping: last option gone
alter user mapping for ev_writer server ev_database_plain options (drop user);
--- foreign table: new
create foreign table ev_database.fresh (a integer options (x 'y') not null) server ev_database_s options (o 'p');
--- foreign table: gone
drop foreign table ev_database.bare;
--- foreign table: options
alter foreign table ev_database.remote options (set schema_name 'other', drop "Table", add fetch_size '100');
--- foreign table: first option
alter foreign table ev_database.bare options (add a 'b');
--- foreign table: options of a column
alter foreign table ev_database.remote alter column name options (set column_name 'NAME', drop "Odd");
--- foreign table: no options of a column
alter foreign table ev_database.remote alter column id options (drop column_name);
--- foreign table: first option of a column
alter foreign table ev_database.remote alter column amount options (add column_name 'A');
--- foreign table: column added
alter foreign table ev_database.bare add column a integer options (x 'y') not null default 3;
--- foreign table: column dropped
alter foreign table ev_database.remote drop column twice;
--- foreign table: type of a column
drop view ev_database.seen;
alter foreign table ev_database.remote alter column name type varchar(30) collate "C";
create view ev_database.seen as select id, name from ev_database.remote;
--- foreign table: default of a column
alter foreign table ev_database.remote alter column name set default 'somebody';
--- foreign table: not null
alter foreign table ev_database.remote alter column amount set not null;
--- foreign table: nullable
alter foreign table ev_database.remote alter column id drop not null;
--- foreign table: check added
alter foreign table ev_database.remote add constraint remote_more check (amount < 100);
--- foreign table: check changed; replaces
alter foreign table ev_database.remote drop constraint remote_amount, add constraint remote_amount check (amount > 1);
--- foreign table: statistics
alter foreign table ev_database.remote alter column name set statistics 300;
--- foreign table: comment
comment on foreign table ev_database.remote is 'there';
--- foreign table: comment of a column
comment on column ev_database.remote.name is null;
--- foreign table: owner
alter foreign table ev_database.bare owner to ev_writer;
--- foreign table: grants
grant insert on ev_database.remote to ev_reader;
grant update (amount) on ev_database.remote to ev_writer;
--- foreign table: trigger gone
drop trigger remote_touched on ev_database.remote;
--- foreign table: server; replaces
drop foreign table ev_database.bare;
create foreign table ev_database.bare () server ev_database_s;
alter foreign table ev_database.bare owner to ev_owner;
--- foreign table: of a server made anew; replaces
drop foreign table ev_database.bare;
drop server ev_database_plain cascade;
create server ev_database_plain type 'mysql' foreign data wrapper ev_database_bare;
alter server ev_database_plain owner to ev_owner;
create user mapping for ev_writer server ev_database_plain options (user 'w');
create foreign table ev_database.bare () server ev_database_plain;
alter foreign table ev_database.bare owner to ev_owner;
--- foreign table: no child any more; one way: what was inherited is its own from then on
alter foreign table ev_database.child no inherit ev_database.parent;
--- foreign partition: options
alter foreign table ev_database.split_there options (set table_name 'other');
--- foreign partition: options of a column
alter foreign table ev_database.split_there alter column v options (drop column_name), alter column at options (add x 'y');
--- foreign partition: bound
alter table ev_database.split detach partition ev_database.split_there;
alter table ev_database.split attach partition ev_database.split_there for values in ('there', 'far');
--- foreign partition: detached
alter table ev_database.split detach partition ev_database.split_there;
--- foreign partition: gone
drop foreign table ev_database.split_there;
--- foreign partition: new
create foreign table ev_database.split_new partition of ev_database.split for values in ('new') server ev_database_plain;
--- foreign partition: column of the parent
alter table ev_database.split add column extra text;
