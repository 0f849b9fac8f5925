insert into app.t values (1, 'draft', 's'), (2, 'paid', null);
