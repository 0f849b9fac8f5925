insert into app.t values (1, 5, 0), (2, 6, 0);
