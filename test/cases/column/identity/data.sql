insert into app.a (n) values (1), (2);
insert into app.b default values;
