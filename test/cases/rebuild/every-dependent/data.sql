begin;
insert into app.other (id, ref) select g, g from generate_series(1, 80) g;
insert into app.t (id, n, word, level, levels, amount, address) select g, g, 'w' || g, 'low', '{mid,low}', g, row ('street ' || g, g)::app.address from generate_series(1, 80) g;
update app.other set n = id;
commit;
insert into app.computed (id, n, word, level, plain) select g, g, 'w', 'low', g from generate_series(1, 80) g;
insert into app.parts (id, n) select g, g + 1 from generate_series(0, 199) g;
insert into app.parent (id) select generate_series(1, 80);
insert into app.child (id, n, more) select g, 5, 'm' from generate_series(1, 80) g;
