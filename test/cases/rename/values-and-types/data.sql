insert into app.t values (1, 'small', 'x');
