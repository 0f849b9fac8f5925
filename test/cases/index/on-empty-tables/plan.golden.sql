-- 1 expand safe create
ALTER TABLE app.t ADD COLUMN b integer NOT NULL;

-- 2 expand safe drop no-transaction
DROP INDEX CONCURRENTLY app.t_gone_idx;

-- 3 contract locking alter breaks=old scan
ALTER TABLE app.t ALTER COLUMN a SET NOT NULL;

-- 4 contract locking create breaks=old scan
ALTER TABLE app.t ADD CONSTRAINT t_a_check CHECK (a > 0);

-- 5 contract locking create breaks=old scan
ALTER TABLE app.t ADD CONSTRAINT t_a_fkey FOREIGN KEY (a) REFERENCES app.t (id);

-- 6 contract locking create scan index-rebuild
CREATE UNIQUE INDEX t_a_key ON app.t (a);
