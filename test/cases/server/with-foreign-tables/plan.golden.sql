-- 1 expand safe alter
ALTER FOREIGN DATA WRAPPER v OPTIONS (SET debug 'false', ADD more 'x');

-- 1 expand safe create
ALTER TABLE app.split ADD COLUMN extra integer DEFAULT 0 NOT NULL;

-- 2 contract safe drop breaks=old
DROP USER MAPPING FOR PUBLIC SERVER s;

-- 2 contract safe drop
DROP VIEW app.v;

-- 2 contract safe drop breaks=old
DROP FOREIGN TABLE app.far;

-- 2 contract safe drop breaks=old
DROP SERVER s;

-- 2 contract safe create
CREATE SERVER s TYPE 'b' VERSION '2' FOREIGN DATA WRAPPER w OPTIONS (host 'other');

-- 2 contract safe create
CREATE USER MAPPING FOR PUBLIC SERVER s OPTIONS (password '${PW}', user 'w');

-- 2 contract safe create
CREATE FOREIGN TABLE app.far (
  id bigint NOT NULL,
  name text DEFAULT 'x' NOT NULL,
  more integer OPTIONS (a 'b'),
  CONSTRAINT far_id CHECK (id > 1)
) SERVER s OPTIONS (schema_name 'x', table_name 'near');

-- 2 contract safe create
CREATE VIEW app.v AS
select id from app.far;

-- 2 contract safe create
COMMENT ON FOREIGN TABLE app.far IS 'Rows are there.';

-- 2 contract safe create
COMMENT ON SERVER s IS 'Elsewhere.';

-- 2 contract safe create
ALTER FOREIGN TABLE app.far OWNER TO postgres;

-- 2 contract safe create
ALTER VIEW app.v OWNER TO postgres;

-- 2 contract safe create
ALTER SERVER s OWNER TO postgres;

-- 3 contract safe alter breaks=old
ALTER TABLE app.split DETACH PARTITION app.split_far;
ALTER TABLE app.split ATTACH PARTITION app.split_far FOR VALUES in ('far', 'farther');

-- 4 contract locking alter breaks=old rewrite scan index-rebuild
ALTER TABLE app.split ALTER COLUMN v TYPE bigint;

-- 5 contract safe alter
ANALYZE app.split_near (v);

-- 6 contract safe alter
ALTER FOREIGN TABLE app.split_far ALTER COLUMN v OPTIONS (ADD column_name 'V');
