-- 1 expand safe drop
DROP STATISTICS app.t_shrinks;

-- 1 expand safe create
CREATE STATISTICS app.t_shrinks ON a, d FROM app.t;

-- 1 expand safe create
ALTER STATISTICS app.t_shrinks OWNER TO postgres;

-- 1 expand safe create
CREATE STATISTICS other."Another" ON lower(c), upper(c) FROM app.t;

-- 1 expand safe create
COMMENT ON STATISTICS other.elsewhere IS 'New.';

-- 1 expand safe drop
DROP STATISTICS app.parts_1_st;

-- 1 expand safe drop
DROP STATISTICS app.parts_st;

-- 1 expand safe drop
DROP STATISTICS app.t_old;

-- 2 contract safe drop
DROP STATISTICS app.t_all;

-- 2 contract safe drop
DROP STATISTICS app.t_mixed;

-- 2 contract safe drop
DROP STATISTICS app.t_one;

-- 2 contract safe drop
DROP STATISTICS app.t_some;

-- 2 contract locking alter breaks=old rewrite scan index-rebuild [locking]
ALTER TABLE app.t ALTER COLUMN b TYPE bigint;

-- 2 contract safe create
CREATE STATISTICS app.t_ab ON a, b FROM app.t;

-- 2 contract safe create
CREATE STATISTICS app.t_mixed (mcv) ON c, (a + b), lower(c) FROM app.t;

-- 2 contract safe alter
ALTER STATISTICS app.t_mixed SET STATISTICS 0;

-- 2 contract safe create
CREATE STATISTICS app.t_one ON (b * 2) FROM app.t;

-- 2 contract safe alter
ALTER STATISTICS app.t_one SET STATISTICS 50;

-- 2 contract safe create
CREATE STATISTICS app.t_some (mcv, ndistinct) ON b, d FROM app.t;

-- 2 contract safe alter
ALTER STATISTICS app.t_some SET STATISTICS 300;

-- 2 contract safe create
COMMENT ON STATISTICS app.t_some IS 'Kept.';

-- 2 contract safe create
ALTER STATISTICS app.t_ab OWNER TO postgres;

-- 2 contract safe create
ALTER STATISTICS app.t_mixed OWNER TO postgres;

-- 2 contract safe create
ALTER STATISTICS app.t_one OWNER TO case_writer;

-- 2 contract safe create
ALTER STATISTICS app.t_some OWNER TO postgres;

-- 3 contract safe alter
ANALYZE app.t;

-- 4 contract safe drop breaks=old
DROP MATERIALIZED VIEW app.m;

-- 4 contract safe create scan
CREATE MATERIALIZED VIEW app.m AS
select a, count(*) as n, max(b) as b from app.t group by a;

-- 4 contract safe create
CREATE STATISTICS app.m_st ON a, n FROM app.m;

-- 4 contract safe create
ALTER MATERIALIZED VIEW app.m OWNER TO postgres;

-- 4 contract safe create
ALTER STATISTICS app.m_st OWNER TO postgres;

-- 5 contract destructive drop breaks=old [destructive]
ALTER TABLE app.t DROP COLUMN old;
