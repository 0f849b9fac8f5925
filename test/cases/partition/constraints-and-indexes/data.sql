insert into app.p values (1), (2);
insert into app.r values (1, 5, 'a'), (2, 15, 'b');
