insert into app.t values (1), (5); insert into app.p4 values (4);
