insert into app.purchases (code, n) values ('a', 1), ('b', 2);
