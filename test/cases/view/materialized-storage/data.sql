insert into app.t select g, g::text, g from generate_series(1, 50) g;
refresh materialized view app.m;
refresh materialized view app.o;
