-- 1 expand safe create
CREATE EXTENSION citext WITH SCHEMA public;

-- 1 expand safe create
CREATE TYPE app.e AS ENUM ('a');

-- 1 expand safe create
COMMENT ON TYPE app.e IS 'Enum.';

-- 1 expand safe create
ALTER TYPE app.e OWNER TO case_owner;

-- 1 expand safe create
SET LOCAL search_path = app, public;
CREATE TYPE app.c AS (a integer);

-- 1 expand safe create
SET LOCAL search_path = '';
COMMENT ON TYPE app.c IS 'Composite.';

-- 1 expand safe create
ALTER TYPE app.c OWNER TO case_owner;

-- 1 expand safe create
SET LOCAL search_path = app, public;
CREATE SEQUENCE app.s;

-- 1 expand safe create
SET LOCAL search_path = '';
COMMENT ON SEQUENCE app.s IS 'Sequence.';

-- 1 expand safe create
ALTER SEQUENCE app.s OWNER TO case_owner;

-- 1 expand safe create
SET LOCAL search_path = app, public;
CREATE DOMAIN app.d AS text;

-- 1 expand safe create
SET LOCAL search_path = '';
COMMENT ON DOMAIN app.d IS 'Domain.';

-- 1 expand safe create
ALTER DOMAIN app.d OWNER TO case_owner;

-- 1 expand safe create
SET LOCAL search_path = app, public;
create procedure app.p() language sql as $$ select 1 $$;

-- 1 expand safe create
SET LOCAL search_path = '';
COMMENT ON PROCEDURE app.p() IS 'Procedure.';

-- 1 expand safe create
ALTER PROCEDURE app.p() OWNER TO case_owner;

-- 2 expand locking create scan index-rebuild
SET LOCAL search_path = app, public;
CREATE INDEX t_a_idx ON app.t (a);

-- 3 expand safe create
SET LOCAL search_path = app, public;
create function app.tf() returns trigger language plpgsql as $$ begin return new; end $$;

-- 3 expand safe create scan
SET LOCAL search_path = app, public;
CREATE MATERIALIZED VIEW app.m AS
select id from app.t;

-- 3 expand safe create
SET LOCAL search_path = '';
COMMENT ON MATERIALIZED VIEW app.m IS 'Matview.';

-- 3 expand safe create
ALTER MATERIALIZED VIEW app.m OWNER TO case_owner;

-- 3 expand safe create
SET LOCAL search_path = app, public;
CREATE TRIGGER tr before update ON app.t for each row execute function app.tf();

-- 3 expand safe create
SET LOCAL search_path = '';
COMMENT ON TRIGGER tr ON app.t IS 'Trigger.';

-- 3 expand safe policy
SET LOCAL search_path = app, public;
CREATE POLICY read ON app.t FOR SELECT TO PUBLIC USING (id > 0);

-- 3 expand safe create
SET LOCAL search_path = '';
COMMENT ON POLICY read ON app.t IS 'Policy.';

-- 3 expand safe policy access=narrows
ALTER TABLE app.t ENABLE ROW LEVEL SECURITY;

-- 3 expand safe alter
COMMENT ON SCHEMA app IS 'It''s new.';

-- 3 expand safe create
COMMENT ON FUNCTION app.f() IS 'Function.';

-- 3 expand safe alter
COMMENT ON TABLE app.t IS 'New
lines';

-- 3 expand safe create
COMMENT ON INDEX app.t_a_idx IS 'Index.';

-- 3 expand safe create
COMMENT ON VIEW app.v IS 'View.';

-- 3 expand safe alter
ALTER SCHEMA app OWNER TO postgres;

-- 3 expand safe alter
ALTER FUNCTION app.f() OWNER TO case_owner;

-- 4 expand safe alter
ALTER TABLE app.t OWNER TO postgres;

-- 5 expand safe alter access=unknown [widen]
ALTER VIEW app.v OWNER TO case_owner;

-- 5 expand safe drop
COMMENT ON COLUMN app.t.a IS NULL;

-- 6 contract locking create breaks=old scan
SET LOCAL search_path = app, public;
ALTER TABLE app.t ADD CONSTRAINT t_a CHECK (a <> '');

-- 7 contract safe create
COMMENT ON CONSTRAINT t_a ON app.t IS 'Check.';
