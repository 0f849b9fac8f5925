insert into app.t values (1, row(1, 2));
