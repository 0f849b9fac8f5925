insert into app.p values (1), (2);
insert into app.c values (1, 1, 5), (2, 2, 6);
