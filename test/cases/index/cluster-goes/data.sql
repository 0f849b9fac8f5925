insert into app.ordered values (1); insert into app.other values (1);
