insert into app.t select n, 'a' || n, n, int4range(n, n + 5) from generate_series(1, 200) n;
insert into app.child select n, n from generate_series(1, 200) n;
