-- 1 contract safe create breaks=old scan index-rebuild no-transaction
CREATE UNIQUE INDEX CONCURRENTLY "~lockstep_2d71fae52cdc" ON app.p (code) INCLUDE (id);

-- 2 contract safe drop
ALTER TABLE app.t DROP CONSTRAINT t_code_fkey;

-- 2 contract safe replace breaks=old
ALTER TABLE app.p DROP CONSTRAINT p_code_key, ADD CONSTRAINT p_code_key UNIQUE USING INDEX "~lockstep_2d71fae52cdc";

-- 2 contract safe create breaks=old
ALTER TABLE app.t ADD CONSTRAINT t_code_fkey FOREIGN KEY (code) REFERENCES app.p (code) DEFERRABLE INITIALLY DEFERRED NOT VALID;

-- 3 contract safe validate scan
ALTER TABLE app.t VALIDATE CONSTRAINT t_code_fkey;

-- 4 contract safe validate scan
ALTER TABLE app.t VALIDATE CONSTRAINT t_later;

-- 5 contract safe replace breaks=old
ALTER TABLE app.t DROP CONSTRAINT t_n, ADD CONSTRAINT t_n CHECK (n > 1) NOT VALID;

-- 6 contract safe validate scan
ALTER TABLE app.t VALIDATE CONSTRAINT t_n;

-- 7 contract locking create breaks=old scan index-rebuild [locking]
ALTER TABLE app.t ADD CONSTRAINT t_no_overlap exclude using gist (id with =, during with &&) where (n > 0);

-- 8 contract safe replace breaks=old
ALTER TABLE app.t DROP CONSTRAINT t_p_fkey, ADD CONSTRAINT t_p_fkey FOREIGN KEY (p_id) REFERENCES app.p (id) ON UPDATE CASCADE ON DELETE SET NULL NOT VALID;

-- 9 contract safe validate scan
ALTER TABLE app.t VALIDATE CONSTRAINT t_p_fkey;

-- 10 contract safe create breaks=old
ALTER TABLE app.t ADD CONSTRAINT t_self FOREIGN KEY (n) REFERENCES app.t (id) NOT VALID;
