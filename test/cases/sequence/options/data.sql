insert into app.t (n) values (1), (2);
select nextval('app.typed'), nextval('app.gone');
