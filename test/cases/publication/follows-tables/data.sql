insert into app.purchases select n, 'paid', n, null from generate_series(1, 3) n;
