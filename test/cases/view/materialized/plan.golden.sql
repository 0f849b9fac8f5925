-- 1 expand safe create scan index-rebuild no-transaction
CREATE INDEX CONCURRENTLY n_c_idx ON app.n (c);

-- 2 expand safe create
CREATE MATERIALIZED VIEW app.o AS
select id from app.t
WITH NO DATA;

-- 3 contract safe drop
DROP VIEW app.over;

-- 3 contract safe drop breaks=old
DROP MATERIALIZED VIEW app.m;

-- 3 contract safe create scan
CREATE MATERIALIZED VIEW app.m AS
select id, a, a || 'x' as b from app.t;

-- 3 contract safe create
CREATE INDEX m_b_idx ON app.m (b);

-- 3 contract safe create
CREATE UNIQUE INDEX m_id_idx ON app.m (id);

-- 3 contract safe create
CREATE VIEW app.over AS
select id from app.m;

-- 3 contract safe grant
REVOKE ALL ON TABLE app.m FROM case_reader;
GRANT SELECT ON TABLE app.m TO case_reader;

-- 3 contract safe create
COMMENT ON MATERIALIZED VIEW app.m IS 'Kept.';

-- 3 contract safe create
ALTER MATERIALIZED VIEW app.m OWNER TO postgres;

-- 3 contract safe create
ALTER VIEW app.over OWNER TO postgres;
