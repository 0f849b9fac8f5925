insert into app.p values (1, 'a'), (2, 'b');
insert into app.c values (1, 1, 'a'), (2, 2, null);
