insert into app.t values (1, 'a', 'b', 'c', 'd'), (2, 'a', 'b', 'c', 'd');
