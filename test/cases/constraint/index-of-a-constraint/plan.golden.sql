-- 1 expand safe alter
ALTER INDEX app.t_a_key SET (deduplicate_items = off);

-- 1 expand safe alter
ALTER INDEX app.t_a_key RESET (fillfactor);

-- 1 expand safe alter
ALTER INDEX app.t_pkey SET (fillfactor = 90);

-- 2 contract safe create breaks=old scan index-rebuild no-transaction
CREATE UNIQUE INDEX CONCURRENTLY "~lockstep_50dd6ecef25c" ON app.t (b) INCLUDE (a);

-- 3 contract locking replace breaks=old scan index-rebuild [locking]
ALTER TABLE app.t DROP CONSTRAINT t_during_excl, ADD CONSTRAINT t_during_excl exclude using gist (id with =, during with &&) WITH (buffering = on) where (b > 1);

-- 3 contract safe create
COMMENT ON CONSTRAINT t_during_excl ON app.t IS 'Kept as well.';

-- 4 contract safe drop
ALTER TABLE app.child DROP CONSTRAINT child_b_fkey;

-- 4 contract safe replace breaks=old
ALTER TABLE app.t DROP CONSTRAINT t_b_key, ADD CONSTRAINT t_b_key UNIQUE USING INDEX "~lockstep_50dd6ecef25c";

-- 4 contract safe create
ALTER TABLE app.child ADD CONSTRAINT child_b_fkey FOREIGN KEY (b) REFERENCES app.t (b) NOT VALID;

-- 4 contract safe create
ALTER TABLE app.t CLUSTER ON t_b_key;

-- 4 contract safe create
COMMENT ON CONSTRAINT t_b_key ON app.t IS 'Kept too.';

-- 5 contract safe validate scan
ALTER TABLE app.child VALIDATE CONSTRAINT child_b_fkey;
