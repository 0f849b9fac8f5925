insert into app.t select n, 'x' || n, array[n], int4range(n, n + 1), now(), '{}' from generate_series(1, 5) n;
