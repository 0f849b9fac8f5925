insert into app.r values (2, 'a', 1, 'b', 3, 1), (11, 'c', 2, 'd', 4, 2);
insert into app.old values (1, 'x');
