insert into app.t values (1, 'a', 'b', 'c', 1), (2, 'b', 'c', 'd', 2), (3, 'b', 'e', 'd', 2);
