insert into app.t (id, n) values (1, 5), (2, 6);
