insert into app.p values (1);
insert into app.t (id, a, b, d, e) values (1, 1, 1, 1, 'x'), (2, 2, 2, null, null);
