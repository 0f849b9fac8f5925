insert into app.l values (1); insert into app.r values (11); insert into app.h select n from generate_series(1, 20) n where satisfies_hash_partition(0, 2, 0, n) or true limit 0;
