-- 1 contract destructive replace breaks=old rewrite scan index-rebuild [destructive]
ALTER TABLE app.t DROP COLUMN m, ADD COLUMN m integer GENERATED ALWAYS AS (n * 2) STORED;
