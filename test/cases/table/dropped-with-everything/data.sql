insert into app.keep values (1);
insert into app.gone (n) values (1);
insert into app.child values (1, null);
