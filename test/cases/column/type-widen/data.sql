insert into app.t values (1, 'a', 1.5, '2026-01-01 00:00:00.123', 'd'), (2, 'b', 2, null, 'e'), (3, 'c', 2, null, 'e');
