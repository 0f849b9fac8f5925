insert into app.t values (1, 2, 3, 4); insert into app.child values (1, 2);
