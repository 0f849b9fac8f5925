insert into app.t values (1, 1), (3, 3); insert into app.plain values (1);
