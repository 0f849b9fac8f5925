-- 1 expand safe drop
ALTER MATERIALIZED VIEW app.m REPLICA IDENTITY DEFAULT;

-- 2 contract safe drop
DROP MATERIALIZED VIEW app.o;

-- 2 contract locking alter breaks=old rewrite scan index-rebuild [locking]
ALTER TABLE app.t ALTER COLUMN b TYPE bigint;

-- 2 contract safe create scan
CREATE MATERIALIZED VIEW app.o WITH (fillfactor = 90) AS
select id, b from app.t;

-- 2 contract safe create
CREATE UNIQUE INDEX o_id_idx ON app.o (id);

-- 2 contract safe create
ALTER MATERIALIZED VIEW app.o CLUSTER ON o_id_idx;

-- 2 contract safe create
ALTER MATERIALIZED VIEW app.o OWNER TO postgres;

-- 3 contract safe alter
ANALYZE app.t (b);

-- 4 contract safe alter
ALTER MATERIALIZED VIEW app.m SET (fillfactor = 80), RESET (toast.autovacuum_enabled);

-- 4 contract safe alter
ALTER MATERIALIZED VIEW app.m ALTER COLUMN a SET STATISTICS 100;

-- 4 contract safe alter
ALTER MATERIALIZED VIEW app.m ALTER COLUMN a SET STORAGE DEFAULT;

-- 4 contract safe alter
ALTER MATERIALIZED VIEW app.m ALTER COLUMN a SET COMPRESSION pglz;

-- 4 contract safe alter
ALTER MATERIALIZED VIEW app.m ALTER COLUMN id RESET (n_distinct);

-- 5 contract locking alter rewrite scan index-rebuild [locking]
ALTER MATERIALIZED VIEW app.n SET ACCESS METHOD heap;

-- 6 contract safe alter
ALTER MATERIALIZED VIEW app.n SET (fillfactor = 50);

-- 7 contract locking alter rewrite [locking]
ALTER MATERIALIZED VIEW app.p SET TABLESPACE pg_default;

-- 8 contract safe alter
ALTER MATERIALIZED VIEW app.m CLUSTER ON m_a_idx;
