-- 1 contract locking replace rewrite scan index-rebuild [locking]
ALTER TYPE app.size RENAME TO "~lockstep_952af66c6899";
CREATE TYPE app.size AS ENUM ('l', 'm', 's');
ALTER TABLE app.t ALTER COLUMN z TYPE app.size USING z::text::app.size;
DROP TYPE app."~lockstep_952af66c6899";

-- 1 contract safe create
ALTER TYPE app.size OWNER TO postgres;

-- 2 contract safe alter
ALTER TABLE app.t ALTER COLUMN s DROP DEFAULT;

-- 2 contract safe drop
ALTER TABLE app.t DROP CONSTRAINT t_s;

-- 2 contract safe drop
DROP FUNCTION app.f(app.status);

-- 2 contract safe drop
DROP INDEX app.t_open_idx;

-- 2 contract safe drop
DROP VIEW app.v;

-- 2 contract destructive replace breaks=old rewrite scan index-rebuild [destructive]
ALTER TYPE app.status RENAME TO "~lockstep_217afbc58b49";
CREATE TYPE app.status AS ENUM ('draft', 'paid');
ALTER TABLE app.t ALTER COLUMN a TYPE app.status[] USING a::text[]::app.status[], ALTER COLUMN s DROP DEFAULT, ALTER COLUMN s TYPE app.status USING s::text::app.status, ALTER COLUMN s SET DEFAULT 'draft';
DROP TYPE app."~lockstep_217afbc58b49";

-- 2 contract safe alter
ALTER TABLE app.t ALTER COLUMN s SET DEFAULT 'draft';

-- 2 contract safe create
ALTER TABLE app.t ADD CONSTRAINT t_s CHECK (s <> 'paid' or z is not null) NOT VALID;

-- 2 contract safe create
create function app.f(s app.status) returns boolean language sql immutable as $$ select s = 'paid' $$;

-- 2 contract locking create scan index-rebuild [locking]
CREATE INDEX t_open_idx ON app.t (id) where s = 'draft';

-- 2 contract safe create
CREATE VIEW app.v AS
select id, s from app.t where s = 'paid';

-- 2 contract safe grant
REVOKE ALL ON TABLE app.v FROM case_reader;
GRANT SELECT ON TABLE app.v TO case_reader;

-- 2 contract safe create
ALTER FUNCTION app.f(app.status) OWNER TO postgres;

-- 2 contract safe create
ALTER TYPE app.status OWNER TO postgres;

-- 2 contract safe create
ALTER VIEW app.v OWNER TO postgres;

-- 3 contract safe validate scan
ALTER TABLE app.t VALIDATE CONSTRAINT t_s;
