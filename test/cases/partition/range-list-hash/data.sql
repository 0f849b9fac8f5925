insert into app.r values (1, '2025-05-05', 'x'), (2, '2027-05-05', 'y');
insert into app.l values ('a', 1), ('b', 2), (null, 3);
insert into app.h select n, n from generate_series(1, 8) n;
