insert into app.plain select g, 'x' from generate_series(1, 50) g;
insert into app.fast (a) select 'x' from generate_series(1, 50) g;
insert into app.swapped select g, 'x' from generate_series(1, 50) g;
insert into app.parts select g, 'x' from generate_series(0, 19) g;
insert into app.moved select g, 'x' from generate_series(1, 50) g;
insert into app.back select g, 'x' from generate_series(1, 50) g;
insert into app.spread select g, 'x' from generate_series(0, 19) g;
