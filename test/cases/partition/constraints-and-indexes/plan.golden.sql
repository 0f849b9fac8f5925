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

-- 11 contract locking create breaks=old scan index-rebuild
ALTER TABLE app.r ADD CONSTRAINT r_pkey PRIMARY KEY (k, id);

-- 12 contract locking create breaks=old scan index-rebuild
ALTER TABLE app.r ADD CONSTRAINT r_v_key UNIQUE (k, v);

-- 13 contract safe create breaks=old
ALTER TABLE app.r_1 ADD CONSTRAINT r_1_id CHECK (id < 1000) NOT VALID;

-- 14 contract safe validate scan
ALTER TABLE app.r_1 VALIDATE CONSTRAINT r_1_id;

-- 15 contract locking create scan index-rebuild
CREATE INDEX r_v_idx ON app.r (v);

-- 16 contract safe create
CREATE TRIGGER r_touch before update ON app.r for each row execute function app.noop();
