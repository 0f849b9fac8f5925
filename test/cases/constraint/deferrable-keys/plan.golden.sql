-- 1 contract safe create breaks=old scan index-rebuild no-transaction
CREATE UNIQUE INDEX CONCURRENTLY "~lockstep_b2be8492c5c6" ON app.t (a);

-- 2 contract safe replace breaks=old
ALTER TABLE app.t DROP CONSTRAINT t_a_key, ADD CONSTRAINT t_a_key UNIQUE USING INDEX "~lockstep_b2be8492c5c6" DEFERRABLE INITIALLY DEFERRED;

-- 3 contract safe alter
ALTER TABLE app.c ALTER CONSTRAINT c_t_id_fkey DEFERRABLE INITIALLY IMMEDIATE;
