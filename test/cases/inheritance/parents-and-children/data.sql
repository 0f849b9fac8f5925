insert into app.base (id, note) values (1, 'a');
insert into app.child (id, note, own) values (2, 'b', 3);
insert into app.other (id, note, number, more) values (4, 'c', 4, 'd');
