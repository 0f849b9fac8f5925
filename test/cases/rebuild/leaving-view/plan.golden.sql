-- 1 contract safe drop breaks=old
DROP VIEW app.old_v;

-- 2 contract safe drop breaks=old
ALTER TABLE app.t DROP COLUMN twice;

-- 3 contract locking alter breaks=old rewrite scan index-rebuild [locking]
ALTER TABLE app.t ALTER COLUMN n TYPE bigint;

-- 4 contract safe alter
ANALYZE app.t (n);

-- 5 contract locking create rewrite scan index-rebuild [locking]
ALTER TABLE app.t ADD COLUMN thrice bigint GENERATED ALWAYS AS (n * 3) STORED;

-- 6 contract safe create
CREATE VIEW app.new_v AS
select n, id as x from app.t;
