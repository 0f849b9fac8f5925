create schema other;
create view other.v as select id, n from app.t;
comment on view other.v is 'Of another team.';
grant select on other.v to case_reader;
