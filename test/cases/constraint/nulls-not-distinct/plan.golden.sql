-- 1 contract safe create breaks=old scan index-rebuild no-transaction
CREATE UNIQUE INDEX CONCURRENTLY "~lockstep_b2be8492c5c6" ON app.t (a) NULLS NOT DISTINCT;

-- 2 contract safe replace breaks=old
ALTER TABLE app.t DROP CONSTRAINT t_a_key, ADD CONSTRAINT t_a_key UNIQUE USING INDEX "~lockstep_b2be8492c5c6";

-- 3 contract locking create scan index-rebuild
CREATE UNIQUE INDEX e_a_idx ON app.e (a) nulls not distinct;
