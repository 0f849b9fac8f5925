insert into app.t (id, n) values (1, 10), (2, 20);
refresh materialized view app.m;
