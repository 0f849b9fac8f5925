insert into app.t values (1, 'x', 1, 1, 'y'), (2, 'y', 2, 2, 'z');
