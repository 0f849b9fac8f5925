insert into app.r select g, g, 'v' || g from generate_series(0, 39) g;
--;
-- What builds that were interrupted leave: one hung on, one ready, one invalid, one not begun; a key, and an index for one.
create index r_v_idx on only app.r (v);
create index r_1_v_idx on app.r_1 (v);
alter index app.r_v_idx attach partition app.r_1_v_idx;
create index r_2_v_idx on app.r_2 (v);
create index r_3_v_idx on app.r_3 (v);
update pg_index set indisvalid = false where indexrelid = 'app.r_3_v_idx'::regclass;
alter table app.r_1 add constraint r_1_id_k_key unique (id, k);
create unique index r_2_id_k_key on app.r_2 (id, k);
