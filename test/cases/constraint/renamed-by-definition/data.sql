insert into app.p values (1);
insert into app.t values (1, 1, 1);
