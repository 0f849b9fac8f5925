insert into app.people values (1, 'Ann', 'a'), (2, 'Bob', 'b');
insert into app.pets (person_id) values (1);
