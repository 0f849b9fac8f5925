create or replace view app.v as select id, n from app.t;
create or replace function f(a int) returns int language sql immutable as $$ select a + 1 $$;
create type kind as enum ('a', 'b', 'c');
create index t_n_idx on t (n);
create trigger touch before update on t for each row execute function noop();
create function noop() returns trigger language plpgsql as $$ begin return new; end $$;
