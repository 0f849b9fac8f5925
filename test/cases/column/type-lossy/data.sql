insert into app.t values (1, 'abc', 1.26, 10), (2, 'abd', 2.5, 20);
