insert into app.t values (1, 1), (2, 1);
--;
-- fails: two rows alike
create unique index concurrently t_a_key on app.t (a);
--;
update app.t set a = id;
