insert into app.t values (1, 'a'), (2, 'b');
refresh materialized view app.m;
