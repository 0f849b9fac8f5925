insert into app.t values (1, 'draft', 's', '{draft}'), (2, 'paid', 'm', '{draft,paid}');
