insert into app.t select g, g, g, g::text, g, g from generate_series(1, 50) g;
insert into app.parts select g, g from generate_series(0, 9) g;
refresh materialized view app.m;
