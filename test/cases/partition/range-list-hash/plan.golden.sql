-- 1 expand safe create
CREATE TABLE app.l_c (LIKE app.l INCLUDING DEFAULTS INCLUDING CONSTRAINTS INCLUDING GENERATED INCLUDING STORAGE INCLUDING COMPRESSION) PARTITION BY range (n);
ALTER TABLE app.l ATTACH PARTITION app.l_c FOR VALUES in ('c');

-- 1 expand safe create
CREATE TABLE app.l_c_1 PARTITION OF app.l_c FOR VALUES from (0) to (100);

-- 1 expand safe create
CREATE TABLE app.l_c_2 PARTITION OF app.l_c FOR VALUES from (100) to (maxvalue);

-- 2 expand safe alter breaks=old
ALTER TABLE app.r_rest ADD CONSTRAINT "~lockstep_765df923b259" CHECK (NOT (at IS NOT NULL AND at >= '2026-01-01' AND at < '2027-01-01')) NOT VALID;

-- 3 expand safe validate scan
ALTER TABLE app.r_rest VALIDATE CONSTRAINT "~lockstep_765df923b259";

-- 4 expand safe create
ALTER TABLE app.r ADD COLUMN more integer DEFAULT 0;

-- 4 expand safe create
CREATE TABLE app.r_2026 (LIKE app.r INCLUDING DEFAULTS INCLUDING CONSTRAINTS INCLUDING GENERATED INCLUDING STORAGE INCLUDING COMPRESSION);
ALTER TABLE app.r ATTACH PARTITION app.r_2026 FOR VALUES from ('2026-01-01') to ('2027-01-01');
ALTER TABLE app.r_rest DROP CONSTRAINT "~lockstep_765df923b259";

-- 5 expand safe create
CREATE INDEX l_n_idx ON ONLY app.l (n);

-- 6 expand safe create
CREATE INDEX l_c_n_idx ON ONLY app.l_c (n);

-- 7 expand safe create scan index-rebuild no-transaction
CREATE INDEX CONCURRENTLY l_a_n_idx ON app.l_a (n);

-- 8 expand safe create scan index-rebuild no-transaction
CREATE INDEX CONCURRENTLY l_b_n_idx ON app.l_b (n);

-- 9 expand safe create
CREATE INDEX l_c_1_n_idx ON app.l_c_1 (n);

-- 10 expand safe create
CREATE INDEX l_c_2_n_idx ON app.l_c_2 (n);

-- 11 expand safe alter
ALTER INDEX app.l_n_idx ATTACH PARTITION app.l_a_n_idx;

-- 12 expand safe alter
ALTER INDEX app.l_n_idx ATTACH PARTITION app.l_b_n_idx;

-- 13 expand safe alter
ALTER INDEX app.l_c_n_idx ATTACH PARTITION app.l_c_1_n_idx;

-- 14 expand safe alter
ALTER INDEX app.l_c_n_idx ATTACH PARTITION app.l_c_2_n_idx;

-- 15 expand safe alter
ALTER INDEX app.l_n_idx ATTACH PARTITION app.l_c_n_idx;

-- 16 contract locking alter breaks=old rewrite scan index-rebuild
ALTER TABLE app.h ALTER COLUMN n TYPE bigint;

-- 17 contract safe alter
ANALYZE app.h (n);
