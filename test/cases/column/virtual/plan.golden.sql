-- 1 contract safe replace
ALTER TABLE app.t DROP COLUMN kept, ADD COLUMN kept integer GENERATED ALWAYS AS (id + 2) VIRTUAL;

-- 2 contract safe drop breaks=old
ALTER TABLE app.t DROP COLUMN gone;

-- 3 contract safe drop breaks=old
ALTER TABLE app.t DROP COLUMN m;

-- 3 contract locking alter breaks=old rewrite scan index-rebuild [locking]
ALTER TABLE app.t ALTER COLUMN n TYPE bigint;

-- 3 contract safe create
ALTER TABLE app.t ADD COLUMN m integer GENERATED ALWAYS AS (n * 3) VIRTUAL;

-- 4 contract safe alter
ANALYZE app.t (n);

-- 5 contract safe create
ALTER TABLE app.t ADD COLUMN more text GENERATED ALWAYS AS (upper('x'::text || n::text)) VIRTUAL;
