insert into app.t (id, txt) values (1, 'abc');
