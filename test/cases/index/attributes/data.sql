insert into app.t select g, g::text, g from generate_series(1, 50) g;
insert into app.parts select g, g from generate_series(0, 9) g;
