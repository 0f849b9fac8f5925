insert into app.t values (1, 'A@b', 'n'), (2, 'c', 'm');
