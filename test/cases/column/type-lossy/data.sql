insert into app.t values (1, 'abc', 'abcdefgh', 10), (2, 'abd', 'abc', 20);
