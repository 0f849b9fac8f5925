insert into app."Select" values (1, 'groß', 5);
