insert into app.old (v) values ('x');
