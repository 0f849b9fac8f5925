insert into app.t values (1, 'a', 1);
