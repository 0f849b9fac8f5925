insert into app.t values (1, 1.25, 'x', '{1}'), (2, 3, 'y', null);
