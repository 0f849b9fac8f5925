create view v as select id from t;
create function f(a int) returns int language sql as $$ select a $$;
create type kind as enum ('a', 'b');
