insert into old.people (points) values (1), (2);
insert into old.visits (person) values (1);
insert into other.notes (person, mood) values (2, 'cross');
