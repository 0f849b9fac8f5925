insert into app.t values (1, 'a', 'b'), (2, 'a', 'b');
