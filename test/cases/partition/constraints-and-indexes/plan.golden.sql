-- 1 expand safe create scan index-rebuild no-transaction
CREATE INDEX CONCURRENTLY r_1_id_idx ON app.r_1 (id);

-- 2 expand safe grant access=widens [widen]
GRANT SELECT ON TABLE app.r TO case_reader;

-- 2 expand safe create
COMMENT ON TABLE app.r_1 IS 'The first.';

-- 2 expand safe policy access=narrows
ALTER TABLE app.r ENABLE ROW LEVEL SECURITY;

-- 3 contract locking alter breaks=old rewrite scan index-rebuild
ALTER TABLE app.r ALTER COLUMN v TYPE character varying(30);

-- 4 contract safe alter
ANALYZE app.r (v);

-- 5 contract safe alter breaks=old
ALTER TABLE app.r ADD CONSTRAINT r_v_not_null NOT NULL v NOT VALID;

-- 6 contract safe validate scan
ALTER TABLE app.r VALIDATE CONSTRAINT r_v_not_null;

-- 7 contract safe create breaks=old
ALTER TABLE app.r ADD CONSTRAINT r_k CHECK (k >= 0) NOT VALID;

-- 8 contract safe validate scan
ALTER TABLE app.r VALIDATE CONSTRAINT r_k;

-- 9 contract safe create breaks=old
ALTER TABLE app.r ADD CONSTRAINT r_p_fkey FOREIGN KEY (id) REFERENCES app.p (id) NOT VALID;

-- 10 contract safe validate scan
ALTER TABLE app.r VALIDATE CONSTRAINT r_p_fkey;

-- 11 contract safe create breaks=old scan index-rebuild no-transaction
CREATE UNIQUE INDEX CONCURRENTLY r_1_pkey ON app.r_1 (k, id);

-- 12 contract safe create breaks=old
ALTER TABLE app.r_1 ADD CONSTRAINT r_1_pkey PRIMARY KEY USING INDEX r_1_pkey;

-- 13 contract safe create breaks=old scan index-rebuild no-transaction
CREATE UNIQUE INDEX CONCURRENTLY r_2_pkey ON app.r_2 (k, id);

-- 14 contract safe create breaks=old
ALTER TABLE app.r_2 ADD CONSTRAINT r_2_pkey PRIMARY KEY USING INDEX r_2_pkey;

-- 15 contract safe create breaks=old
ALTER TABLE app.r ADD CONSTRAINT r_pkey PRIMARY KEY (k, id);

-- 16 contract safe create breaks=old scan index-rebuild no-transaction
CREATE UNIQUE INDEX CONCURRENTLY r_1_k_v_key ON app.r_1 (k, v);

-- 17 contract safe create breaks=old
ALTER TABLE app.r_1 ADD CONSTRAINT r_1_k_v_key UNIQUE USING INDEX r_1_k_v_key;

-- 18 contract safe create breaks=old scan index-rebuild no-transaction
CREATE UNIQUE INDEX CONCURRENTLY r_2_k_v_key ON app.r_2 (k, v);

-- 19 contract safe create breaks=old
ALTER TABLE app.r_2 ADD CONSTRAINT r_2_k_v_key UNIQUE USING INDEX r_2_k_v_key;

-- 20 contract safe create breaks=old
ALTER TABLE app.r ADD CONSTRAINT r_v_key UNIQUE (k, v);

-- 21 contract safe create breaks=old
ALTER TABLE app.r_1 ADD CONSTRAINT r_1_id CHECK (id < 1000) NOT VALID;

-- 22 contract safe validate scan
ALTER TABLE app.r_1 VALIDATE CONSTRAINT r_1_id;

-- 23 contract safe create
CREATE INDEX r_v_idx ON ONLY app.r (v);

-- 24 contract safe create scan index-rebuild no-transaction
CREATE INDEX CONCURRENTLY r_1_v_idx ON app.r_1 (v);

-- 25 contract safe create scan index-rebuild no-transaction
CREATE INDEX CONCURRENTLY r_2_v_idx ON app.r_2 (v);

-- 26 contract safe alter
ALTER INDEX app.r_v_idx ATTACH PARTITION app.r_1_v_idx;

-- 27 contract safe alter
ALTER INDEX app.r_v_idx ATTACH PARTITION app.r_2_v_idx;

-- 28 contract safe create
CREATE TRIGGER r_touch before update ON app.r for each row execute function app.noop();
