insert into app.target values (1), (2), (3);
insert into app.r values (1, '2025-05-05', 'a'), (2, '2029-05-05', 'b');
insert into app.loose values (3, '2026-05-05', 'c', 1);
insert into app.l values (1, 'x'), (2, 'y');
