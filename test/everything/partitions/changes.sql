--- a new partition of a table in use
create table ev_partitions.m_new partition of ev_partitions.m for values from ('2027-01-01') to ('2028-01-01');
--- a new partition beside a default one that holds rows
create table ev_partitions.l_c partition of ev_partitions.l for values in ('c', 'd');
--- a new partition with partitions
create table ev_partitions.l_c partition of ev_partitions.l for values in ('c') partition by range (n);
create table ev_partitions.l_c_1 partition of ev_partitions.l_c for values from (1) to (5);
--- a default partition
create table ev_partitions.key_rest partition of ev_partitions.key default;
--- a partition goes
drop table ev_partitions.h_2;
--- the bound of a partition that holds rows
alter table ev_partitions.m detach partition ev_partitions.m_2025;
alter table ev_partitions.m attach partition ev_partitions.m_2025 for values from ('2025-01-01') to ('2025-12-01');
--- the bound of a partition beside a default one
alter table ev_partitions.l detach partition ev_partitions.l_a;
alter table ev_partitions.l attach partition ev_partitions.l_a for values in ('a', 'A''s', null, 'aa');
--- a table becomes a partition
alter table ev_partitions.m add constraint tmp check (d is not null);
alter table ev_partitions.m drop constraint tmp;
alter table ev_partitions.m attach partition ev_partitions.m_2026 for values from ('2026-01-01') to ('2027-01-01');
--- a partition becomes a table
alter table ev_partitions.m detach partition ev_partitions.m_2024;
--- a partition with parts of its own becomes a table
alter table ev_partitions.r detach partition ev_partitions.r_1;
--- a partition beside a default one becomes a table
alter table ev_partitions.l detach partition ev_partitions.l_a;
--- a partition with partitions becomes a table
alter table ev_partitions.l detach partition ev_partitions.l_b;
--- a partition moves to another table
alter table ev_partitions.m detach partition ev_partitions.m_2024;
alter table ev_partitions.m2 attach partition ev_partitions.m_2024 for values from ('2024-01-01') to ('2025-01-01');
--- an index of a partition gets a name
alter index ev_partitions.r_2_lower_k_idx rename to r_2_by_note;
--- an index of a partition loses its name
alter index ev_partitions.r_1_by_value rename to r_1_v_idx;
--- an index of a partition gets another name
alter index ev_partitions.r_1_by_value rename to r_1_by_worth;
--- the comment on the index of a partition
comment on index ev_partitions.r_2_v_idx is 'of the second, changed';
--- no comment on the index of a partition
comment on index ev_partitions.r_2_v_idx is null;
--- a comment on the index of a partition
comment on index ev_partitions.r_low_v_idx is 'of the lowest';
--- storage parameters of the index of a partition
alter index ev_partitions.r_low_v_idx set (fillfactor = 70);
--- the key of a partition gets a name
alter table ev_partitions.key_2 rename constraint key_2_pkey to key_2_own;
--- the key of a partition loses its name
alter table ev_partitions.key_1 rename constraint key_1_own to key_1_pkey;
--- no comment on the key of a partition
comment on constraint key_2_x_d_key on ev_partitions.key_2 is null;
--- an index on a partitioned table in use
create index m_id_v_idx on ev_partitions.m (id, lower(v));
--- a unique index on a partitioned table in use
create unique index m_v_d_idx on ev_partitions.m (v, d);
--- an index on a table with partitions of partitions
create index l_b_idx on ev_partitions.l (b);
--- an index on a partitioned table goes
drop index ev_partitions.l_n_idx;
--- another index on a partitioned table of the same name
drop index ev_partitions.m_v_idx;
create index m_v_idx on ev_partitions.m (v desc, id);
--- an index of all partitions becomes that of some; replaces
drop index ev_partitions.m_v_idx;
create index m_v_idx on only ev_partitions.m (v);
--- an index that not all partitions have is completed; replaces
create index o_2_v_idx on ev_partitions.o_2 (v);
alter index ev_partitions.o_v_idx attach partition ev_partitions.o_2_v_idx; 
--- a primary key of a partitioned table in use
alter table ev_partitions.m add constraint m_pkey primary key (id, d);
--- a unique key of a table with partitions of partitions
alter table ev_partitions.l add constraint l_k_n_b_key unique (k, n, b);
--- a key of a partitioned table goes
alter table ev_partitions.m drop constraint m_id_d_key;
--- another key of a partitioned table of the same name
alter table ev_partitions.m drop constraint m_id_d_key;
alter table ev_partitions.m add constraint m_id_d_key unique (d, id);
--- a key of a partition
alter table ev_partitions.o_1 add constraint o_1_pkey primary key (id);
--- an index of a partition
create index o_2_id_idx on ev_partitions.o_2 (id);
--- a check of a partition
alter table ev_partitions.o_2 add constraint o_2_v check (v <> 'y');
--- a check of a partitioned table
alter table ev_partitions.o add constraint o_v check (v <> 'y');
--- a trigger of a partition
create trigger o_1_touch before insert on ev_partitions.o_1 for each row execute function ev_partitions.touch();
--- a trigger of a partitioned table
create trigger o_touch before insert on ev_partitions.o for each row execute function ev_partitions.touch();
--- the trigger of a partitioned table is off in a partition
alter table ev_partitions.r_1 disable trigger r_touch;
--- the trigger of a partitioned table is on again in a partition
alter table ev_partitions.r_2 enable trigger r_touch;
--- a policy of a partition
create policy o_1_all on ev_partitions.o_1 to ev_reader using (true);
alter table ev_partitions.o_1 enable row level security;
--- the owner of a partition; one way: owners are compared where the files say one
alter table ev_partitions.o_1 owner to ev_owner;
--- a privilege on a partition; one way: grants are exact for the roles that the files list
grant insert on ev_partitions.o_1 to ev_writer;
--- the comment on a partition
comment on table ev_partitions.r_1 is 'Changed.';
--- a default of a partition
alter table ev_partitions.o_1 alter v set default 'one';
--- a column of a partitioned table
alter table ev_partitions.r add column more int default 1;
--- a partition key; replaces; one way: rows are lost
drop table ev_partitions.m2;
create table ev_partitions.m2 (id int not null, v text, d date not null) partition by list (v);
