-- 1 expand safe alter
ALTER TYPE app.kind ADD VALUE 'c';

-- 2 expand safe alter
create or replace function app.f(a int) returns int language sql immutable as $$ select a + 1 $$;

-- 2 expand safe create
create function app.noop() returns trigger language plpgsql as $$ begin return new; end $$;

-- 3 expand safe create scan index-rebuild no-transaction
CREATE INDEX CONCURRENTLY t_n_idx ON app.t (n);

-- 4 expand safe alter
CREATE OR REPLACE VIEW app.v AS
select id, n from app.t;

-- 5 expand safe create
CREATE TRIGGER touch before update ON app.t for each row execute function app.noop();

-- 5 expand safe policy access=unknown [widen]
ALTER POLICY p ON app.t USING (n > 1);

-- 5 expand safe policy access=narrows
CREATE POLICY q ON app.t AS RESTRICTIVE TO PUBLIC USING (n < 100) WITH CHECK (n < 50);

-- 5 expand safe policy access=narrows
ALTER TABLE app.t FORCE ROW LEVEL SECURITY;

-- 5 expand safe alter
COMMENT ON POLICY p ON app.t IS 'New.';
