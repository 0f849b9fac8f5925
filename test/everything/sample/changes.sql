--- a column's default
alter table ev_sample.t alter a set default 'y';
--- a column
alter table ev_sample.t add column b int;
