insert into app.a values (1, 1);
