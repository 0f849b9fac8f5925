insert into app.r select g, g, 'v' || g, g from generate_series(0, 19) g;
