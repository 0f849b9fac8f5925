insert into app.t values (1, 1, 'a'), (2, 2, 'b');
