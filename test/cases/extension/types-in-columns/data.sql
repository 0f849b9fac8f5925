insert into app.t values (1, 'A@b'), (2, 'c');
