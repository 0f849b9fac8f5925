insert into app.orders select g from generate_series(1, 50) g;
