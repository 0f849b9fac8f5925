insert into app.a values (1, null), (2, 1); insert into app.b values (1, 2);
