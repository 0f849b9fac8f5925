-- 1 expand safe create scan index-rebuild no-transaction
CREATE INDEX CONCURRENTLY "~lockstep_a7bf7ae8b167" ON app.other using brin (id);

-- 2 expand safe drop
ALTER TABLE app.ordered SET WITHOUT CLUSTER;

-- 2 expand safe drop
ALTER TABLE app.other SET WITHOUT CLUSTER;

-- 3 expand safe drop no-transaction
DROP INDEX CONCURRENTLY app.other_idx;

-- 4 expand safe rename
ALTER INDEX app."~lockstep_a7bf7ae8b167" RENAME TO other_idx;

-- 5 contract safe create breaks=old scan index-rebuild no-transaction
CREATE UNIQUE INDEX CONCURRENTLY "~lockstep_b7f4870633e0" ON app.ordered (id);

-- 6 contract safe drop no-transaction
DROP INDEX CONCURRENTLY app.ordered_idx;

-- 7 contract safe rename
ALTER INDEX app."~lockstep_b7f4870633e0" RENAME TO ordered_idx;
