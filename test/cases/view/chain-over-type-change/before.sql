create rule t_no_delete as on delete to app.t where old.n > 5 do instead nothing;
