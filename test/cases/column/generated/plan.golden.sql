-- 1 expand safe alter
ALTER TABLE app.t ALTER COLUMN kept DROP EXPRESSION;

-- 2 expand locking create rewrite scan index-rebuild [locking]
ALTER TABLE app.t ADD COLUMN more text GENERATED ALWAYS AS (upper('x' || n::text)) STORED;

-- 3 contract locking alter rewrite scan index-rebuild [locking]
ALTER TABLE app.t ALTER COLUMN twice SET EXPRESSION AS (n * 3);
