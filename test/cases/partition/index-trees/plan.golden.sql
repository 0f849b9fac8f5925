-- 1 expand safe rename
ALTER INDEX app.r_1_w_idx RENAME TO by_w;

-- 1 expand safe create
CREATE INDEX "~lockstep_d8af0832363a" ON ONLY app.r (v desc, w);

-- 1 expand safe create
CREATE INDEX "~lockstep_c3418196a519" ON ONLY app.r_2 (v desc, w);

-- 2 expand safe create scan index-rebuild no-transaction
CREATE INDEX CONCURRENTLY "~lockstep_bfb5edb1798d" ON app.r_1 (v desc, w);

-- 3 expand safe create scan index-rebuild no-transaction
CREATE INDEX CONCURRENTLY "~lockstep_12cae030e311" ON app.r_2_a (v desc, w);

-- 4 expand safe create scan index-rebuild no-transaction
CREATE INDEX CONCURRENTLY "~lockstep_2295f76462f8" ON app.r_2_b (v desc, w);

-- 5 expand safe alter
ALTER INDEX app."~lockstep_d8af0832363a" ATTACH PARTITION app."~lockstep_bfb5edb1798d";

-- 5 expand safe alter
ALTER INDEX app."~lockstep_c3418196a519" ATTACH PARTITION app."~lockstep_12cae030e311";

-- 5 expand safe alter
ALTER INDEX app."~lockstep_c3418196a519" ATTACH PARTITION app."~lockstep_2295f76462f8";

-- 5 expand safe alter
ALTER INDEX app."~lockstep_d8af0832363a" ATTACH PARTITION app."~lockstep_c3418196a519";

-- 6 expand safe replace
DROP INDEX app.r_old;
ALTER INDEX app."~lockstep_d8af0832363a" RENAME TO r_old;
ALTER INDEX app."~lockstep_bfb5edb1798d" RENAME TO r_1_v_w_idx;
ALTER INDEX app."~lockstep_c3418196a519" RENAME TO r_2_v_w_idx;
ALTER INDEX app."~lockstep_12cae030e311" RENAME TO r_2_a_v_w_idx;
ALTER INDEX app."~lockstep_2295f76462f8" RENAME TO r_2_b_v_w_idx;

-- 7 expand safe create
CREATE INDEX r_v ON ONLY app.r (v);

-- 8 expand safe create
CREATE INDEX r_2_v_idx ON ONLY app.r_2 (v);

-- 9 expand safe create scan index-rebuild no-transaction
CREATE INDEX CONCURRENTLY by_v ON app.r_1 (v);

-- 10 expand safe create scan index-rebuild no-transaction
CREATE INDEX CONCURRENTLY r_2_a_v_idx ON app.r_2_a (v);

-- 11 expand safe create scan index-rebuild no-transaction
CREATE INDEX CONCURRENTLY r_2_b_v_idx ON app.r_2_b (v);

-- 12 expand safe alter
ALTER INDEX app.r_v ATTACH PARTITION app.by_v;

-- 13 expand safe alter
ALTER INDEX app.r_2_v_idx ATTACH PARTITION app.r_2_a_v_idx;

-- 14 expand safe alter
ALTER INDEX app.r_2_v_idx ATTACH PARTITION app.r_2_b_v_idx;

-- 15 expand safe alter
ALTER INDEX app.r_v ATTACH PARTITION app.r_2_v_idx;

-- 16 expand safe create
COMMENT ON INDEX app.r_v IS 'Of all.';

-- 17 expand safe create
COMMENT ON INDEX app.by_w IS 'Of the first.';

-- 18 contract safe create breaks=old scan index-rebuild no-transaction
CREATE UNIQUE INDEX CONCURRENTLY r_1_id_k_w_key ON app.r_1 (id, k, w);

-- 19 contract safe create breaks=old
ALTER TABLE app.r_1 ADD CONSTRAINT r_1_id_k_w_key UNIQUE USING INDEX r_1_id_k_w_key;

-- 20 contract safe create breaks=old scan index-rebuild no-transaction
CREATE UNIQUE INDEX CONCURRENTLY r_2_a_id_k_w_key ON app.r_2_a (id, k, w);

-- 21 contract safe create breaks=old
ALTER TABLE app.r_2_a ADD CONSTRAINT r_2_a_id_k_w_key UNIQUE USING INDEX r_2_a_id_k_w_key;

-- 22 contract safe create breaks=old scan index-rebuild no-transaction
CREATE UNIQUE INDEX CONCURRENTLY r_2_b_id_k_w_key ON app.r_2_b (id, k, w);

-- 23 contract safe create breaks=old
ALTER TABLE app.r_2_b ADD CONSTRAINT r_2_b_id_k_w_key UNIQUE USING INDEX r_2_b_id_k_w_key;

-- 24 contract safe create breaks=old
ALTER TABLE app.r ADD CONSTRAINT r_id_k_w_key UNIQUE (id, k, w);

-- 25 contract safe create breaks=old scan index-rebuild no-transaction
CREATE UNIQUE INDEX CONCURRENTLY r_1_own ON app.r_1 (id, k);

-- 26 contract safe create breaks=old
ALTER TABLE app.r_1 ADD CONSTRAINT r_1_own PRIMARY KEY USING INDEX r_1_own;

-- 27 contract safe create breaks=old scan index-rebuild no-transaction
CREATE UNIQUE INDEX CONCURRENTLY r_2_a_pkey ON app.r_2_a (id, k);

-- 28 contract safe create breaks=old
ALTER TABLE app.r_2_a ADD CONSTRAINT r_2_a_pkey PRIMARY KEY USING INDEX r_2_a_pkey;

-- 29 contract safe create breaks=old scan index-rebuild no-transaction
CREATE UNIQUE INDEX CONCURRENTLY r_2_b_pkey ON app.r_2_b (id, k);

-- 30 contract safe create breaks=old
ALTER TABLE app.r_2_b ADD CONSTRAINT r_2_b_pkey PRIMARY KEY USING INDEX r_2_b_pkey;

-- 31 contract safe create breaks=old
ALTER TABLE app.r ADD CONSTRAINT r_pkey PRIMARY KEY (id, k);
