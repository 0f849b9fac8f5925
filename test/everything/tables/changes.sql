--- a storage parameter
alter table ev_tables.plain set (fillfactor = 75);
--- a storage parameter more
alter table ev_tables.plain set (parallel_workers = 2);
--- a storage parameter less
alter table ev_tables.plain reset (autovacuum_enabled);
--- a parameter of the TOAST table
alter table ev_tables.plain set (toast.autovacuum_vacuum_scale_factor = 0.1);
--- no parameter of the TOAST table
alter table ev_tables.plain reset (toast.autovacuum_vacuum_scale_factor);
--- a parameter with the strong lock
alter table ev_tables.catalog_like reset (user_catalog_table);
alter table ev_tables.catalog_like set (fillfactor = 91);
--- a table that is not logged
alter table ev_tables.plain set unlogged;
--- a table that is logged
alter table ev_tables.fast set logged;
--- a partition that is logged
alter table ev_tables.parts_2 set logged;
--- a parameter of a partition
alter table ev_tables.parts_1 set (fillfactor = 61);
--- the access method; from 15
alter table ev_tables.plain set access method ev_tables_heap;
--- the access method back; from 15
alter table ev_tables.other_method set access method heap;
--- everything at once; from 15
alter table ev_tables.other_method set unlogged, set access method heap, set (fillfactor = 51);
--- the access method of a partition; from 15
alter table ev_tables.parts_3_x set access method heap;
--- the access method of partitions to come; from 17
alter table ev_tables.methods set access method default;
--- the access method of partitions to come, given; from 17
alter table ev_tables.parts set access method ev_tables_heap;
--- cluster on another index
alter table ev_tables.plain cluster on plain_code_idx;
--- cluster no more
alter table ev_tables."Silent One" set without cluster;
--- cluster on for a materialized view
alter materialized view ev_tables.sums cluster on sums_n_idx;
--- cluster on a new index
create index plain_new_idx on ev_tables.plain (n);
alter table ev_tables.plain cluster on plain_new_idx;
--- replica identity full
alter table ev_tables.plain replica identity full;
--- replica identity default
alter table ev_tables.fast replica identity default;
--- replica identity nothing
alter table ev_tables.fast replica identity nothing;
--- replica identity using an index
alter table ev_tables.fast replica identity using index fast_pkey;
--- replica identity of a partitioned table
alter table ev_tables.parts replica identity full;
--- replica identity of a partition
alter table ev_tables.parts_1 replica identity default;
--- replica identity of a materialized view
alter materialized view ev_tables.later replica identity default;
--- the index of the replica identity changes
drop index ev_tables.plain_code_idx;
create unique index plain_code_idx on ev_tables.plain (code, n) with (fillfactor = 80, deduplicate_items = off);
alter table ev_tables.plain replica identity using index plain_code_idx;
--- the index of the replica identity gets another name
alter index ev_tables.plain_code_idx rename to plain_codes_idx;
--- the key that the table is clustered on changes
alter table ev_tables.plain drop constraint plain_pkey, add constraint plain_pkey primary key (id, n);
alter table ev_tables.plain cluster on plain_pkey;
--- the index goes, and the replica identity with it
alter table ev_tables.plain replica identity default;
drop index ev_tables.plain_code_idx;
--- a parameter of an index
alter index ev_tables.plain_code_idx set (fillfactor = 81);
--- no parameter of an index
alter index ev_tables.plain_code_idx reset (deduplicate_items);
--- a parameter of the index of a materialized view
alter index ev_tables.sums_a_idx reset (fillfactor);
--- a statistics target of an index
alter index ev_tables.plain_expr_idx alter column 2 set statistics 100;
--- a statistics target of an index more
alter index ev_tables.plain_expr_idx alter column 1 set statistics 100;
--- a statistics target of an index less
alter index ev_tables.plain_expr_idx alter column 2 set statistics -1;
--- a type under an index with a target
alter table ev_tables.plain alter column code type varchar(40);
alter index ev_tables.plain_expr_idx alter column 2 set statistics 500;
--- a type under statistics
alter table ev_tables.facts alter column d type bigint;
alter statistics ev_tables.facts_some set statistics 300;
--- a type under statistics over expressions
alter table ev_tables.facts alter column b type bigint;
alter statistics ev_tables.facts_some set statistics 300;
alter statistics ev_tables.facts_all owner to ev_owner;
--- a column under statistics
alter table ev_tables.facts drop column e;
--- statistics about other columns; replaces
drop statistics ev_tables.facts_some;
create statistics ev_tables.facts_some (mcv, ndistinct) on b, c from ev_tables.facts;
alter statistics ev_tables.facts_some set statistics 300;
--- statistics of other kinds; replaces
drop statistics ev_tables.facts_mixed;
create statistics ev_tables.facts_mixed (mcv) on c, (a + b), lower(c) from ev_tables.facts;
comment on statistics ev_tables.facts_mixed is 'What goes together';
--- statistics about another expression; replaces
drop statistics ev_tables.facts_one;
create statistics ev_tables.facts_one on (a * 3) from ev_tables.facts;
--- the target of statistics
alter statistics ev_tables.facts_some set statistics 200;
--- no target of statistics
alter statistics ev_tables.facts_some set statistics -1;
--- a target of statistics of 0
alter statistics ev_tables.facts_one set statistics 0;
--- the owner of statistics; one way: files leave out the owner that most objects have
alter statistics ev_tables.facts_one owner to ev_owner;
--- the comment on statistics
comment on statistics ev_tables.facts_mixed is 'Another';
--- the name of statistics
alter statistics ev_tables.facts_all rename to facts_ab;
--- statistics more
create statistics ev_tables_other.more (ndistinct) on a, lower(c) from ev_tables.facts;
--- statistics less
drop statistics ev_tables_other.elsewhere;
--- statistics of a partitioned table less
drop statistics ev_tables.parts_stats;
--- statistics of a materialized view less
drop statistics ev_tables.sums_stats;
--- a sequence that is not logged; from 15
alter sequence ev_tables.counted set unlogged;
--- a sequence that is logged; from 15
alter sequence ev_tables.fleeting set logged;
--- the sequence of a serial that follows its table; from 15
alter sequence ev_tables.half_logged_b_seq set unlogged;
--- a parameter of a materialized view
alter materialized view ev_tables.sums set (fillfactor = 91);
--- no parameter of a materialized view
alter materialized view ev_tables.sums reset (fillfactor, toast.autovacuum_enabled);
--- the access method of a materialized view; from 15
alter materialized view ev_tables.later set access method heap;
--- the statistics target of a column of a materialized view
alter materialized view ev_tables.sums alter column c set statistics -1;
--- the storage of a column of a materialized view
alter materialized view ev_tables.sums alter column c set storage main;
--- the storage of a column of a materialized view is the type's
alter materialized view ev_tables.sums alter column c set storage extended;
--- the compression of a column of a materialized view
alter materialized view ev_tables.sums alter column c set compression pglz;
--- the options of a column of a materialized view
alter materialized view ev_tables.sums alter column n reset (n_distinct);
--- a column under a materialized view with everything; replaces
drop materialized view ev_tables.sums;
alter table ev_tables.facts alter column c type varchar(50);
create materialized view ev_tables.sums with (fillfactor = 90, autovacuum_enabled = false, toast.autovacuum_enabled = false)
  as select a, count(*) as n, max(c) as c from ev_tables.facts group by a;
create unique index sums_a_idx on ev_tables.sums (a) with (fillfactor = 70);
create index sums_n_idx on ev_tables.sums (n);
alter materialized view ev_tables.sums cluster on sums_a_idx;
alter materialized view ev_tables.sums alter column c set statistics 400;
alter materialized view ev_tables.sums alter column c set storage external;
alter materialized view ev_tables.sums alter column n set (n_distinct = -0.5);
create statistics ev_tables.sums_stats on a, n from ev_tables.sums;
comment on column ev_tables.sums.n is 'How many';
--- a table with attributes
drop table ev_tables."Silent One";
--- a table into a tablespace
alter table ev_tables.plain set tablespace ev_tablespace;
--- a table out of its tablespace
alter table ev_tables.moved set tablespace pg_default;
--- the tablespace of partitions to come
alter table ev_tables.spread set tablespace pg_default;
--- the tablespace of a partition
alter table ev_tables.spread_1 set tablespace pg_default;
--- the tablespace of an index
alter index ev_tables.moved_a_idx set tablespace ev_tablespace;
--- no tablespace of an index
alter index ev_tables.moved_b_idx set tablespace pg_default;
--- the tablespace of the index of a key
alter index ev_tables.moved_pkey set tablespace pg_default;
--- the tablespace of the index of a partitioned table
alter index ev_tables.spread_k_idx set tablespace pg_default;
alter index ev_tables.spread_1_k_idx set tablespace pg_default;
alter index ev_tables.spread_2_k_idx set tablespace pg_default;
--- the tablespace of a materialized view
alter materialized view ev_tables.kept set tablespace pg_default;
--- the tablespace of the index of a partition
alter index ev_tables.spread_1_k_idx set tablespace pg_default;
--- a parameter of the index of a partition
alter index ev_tables.parts_1_k_idx set (fillfactor = 66);
