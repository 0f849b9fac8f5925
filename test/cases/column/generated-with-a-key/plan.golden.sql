-- 1 contract safe drop
ALTER TABLE app.c DROP CONSTRAINT c_g_fkey;

-- 1 contract safe drop
ALTER TABLE app.t DROP CONSTRAINT t_g;

-- 1 contract safe drop
ALTER TABLE app.t DROP CONSTRAINT t_g_key;

-- 1 contract safe drop
DROP VIEW app.v;

-- 1 contract safe drop
ALTER TABLE app.t DROP COLUMN g;

-- 1 contract locking alter breaks=old rewrite scan index-rebuild [locking]
ALTER TABLE app.t ALTER COLUMN n TYPE bigint;

-- 1 contract locking create rewrite scan index-rebuild [locking]
ALTER TABLE app.t ADD COLUMN g integer GENERATED ALWAYS AS (n * 2) STORED NOT NULL;

-- 1 contract safe create
ALTER TABLE app.t ADD CONSTRAINT t_g CHECK (g > 0) NOT VALID;

-- 1 contract locking create scan index-rebuild [locking]
ALTER TABLE app.t ADD CONSTRAINT t_g_key UNIQUE (g);

-- 1 contract safe create
ALTER TABLE app.c ADD CONSTRAINT c_g_fkey FOREIGN KEY (g) REFERENCES app.t (g) NOT VALID;

-- 1 contract safe create
CREATE VIEW app.v AS
select g from app.t;

-- 1 contract safe create
ALTER VIEW app.v OWNER TO postgres;

-- 2 contract safe alter
ANALYZE app.t (n);

-- 3 contract safe validate scan
ALTER TABLE app.c VALIDATE CONSTRAINT c_g_fkey;

-- 4 contract safe validate scan
ALTER TABLE app.t VALIDATE CONSTRAINT t_g;
