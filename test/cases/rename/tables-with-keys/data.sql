insert into app.a (id, up) values (default, null), (default, 1); insert into app.b (a) values (2), (1);
