insert into app.p select generate_series(1, 300);
insert into app.rooms select int4range(n, n + 1), daterange('2024-01-01', '2025-01-01'), n, n, n, n from generate_series(1, 200) n;
insert into app.bookings select int4range(n, n + 1), daterange('2024-02-01', '2024-03-01'), daterange('2024-02-01', '2024-03-01') from generate_series(1, 200) n;
