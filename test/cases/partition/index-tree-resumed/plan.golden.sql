-- 1 expand safe drop no-transaction
DROP INDEX CONCURRENTLY app.r_3_v_idx;

-- 2 expand safe create scan index-rebuild no-transaction
CREATE INDEX CONCURRENTLY r_3_v_idx ON app.r_3 (v);

-- 3 expand safe create scan index-rebuild no-transaction
CREATE INDEX CONCURRENTLY r_4_v_idx ON app.r_4 (v);

-- 4 expand safe alter
ALTER INDEX app.r_v_idx ATTACH PARTITION app.r_2_v_idx;

-- 4 expand safe alter
ALTER INDEX app.r_v_idx ATTACH PARTITION app.r_3_v_idx;

-- 4 expand safe alter
ALTER INDEX app.r_v_idx ATTACH PARTITION app.r_4_v_idx;

-- 5 contract safe create breaks=old
ALTER TABLE app.r_2 ADD CONSTRAINT r_2_id_k_key UNIQUE USING INDEX r_2_id_k_key;

-- 6 contract safe create breaks=old scan index-rebuild no-transaction
CREATE UNIQUE INDEX CONCURRENTLY r_3_id_k_key ON app.r_3 (id, k);

-- 7 contract safe create breaks=old
ALTER TABLE app.r_3 ADD CONSTRAINT r_3_id_k_key UNIQUE USING INDEX r_3_id_k_key;

-- 8 contract safe create breaks=old scan index-rebuild no-transaction
CREATE UNIQUE INDEX CONCURRENTLY r_4_id_k_key ON app.r_4 (id, k);

-- 9 contract safe create breaks=old
ALTER TABLE app.r_4 ADD CONSTRAINT r_4_id_k_key UNIQUE USING INDEX r_4_id_k_key;

-- 10 contract safe create breaks=old
ALTER TABLE app.r ADD CONSTRAINT r_id_k_key UNIQUE (id, k);
