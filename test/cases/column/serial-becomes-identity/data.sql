insert into app.c (t) values ('x'), ('y');
