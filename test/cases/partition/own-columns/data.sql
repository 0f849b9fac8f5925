insert into app.m (k, n) values (1, 1), (2, 2), (3, 3);
