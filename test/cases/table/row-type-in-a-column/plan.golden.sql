-- 1 expand safe create
ALTER TABLE app.a ADD COLUMN more text;

-- 1 expand safe alter
create or replace function app.of_a(x app.a) returns int language sql immutable as $$ select x.n + 1 $$;
