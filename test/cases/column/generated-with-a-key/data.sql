insert into app.t (id, n) values (1, 1), (2, 2);
insert into app.c values (1, 2), (2, 4);
