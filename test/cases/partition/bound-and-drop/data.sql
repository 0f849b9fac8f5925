insert into app.r values (1, 5), (2, 15);
