insert into app.orders values (1, 'draft', 5);
