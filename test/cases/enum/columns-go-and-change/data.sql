insert into app.t (id, goes, loses, gets) values (1, 'gone', 'draft', 'paid'), (2, null, 'paid', 'draft');
