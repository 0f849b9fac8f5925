insert into app.t values (1, 10, '17'), (2, 20, '18'), (3, 30, '19');
insert into app.c values (1, 1), (2, 2);
