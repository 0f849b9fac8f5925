insert into app.t values (1, 2, 3, null, 6); insert into app.child values (4, 5, 7);
