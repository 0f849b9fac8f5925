insert into app.p values (1, 'a'), (2, 'b');
insert into app.t values (1, 1, 'a', '[1,5)', 5), (2, 2, 'b', '[5,9)', 6);
