insert into app.t (a, b, c) select 'a', 'b', 'c' from generate_series(1, 20);
