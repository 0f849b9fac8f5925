insert into app.t values (1), (2);
insert into app.becomes_unique values (1), (2);
insert into app.typed values (1, 'a');
insert into app.child values (1);
