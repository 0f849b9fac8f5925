insert into app.homes values ('a', '1', 'b'), ('c', '2', null); insert into app.leaves values ('x', 'y', 'z');
