insert into app.orders values (1, 'a'), (2, null);
insert into app.old values (1, 1);
