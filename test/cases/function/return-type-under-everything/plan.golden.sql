-- 1 contract safe alter
ALTER TABLE app.t ALTER COLUMN d DROP DEFAULT;

-- 1 contract safe drop
ALTER TABLE app.t DROP COLUMN g;

-- 1 contract safe drop
ALTER TABLE app.t DROP CONSTRAINT t_n;

-- 1 contract safe drop
DROP INDEX app.t_f_idx;

-- 1 contract safe drop
DROP INDEX app.t_p_key;

-- 1 contract safe drop
DROP VIEW app.v;

-- 1 contract safe drop
DROP TRIGGER tr ON app.t;

-- 1 contract safe policy
DROP POLICY p ON app.t;

-- 1 contract safe drop breaks=old
DROP FUNCTION app.f(integer);

-- 1 contract safe create
create function app.f(a int) returns bigint language sql immutable as $$ select a::bigint $$;

-- 1 contract safe alter
ALTER TABLE app.t ALTER COLUMN d SET DEFAULT app.f(1);

-- 1 contract locking create rewrite scan index-rebuild [locking]
ALTER TABLE app.t ADD COLUMN g integer GENERATED ALWAYS AS (app.f(2)) STORED;

-- 1 contract safe create
ALTER TABLE app.t ADD CONSTRAINT t_n CHECK (app.f(n) > 0) NOT VALID;

-- 1 contract locking create scan index-rebuild [locking]
CREATE INDEX t_f_idx ON app.t (app.f(n));

-- 1 contract locking create scan index-rebuild [locking]
CREATE UNIQUE INDEX t_p_key ON app.t (n) where app.f(n) > 0;

-- 1 contract safe create
CREATE VIEW app.v AS
select app.f(n) as x from app.t;

-- 1 contract safe create
CREATE TRIGGER tr before update ON app.t for each row when (app.f(new.n) > 0) execute function app.t();

-- 1 contract safe policy
CREATE POLICY p ON app.t FOR SELECT TO case_reader USING (app.f(n) > 0);

-- 1 contract safe grant
REVOKE ALL ON TABLE app.v FROM case_reader;
GRANT SELECT ON TABLE app.v TO case_reader;

-- 1 contract safe create
COMMENT ON POLICY p ON app.t IS 'Kept.';

-- 1 contract safe create
COMMENT ON VIEW app.v IS 'It''s kept.';

-- 1 contract safe create
ALTER FUNCTION app.f(integer) OWNER TO postgres;

-- 1 contract safe create
ALTER VIEW app.v OWNER TO postgres;

-- 2 contract safe validate scan
ALTER TABLE app.t VALIDATE CONSTRAINT t_n;
