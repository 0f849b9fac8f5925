-- 1 contract safe drop
ALTER TABLE app.t DROP COLUMN double;

-- 1 contract safe drop
DROP VIEW app.v2;

-- 1 contract safe drop
DROP MATERIALIZED VIEW app.m;

-- 1 contract safe drop
DROP VIEW app.v1;

-- 1 contract safe drop
DROP RULE t_no_delete ON app.t;

-- 1 contract safe drop
DROP TRIGGER touch ON app.t;

-- 1 contract safe policy
DROP POLICY t_read ON app.t;

-- 1 contract locking alter breaks=old rewrite scan index-rebuild [locking]
ALTER TABLE app.t ALTER COLUMN n TYPE bigint;

-- 1 contract locking create rewrite scan index-rebuild [locking]
ALTER TABLE app.t ADD COLUMN double integer GENERATED ALWAYS AS (n * 2) STORED;

-- 1 contract safe create
CREATE VIEW app.v1 AS
select id, n from app.t where n > 0;

-- 1 contract safe create
CREATE VIEW app.v2 AS
select n + 1 as m from app.v1;

-- 1 contract safe create scan
CREATE MATERIALIZED VIEW app.m AS
select n, count(*) as c from app.v1 group by n;

-- 1 contract safe create
CREATE UNIQUE INDEX m_n_idx ON app.m (n);

-- 1 contract safe create
CREATE RULE t_no_delete as on delete to app.t where old.n > 5 do instead nothing;

-- 1 contract safe create
CREATE TRIGGER touch before update of n ON app.t for each row when (new.n > 0) execute function app.touch();

-- 1 contract safe policy
CREATE POLICY t_read ON app.t FOR SELECT TO case_reader USING (n > 0);

-- 1 contract safe grant
REVOKE ALL ON TABLE app.v1 FROM case_reader;
GRANT SELECT ON TABLE app.v1 TO case_reader;

-- 1 contract safe create
COMMENT ON VIEW app.v1 IS 'First.';

-- 1 contract safe create
ALTER MATERIALIZED VIEW app.m OWNER TO postgres;

-- 1 contract safe create
ALTER VIEW app.v1 OWNER TO postgres;

-- 1 contract safe create
ALTER VIEW app.v2 OWNER TO case_owner;

-- 2 contract safe alter
ANALYZE app.t (n);
