create schema ev_partitions;
create schema ev_partitions_far;
set search_path = ev_partitions;
create function touch() returns trigger language plpgsql as $$ begin return new; end $$;
create table target (id int primary key, note text);

-- range over several columns, a default, partitions with much of their own
create table r (id int not null, k int not null, v text default 'r', note text, n int references target (id), constraint r_v check (v <> '')) partition by range (id, k);
create index r_v_idx on r (v);
create index r_note_idx on r (lower(note), k desc nulls last) where k > 0;
create trigger r_touch before update on r for each row execute function touch();
create table r_low partition of r for values from (minvalue, minvalue) to (0, minvalue);
create table r_1 partition of r (v default 'one', constraint r_1_note check (note <> 'x')) for values from (0, 0) to (10, maxvalue);
create table r_2 partition of r for values from (10, maxvalue) to (maxvalue, maxvalue);
alter table r_1 add constraint r_1_pkey primary key (id, k);
alter table r_1 add constraint r_1_k_key unique (k);
create index r_1_n_idx on r_1 (n);
create trigger r_1_touch after insert on r_1 for each row execute function touch();
alter table r_1 enable row level security;
create policy r_1_read on r_1 for select to ev_reader using (k > 1);
alter table r_1 owner to ev_owner;
grant select on r_1 to ev_reader;
grant update (v) on r_1 to ev_writer;
comment on table r_1 is 'The first.';
comment on column r_1.v is 'its own';
alter index r_1_v_idx rename to r_1_by_value;
comment on index r_2_v_idx is 'of the second';
comment on index r_v_idx is 'of all';
alter table r_2 disable trigger r_touch;

-- list, with sub-partitions by range and hash, another schema, odd names
create table l (k text collate "C", n int, b bigint) partition by list (k);
create table l_a partition of l for values in ('a', 'A''s', null);
create table l_b partition of l for values in ('b') partition by range (n, b);
create table "l_b.One" partition of l_b for values from (0, 0) to (100, 0);
create table ev_partitions_far."L b two" partition of l_b for values from (100, 0) to (200, 0) partition by hash (b, n);
create table ev_partitions_far.l_b_2_0 partition of ev_partitions_far."L b two" for values with (modulus 2, remainder 0);
create table ev_partitions_far.l_b_2_1 partition of ev_partitions_far."L b two" for values with (modulus 2, remainder 1);
create table l_rest partition of l default;
create index l_n_idx on l (n);
alter index "l_b.One_n_idx" rename to "Odd idx";
create unique index l_a_n_key on l_a (n);

-- expressions, collations and operator classes in keys
create table e (t text, d timestamptz, j jsonb) partition by range ((lower(t)) collate "C" text_pattern_ops, d);
create table e_1 partition of e for values from ('a', '2024-01-01 00:00:00+00') to ('n', '2025-01-01 00:00:00+00');
create table h (id bigint, t text) partition by hash (id, t);
create table h_0 partition of h for values with (modulus 3, remainder 0);
create table h_1 partition of h for values with (modulus 3, remainder 1);
create table h_2 partition of h for values with (modulus 3, remainder 2);

-- keys of partitioned tables, one under a name of its own
create table key (id int, d date, x int, constraint key_pkey primary key (id, d), constraint key_x_key unique (x, d)) partition by range (d);
create table key_1 partition of key for values from ('2024-01-01') to ('2025-01-01');
create table key_2 partition of key for values from ('2025-01-01') to ('2026-01-01');
alter table key_1 rename constraint key_1_pkey to key_1_own;
comment on constraint key_2_x_d_key on key_2 is 'of the second';
create table key_use (id int, d date, constraint key_use_fkey foreign key (id, d) references key (id, d));

-- attached, with columns in an order of their own and one that was dropped
create table a (id int not null, b text default 'b', c numeric(10, 2) not null, constraint a_b check (b <> '-'));
drop table a;
create table a (id int not null, b text default 'b', c numeric(10, 2) not null, constraint a_b check (b <> '-')) partition by list (id);
create index a_b_idx on a (b);
create table a_1 (gone int, c numeric(10, 2) not null, b text default 'one', id int not null, constraint a_b check (b <> '-'));
alter table a_1 drop column gone;
create index a_1_special on a_1 (b);
alter table a attach partition a_1 for values in (1);
create table a_2 (id int not null, b text default 'b', c numeric(10, 2) not null, constraint a_b check (b <> '-'));
alter table a attach partition a_2 for values in (2);

-- an index that not all partitions have
create table o (id int, v text) partition by list (id);
create table o_1 partition of o for values in (1);
create table o_2 partition of o for values in (2);
create index o_v_idx on only o (v);
create index o_1_v_idx on o_1 (v);
alter index o_v_idx attach partition o_1_v_idx;

-- to be attached, and to be moved
create table m (id int not null, v text, d date not null) partition by range (d);
create table m_2024 partition of m for values from ('2024-01-01') to ('2025-01-01');
create table m_2025 partition of m for values from ('2025-01-01') to ('2026-01-01');
create index m_v_idx on m (v);
alter table m add constraint m_id_d_key unique (id, d);
create table m_2026 (id int not null, v text, d date not null);
create index m_2026_v_idx on m_2026 (v);
insert into m_2026 values (1, 'x', '2026-05-05');
insert into m values (1, 'x', '2024-05-05'), (2, 'y', '2025-05-05');
create table m2 (id int not null, v text, d date not null) partition by range (d);
insert into r (id, k, v, note) values (-1, 1, 'a', 'b'), (1, 1, 'a', 'b'), (20, 1, 'a', 'b');
insert into l values ('a', 1, 1), ('z', 1, 1), ('b', 1, 1), ('b', 101, 1);
insert into key values (1, '2024-05-05', 1), (1, '2025-05-05', 1);
insert into a values (1, 'x', 1), (2, 'x', 1);
insert into o values (1, 'x'), (2, 'x');
reset search_path;
