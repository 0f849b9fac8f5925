insert into app.c (t) values ('z');
delete from app.c where t = 'z';
