-- 1 expand safe create
CREATE TABLE app.l_c PARTITION OF app.l FOR VALUES in ('c') PARTITION BY range (n);

-- 1 expand safe create
CREATE TABLE app.l_c_1 PARTITION OF app.l_c FOR VALUES from (0) to (100);

-- 1 expand safe create
CREATE TABLE app.l_c_2 PARTITION OF app.l_c FOR VALUES from (100) to (maxvalue);

-- 2 expand locking create scan
CREATE TABLE app.r_2026 PARTITION OF app.r FOR VALUES from ('2026-01-01') to ('2027-01-01');

-- 3 expand safe create
ALTER TABLE app.r ADD COLUMN more integer DEFAULT 0;

-- 4 expand locking create scan index-rebuild
CREATE INDEX l_n_idx ON app.l (n);

-- 5 contract locking alter breaks=old rewrite scan index-rebuild
ALTER TABLE app.h ALTER COLUMN n TYPE bigint;

-- 6 contract safe alter
ANALYZE app.h (n);
